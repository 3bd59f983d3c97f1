"""Whatever cells do, the record says what happened, and what they defined before is judged."""

from __future__ import annotations

import pytest

from grader.record import Record
from tests.cli.classes import CELLS, FULL_MARKS
from tests.cli.making import printed


@pytest.mark.parametrize("name", CELLS)
def test_the_record_names_what_happened_and_where(graded: dict[str, Record], name: str) -> None:
    _, state, cell = CELLS[name]
    record = graded[name]
    assert (record.run.state, record.run.cell) == (state, cell)
    assert (record.run.finding is None) == (state == "finished")


@pytest.mark.parametrize("name", CELLS)
def test_what_was_defined_before_is_judged(graded: dict[str, Record], name: str) -> None:
    assert graded[name].state == "graded"
    assert graded[name].score == FULL_MARKS


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("failing", "ZeroDivisionError: division by zero"),
        ("syntax", "SyntaxError: invalid syntax (cell_2, line 1)"),
        ("exits", "SystemExit: 3"),
        ("interrupted", "KeyboardInterrupt"),
        ("recursion", "RecursionError: maximum recursion depth exceeded"),
        ("too_large", "MemoryError"),
        ("endless", "4 s of CPU for one cell"),
        ("bomb", "640 MiB"),
        ("left", "exited 0"),
        ("killed", "signal 9"),
    ],
)
def test_the_message_is_that_of_the_cell(graded: dict[str, Record], name: str, message: str) -> None:
    assert graded[name].run.message == message


@pytest.mark.parametrize("name", [name for name, (_, state, _) in CELLS.items() if state == "cell_failed"])
def test_cells_after_a_failed_one_are_run(graded: dict[str, Record], name: str) -> None:
    assert [cell.state for cell in graded[name].run.cells] == ["ok", "failed", "ok"]
    assert printed(graded[name], 3) == "later\n"


@pytest.mark.parametrize(
    "name",
    [name for name, (_, state, _) in CELLS.items() if state in ("out_of_time", "out_of_memory", "died")],
)
def test_cells_after_a_stopped_one_are_skipped(graded: dict[str, Record], name: str) -> None:
    assert [cell.state for cell in graded[name].run.cells] == ["ok", "stopped", "skipped"]


@pytest.mark.parametrize("name", ["flood", "huge_repr"])
def test_output_is_cut_at_its_limit_and_the_rest_runs(graded: dict[str, Record], name: str) -> None:
    assert len(printed(graded[name], 2).encode()) <= 20_000
    assert [cell.state for cell in graded[name].run.cells] == ["ok", "ok", "ok"]


def test_the_beginning_of_a_flood_is_kept(graded: dict[str, Record]) -> None:
    assert printed(graded["flood"], 2).startswith("line 0\nline 1\n")


def test_a_long_traceback_keeps_both_ends(graded: dict[str, Record]) -> None:
    said = printed(graded["recursion"], 2)
    assert said.count("in g(n)") < 40
    assert "----> 3 g(0)" in said
    assert said.endswith("RecursionError: maximum recursion depth exceeded")


def test_closed_descriptors_and_replaced_streams_cost_nothing(graded: dict[str, Record]) -> None:
    assert printed(graded["one_closed"], 3) == "later\n"
    assert printed(graded["no_stdout"], 3) == ""
