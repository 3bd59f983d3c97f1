"""Words become numbers, padded or packed, and come back."""

import pytest


@pytest.mark.points(1)
def test_pad_batch_keeps_letters_and_lengths(student, probes, words, char2idx):
    probes.pads(student.pad_batch, words, char2idx)


@pytest.mark.points(2)
def test_pack_batch_unpacks_in_the_callers_order(student, probes, words, char2idx):
    probes.packs_words(student.pack_batch, words, char2idx)


@pytest.mark.points(1)
def test_unpack_gives_back_rows_and_lengths(student, probes):
    probes.unpacks(student.unpack)
