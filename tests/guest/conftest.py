from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.record import Record
from tests.cli.making import lesson, notebook, once, record, run
from tests.guest.cells import CELLS


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> Record:
    """The record of one notebook with all the cells of `CELLS`, run behind the wall."""

    def make(root: Path) -> None:
        check = "def test_f(student):\n    assert student.f(1) == 2\n"
        lesson(root, checks=check, reference=notebook("def f(x): return x + 1"))
        (root / "kim.ipynb").write_bytes(notebook(*CELLS.values()))
        done = run(root, "grade", "kim.ipynb", "--out", "out")
        assert done.returncode == 0, done.stderr

    own = tmp_path_factory.getbasetemp()
    root = once(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own, "guest", make)
    return record(root / "out" / "tiny" / "kim.json")
