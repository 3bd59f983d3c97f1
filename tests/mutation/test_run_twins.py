"""Two notebooks asked the same: what tells them apart, in a conversation and in the search after it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

from grader.judge.draws import Draw
from grader.judge.function import Function
from grader.judge.run import OneGuest
from grader.judge.student import Student
from grader.mutation.searching import search
from grader.mutation.twins import Pair, Twins
from tests.fakes import InProcessGuest

Ask = Callable[[Student], object]


def talked(original: str, other: str, ask: Ask) -> Twins:
    """The two after a conversation in which `ask` was the only check."""
    twins = Twins(OneGuest(InProcessGuest(original)), OneGuest(InProcessGuest(other)))
    with twins.opened("test_it", fresh=False) as guest:
        ask(Student(guest, Draw(b"key", "test_it")))
    return twins


def searched(original: str, other: str, ask: Ask, rounds: int = 300) -> Twins:
    """The two after a conversation that did not tell them apart, and a search."""
    twins = talked(original, other, ask)
    assert twins.difference is None

    @contextlib.contextmanager
    def opened(check: str) -> Iterator[Pair]:
        with twins.opened(check, fresh=True) as pair:
            assert isinstance(pair, Pair)
            yield Pair(twins, check, pair.original, pair.other, searching=True)

    generator = np.random.Generator(np.random.Philox(key=5))
    done = search(twins, opened, generator, rounds=rounds, seconds=100)
    assert done == rounds or twins.difference is not None
    return twins


def f(*args: object) -> Ask:
    return lambda student: student.f(*args)


POSITIVE = torch.tensor([[0.5, 1.5, 2.5], [3.0, 1.0, 2.0]])
SAME = "def f(x): return x * 2"


def test_what_differs_in_a_reply_is_told_with_the_request() -> None:
    twins = talked(SAME, "def f(x): return x * 3", f(POSITIVE))
    assert twins.difference is not None
    assert twins.difference.check == "test_it"
    assert twins.difference.request.startswith("f(tensor([[0.5, 1.5, 2.5]")
    assert twins.difference.what == "off by 3 where the largest number is 6"


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ("def f(x): return x.double() * 2", "float32 [2, 3], then float64 [2, 3]"),
        ("def f(x): return (x * 2).T", "float32 [2, 3], then float32 [3, 2]"),
        ("def f(x): return (x * 2).numpy()", "an array"),
        ("def f(x): return [x * 2]", "tensor, then items"),
        ("def f(x): return None", "tensor, then scalar"),
        ("def f(x): raise ValueError('no')", "returned, then ValueError: no"),
        ("def f(x):\n    x += 1\n    return 2 * x - 2", "mutated: 0 items, then 1"),
        ("def f(x): return x * float('nan')", "infinite or none"),
    ],
)
def test_every_part_of_a_reply_counts(other: str, what: str) -> None:
    twins = talked(SAME, other, f(POSITIVE))
    assert twins.difference is not None
    assert what in twins.difference.what


@pytest.mark.parametrize(
    ("original", "other", "ask"),
    [
        (SAME, "def f(x): return x + x", f(POSITIVE)),
        (SAME, "def f(x): return x * 6.2 / 3.1", f(POSITIVE)),
        ("def f(x): raise ValueError('a')", "def f(x): raise ValueError('b')", lambda s: s.f.calls([[1]])),
        ("def f(w): return sorted(w)", "def f(w): return sorted(sorted(w)[::-1])", f(["b", "aa", "c"])),
    ],
)  # fmt: skip
def test_what_is_equal_stays_so_however_long_one_searches(original: str, other: str, ask: Ask) -> None:
    twins = searched(original, other, ask)
    assert twins.difference is None


@pytest.mark.parametrize(
    ("original", "other", "ask"),
    [
        ("def f(x): return x", "def f(x): return x.abs()", f(POSITIVE)),
        ("def f(x): return x * 2", "def f(x): return x.clamp(max=5) * 2", f(POSITIVE)),
        ("def f(x): return x * 2", "def f(x): return x[:2] * 2", f(POSITIVE)),
        ("def f(x): return x[:, -1]", "def f(x): return x[:, 2]", f(POSITIVE)),
        ("def f(x): return x.argmax(-1)", "def f(x): return 2 - x.flip(-1).argmax(-1)", f(POSITIVE)),
        ("def f(w): return sorted(w)", "def f(w): return list(w)", f(["aa", "bb", "cc"])),
        ("def f(w): return len(w)", "def f(w): return len(set(w))", f("abcd")),
        ("def f(n): return n * n", "def f(n): return 2 * n", lambda s: [s.f(2), s.f(0)]),
        (
            "import torch\ndef f(n): return torch.bincount(n, minlength=9)",
            "import torch\ndef f(n): return torch.eye(9, dtype=torch.long)[n].sum(0).clamp(max=1)",
            f(torch.tensor([1, 3, 5, 8])),
        ),
    ],
)
def test_a_search_finds_what_no_check_asked(original: str, other: str, ask: Ask) -> None:
    twins = searched(original, other, ask)
    assert twins.difference is not None
    assert "f(" in twins.difference.request


NET = """
import torch
class Net(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.out = torch.nn.Linear(size, 2)
        self.drop = torch.nn.Dropout({drop})
    def forward(self, x):
        return self.drop(self.out(x){act})
"""


def answers(student: Student) -> object:
    model = student.Net(3).drawn(Draw(b"key", "weights"))
    return model.run([[torch.full((4, 3), 0.01)]])


def test_a_search_asks_in_training_mode_too() -> None:
    twins = searched(NET.format(drop=0.5, act=""), NET.format(drop=0.0, act=""), answers)
    assert twins.difference is not None
    assert "train mode" in twins.difference.request


def test_a_search_draws_other_weights() -> None:
    twins = searched(NET.format(drop=0.0, act=""), NET.format(drop=0.0, act=".clamp(-9, 9)"), answers)
    assert twins.difference is not None


def test_a_search_asks_for_gradients() -> None:
    twins = searched("def f(x): return x * 2", "def f(x): return x + x.detach()", f(POSITIVE))
    assert twins.difference is not None
    assert twins.difference.request.startswith("gradients of f(")


def test_a_search_lets_noise_be_noise() -> None:
    def quietly(student: Student) -> object:
        return Function(student.f).run([[POSITIVE]])

    noisy = "import torch\ndef f(x): return x + torch.randn_like(x)"
    twins = searched("def f(x): return x + 0", noisy, quietly)
    assert twins.difference is not None


def test_what_the_original_refuses_tells_nothing() -> None:
    refusing = "def f(x):\n    if (x < 0).any() or x.shape != (2, 3): raise ValueError()\n    return x"
    twins = searched(refusing, "def f(x): return x.abs()", f(POSITIVE))
    assert twins.difference is None


def test_numbers_that_are_none_tell_nothing_in_a_search() -> None:
    ask = f(POSITIVE)
    assert searched("def f(x): return x.log()", "def f(x): return x.abs().log()", ask).difference is None


def test_once_told_apart_nothing_more_is_asked() -> None:
    def twice(student: Student) -> None:
        student.f(POSITIVE)
        student.f.calls([[POSITIVE + 1]])

    twins = Twins(OneGuest(InProcessGuest(SAME)), OneGuest(InProcessGuest("def f(x): return x")))
    with pytest.raises(AssertionError), twins.opened("test_it", fresh=False) as guest:
        twice(Student(guest, Draw(b"key", "test_it")))
    assert twins.count == 2  # the look-up of the name, and the first call


def test_equal_requests_are_drawn_for_equal_keys() -> None:
    said = []
    for _ in range(2):
        twins = searched("def f(x): return x", "def f(x): return x.abs()", f(POSITIVE))
        assert twins.difference is not None
        said.append((twins.difference.request, twins.count))
    assert said[0] == said[1]


RECURRENT = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 4, batch_first=True)
    def forward(self, x):
        return self.rnn({})[0]
"""
ZEROS = "x, torch.zeros(1, len(x), 4, dtype=x.dtype)"


def test_a_state_of_zeros_may_be_given_or_left_out() -> None:
    def observed(student: Student) -> object:
        return student.Net().drawn(Draw(b"key", "weights")).observe(torch.ones(2, 5, 3), roles=["recurrent"])

    assert talked(RECURRENT.format(ZEROS), RECURRENT.format("x"), observed).difference is None
    ones = talked(RECURRENT.format(ZEROS), RECURRENT.format(ZEROS.replace("zeros", "ones")), observed)
    assert ones.difference is not None
