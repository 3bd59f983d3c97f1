"""An executed notebook as a record keeps it: markdown, streams, a figure, a table."""

from __future__ import annotations

import base64
import struct
import zlib

from grader.record import Cell, Output

INTRODUCTION = """# Packed sequences
패딩이 **결과를 바꾸지 않도록** 길이가 다른 단어를 다룹니다. $h_t = \\tanh(W x_t)$

- `pad_batch`
- `pack_batch`"""
IMPORTS = """import torch
import torch.nn as nn
torch.manual_seed(0)"""
WORDS = """words = ["hello", "kim", "사과", "a"]
chars = sorted(set("".join(words)))"""
PAD_BATCH = """def pad_batch(words, char2idx):
    lengths = torch.tensor([len(word) for word in words])
    padded = torch.zeros(len(words), int(lengths.max()), dtype=torch.long)
    for row, word in enumerate(words):
        padded[row, : len(word)] = torch.tensor([char2idx[c] for c in word])
    return padded, lengths"""
PLOT = """%matplotlib inline
import matplotlib.pyplot as plt
plt.plot(losses)"""
NET = """class Net(nn.Module):
    def __init__(self, input_size, hidden_size, n_classes):
        super().__init__()
        self.rnn = nn.GRU(input_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, n_classes)

    def forward(self, x, lengths):
        output, hidden = self.rnn(x)
        return self.out(output[:, -1])   # 마지막 시점
"""
FRAME = (
    "<style>.x{}</style><table class='dataframe'><tr><th>word</th><th>length</th></tr>"
    "<tr><td>hello</td><td>5</td></tr></table>"
)


def png(width: int = 48, height: int = 24) -> str:
    """A small grey gradient as base64, made here so that no image file is needed."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    rows = b"".join(b"\0" + bytes(255 * x // width for x in range(width)) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + content).decode()


def cells(training_seconds: float = 2.1) -> list[Cell]:
    """The notebook, run to its end."""
    losses = "\n".join(f"epoch {epoch:3d}  loss {2.6 * 0.9**epoch + 0.1:.4f}" for epoch in range(30))
    warning = "\x1b[33mUserWarning\x1b[0m: the epoch is long\n"
    generator = Output("result", "", {"text/plain": "<torch._C.Generator at 0x7f2a>"})
    table = Output("display", "", {"text/html": FRAME, "text/plain": "word length"})
    figure = Output("display", "", {"image/png": png(), "text/plain": "<Figure size 640x480>"})
    streams = [
        Output("stream", "stdout", {"text/plain": losses}),
        Output("stream", "stderr", {"text/plain": warning}),
    ]
    return [
        Cell("markdown", INTRODUCTION),
        Cell("code", IMPORTS, 1, seconds=0.02, outputs=[generator]),
        Cell("code", WORDS, 2, seconds=0.001),
        Cell("markdown", "## 1. Padding"),
        Cell("code", PAD_BATCH, 3, seconds=0.001),
        Cell("code", "pad_batch(words, char2idx)", 4, seconds=0.004, outputs=[table]),
        Cell("code", PLOT, 5, seconds=0.2, outputs=[figure]),
        Cell("code", NET, 6, seconds=0.002),
        Cell("code", "for epoch in range(30):\n    train(net)", 7, seconds=training_seconds, outputs=streams),
        Cell("code", "", 8, "empty"),
    ]
