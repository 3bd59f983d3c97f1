"""Who plays in a translation: the notebook's own vocabulary and networks."""

import pytest

from grader.judge.cast import Cast


@pytest.fixture
def cast(student):
    """The names that translate, with networks of hidden size 8."""
    return Cast(student.Vocab, student.Encoder, student.Decoder, hidden=8)
