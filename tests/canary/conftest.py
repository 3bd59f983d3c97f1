from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.sandbox import examine
from tests.canary.betraying import BETRAYERS
from tests.canary.planting import LEVELS, Course, Planted, grade
from tests.cli.making import once


@pytest.fixture(scope="session", params=LEVELS)
def course(request: pytest.FixtureRequest, base: Path) -> Course:
    """The class with the seeker and those who carry out what hidden checks ask, graded at each level."""
    level = request.param
    works = {found.level: found for found in examine()}
    if not works[level].works:
        pytest.skip(f"the level {level} does not work here: {works[level].detail}")

    def make(folder: Path) -> None:
        graded = grade(folder, level, BETRAYERS)
        kept = {"of": graded.planted.of, "said": graded.said, "status": graded.status}
        (folder / "graded").write_text(json.dumps(kept), "utf-8")

    folder = once(base, f"canary-{level}", make)
    kept = json.loads((folder / "graded").read_text("utf-8"))
    return Course.lying(folder, Planted(kept["of"]), kept["said"], kept["status"])
