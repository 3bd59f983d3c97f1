"""The wide search: what was asked in a conversation, asked of both notebooks with other arguments."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence

import numpy as np

from grader.judge.guest import GuestGone
from grader.mutation.redrawing import dear, differentiated, ranges, redrawable, redrawn
from grader.mutation.twins import Asked, Pair, Twins
from grader.wire.frames import TooLarge, WireError
from grader.wire.replies import Failed

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
    """Rounds that were asked, until one tells the two apart; `seconds` end it early on a slow machine.

    Before these, the gradients of what was asked for its values alone are asked for.
    """
    asked = [one for one in twins.asked if redrawable(one.request)]
    known = ranges(one.request for one in asked)
    plain = _mixed([one for one in asked if not dear(one.request)], generator)
    training = _mixed([one for one in asked if dear(one.request)], generator)
    until = time.monotonic() + seconds
    done = 0
    with open_pair("search") as pair:
        plain = _mixed([*plain, *_gradients(pair, plain, generator)], generator)
        while done < rounds and twins.difference is None and time.monotonic() < until:
            turn = training if (done % _DEAR_SHARE == _DEAR_SHARE - 1 or not plain) else plain
            turn = turn or plain
            if not turn:
                break
            one = turn[done % len(turn)]
            _ask(pair, one, generator, known)
            done += 1
    return done


def _gradients(pair: Pair, plain: Sequence[Asked], generator: np.random.Generator) -> list[Asked]:
    """For each function and check a request for gradients that the original answers."""
    found: list[Asked] = []
    seen: set[tuple[str, str]] = set()
    for one in plain:
        made = differentiated(one.request, one.payload, one.floats, generator)
        which = (one.check, _name(one))
        if made is None or which in seen:
            continue
        seen.add(which)
        again = Asked(one.check, *made)
        with contextlib.suppress(GuestGone, WireError):
            pair.check = one.check
            reply, _ = pair.ask(again.request, again.payload)
            if not isinstance(reply, Failed):
                found.append(again)
    return found


def _name(one: Asked) -> str:
    target = getattr(one.request, "target", None)
    return f"{type(one.request).__name__} {getattr(target, 'name', getattr(target, 'kind', ''))}"


def _mixed(asked: Sequence[Asked], generator: np.random.Generator) -> list[Asked]:
    """So that the first rounds are about as many different functions and checks as can be."""
    by_kind: dict[tuple[str, str], list[Asked]] = {}
    for one in asked:
        by_kind.setdefault((one.check, _name(one)), []).append(one)
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
        pair.ask(request, payload)
