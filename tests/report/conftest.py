"""Our words over the sample lesson's."""

from __future__ import annotations

import pytest
from grader.report.words import Words

from sample_records import LESSON_WORDS


@pytest.fixture(scope="session")
def words() -> Words:
    return Words.load(LESSON_WORDS)
