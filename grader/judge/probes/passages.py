"""What was heard of encoder and decoder, cut into sentences, each with the pair that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from grader.judge.cast import Scene
from grader.judge.rehearsal import Turn
from grader.judge.vocabulary import EOS

NOTHING = -1
"""In place of a word where the loss asks for none."""
_LEAST_PULL = 1e-12
"""A gradient below it asks for nothing: a loss over as many words as can be, or scaled, pulls far harder."""


@dataclass(frozen=True)
class Passage:
    """The calls for one sentence: first those of the encoder, then those of the decoder."""

    reading: list[Turn]
    speaking: list[Turn]
    pair: int | None
    """Which pair of the scene; None where nothing tells."""

    @property
    def read(self) -> list[int]:
        """Tokens that the encoder was given, in order."""
        return [token for turn in self.reading for token in turn.tokens]

    @property
    def fed(self) -> list[int]:
        """Tokens that the decoder was given, in order."""
        return [token for turn in self.speaking for token in turn.tokens]

    @property
    def asked(self) -> list[int]:
        """For each token that the decoder was given, the word that the loss asks for; `NOTHING` for none."""
        return [word for turn in self.speaking for word in _asked(turn)]

    @property
    def scored(self) -> int:
        """How many steps there are up to the last whose scores got a gradient."""
        last = [n for n, turn in enumerate(self.speaking) if _has_loss(turn)]
        return sum(len(turn.tokens) for turn in self.speaking[: last[-1] + 1]) if last else 0


def passages(turns: Sequence[Turn], scene: Scene, *, trained: bool) -> list[Passage]:
    """One passage per sentence: it begins where the encoder is called again after the decoder.

    Where the encoder is never called it begins where the decoder is given its first token again. With
    `trained` passages that no gradient reached are left out, if one reached any: translations that a
    training function makes to show how far it is.
    """
    if any(turn.by == "encoder" for turn in turns):
        starts = [
            n
            for n, turn in enumerate(turns)
            if turn.by == "encoder" and (n == 0 or turns[n - 1].by == "decoder")
        ]
    else:
        first = turns[0].tokens if turns else []
        starts = [n for n, turn in enumerate(turns) if turn.tokens == first]
    found = []
    ends = [*starts[1:], len(turns)] if starts else []
    for start, end in zip(starts, ends, strict=True):
        reading = [turn for turn in turns[start:end] if turn.by == "encoder"]
        speaking = [turn for turn in turns[start:end] if turn.by == "decoder"]
        found.append(Passage(reading, speaking, _pair(reading, speaking, scene)))
    if trained and any(_has_loss(turn) for turn in turns):
        return [passage for passage in found if any(_has_loss(turn) for turn in passage.speaking)]
    return found


def target(scene: Scene, pair: int) -> list[int]:
    """Numbers of a pair's target words, and the end."""
    return [*scene.target.of(scene.pairs[pair][1]), EOS]


def word(scene: Scene, number: int) -> str:
    """A target word for people to read, `·` for none."""
    return (scene.target.word(number) or str(number)) if number != NOTHING else "·"


def _pair(reading: Sequence[Turn], speaking: Sequence[Turn], scene: Scene) -> int | None:
    """By the source words that were read, else by what the loss asks for or the decoder was given."""
    read = {token for turn in reading for token in turn.tokens}
    said = {token for turn in speaking for token in (*turn.tokens, *_asked(turn))} - {EOS, NOTHING}
    best, most = None, 0
    for tokens, side, of in ((read, 0, scene.source), (said, 1, scene.target)):
        for number, pair in enumerate(scene.pairs):
            count = len(tokens & set(of.of(pair[side])))
            if count > most:
                best, most = number, count
        if best is not None:
            return best
    return None


def _asked(turn: Turn) -> list[int]:
    nothing = [NOTHING] * len(turn.tokens)
    if turn.loss is None or len(turn.loss) != len(turn.tokens):
        return nothing
    least = turn.loss.min(dim=1)
    return [int(i) if v < -_LEAST_PULL else NOTHING for v, i in zip(least.values, least.indices, strict=True)]


def _has_loss(turn: Turn) -> bool:
    return turn.loss is not None and bool(turn.loss.any())


def hardly_pulls(passage: Passage) -> bool:
    """Whether gradients come to the scores of a passage, all too small to ask for any word."""
    told = [turn.loss for turn in passage.speaking if turn.loss is not None]
    return bool(told) and all(float(loss.abs().max()) <= _LEAST_PULL for loss in told)


def same(a: torch.Tensor | None, b: torch.Tensor | None) -> bool:
    """Whether two states are the same to the bit."""
    return a is not None and b is not None and torch.equal(a, b)


def rows(*tokens: Sequence[Any]) -> list[list[str]]:
    """Rows of tokens for evidence, cut to 12."""
    return [[str(token) for token in row][:12] for row in tokens]
