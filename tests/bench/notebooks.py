"""The notebooks that are timed: the reference of a lesson and a training cell of about 0.3 s."""

from __future__ import annotations

import json
from pathlib import Path

from nbformat.v4 import new_code_cell

from grader.lesson import Lesson

_TRAINING = """\
# copy {number}
import torch
torch.manual_seed({number})
bench_rnn = torch.nn.GRU(16, 32, batch_first=True)
bench_head = torch.nn.Linear(32, 4)
bench_optimizer = torch.optim.Adam([*bench_rnn.parameters(), *bench_head.parameters()], lr=0.01)
bench_x = torch.randn(32, 12, 16)
bench_y = torch.randint(0, 4, (32,))
for step in range({steps}):
    bench_logits = bench_head(bench_rnn(bench_x)[0][:, -1])
    bench_loss = torch.nn.functional.cross_entropy(bench_logits, bench_y)
    bench_optimizer.zero_grad()
    bench_loss.backward()
    bench_optimizer.step()
print(float(bench_loss.detach()))
"""


def sources(lesson: Lesson, number: int, steps: int) -> list[str]:
    """The code cells of copy `number`."""
    return [
        "".join(cell["source"])
        for cell in notebook(lesson, number, steps)["cells"]
        if cell["cell_type"] == "code"
    ]


def write(lesson: Lesson, folder: Path, count: int, steps: int) -> list[Path]:
    """`count` copies as notebooks in `folder`, no two with the same bytes."""
    paths = []
    for number in range(count):
        path = folder / f"copy-{number:03d}.ipynb"
        path.write_text(json.dumps(notebook(lesson, number, steps)), encoding="utf-8")
        paths.append(path)
    return paths


def notebook(lesson: Lesson, number: int, steps: int) -> dict:  # type: ignore[type-arg]
    """Copy `number` as an .ipynb's content."""
    notebook = json.loads((lesson.solutions / "reference.ipynb").read_bytes())
    source = _TRAINING.format(number=number, steps=steps)
    notebook["cells"].append(new_code_cell(source, id="bench"))  # type: ignore[no-untyped-call]
    return notebook  # type: ignore[no-any-return]
