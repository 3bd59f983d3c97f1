"""A language that is drawn afresh: words whose ends are certain once they have begun.

A network that carries what it has read can learn it; a table of letter pairs cannot, and neither can memory,
because texts to be judged by are new. Positions at which a new word begins or its second letter stands are
coins, so they are not scored.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from grader.judge.draws import Draw

WORDS, LETTERS, ALPHABET = 6, 5, 7
_CERTAIN_FROM = 1
"""The place in a word from which on the next letter is certain: two letters identify a word."""
_BEST_TABLE = 0.67


@dataclass(frozen=True)
class Lexicon:
    """Words of five letters, each letter a number below `ALPHABET`; see `drawn_lexicon`."""

    words: tuple[tuple[int, ...], ...]

    def texts(
        self, count: int, length: int, draw: Draw, *, apart: frozenset[tuple[int, ...]]
    ) -> torch.Tensor:
        """(count, length) int64: words in random order from the start of a word, cut to `length`; all rows
        differ from each other and from those of `apart`."""
        generator = draw("texts")
        found: dict[tuple[int, ...], None] = {}
        while len(found) < count:
            chosen = generator.integers(0, len(self.words), -(-length // LETTERS))
            text = tuple(letter for word in chosen for letter in self.words[word])[:length]
            if text not in apart:
                found[text] = None
        return torch.tensor(list(found))


def drawn_lexicon(draw: Draw) -> Lexicon:
    """Six words over an alphabet of seven letters.

    The first two letters identify a word, no letter follows itself in a word, and the best table of letter
    pairs is right at 67 % of the certain places at most, because words share letters.
    """
    generator = draw("lexicon")
    while True:
        words = tuple(_word(generator) for _ in range(WORDS))
        if len({word[:2] for word in words}) == WORDS and _best_table(words) <= _BEST_TABLE:
            return Lexicon(words)


def renamed(texts: torch.Tensor, draw: Draw) -> tuple[torch.Tensor, torch.Tensor]:
    """The texts with their letters renamed by a random permutation, and the permutation."""
    names = torch.from_numpy(draw("names").permutation(ALPHABET))
    return names[texts], names


def certain(steps: int) -> torch.Tensor:
    """(steps,) true where the letter after step t of a text is certain."""
    return torch.tensor([_CERTAIN_FROM <= t % LETTERS < LETTERS - 1 for t in range(steps)])


def _word(generator: np.random.Generator) -> tuple[int, ...]:
    while True:
        word = tuple(int(letter) for letter in generator.integers(0, ALPHABET, LETTERS))
        if all(a != b for a, b in pairwise(word)):
            return word


def _best_table(words: tuple[tuple[int, ...], ...]) -> float:
    """The share of certain places at which the most frequent follower of a letter is right."""
    follows = Counter((word[t], word[t + 1]) for word in words for t in range(_CERTAIN_FROM, LETTERS - 1))
    best: dict[int, int] = {}
    for (letter, _), count in follows.items():
        best[letter] = max(best.get(letter, 0), count)
    return sum(best.values()) / follows.total()
