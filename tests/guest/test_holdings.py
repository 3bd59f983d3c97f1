"""A print is another when something has changed that a training may rest on, and else the same."""

from __future__ import annotations

import copy
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.guest.holdings import printed
from tests.fakes import namespace_of

PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.text(min_size=300, max_size=310)
    | st.binary(max_size=8)
    | st.complex_numbers()
)
NESTED = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)

CHANGES = {
    "in_place": ("x = torch.zeros(3)", "x[1] = 1"),
    "through_a_view": ("x = torch.zeros(4); y = x.view(2, 2)", "y[0, 0] = 1"),
    "behind_the_version": ("x = torch.zeros(3)", "x.data[0] = 1"),
    "swapped_rows": ("x = torch.arange(4.)", "x.copy_(x.flip(0))"),
    "half_precision": ("x = torch.zeros(3, dtype=torch.bfloat16)", "x[0] = 1"),
    "complex": ("x = torch.zeros(3, dtype=torch.complex64).conj()", "x[0] = 1j"),
    "shape": ("x = torch.zeros(4)", "x.resize_(2, 2)"),
    "gradient": ("x = torch.ones(2, requires_grad=True)", "x.sum().backward()"),
    "requires_grad": ("x = torch.ones(2)", "x.requires_grad_()"),
    "on_a_tensor": ("x = torch.ones(2)", "x.note = 1"),
    "array_column": ("a = np.zeros((3, 2), order='F')", "a[0, 1] = 1"),
    "array_of_objects": ("a = np.array([[], [1]], dtype=object)", "a[0].append(1)"),
    "number_of_numpy": ("n = np.float32(1)", "n += 1"),
    "truth": ("x = 1", "x = True"),
    "minus_one": ("x = -1", "x = -2"),
    "long_text": ("x = 'a' * 5000", "x = 'a' * 4999 + 'b'"),
    "name": ("x = 1", "y = 1"),
    "function": ("def f(): return 1", "def f(): return 2"),
    "library": ("cell = nn.RNN", "cell = nn.LSTM"),
    "library_function": ("act = F.relu", "act = F.tanh"),
    "keyword_default": ("def f(*, kept=[]): kept.append(1)", "f()"),
    "attribute_of_a_function": ("def f(): f.count = 1", "f()"),
    "lambda": ("f = lambda kept=[]: kept.append(1)", "f()"),
    "decorated": ("@torch.no_grad()\ndef f(kept=[]): kept.append(1)", "f()"),
    "partial": ("kept = partial(list.append, [])", "kept(1)"),
    "method": ("f = [].append", "f(1)"),
    "own_method": ("class A:\n n = 0\n def up(self): self.n += 1\nf = A().up", "f()"),
    "slots": ("class A: __slots__ = ('n',)\na = A()", "a.n = 1"),
    "list_with_more": ("class L(list): pass\nx = L()", "x.note = 1"),
    "class_of_a_metaclass": ("class A(ABC): kept = []", "A.kept.append(1)"),
    "class_in_class": ("class A:\n class B: n = 0", "A.B.n = 1"),
    "static": ("class A:\n @staticmethod\n def f(kept=[]): kept.append(1)", "A.f()"),
    "property": ("class A:\n @property\n def p(self, kept=[]): kept.append(1)\na = A()", "a.p"),
    "base": ("class A: n = 0\nclass B(A): pass\ndel A", "B.__mro__[1].n = 1"),
    "dataclass": ("@dataclass\nclass A: n: int\na = A(1)", "a.n = 2"),
    "deque": ("d = deque([1, 2])", "d.rotate(1)"),
    "counter": ("c = Counter('aab')", "c['a'] += 1"),
    "default_dict": ("d = defaultdict(list)", "d['a']"),
    "set": ("s = {1, 2}", "s.add(3)"),
    "bytes": ("b = bytearray(3)", "b[0] = 1"),
    "python_random": ("r = random.Random(1)", "r.random()"),
    "numpy_random": ("r = np.random.default_rng(1)", "r.random()"),
    "numpy_legacy": ("r = np.random.RandomState(1)", "r.rand()"),
    "torch_random": ("r = torch.Generator()", "torch.rand(1, generator=r)"),
    "weights": ("net = nn.LSTM(2, 3)", "nn.init.ones_(net.bias_hh_l0)"),
    "buffer": ("net = nn.BatchNorm1d(2)", "net(torch.randn(4, 2))"),
    "hook": ("net = nn.Linear(2, 1)", "net.register_forward_hook(lambda *a: None)"),
    "momentum": (
        "net = nn.Linear(1, 1); o = torch.optim.Adam(net.parameters()); net(torch.ones(1)).backward()",
        "o.step(); net.load_state_dict(before)",
    ),
    "rate": ("o = torch.optim.SGD([torch.ones(1)], lr=1.)", "o.param_groups[0]['lr'] = 0.5"),
    "schedule": (
        "o = torch.optim.SGD([torch.ones(1)], lr=0.); s = torch.optim.lr_scheduler.StepLR(o, 3)",
        "s.last_epoch += 1",
    ),
    "loader": ("l = DataLoader(TensorDataset(torch.zeros(3)), shuffle=True)", "l.dataset.tensors[0][1] = 1"),
    "cycle": ("x = []; x.append(x)", "x.append(1)"),
}  # fmt: skip
"""What the notebook defines, and a change to it."""

STILL = {
    "called": ("net = nn.LSTM(2, 3)", "net(torch.ones(1, 1, 2))"),
    "trained_another": (
        "net = nn.Linear(2, 1)",
        "m = nn.Linear(2, 1); torch.optim.SGD(m.parameters(), 1.).step(); del m",
    ),
    "read": ("p = Path('a/b'); pattern = re.compile('a')", "p.name, str(p), hash(p), pattern.match('a')"),
    "looped": ("l = DataLoader(TensorDataset(torch.zeros(3)))", "list(l)"),
    "not_a_number": ("x = float('nan'); t = torch.tensor([x])", "x = float('nan')"),
    "equal_again": ("x = [1, [2]]; a = np.ones(3); t = torch.ones(2)", "x = [1, [2]]; a = np.ones(3)"),
    "figure": ("figure, axes = plt.subplots()", "axes.plot([1, 2])"),
    "chance": ("x = 1", "random.random(); np.random.rand(); torch.rand(1)"),
    "numbers": (
        "class E(IntEnum): A = 1\nx = E.A; s = np.str_('a'); f = np.float64(1)",
        "E(1), s + s, f + 1",
    ),
    "enum": ("class E(Enum): A = 1\nx = E.A", "E(1), E['A'], x.name"),
}
"""What changes nothing that a training may rest on; chance is seeded anew for each."""

SHUT = {
    "iterator": "x = iter([1])",
    "generator": "x = (n for n in [1])",
    "file": "import io\nx = io.BytesIO()",
    "lock": "import threading\nx = threading.Lock()",
    "cached": "from functools import lru_cache\n@lru_cache\ndef f(x): return x",
    "lazy": "x = nn.LazyLinear(2)",
    "sparse": "x = torch.eye(2).to_sparse()",
    "elsewhere": "x = torch.ones(2, device='meta')",
    "too_many": "x = list(range(40_000))",
    "too_many_in_a_generator": "class L(list): pass\nx = L([[]] * 40_000)",
    "too_large": "x = torch.zeros(3_000_000)",
}

START = """
import random, re
from abc import ABC
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import partial
from pathlib import Path
from typing import List, Optional
import matplotlib.pyplot as plt
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
"""

HIDING = """
class Hiding:
    def __getattribute__(self, name): asked.append(name); return object.__getattribute__(self, name)
    def __eq__(self, other): asked.append("eq"); return True
    def __hash__(self): asked.append("hash"); return 1
    def __iter__(self): asked.append("iter"); return iter(())
    def __len__(self): asked.append("len"); return 0
class Listed(list):
    def __iter__(self): asked.append("iter"); return iter(())
    def __len__(self): asked.append("len"); return 0
class Mapped(dict):
    def keys(self): asked.append("keys"); return []
    def values(self): asked.append("values"); return []
class Tensed(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *args, **kwargs): asked.append("torch"); return 0
asked = []
hiding, listed, mapped = Hiding(), Listed([1]), Mapped(a=1)
tensed = torch.zeros(2).as_subclass(Tensed)
keyed = {hiding: 1}
asked.clear()
"""


def names(*sources: str) -> dict[str, Any]:
    return namespace_of(START, *map(dedent, sources))


@given(NESTED)
def test_equal_values_have_one_print(value: Any) -> None:
    assert printed({"a": value}) == printed({"a": copy.deepcopy(value)})


@given(NESTED, NESTED)
def test_other_values_have_another(one: Any, other: Any) -> None:
    assume(repr(one) != repr(other))
    assert printed({"a": one}) != printed({"a": other})


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_seen(name: str) -> None:
    first, then = CHANGES[name]
    held = names(first)
    if name == "momentum":
        held["before"] = copy.deepcopy(held["net"].state_dict())
    before = printed(held)
    assert before is not None
    assert printed(held) == before
    exec(then, held)  # noqa: S102
    assert printed(held) not in (before, None)


@pytest.mark.parametrize("name", STILL)
def test_use_is_no_change(name: str) -> None:
    first, then = STILL[name]
    held = names(first)
    before = printed(held)
    assert before is not None
    exec(then, held)  # noqa: S102
    assert printed(held) == before


@pytest.mark.parametrize("name", SHUT)
def test_what_cannot_be_looked_into_has_no_print(name: str) -> None:
    assert printed(names(SHUT[name])) is None


def test_no_code_of_the_notebook_runs() -> None:
    held = names(HIDING)
    before = printed(held)
    assert before is not None
    assert held["asked"] == []
    for change in ("hiding.x = 1", "listed.append(2)", "mapped['b'] = 1"):
        exec(change, held)  # noqa: S102
        held["asked"].clear()
        assert printed(held) not in (before, None)
        assert held["asked"] == []


def test_a_module_beside_the_notebook_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "beside_the_notebook.py").write_text("kept = []\nclass A: n = 0\ndef f(): kept.append(1)\n")
    for brought in (
        "import beside_the_notebook as m",
        *(f"from beside_the_notebook import {x}" for x in "fA"),
    ):
        held = names(brought)
        before = printed(held)
        assert before is not None
        exec("import beside_the_notebook as it\nit.f()\nit.A.n += 1\ndel it", held)  # noqa: S102
        assert printed(held) not in (before, None)


def test_a_starters_names_have_a_print() -> None:
    usual = """
        import copy, math, os, time
        from collections.abc import Iterable
        from torch import Tensor, ops
        from torch.nn import Parameter
        from torch.nn.utils.rnn import pack_padded_sequence
    """
    assert printed(names(usual)) is not None
