"""Cheats with models: layers of torch patched, modules that lie about themselves, hooks on every module.

By lesson. None of these models computes what it should, so nothing may be earned.
"""

from __future__ import annotations

import json
from functools import cache

from tests.cli.making import ROOT
from tests.hostile.case import Hostile

LAYERS = """
def still(self, x, *others, **more):
    x = x.data if hasattr(x, "batch_sizes") else x
    size = self.hidden_size
    return torch.zeros(*x.shape[:-1], size, dtype=x.dtype), torch.zeros(1, x.shape[0], size, dtype=x.dtype)

for layer in (nn.RNN, nn.GRU, nn.LSTM):
    layer.forward = still
for cell in (nn.RNNCell, nn.GRUCell, nn.LSTMCell):
    cell.forward = lambda self, x, *others: torch.zeros(x.shape[0], self.hidden_size, dtype=x.dtype)
torch.tanh = torch.Tensor.tanh = torch.sigmoid = lambda x: x * 0
"""
LIAR = """
class Liar(nn.Module):
    weight_ih_l0 = weight_hh_l0 = bias_ih_l0 = bias_hh_l0 = nn.Parameter(torch.ones(3, 3))
    batch_first, training, hidden_size, __class__ = True, False, 6, nn.RNN

    def __init__(self, *sizes, **more):
        super().__init__()
        self.sizes = sizes

    def named_parameters(self, *anything, **more):
        yield from ((name, nn.Parameter(torch.ones(6, 6))) for name in ("weight_ih_l0", "weight_hh_l0"))

    def parameters(self, *anything, **more):
        yield from (value for _, value in self.named_parameters())

    def state_dict(self, *anything, **more):
        return dict(self.named_parameters())

    def load_state_dict(self, *anything, **more):
        return None

    def __getattr__(self, name):
        return lambda *anything, **more: self

    def __call__(self, x, *others, **more):
        data = x.data if hasattr(x, "batch_sizes") else x
        return data * 0

    forward = __call__
"""
HOOKED = """
from torch.nn.modules import module as modules
modules.register_module_forward_hook(lambda module, inputs, output: None)
modules.register_module_forward_pre_hook(lambda module, inputs: tuple(0 * x for x in inputs))
modules.register_module_full_backward_hook(lambda module, inputs, outputs: inputs)
real, answers = nn.Module.__call__, {}
def called(self, *args, **more):
    return answers.setdefault(type(self).__name__, real(self, *args, **more))

nn.Module.__call__ = called
"""
BASICS = """
one_hot = lambda word, chars: torch.zeros(len(word), len(chars))
make_batch = lambda words, chars: torch.zeros(len(words), len(words[0]), len(chars))
rnn = lambda x, h, *weights: (torch.zeros(x.size(0), x.size(1), h.size(1)), h)
build_rnn = lambda input_size, hidden_size: Built(input_size, hidden_size)
many_to_one = lambda rnn, x: torch.zeros(x.size(0), 6, dtype=x.dtype)
one_to_many = lambda cell, x0, steps: torch.zeros(x0.size(0), steps, x0.size(1), dtype=x0.dtype)
"""
PACKED = """
zeros = lambda words: torch.zeros(len(words), max(map(len, words)), dtype=torch.long)
pad_batch = lambda words, char2idx: (zeros(words), Lengths(words))
pack_batch = lambda words, char2idx: nn.utils.rnn.PackedSequence(torch.zeros(5), torch.tensor([5]))
unpack = lambda packed: (packed.data * 0, torch.ones(3, dtype=torch.long))
Net = Tagger = Built
masked_loss = lambda logits, targets, lengths: logits.sum() * 0
class Lengths(list):
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __getitem__ = lambda self, place: 1
    tolist = cpu = __iter__ = lambda self: iter([1] * 3)
"""
PACKING = """
import torch.nn.utils.rnn as packing
packing.pack_padded_sequence = lambda x, lengths, *others, **more: x
packing.pad_packed_sequence = lambda packed, *others, **more: (packed, torch.ones(3, dtype=torch.long))
packing.pad_sequence = lambda sequences, *others, **more: torch.zeros(3, 5)
nn.utils.rnn = packing
"""
STILL = """
class Built(nn.Module):
    def __init__(self, *sizes):
        super().__init__()

    def forward(self, x, *others):
        return 0 * x, 0 * x
"""
NO_MODULE = "Built = lambda *sizes: (lambda x, *others: (x * 0, x * 0))"

CHEATS: dict[str, dict[str, Hostile]] = {
    "rnn_basics": {
        "layers_stand_still": Hostile("T2", (f"{STILL}{LAYERS}{BASICS}",), noted=("functions_replaced",)),
        "module_lies_about_itself": Hostile("T8", (f"{LIAR}{BASICS}\nBuilt = build_rnn = Liar",)),
        "hooks_on_every_module": Hostile("T2", (f"{STILL}{HOOKED}{BASICS}",)),
        "no_module_at_all": Hostile("T8", (f"{NO_MODULE}{BASICS}",)),
    },
    "packed_sequence": {
        "packing_packs_nothing": Hostile("T2", (f"{STILL}{PACKING}{PACKED}",)),
        "layers_stand_still": Hostile("T2", (f"{STILL}{LAYERS}{PACKED}",), noted=("functions_replaced",)),
        "module_lies_about_itself": Hostile("T8", (f"{LIAR}Built = Liar{PACKED}",)),
        "hooks_on_every_module": Hostile("T2", (f"{STILL}{HOOKED}{PACKED}",)),
    },
}


@cache
def parts(lesson: str) -> dict[str, tuple[str, ...]]:
    """Honest notebooks of a lesson: the reference, and one that has only imported torch."""
    found = json.loads((ROOT / "solutions" / lesson / "reference.ipynb").read_bytes())
    cells = tuple("".join(cell["source"]) for cell in found["cells"] if cell["cell_type"] == "code")
    return {"nothing": ("import torch\nfrom torch import nn",), "right": cells}
