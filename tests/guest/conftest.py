from __future__ import annotations

from pathlib import Path

import pytest

from grader.record import Record
from tests.cli.making import lesson, notebook, once, record, run
from tests.guest.cells import CELLS


@pytest.fixture(scope="session")
def session(base: Path) -> Record:
    """The record of one notebook with all the cells of `CELLS`, run behind the wall."""

    def make(root: Path) -> None:
        check = "def test_f(student):\n    assert student.f(1) == 2\n"
        lesson(root, checks=check, reference=notebook("def f(x): return x + 1"))
        (root / "kim.ipynb").write_bytes(notebook(*CELLS.values()))
        done = run(root, "grade", "kim.ipynb", "--out", "out")
        assert done.returncode == 0, done.stderr

    return record(once(base, "guest", make) / "out" / "tiny" / "kim.json")
