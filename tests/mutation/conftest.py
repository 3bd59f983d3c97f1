from __future__ import annotations

from pathlib import Path

import pytest

from grader.new import Place, make


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A folder with assignments/ and solutions/ of one new lesson, `base`."""
    make(Place(tmp_path, "base"), ("Base", "기초"), 1)
    return tmp_path
