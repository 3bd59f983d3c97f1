"""`build_rnn` at other sizes, its status, `many_to_one` with it, and `one_to_many`."""

import pytest

INPUT, HIDDEN = 5, 3
WALKS = "test_build_rnn_walks_along_the_letters"


@pytest.fixture
def x(draw):
    """(B, T, I) = (4, 7, 5)."""
    return draw.normal(4, 7, INPUT)


@pytest.mark.points(1)
@pytest.mark.needs(WALKS)
def test_build_rnn_takes_any_number_of_words(student, probes, draw, x):
    net = student.build_rnn(INPUT, HIDDEN)
    probes.takes_any_batch_size(net, x, output=0)
    for steps in (1, 9):
        axes = ("@axis.batch", "@axis.step", "@axis.hidden")
        longer = draw.normal(4, steps, INPUT)
        probes.has_shape(net, longer, shape=(4, steps, HIDDEN), axes=axes, output=0)


@pytest.mark.points(1)
@pytest.mark.needs("test_build_rnn_takes_any_number_of_words")
def test_status_is_the_state_after_the_last_letter(student, probes, x):
    probes.status_is_last_output(student.build_rnn(INPUT, HIDDEN), x, hidden=HIDDEN)


@pytest.mark.points(1)
@pytest.mark.needs(WALKS)
def test_build_rnn_can_learn_from_every_letter(student, probes, x):
    net = student.build_rnn(INPUT, 2 * HIDDEN)
    probes.every_weight_counts(net, x)
    probes.gradient_reaches(net, x)
    probes.gradient_goes_back_in_time(net, x, output=0)


@pytest.mark.points(1)
@pytest.mark.needs(WALKS, "test_many_to_one_is_the_last_output")
def test_many_to_one_works_with_your_own_rnn(student, probes):
    probes.takes_last_step(student.many_to_one, student.build_rnn(INPUT, HIDDEN))


@pytest.mark.points(1)
def test_one_to_many_is_fed_its_own_output(student, probes):
    probes.feeds_itself(student.one_to_many)
