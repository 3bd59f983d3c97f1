from __future__ import annotations

from pathlib import Path

import pytest

from grader.record import Record
from tests.cli.classes import grade_class
from tests.cli.making import once, records


@pytest.fixture(scope="session")
def course(base: Path) -> Path:
    """A folder with a course, its class, and in `out` what grading it has written."""
    return once(base, "class", grade_class)


@pytest.fixture(scope="session")
def graded(course: Path) -> dict[str, Record]:
    """The class's records by student."""
    return records(course / "out" / "tiny")
