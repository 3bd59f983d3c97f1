"""Words to pad: of different lengths, in no order, fewer than the longest has letters."""

from __future__ import annotations

import pytest
import torch

ALPHABET = "abcdefghijklm"


@pytest.fixture
def student(student):
    """What each network reads, for those whose layers find their sizes when they are called."""
    return student.reading(Net=_word, Tagger=_word)


@pytest.fixture
def words(draw):
    """Four words of 3, 7, 1 and 5 letters, drawn. In the last one a letter stands twice running and another
    comes back at the end, so that letters are no set; in the others, the longest among them, all differ."""
    *words, three = [draw.words(1, lengths=(n, n), alphabet=ALPHABET, distinct=True)[0] for n in (3, 7, 1, 3)]
    a, b, c = three
    return [*words, a + b + b + c + a]


@pytest.fixture
def char2idx(draw, words):
    """`<pad>` is 0; the letters have the other numbers in a drawn order, and number 1 occurs in the words."""
    letters = [ALPHABET[i] for i in draw("table").permutation(len(ALPHABET))]
    letters.sort(key=lambda letter: letter not in words[1][:1])
    return {"<pad>": 0, **{letter: number for number, letter in enumerate(letters, start=1)}}


def _word(features, *_):
    """One word of two letters, and its length."""
    return torch.zeros(1, 2, features), torch.tensor([2])
