"""The wide search: what was asked in a conversation, asked of both notebooks with other arguments."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence

import numpy as np

from grader.judge.guest import GuestGone
from grader.mutation.redrawing import dear, ranges, redrawable, redrawn
from grader.mutation.twins import Asked, Pair, Twins
from grader.wire.frames import TooLarge, WireError

_DEAR_SHARE = 25
"""Of so many rounds one is about training."""


def search(
    twins: Twins,
    open_pair: Callable[[str], contextlib.AbstractContextManager[Pair]],
    generator: np.random.Generator,
    *,
    rounds: int,
    seconds: float,
) -> int:
    """Rounds that were asked, until one tells the two apart; `seconds` end it early on a slow machine."""
    asked = [one for one in twins.asked if redrawable(one.request)]
    known = ranges(one.request for one in asked)
    plain = _mixed([one for one in asked if not dear(one.request)], generator)
    training = _mixed([one for one in asked if dear(one.request)], generator)
    until = time.monotonic() + seconds
    done = 0
    with open_pair("search") as pair:
        while done < rounds and twins.difference is None and time.monotonic() < until:
            turn = training if (done % _DEAR_SHARE == _DEAR_SHARE - 1 or not plain) else plain
            turn = turn or plain
            if not turn:
                break
            one = turn[done % len(turn)]
            _ask(pair, one, generator, known)
            done += 1
    return done


def _mixed(asked: Sequence[Asked], generator: np.random.Generator) -> list[Asked]:
    """So that the first rounds are about as many different functions and checks as can be."""
    by_kind: dict[tuple[str, str], list[Asked]] = {}
    for one in asked:
        target = getattr(one.request, "target", None)
        name = getattr(target, "name", getattr(target, "kind", ""))
        by_kind.setdefault((one.check, str(name)), []).append(one)
    groups = [[group[at] for at in generator.permutation(len(group))] for group in by_kind.values()]
    most = max(map(len, groups), default=0)
    return [group[at] for at in range(most) for group in groups if at < len(group)]


def _ask(pair: Pair, one: Asked, generator: np.random.Generator, known: dict[int, tuple[int, int]]) -> None:
    try:
        request, payload = redrawn(one.request, one.payload, generator, known)
    except TooLarge:
        return
    # A request that the original does not survive proves nothing.
    with contextlib.suppress(GuestGone, WireError):
        pair.check = one.check
        pair.ask(request, payload, own=one.own)
