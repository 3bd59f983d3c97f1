"""A notebook that goes on from a beginning cannot be told from one that has run every cell itself."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from grader.guest.shareable import shareable
from grader.sandbox import House, Limits
from grader.transcript import Transcript
from tests.beginnings.conftest import Ran
from tests.beginnings.starters import AFTER, BUSY, REFUSED, SHARED, SPIED

Begin = Callable[[Sequence[str]], list[int]]
STARTER = [BUSY, *SHARED.values()]


def told(of: Transcript) -> object:
    """All that the record takes over but times."""
    cells = [(cell.number, cell.state, cell.outputs) for cell in of.cells]
    return of.state, of.cell, of.code, of.message, of.facts, cells, of.losses, of.sights


def test_what_is_shared_is_as_if_it_had_run(begin: Begin, ran: Ran) -> None:
    stages = begin(STARTER)
    assert stages[0] == 1
    assert stages[-1] == len(STARTER)
    cells = [*STARTER, *AFTER]
    whole, own = ran(cells, [])
    shared, gone_on = ran(cells, cells)
    again, once_more = ran(cells, cells)
    assert (whole, shared, again) == (0, len(STARTER), len(STARTER))
    assert own.state == "cell_failed", own
    assert own.sights, "what the student replaced is seen"
    assert told(own) == told(gone_on) == told(once_more)
    assert [c.seconds for c in gone_on.cells[: len(STARTER)]] == [
        c.seconds for c in once_more.cells[: len(STARTER)]
    ]


def test_only_equal_cells_are_shared(begin: Begin, ran: Ran) -> None:
    stages = begin([BUSY, "extra = 1", BUSY, BUSY])
    assert {1, 3, 4} <= set(stages)
    for cells, expected in (
        ([BUSY, "extra = 1", BUSY, "print(extra)"], 3),
        ([BUSY, "extra = 2", BUSY, BUSY], 1),
        ([BUSY + " ", "extra = 1", BUSY, BUSY], 0),
        ([BUSY], 1),
        (["extra = 1", BUSY, BUSY], 0),
    ):
        begun, transcript = ran(cells, cells)
        assert (begun, transcript.state, len(transcript.cells)) == (expected, "finished", len(cells))


def test_a_student_sees_nothing_more(begin: Begin, ran: Ran) -> None:
    begin([BUSY])
    cells = [BUSY, SPIED]
    (none, own), (shared, gone_on) = ran(cells, []), ran(cells, cells)
    assert (none, shared) == (0, 1)
    assert own.state == "finished", own.message
    assert "(3, " in own.cells[1].outputs[0].data["text/plain"], "descriptors are listed"
    assert told(own) == told(gone_on)


def test_the_cells_that_had_run_cost_the_student_nothing(begin: Begin, ran: Ran) -> None:
    slow = BUSY.replace("1_000_000", "9_000_000")
    assert begin([slow]) == [1]
    _, own = ran([slow], [])
    shared, gone_on = ran([slow], [slow])
    assert shared == 1
    assert own.cpu_seconds is not None
    assert gone_on.cpu_seconds is not None
    assert gone_on.cpu_seconds < own.cpu_seconds / 2


@pytest.mark.parametrize("what", REFUSED)
def test_a_beginning_ends_before_a_cell_that(begin: Begin, what: str) -> None:
    assert begin([BUSY, REFUSED[what], BUSY]) == [1]


@pytest.mark.parametrize("what", ["writes a file", "goes elsewhere", "sets an alarm", "starts a thread"])
def test_what_is_not_shared_happens_in_the_room(begin: Begin, ran: Ran, what: str) -> None:
    look = "import os, signal, threading\nprint(os.listdir(), os.getcwd(), signal.alarm(0) > 900)\n"
    cells = [BUSY, REFUSED[what], look + "print(threading.active_count())"]
    begin(cells[:2])
    (_, own), (shared, gone_on) = ran(cells, []), ran(cells, cells)
    assert shared == 1
    assert told(own) == told(gone_on)


def test_where_a_stage_has_died_all_cells_run(house: House, begin: Begin, ran: Ran) -> None:
    begin([BUSY])
    with contextlib.closing(house.guest(0, [BUSY])) as room:
        assert room.begun == 1
        maker = int(Path(f"/proc/{room.pid}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(maker, signal.SIGKILL)
    begun, transcript = ran([BUSY], [BUSY])
    assert (begun, transcript.state) == (0, "finished")


def test_the_level_none_has_no_beginnings() -> None:
    with House.open("none", Limits(), warm=False) as house:
        house.begin([BUSY], seed=7, data=None)
        assert house.begun(0.0) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import time\ntimes = [1]", True),
        ("time.time()", False),
        ("begin = datetime.now()", False),
        ("from os import getcwd", False),
        ("dice = np.random.default_rng(5)", True),
        ("dice = np.random.default_rng()", False),
        ("torch.seed()", False),
        ("torch.manual_seed(1)", True),
        ("%matplotlib inline\nplt.plot([1])", True),
        ("files = !ls", False),
        ("%cd ..", False),
        ("MNIST('.', download=True)", False),
        ("open(os.path.join('data', 'train.csv'))", True),
        ("open(os.path.abspath('data'))", False),
        ("def (", False),
        ("x = '\0'", False),
    ],
)
def test_what_a_cell_says_of_itself(source: str, expected: bool) -> None:
    assert shareable(source, TransformerManager().transform_cell) is expected
