from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.making import lesson, notebook, once, run
from tests.snapshots.course import BAD, DYING, HARMLESS, NOTEBOOK, ODD, checks

LIMITS = """
request_cpu = 2
request_wall = 60
memory = "1 GiB"
"""


def grade_class(root: Path) -> None:
    reference = notebook(HARMLESS)
    lesson(root, checks=checks(list(BAD)), limits=LIMITS, starter=reference, reference=reference)
    (root / "class").mkdir()
    for name, cell in (("bad", NOTEBOOK), ("harmless", HARMLESS), ("odd", ODD), ("dying", DYING)):
        (root / "class" / f"{name}.ipynb").write_bytes(notebook(cell))
    done = run(root, "grade", "class", "--out", "out", "--jobs", "2")
    (root / "said").write_text(done.stdout + done.stderr, "utf-8")
    (root / "status").write_text(str(done.returncode))


@pytest.fixture(scope="session")
def course(base: Path) -> Path:
    """A folder with the course, and in `out` what grading its class has written."""
    return once(base, "snapshots", grade_class)
