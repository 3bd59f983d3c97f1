"""A vocabulary of one's own: two tables of letters and numbers that are each other's inverse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, SupportsIndex

from grader.evidence import Steps
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.shapes import type_text
from grader.judge.student import Handle
from grader.record import Fact

_SHOWN = 15
_LETTERS = 26
_AMONG = 500
"""Hangul syllables of which as many are drawn as there are letters."""
_INNER = "ADGdgKQ0379.,!?'-\n\t "
_EDGES = "BRbr15:;()"
"""Capitals with and without their small letters, digits, signs; a sample begins and ends with no blank."""
_WRITTEN = {"\n": "\\n", "\t": "\\t"}


def are_inverse(handle: Handle, draw: Draw) -> bool:
    """`handle(sample)` is (char_set, char_dic): a list of the letters of `sample`, each once, and the
    dictionary that gives each its place in the list.

    Five drawn samples, in which letters repeat: in two scripts, with capitals, digits, signs, a newline and a
    tab, and one of a single letter. Letters beyond those of the sample may stand in both tables. Findings:
    vocab.not_inverse (a letter is missing, stands twice, or the tables disagree), vocab.shared (letters of a
    sample before, which are not in the tables of every sample), reply.malformed. Returns whether the order is
    a matter of the text alone: that of two samples which differ by a renaming of letters that keeps their
    alphabetical order is the same. It is not where letters come out of a set as their hashes, which are
    others in each process, have it.
    """
    places = draw.integers(0, _LETTERS, 60, purpose="places").tolist()
    syllables = sorted(draw("alphabet").permutation(_AMONG)[:_LETTERS].tolist())
    latin = "".join(chr(ord("a") + place) for place in places)
    hangul = "".join(chr(ord("가") + syllables[place]) for place in places)
    orders = []
    before, always = set[str](), None
    for sample in (latin, hangul, draw.words(1, lengths=(9, 9), alphabet="ab c,")[0], _mixed(draw), "zz"):
        (answer,) = handle.calls([[sample]])
        letters = _checked(answer.get(), sample, handle.name)
        always = set(letters) if always is None else always
        carried = sorted((before & set(letters)) - always - set(sample))
        if carried:
            facts: dict[str, Fact] = {"name": handle.name, "word": _shown(carried[0]), "count": len(carried)}
            raise Finding("vocab.shared", facts=facts, about=handle.name)
        before |= set(sample)
        orders.append([sample.index(letter) for letter in letters if letter in sample])
    return orders[0] == orders[1]


def _mixed(draw: Draw) -> str:
    """Every kind of letter that a keyboard has, some of them twice, in a drawn order."""
    inner = draw.words(1, lengths=(len(_INNER), len(_INNER)), alphabet=_INNER, distinct=True)[0]
    edges = draw.words(1, lengths=(len(_EDGES), len(_EDGES)), alphabet=_EDGES, distinct=True)[0]
    return edges[:7] + inner + inner[:5] + edges[4:]


def _checked(value: Any, sample: str, name: str) -> list[str]:
    """The list of letters, once both tables are right for `sample`."""
    parts = list(value) if isinstance(value, (tuple, list)) else []
    if (
        len(parts) != 2
        or not isinstance(parts[0], (list, tuple, str))
        or not isinstance(parts[1], dict)
        or not all(isinstance(letter, str) for letter in parts[0])
    ):
        facts: dict[str, Fact] = {
            "name": name,
            "wanted": "list[str], dict[str, int]",
            "got": type_text(value) if len(parts) != 2 else ", ".join(type_text(part) for part in parts),
            "detail": "",
        }
        raise Finding("reply.malformed", facts=facts, about=name)
    letters, numbers = list(parts[0]), parts[1]
    missing = sorted(set(sample) - set(letters))
    back = [_number(numbers, letter) for letter in letters]
    if missing or back != list(range(len(letters))) or len(numbers) != len(letters):
        raise _disagree(name, sample, letters, back, missing)
    return letters


def _number(numbers: dict[Any, Any], letter: str) -> int | None:
    number = numbers.get(letter)
    return None if isinstance(number, bool) or not isinstance(number, SupportsIndex) else int(number)


def _shown(text: str) -> str:
    """As it is written in Python where it would only move what follows."""
    return "".join(_WRITTEN.get(letter, letter) for letter in text)


def _disagree(
    name: str, sample: str, letters: Sequence[str], back: Sequence[int | None], missing: Sequence[str]
) -> Finding:
    places = range(min(len(letters), _SHOWN))
    tokens = [
        [str(place) for place in places],
        [_shown(letters[place][:3]) for place in places],
        ["·" if back[place] is None else str(back[place]) for place in places],
    ]
    bad = [[2, place] for place in places if back[place] != place]
    steps = Steps(["@row.number", "@row.letter_of_number", "@row.number_of_letter"], tokens, bad)
    facts: dict[str, Fact] = {
        "name": name,
        "text": _shown(sample[:30]),
        "wrong": sum(number != place for place, number in enumerate(back)),
        "of": len(letters),
        "missing": _shown("".join(missing)[:10]),
    }
    return Finding("vocab.not_inverse", facts=facts, evidence=[steps], about=name)
