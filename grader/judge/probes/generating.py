"""Writing text letter by letter: what was written is read again, compared with our own roll-out."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from grader.evidence import Steps
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.letters import text_written
from grader.judge.student import Handle
from grader.judge.supplied import Supplied
from grader.record import Fact
from grader.wire.requests import Lab

_LAB = Lab("eval", double=False, quiet=True)
_HANGUL = "가나다라마바사아자차카타파하"
_KEYS = string.printable[:95] + "\n\t"
_SHOWN = {"\n": "\\n", "\t": "\\t", " ": "␣"}
_LOUDER = 2.5
"""Factor of all weight matrices: what a small network says then depends on all that it has read."""
_MARGIN = 2e-3
_DRAWS = 25
_HELD = 2
_CERTAIN = 50.0
"""A score that leaves no chance to other letters."""


@dataclass(frozen=True)
class _Script:
    """A model with weights of ours, what it is to continue, and what it writes when it reads in which way."""

    model: Model
    start: str
    right: str
    ways: dict[str, str]
    clear: bool


def feeds_letters_back(handle: Handle, model: Model, draw: Draw) -> None:
    """`handle(model, start, length, char_set, char_dic)` is the `length` letters that follow `start`, without
    it: each time the likeliest letter after all that was read and written so far.

    `model` is the student's own, over as many letters as `alphabet` has, with weights of ours: what it says
    is asked letter by letter, float32, in draws in which no two letters come close, so that any way of
    computing it is right, also one that keeps the model's state. Starts of 4 letters and of 1; lists of
    letters count as text. What has to be written begins and ends with a blank (a tab, a newline or a space),
    and holds another within: each is a letter as all the rest. Findings: text.not_fed_back (the start, or
    nothing new, is read each time), text.context_lost (only the last letter is read, or a part of the start),
    text.argmax_axis, eval.uses_target (other models write the same, or letters were read that nobody wrote),
    text.wrong_length, text.letters_wrong, reply.malformed, call.failed.
    """
    letters_of_all = alphabet(draw)
    for letters, length, blanks in ((4, 8, "\t \n"), (1, 6, " \n\t")):
        script = _script(model, draw, letters_of_all, letters, length)
        script, chars = _with_blanks(script, letters_of_all, blanks)
        table = {letter: number for number, letter in enumerate(chars)}
        written = _written(handle, script.model, script.start, length, chars, table)
        if written == script.right:
            continue
        code = next((code for way, code in _CODES.items() if script.ways.get(way) == written), None)
        if code is None and _comes_from_elsewhere(handle, script, draw, chars, table, written):
            code = "eval.uses_target"
        if code is None:
            code = "text.wrong_length" if len(written) != length else "text.letters_wrong"
        raise _found(code, handle.name, script, written)


def alphabet(draw: Draw) -> list[str]:
    """Every letter that a keyboard for English has, the newline and the tab, and some of Hangul, in a drawn
    order: whatever text a notebook keeps in reserve can be told by its letters."""
    letters = list(_KEYS + _HANGUL)
    order = draw("alphabet").permutation(len(letters))
    return [letters[n] for n in order]


LETTERS = len(_KEYS + _HANGUL)
"""How many letters `alphabet` has."""

_CODES = {
    "start again": "text.not_fed_back",
    "first letter again": "text.not_fed_back",
    "last letter only": "text.context_lost",
    "as many as the start": "text.context_lost",
    "first letter of the start": "text.context_lost",
    "last letter of the start": "text.context_lost",
    "without the start": "text.context_lost",
    "across steps": "text.argmax_axis",
    "with the start": "text.wrong_length",
}
"""What each wrong way of reading is called."""


def _script(model: Model, draw: Draw, chars: Sequence[str], letters: int, length: int) -> _Script:
    """Weights and a start for which every way of reading writes something else, as far as draws go."""
    best: _Script | None = None
    for _ in range(_DRAWS):
        drawn = model.drawn(draw)
        louder = {n: w * _LOUDER if w.dim() > 1 else w for n, w in (drawn.weights or {}).items()}
        lab = replace(drawn, weights=louder, double=False)
        start = [int(n) for n in draw("start").permutation(len(chars))[:letters]]
        script = _rolled(lab, start, length, chars)
        others = [text for way, text in script.ways.items() if len(start) > 1 or way in _ALWAYS]
        if script.clear and script.right not in others and len(set(script.right)) > _HELD:
            return script
        if best is None or (script.clear and not best.clear):
            best = script
    assert best is not None
    return best


_ALWAYS = ("start again", "last letter only")


def _with_blanks(script: _Script, chars: Sequence[str], blanks: str) -> tuple[_Script, list[str]]:
    """The same numbers by other letters: `blanks` are the first that is written, the last, and one between.

    Numbers are all that a model knows, so that letters may change places in the alphabet afterwards. Where
    these numbers are not three, as many blanks are there as there are numbers.
    """
    right = script.right
    inner = [letter for letter in right if letter not in (right[0], right[-1])]
    spelt = {letter: letter for letter in chars}
    for letter, blank in zip([right[0], right[-1], *inner[:1]], blanks, strict=False):
        holder = next(other for other, now in spelt.items() if now == blank)
        spelt[holder], spelt[letter] = spelt[letter], blank
    new = str.maketrans(spelt)
    ways = {way: text.translate(new) for way, text in script.ways.items()}
    again = replace(script, start=script.start.translate(new), right=right.translate(new), ways=ways)
    return again, [spelt[letter] for letter in chars]


def _rolled(model: Model, start: list[int], length: int, chars: Sequence[str]) -> _Script:
    """All ways of reading side by side, one question per letter."""
    reads: dict[str, Callable[[list[int]], list[int]]] = {
        "right": lambda new: start + new,
        "start again": lambda new: start,
        "first letter again": lambda new: start[:1],
        "last letter only": lambda new: (start + new)[-1:],
        "as many as the start": lambda new: (start + new)[-len(start) :],
        "first letter of the start": lambda new: start[:1] + new,
        "last letter of the start": lambda new: start[-1:] + new,
        "without the start": lambda new: new or start,
        "across steps": lambda new: start + new,
    }
    texts: dict[str, list[int]] = {way: [] for way in reads}
    clear = True
    for _ in range(length):
        cases = [[torch.tensor([read(texts[way])])] for way, read in reads.items()]
        answers = model.run(cases, fresh=False)
        for way, answer in zip(reads, answers, strict=True):
            scores = answer.tensor()[0]
            if way == "right":
                top = scores[-1].topk(2).values
                clear &= float(top[0] - top[1]) > _MARGIN * float(scores[-1].abs().max().clamp(min=1e-6))
            best = scores.argmax(0)[-1] if way == "across steps" else scores[-1].argmax()
            texts[way].append(int(best))
    spelt = {way: "".join(chars[n] for n in numbers) for way, numbers in texts.items()}
    text = "".join(chars[n] for n in start)
    spelt["with the start"] = text + spelt["right"]
    return _Script(model, text, spelt.pop("right"), spelt, clear)


def _written(
    handle: Handle, model: Any, start: str, length: int, chars: list[str], table: dict[str, int]
) -> str:
    (answer,) = handle.calls([[model, start, length, chars, table]], lab=_LAB)
    return text_written(answer)


def _comes_from_elsewhere(
    handle: Handle, script: _Script, draw: Draw, chars: list[str], table: dict[str, int], written: str
) -> bool:
    """Whether the letters read were neither of the start nor written before: a table that gives each letter
    another one tells what was read, and two tables have to tell the same. Nothing is known where the function
    asks more of its model."""
    size = len(chars)
    told = []
    for _ in range(2):
        follower = torch.from_numpy(draw("followers").permutation(size))
        scores = torch.zeros(size, size, dtype=torch.float64)
        scores[torch.arange(size), follower] = _CERTAIN
        model = Supplied("Embedding", (size, size), {"weight": scores}, double=False)
        try:
            other = _written(handle, model, script.start, len(script.right), chars, table)
        except Finding:
            return False
        if other == written:
            return True
        if len(other) != len(script.right) or not set(other) <= set(chars):
            return False
        read = [chars[int((follower == table[letter]).nonzero())] for letter in other]
        known = [set(script.start + other[:at]) for at in range(len(other))]
        strange = sum(letter not in before for letter, before in zip(read, known, strict=True))
        told.append(read if strange > len(read) // 2 else [])
    return bool(told[0]) and told[0] == told[1]


def _found(code: str, name: str, script: _Script, written: str) -> Finding:
    shown = max(len(script.right), min(len(written), 20))
    right, got = ([_SHOWN.get(c, c) for c in text] for text in (script.right, written[:shown]))
    bad = [[1, step] for step in range(len(got)) if step >= len(right) or got[step] != right[step]]
    facts: dict[str, Fact] = {
        "name": name,
        # As Python writes it: blanks at the ends of a text cannot be seen otherwise.
        "text": repr(script.start),
        "expected": repr(script.right),
        "got": repr(written),
        "count": 1,
        "length": len(script.right),
    }
    steps = Steps(["@row.letter_right", "@row.your_letter"], [right, got], bad)
    return Finding(code, facts=facts, evidence=[steps], about=name)
