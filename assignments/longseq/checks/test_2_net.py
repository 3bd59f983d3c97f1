"""`Net`: scores for every letter at every step, from the letters of its own window so far."""

import pytest

LETTERS, HIDDEN = 7, 8
SCORES = "test_net_scores_every_letter_at_every_step"


@pytest.mark.points(1)
def test_net_scores_every_letter_at_every_step(student, probes, x):
    for layers in (1, 2):
        axes = ("@axis.batch", "@axis.step", "@axis.vocabulary")
        probes.has_shape(student.Net(LETTERS, HIDDEN, layers), x, shape=(3, 5, LETTERS), axes=axes)


@pytest.mark.points(1)
@pytest.mark.needs(SCORES)
def test_net_takes_any_number_of_windows(student, probes, x):
    for layers in (1, 2):
        probes.takes_any_batch_size(student.Net(LETTERS, HIDDEN, layers), x)


@pytest.mark.points(1)
@pytest.mark.needs("test_net_takes_any_number_of_windows")
def test_net_gives_the_same_scores_twice(student, probes, x):
    probes.gives_same_answer(student.Net(LETTERS, HIDDEN, 2), x)


@pytest.mark.points(2)
@pytest.mark.needs("test_net_gives_the_same_scores_twice")
def test_net_reads_each_window_by_itself(student, probes, x, other_letter):
    for layers in (1, 2):
        probes.reads_in_time_order(student.Net(LETTERS, HIDDEN, layers), x, substitute=other_letter)
