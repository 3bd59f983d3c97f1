"""`build_rnn`: the same by a layer, and the axis along which it walks."""

import pytest

INPUT, HIDDEN = 4, 6


@pytest.fixture
def x(draw):
    """(B, T, I) = (3, 5, 4): sizes that all differ, as those of the three words of the lesson."""
    return draw.normal(3, 5, INPUT)


@pytest.mark.points(1)
def test_build_rnn_gives_one_output_per_letter(student, probes, x):
    axes = ("@axis.batch", "@axis.step", "@axis.hidden")
    probes.has_shape(student.build_rnn(INPUT, HIDDEN), x, shape=(3, 5, HIDDEN), axes=axes, output=0)


@pytest.mark.points(1)
@pytest.mark.needs("test_build_rnn_gives_one_output_per_letter")
def test_build_rnn_answers_the_same_twice(student, probes, x):
    probes.gives_same_answer(student.build_rnn(INPUT, HIDDEN), x, output=0)


@pytest.mark.points(3)
@pytest.mark.needs("test_build_rnn_gives_one_output_per_letter", "test_build_rnn_answers_the_same_twice")
def test_build_rnn_walks_along_the_letters(student, probes, x):
    probes.reads_in_time_order(student.build_rnn(INPUT, HIDDEN), x, output=0)
