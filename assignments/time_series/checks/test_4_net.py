"""`Net`: one number from a whole window."""

import pytest

COLUMNS, HIDDEN = 4, 8
SHAPE = "test_net_says_one_number_for_each_window"


@pytest.mark.points(1)
def test_net_says_one_number_for_each_window(student, probes, x):
    axes = ("@axis.batch", "@axis.output_column")
    probes.has_shape(student.Net(COLUMNS, HIDDEN, 2), x, shape=(3, 2), axes=axes)
    probes.has_shape(student.Net(COLUMNS, HIDDEN, 1, 2), x, shape=(3, 1), axes=axes)


@pytest.mark.points(1)
@pytest.mark.needs(SHAPE)
def test_net_takes_any_number_of_windows(student, probes, x):
    probes.takes_any_batch_size(student.Net(COLUMNS, HIDDEN, 1), x)
    probes.takes_any_batch_size(student.Net(COLUMNS, HIDDEN, 2, 2), x)


@pytest.mark.points(1)
@pytest.mark.needs("test_net_takes_any_number_of_windows")
def test_net_gives_the_same_numbers_twice(student, probes, x):
    probes.gives_same_answer(student.Net(COLUMNS, HIDDEN, 1), x)
    probes.gives_same_answer(student.Net(COLUMNS, HIDDEN, 1, 2), x)


@pytest.mark.points(1)
@pytest.mark.needs("test_net_gives_the_same_numbers_twice")
def test_net_reads_every_row_of_its_own_window(student, probes, x):
    probes.reads_every_step(student.Net(COLUMNS, HIDDEN, 2), x)
    probes.reads_every_step(student.Net(COLUMNS, HIDDEN, 1, 2), x)
