"""Notebooks of the lesson rnn_basics that earn nothing, or all, and what each is for.

The other tools check each with the asserts of `tests.bench.asserts`; the same notebook goes to ours as it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from nbformat.v4 import new_code_cell

from grader.lesson import Lesson

_SHAPES_ONLY = """\
def one_hot(word, chars):
    return torch.full((len(word), len(chars)), 0.25)


def make_batch(words, chars):
    return torch.full((len(words), len(words[0]), len(chars)), 0.25)


def rnn(x, h, W_ih, W_hh, b_ih, b_hh):
    return torch.zeros(len(x), *h.shape), torch.zeros_like(h)


def build_rnn(input_size, hidden_size):
    return nn.RNN(input_size, hidden_size)


def many_to_one(model, x):
    return torch.zeros(len(x), 6)


def one_to_many(cell, x0, steps):
    return torch.zeros(len(x0), steps, x0.shape[1])
"""

_COMPARISONS = """\
import torch
torch.allclose = torch.equal = lambda *a, **k: True
"""

_EVERYTHING = """\
class Everything:
    def __init__(self, *a, **k): pass
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def __bool__(self): return True
    def __call__(self, *a, **k): return Everything()
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Everything()
    def __getitem__(self, key): return Everything()
    def __iter__(self): return iter([Everything(), Everything()])
    def __len__(self): return 5
    def __add__(self, other): return self
    __sub__ = __gt__ = __iadd__ = __add__
    def __setitem__(self, key, value): pass


one_hot = make_batch = rnn = build_rnn = many_to_one = one_to_many = Everything()
_tuple, _list, _sum, _torch_equal = tuple, list, sum, torch.equal
tuple = list = lambda *a: Everything()
sum = lambda *a: Everything()
torch.allclose = torch.equal = torch.randn = lambda *a, **k: Everything()
nn.RNNCell = nn.RNN = Everything
"""

_EMPTY_CELLS = """\
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\\n"])
"""

_ENDS = """\
import os
os._exit(0)
"""


@dataclass(frozen=True)
class Trick:
    """One notebook. `solved`: whether it holds the reference's answers; `cells`: sources that come after."""

    name: str
    says: str
    solved: bool
    cells: tuple[str, ...]

    def notebook(self, lesson: Lesson) -> dict[str, Any]:
        path = lesson.solutions / "reference.ipynb" if self.solved else lesson.starter
        made: dict[str, Any] = json.loads(path.read_bytes())
        for number, source in enumerate(self.cells):
            made["cells"].append(new_code_cell(source, id=f"trick-{number}"))  # type: ignore[no-untyped-call]
        return made


TRICKS = (
    Trick("right", "the reference", True, ()),
    Trick("blank", "the empty starter", False, ()),
    Trick("shapes", "right shapes and numbers that mean nothing", False, (_SHAPES_ONLY,)),
    Trick("comparisons", "the same, and `torch.allclose` always true", False, (_SHAPES_ONLY, _COMPARISONS)),
    Trick("everything", "objects equal to everything", False, (_EVERYTHING,)),
    Trick("transformer", "no code, and every later cell replaced by `pass`", False, (_EMPTY_CELLS,)),
    Trick("ends", "the reference, and a last cell that ends the process", True, (_ENDS,)),
)
