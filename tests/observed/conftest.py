from __future__ import annotations

from pathlib import Path

import pytest

from grader.record import Record
from tests.cli.making import lesson, notebook, once, records, run
from tests.observed.notebooks import CALLS, CELLS, EARLY, GREETING, HONEST, ORPHAN, REPLIES, SERVE, SPIN, F

CHECKS = """
def test_f(student, draw):
    number = int(draw.integers(0, 1000, 1)[0])
    assert student.f(number) == number + 1

def test_g(student):
    assert student.g(5) == 10

def test_h(student):
    assert student.h(5) == 4
"""
LIMITS = """
request_cpu = 1
request_wall = 20
disk = "64 MiB"
"""


def grade_class(root: Path) -> None:
    lesson(root, checks=CHECKS, limits=LIMITS, reference=notebook(F))
    odd = {
        name: [SERVE + f"\n\ndef odd(channel, number, reply, data):\n{cell}"]
        for name, (cell, _) in REPLIES.items()
    }
    odd |= {name: [cell] for name, (cell, _) in (CELLS | CALLS).items()}
    odd |= {name: [cell] for name, cell in HONEST.items()}
    odd |= {
        "early": [SERVE + EARLY],
        "orphan": [SERVE + ORPHAN],
        "greeting": [SERVE + GREETING],
        "spin": [SPIN],
    }
    (root / "class").mkdir()
    for name, cells in odd.items():
        (root / "class" / f"{name}.ipynb").write_bytes(notebook(F, *cells))
    done = run(root, "grade", "class", "--out", "out", "--jobs", "2")
    (root / "said").write_text(done.stdout + done.stderr, "utf-8")
    (root / "status").write_text(str(done.returncode))


@pytest.fixture(scope="session")
def course(base: Path) -> Path:
    """A folder with the course, and in `out` what grading its class has written."""
    return once(base, "observed", grade_class)


@pytest.fixture(scope="session")
def graded(course: Path) -> dict[str, Record]:
    """The class's records by student."""
    return records(course / "out" / "tiny")
