"""A class compared: fingerprints of everybody, the pairs that may be alike, and each of those side by side.

Code is read in forks of one warm process (`server.py`), many notebooks at a time. Where a fork ends early,
each of its notebooks is read alone, so that one that cannot be read within the limits takes nobody along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from grader import warm
from grader.engines.local import spread
from grader.similar.measure import LEAST
from grader.similar.messages import Marked, PairReply, PairRequest
from grader.similar.rarity import Near, nearest, weights

MOST_LISTED = 200
MOST_LOOKED_AT = 1_000
_TOGETHER = 24
_TOGETHER_BYTES = 24_000_000
_SECONDS = 300.0
"""The CPU decides; this is for a machine that gives it slowly."""


@dataclass(frozen=True)
class Given:
    """What the lesson gives everybody: its starter, and its reference where there is one."""

    starter: Path
    reference: Path | None


@dataclass(frozen=True)
class Likeness:
    """Two of a class, by their numbers, with what they share (`measure.Alike`) and the passages as HTML."""

    left: int
    right: int
    left_share: float
    right_share: float
    tokens: float
    passages: int
    html: str


@dataclass(frozen=True)
class Found:
    """What came of a class: likenesses, the most alike first; and by number who could not be compared."""

    likenesses: Sequence[Likeness]
    more: int
    """Pairs beyond those listed."""
    lost: int
    """Pairs that could not be laid side by side within the limits."""
    looked_at: int | None
    """How many pairs were laid side by side, where that was the most that are; there may be more to list."""
    little: Sequence[int]
    unread: Sequence[tuple[int, str]]
    """With the reason: one of `notebook.unreadable`, or "limits"."""
    cut: Sequence[int]


Content = Callable[[], bytes]
"""Gives the bytes of a notebook's file. Called twice and more, so that a class need not be held in memory."""


def compare(class_: Sequence[Content | str], called: Sequence[str], given: Given, jobs: int) -> Found:
    """Compares a class; of whom there is no notebook the reason stands in its place.

    `called`: the students' names, as pages show them. `jobs` processes at a time.

    Raises `GraderBug` where the process that reads code does not come up.
    """
    arguments = [str(given.starter)] + ([str(given.reference)] if given.reference else [])
    marked = [Marked(reason=one) if isinstance(one, str) else Marked() for one in class_]
    with warm.Room("grader.similar.server", *arguments) as room:
        reader = _Reader(room, class_, called)
        for numbers, said in spread(lambda of, slot: reader.marked(of), _batches(class_), jobs):
            for number, one in zip(numbers, said, strict=True):
                marked[number] = one
        telling = [one.marks if one.tokens >= LEAST else [] for one in marked]
        weight_of = weights(telling)
        near = nearest(telling, weight_of, MOST_LOOKED_AT)

        def paired(one: Near, slot: int) -> Likeness | None:
            ours = {*telling[one.left], *telling[one.right]}
            return reader.paired(one, {mark: weight_of[mark] for mark in ours})

        found = [one for _, one in spread(paired, near, jobs) if one is not None]
    found.sort(key=lambda one: (-max(one.left_share, one.right_share), -one.tokens, one.left, one.right))
    return Found(
        found[:MOST_LISTED],
        len(found[MOST_LISTED:]),
        reader.lost,
        len(near) if len(near) == MOST_LOOKED_AT else None,
        [at for at, one in enumerate(marked) if not one.reason and one.tokens < LEAST],
        [(at, one.reason) for at, one in enumerate(marked) if one.reason],
        [at for at, one in enumerate(marked) if one.cut],
    )


def _batches(class_: Sequence[Content | str]) -> list[list[int]]:
    readable = [at for at, one in enumerate(class_) if not isinstance(one, str)]
    return [readable[at : at + _TOGETHER] for at in range(0, len(readable), _TOGETHER)]


class _Reader:
    """What is asked of the process that reads code."""

    def __init__(self, room: warm.Room, class_: Sequence[Content | str], called: Sequence[str]) -> None:
        self._room, self._class, self._called = room, class_, called
        self._lost: set[Near] = set()

    @property
    def lost(self) -> int:
        """Pairs of which nothing came back."""
        return len(self._lost)

    def marked(self, numbers: Sequence[int]) -> list[Marked]:
        """What is known of each notebook."""
        said: list[Marked] = []
        for contents in _portions([one for at in numbers if not isinstance(one := self._class[at], str)]):
            together = self._marks(contents)
            if together is None:
                alone = [self._marks([content]) for content in contents]
                together = [one[0] if one else Marked(reason="limits") for one in alone]
            said += together
        return said

    def paired(self, near: Near, weight_of: dict[int, float]) -> Likeness | None:
        """What two share; None where they are not to be listed."""
        left, right = self._class[near.left], self._class[near.right]
        assert not isinstance(left, str)
        assert not isinstance(right, str)
        called = self._called[near.left], self._called[near.right]
        request = msgspec.msgpack.encode(PairRequest(left(), right(), called, weight_of))
        try:
            reply = self._room.ask("pair", request, seconds=_SECONDS)
        except warm.JobFailed:
            self._lost.add(near)
            return None
        said = msgspec.msgpack.decode(reply, type=PairReply)
        if said.html is None:
            return None
        shares = said.left_share, said.right_share
        return Likeness(near.left, near.right, *shares, said.tokens, said.passages, said.html)

    def _marks(self, contents: Sequence[bytes]) -> list[Marked] | None:
        try:
            reply = self._room.ask("mark", msgspec.msgpack.encode(contents), seconds=_SECONDS)
        except warm.JobFailed:
            return None
        return msgspec.msgpack.decode(reply, type=list[Marked])


def _portions(contents: Sequence[Content]) -> Iterator[list[bytes]]:
    """The notebooks, as many at a time as go into one request."""
    portion: list[bytes] = []
    size = 0
    for one in contents:
        content = one()
        if portion and size + len(content) > _TOGETHER_BYTES:
            yield portion
            portion, size = [], 0
        portion.append(content)
        size += len(content)
    if portion:
        yield portion
