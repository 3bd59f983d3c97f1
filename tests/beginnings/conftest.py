from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence

import pytest

from grader.notebook import read
from grader.running import run_cells
from grader.sandbox import House, Limits, examine
from grader.transcript import Transcript
from tests.cli.making import notebook

SECONDS = 120.0
Ran = Callable[[Sequence[str], Sequence[str]], tuple[int, Transcript]]


@pytest.fixture(scope="module", params=["bubblewrap", "landlock"])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """A warm house at each level with walls that works here."""
    works = {found.level: found for found in examine()}
    if not works[request.param].works:
        pytest.skip(f"the level {request.param} does not work here: {works[request.param].detail}")
    with House.open(request.param, Limits()) as house:
        yield house


@pytest.fixture
def ran(house: House) -> Ran:
    """Runs a notebook's cells in a room that may go on from the beginning of other cells, as far as these
    are equal; how many had run already, and how it went."""

    def run(cells: Sequence[str], equal: Sequence[str]) -> tuple[int, Transcript]:
        opened = read(notebook(*cells))
        with contextlib.closing(house.guest(0, equal)) as room:
            return room.begun, run_cells(room, opened, house.limits, seed=7, data=None)

    return run


@pytest.fixture
def begin(house: House) -> Callable[[Sequence[str]], list[int]]:
    """Begins with these cells; how many cells each stage has run, once all have."""

    def begun(cells: Sequence[str]) -> list[int]:
        house.begin(cells, seed=7, data=None)
        return house.begun(SECONDS)

    return begun
