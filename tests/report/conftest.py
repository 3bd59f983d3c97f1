"""Our words over the sample lesson's."""

from __future__ import annotations

import pytest
from sample_records import LESSON_WORDS

from grader.report.words import Words


@pytest.fixture(scope="session")
def words() -> Words:
    return Words.load(LESSON_WORDS)
