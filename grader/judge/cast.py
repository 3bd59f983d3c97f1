"""Who plays in a translation: vocabularies, an encoder and a decoder of the notebook, sentences of ours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.student import Handle
from grader.judge.vocabulary import Vocabulary, word_of
from grader.record import Fact

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SYLLABLES = "가나다라마바사아자차카타파하고노도로모보소오조초코토포호"
_SIZES = ((3, 5), (5, 3), (4, 6), (2, 4))
_SPARE = 26
_PHRASES = (3, 2, 4, 3)
"""Words in the translation of each head word."""
_BESIDE = 4


@dataclass(frozen=True)
class Numbered:
    """A vocabulary with the numbers that it gave to its words, as the notebook says."""

    vocabulary: Vocabulary
    numbers: dict[str, int]
    words: Any
    size: int

    def of(self, sentence: str) -> list[int]:
        return [self.numbers[word] for word in sentence.split(" ")]

    def numbers_of(self, sentences: Sequence[str]) -> set[int]:
        return {number for sentence in sentences for number in self.of(sentence)}

    def word(self, number: int) -> str | None:
        return word_of(self.words, number)


@dataclass(frozen=True)
class Scene:
    """Pairs of drawn sentences, in each of which every word is its own, and who translates them.

    `spare` are words of the target vocabulary that stand in no sentence. Encoder and decoder are recipes.
    """

    pairs: list[list[str]]
    source: Numbered
    target: Numbered
    encoder: Model
    decoder: Model
    spare: list[str]

    def cast(self) -> list[Any]:
        """What `train` and `evaluate` are given after the pairs."""
        return [self.source.vocabulary, self.target.vocabulary, self.encoder, self.decoder]

    def drawn(self, draw: Draw, *, scale: float = 1.0) -> list[Any]:
        """The cast with fresh weights in both networks, each `scale` times as large as usual."""
        networks = [self.encoder.drawn(draw), self.decoder.drawn(draw)]
        return [*self.cast()[:2], *(_scaled(network, scale) for network in networks)]


@dataclass(frozen=True)
class Cast:
    """The notebook's `Vocab`, `Encoder` and `Decoder`; both networks of hidden size `hidden`.

    Whatever is named in `ours` is played by a vocabulary or network of our own, under the notebook's name:
    for checks of what is done with them, where the notebook's own cannot be used. See the marker `prefers`.
    """

    vocab: Handle
    encoder: Handle
    decoder: Handle
    hidden: int = 8
    ours: Collection[Literal["vocab", "encoder", "decoder"]] = ()

    def scene(self, draw: Draw) -> Scene:
        """Four drawn pairs of 2 to 6 words and both vocabularies, each with 26 words that no pair uses.

        The spare words make numbers of one language differ from those of the other. Both kinds lie among
        each other, so that words of every part of a vocabulary are asked for. Raises
        `vocab.words_missing` or `reply.malformed` where the notebook's vocabulary is not usable.
        """
        first, second = (sum(sizes[side] for sizes in _SIZES) for side in (0, 1))
        words = _distinct(draw, first + _SPARE, _LETTERS, 5, "source words")
        answers = _distinct(draw, second + _SPARE, _SYLLABLES, 3, "target words")
        sources, targets = [], []
        for length, size in _SIZES:
            sources.append(" ".join(words.pop() for _ in range(length)))
            targets.append(" ".join(answers.pop() for _ in range(size)))
        # No number means a word used in both: the source's stand where the target has spare ones.
        said = _spread(range(second + _SPARE), second)
        read = _spread([n for n in range(first + _SPARE) if n not in said], first)
        source = self._numbered(_laid(_in_turn(sources), words, read))
        target = self._numbered(_laid(_in_turn(targets), answers, said))
        pairs = [[a, b] for a, b in zip(sources, targets, strict=True)]
        # First those whose number is no word of a source.
        answers.sort(key=lambda word: target.numbers[word] in source.numbers_of(sources))
        return Scene(pairs, source, target, *self._networks(source, target), answers)

    def phrase_book(self, draw: Draw) -> tuple[Scene, list[list[str]]]:
        """Twelve pairs to learn from, and four more whose sources are in none of them.

        A source is a head word behind a word beside it, which does not matter; each head has its own
        translation of 2 to 4 words. All words of the four occur among the twelve. Raises as `scene`.
        """
        words = _distinct(draw, len(_PHRASES) + _BESIDE, _LETTERS, 5, "source words")
        answers = _distinct(draw, sum(_PHRASES), _SYLLABLES, 3, "target words")
        heads, beside = words[: len(_PHRASES)], words[len(_PHRASES) :]
        targets = [" ".join(answers.pop() for _ in range(size)) for size in _PHRASES]
        known, new = list[list[str]](), list[list[str]]()
        for number, (head, target) in enumerate(zip(heads, targets, strict=True)):
            for place, word in enumerate(beside):
                (new if place == number else known).append([f"{word} {head}", target])
        source = self._numbered([text for text, _ in known])
        target_words = self._numbered(targets)
        return Scene(known, source, target_words, *self._networks(source, target_words), []), new

    def _networks(self, source: Numbered, target: Numbered) -> tuple[Model, Model]:
        if "encoder" in self.ours:
            encoder = self.encoder.stand_in("SourceReader", source.size, self.hidden)
        else:
            encoder = self.encoder.model(source.size, self.hidden)
        if "decoder" in self.ours:
            return encoder, self.decoder.stand_in("TargetSpeaker", self.hidden, target.size)
        return encoder, self.decoder.model(self.hidden, target.size)

    def _numbered(self, sentences: Sequence[str]) -> Numbered:
        vocabulary = Vocabulary(self.vocab, list(sentences), "vocab" in self.ours)
        numbers, words, size = vocabulary.tables()
        known = numbers if isinstance(numbers, dict) else {}
        name = self.vocab.name
        wanted = {word for sentence in sentences for word in sentence.split(" ")}
        if isinstance(size, bool) or not isinstance(size, int) or not 0 < size < 10_000:
            raise Finding("reply.malformed", facts={"name": name, "detail": "", "type": type(size).__name__})
        found = {word: known.get(word) for word in wanted}
        if any(type(number) is not int or not 0 <= number < size for number in found.values()):
            missing = sorted(word for word, number in found.items() if type(number) is not int)
            facts: dict[str, Fact] = {
                "name": name,
                "word": missing[0] if missing else "",
                "count": len(missing),
            }
            raise Finding("vocab.words_missing", facts=facts, about=name)
        return Numbered(vocabulary, {word: int(n) for word, n in found.items() if n is not None}, words, size)


def _scaled(model: Model, scale: float) -> Model:
    return replace(model, weights={name: scale * value for name, value in (model.weights or {}).items()})


def _spread(places: Sequence[int], count: int) -> list[int]:
    """`count` of the places, as evenly as can be."""
    return [places[n * len(places) // count] for n in range(count)]


def _in_turn(sentences: Sequence[str]) -> list[str]:
    """All words, those of each sentence spread over the whole list."""
    placed = [
        ((n + 0.5) / len(words), word)
        for words in (sentence.split(" ") for sentence in sentences)
        for n, word in enumerate(words)
    ]
    return [word for _, word in sorted(placed, key=lambda one: one[0])]


def _laid(used: Sequence[str], spare: Sequence[str], places: Sequence[int]) -> list[str]:
    """The used words at their places among the spare ones."""
    left, at = iter(spare), dict(zip(places, used, strict=True))
    return [at[n] if n in at else next(left) for n in range(len(used) + len(spare))]


def _distinct(draw: Draw, count: int, letters: str, most: int, purpose: str) -> list[str]:
    """`count` different words in no order."""
    found: dict[str, None] = {}
    while len(found) < count:
        found |= dict.fromkeys(draw.words(count, lengths=(2, most), alphabet=letters, purpose=purpose))
    return list(found)[:count]
