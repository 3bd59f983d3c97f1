"""Two notebooks behind the wall, asked the same: whether every reply of the second equals that of the first.

The checks run on the first one's replies, so a conversation is that of the original; each request also goes
to the other. What was asked is kept, to be asked again with other arguments (`redrawing.py`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.judge.guest import Guest, GuestGone
from grader.judge.task import Guests
from grader.mutation.alike import Tolerance, unlike
from grader.mutation.saying import said
from grader.wire import replies, requests
from grader.wire.values import Items, Tensor, Value

_MOST_KEPT = 400
_NOT_ASKED = (requests.Source,)
"""Where something is defined differs between any two notebooks."""
_LATE = "call.out_of_time"


@dataclass(frozen=True)
class Asked:
    """A request as it was asked, with the check that asked it.

    floats: the tensors of real numbers in the first answer of a call
    """

    check: str
    request: requests.Request
    payload: bytes
    floats: tuple[Tensor, ...] = ()


@dataclass(frozen=True)
class Difference:
    """The first request that told the two apart, and how."""

    check: str
    request: str
    what: str


class Twins:
    """Implements `task.Guests` over those of an original and of another notebook."""

    def __init__(self, original: Guests, other: Guests) -> None:
        self._original, self._other = original, other
        self.difference: Difference | None = None
        self.asked: list[Asked] = []
        self.count = 0

    @contextlib.contextmanager
    def opened(self, check: str, *, fresh: bool) -> Iterator[Guest]:
        with (
            self._original.opened(check, fresh=fresh) as original,
            self._other.opened(check, fresh=fresh) as other,
        ):
            yield Pair(self, check, original, other)

    def shared(self) -> bool:
        return self._original.shared()

    def cpu(self) -> float | None:
        return self._original.cpu()

    def keep(self, asked: Asked) -> None:
        if len(self.asked) < _MOST_KEPT:
            self.asked.append(asked)


@dataclass
class Pair:
    """Implements `Guest`: the original's replies, as long as the other gives the same."""

    twins: Twins
    check: str
    original: Guest
    other: Guest
    searching: bool = False
    """Replies by which the original refuses, or which hold no numbers, prove nothing then."""
    _tolerance: Tolerance = field(init=False)

    def __post_init__(self) -> None:
        self._tolerance = Tolerance(searching=self.searching)

    def ask(self, request: requests.Request, payload: bytes) -> tuple[replies.Reply, bytes]:
        if self.twins.difference is not None:
            raise GuestGone("call.failed")  # the two are told apart: no further answer is needed
        reply, data = self.original.ask(request, payload)
        if isinstance(request, _NOT_ASKED):
            return reply, data
        self.twins.count += 1
        if not self.searching:
            self.twins.keep(Asked(self.check, request, payload, _floats(reply)))
        what = self._unlike(request, payload, reply, data)
        if what is not None:
            self.twins.difference = Difference(self.check, said(request, payload), what)
        return reply, data

    def _unlike(
        self, request: requests.Request, payload: bytes, reply: replies.Reply, data: bytes
    ) -> str | None:
        if self.searching and isinstance(reply, replies.Failed):
            return None
        try:
            other, theirs = self.other.ask(request, payload)
        except GuestGone as gone:
            # Whether time runs out is decided by limits that the search does not keep to.
            return None if self.searching and gone.code == _LATE else f"no answer: {gone.detail}"
        return unlike(reply, data, other, theirs, self._tolerance)


def _floats(reply: replies.Reply) -> tuple[Tensor, ...]:
    if not isinstance(reply, replies.Results) or not reply.outcomes:
        return ()
    first = reply.outcomes[0]
    return tuple(_tensors(first.value)) if isinstance(first, replies.Returned) else ()


def _tensors(value: Value) -> Iterator[Tensor]:
    match value:
        case Tensor(dtype) if "float" in dtype:
            yield value
        case Items(_, items):
            for item in items:
                yield from _tensors(item)
