"""What checks have learnt of a notebook is not asked for again, and nobody loses points by it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from grader.judge.draws import Draw
from grader.judge.known import Known
from grader.judge.run import OneGuest, run_checks
from grader.judge.student import Student
from grader.wire.replies import Described, Failed
from grader.wire.requests import Describe
from tests.fakes import InProcessGuest
from tests.forked import in_fork
from tests.judge.lessons import lesson

NET = """
import torch
class Net(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = torch.nn.Linear(size, 2)
    def forward(self, x):
        return self.fc(x)
"""
DESCRIBES = "def test_{}(student):\n    assert len(student.Net(3).describe().entries) == {}\n\n"


def run(folder: Path, checks: str, cells: str) -> tuple[list[str], Counter[str]]:
    """The states of the checks, and how many requests of each kind there were."""
    of = lesson(folder, checks)

    def work() -> bytes:
        guest = InProcessGuest(cells)
        states = [outcome.state for outcome in run_checks(of, OneGuest(guest), b"key").outcomes]
        return msgspec.json.encode((states, [type(request).__name__ for request, _ in guest.requests]))

    states, asked = msgspec.json.decode(in_fork(work), type=tuple[list[str], list[str]])
    return states, Counter(asked)


def test_names_and_descriptions_are_asked_for_once(tmp_path: Path) -> None:
    states, asked = run(tmp_path, DESCRIBES.format("a", 2) + DESCRIBES.format("b", 2), NET)
    assert states == ["passed", "passed"]
    assert asked == {"Look": 1, "Describe": 1}


def test_a_check_that_fails_asks_for_all_itself(tmp_path: Path) -> None:
    checks = "".join(
        DESCRIBES.format(name, count) for name, count in (("a", 2), ("b", 3), ("c", 2), ("d", 2))
    )
    states, asked = run(tmp_path, checks, NET)
    assert states == ["passed", "failed", "passed", "passed"]
    # One for the first, one for the second run of the failed one (and its line), one for those after it.
    assert (asked["Look"], asked["Describe"]) == (3, 3)


PRECISION = """
from grader.judge.function import Function

def test_vectors(student, draw):
    x = draw.normal(3)
    assert Function(student.f).settled(x).run([[x]])[0].get().shape == (3,)

def test_matrices(student, draw):
    x = draw.normal(3, 3)
    assert Function(student.f).settled(x).run([[x]])[0].get().shape == (3, 3)
"""


def test_precision_is_tried_once_for_a_name(tmp_path: Path) -> None:
    states, asked = run(tmp_path, PRECISION, "def f(x):\n    return 2 * x")
    assert (states, asked["Call"]) == (["passed", "passed"], 3)


def test_who_computes_in_float64_only_now_and_then_passes(tmp_path: Path) -> None:
    mixed = "import torch\ndef f(x):\n    return 2 * x if x.dim() == 1 else x @ torch.ones(3, 3).float()"
    states, asked = run(tmp_path, PRECISION, mixed)
    # A trial and a call; a call in float64 that fails; a trial that tells, and a call in float32.
    assert (states, asked["Call"]) == (["passed", "passed"], 5)


def test_what_failed_is_asked_again() -> None:
    known, question = Known(), described()
    broken = InProcessGuest("def Net(size):\n    raise ValueError(size)")
    assert isinstance(known.ask(broken, *question)[0], Failed)
    assert isinstance(known.ask(InProcessGuest(NET), *question)[0], Described)
    assert isinstance(known.ask(broken, *question)[0], Described)


def described() -> tuple[Describe, bytes]:
    """The request for what `Net(3)` consists of, and its payload."""
    guest = InProcessGuest(NET)
    Student(guest, Draw(b"key", "test_it")).Net(3).describe()
    return next((request, payload) for request, payload in guest.requests if isinstance(request, Describe))


def test_who_only_trains_is_not_asked_twice(tmp_path: Path) -> None:
    checks = """
    from grader.judge.training import Trainer

    def test_looks(student):
        student.train.require()

    def test_trains(student):
        Trainer(student.train).run([[student.Net(3)]])
        assert False
    """
    states, asked = run(tmp_path, checks, NET + "def train(net):\n    return [1.0]")
    assert (states, asked["Fit"]) == (["passed", "failed"], 1)
