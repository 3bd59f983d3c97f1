"""What a run of checks has learnt of a notebook, so that no later check asks for it again.

A check that does not pass is run again with nothing known (`plugin.py`), and that run counts: nobody loses
points by what was true of another moment, or of other arguments.
"""

from __future__ import annotations

from grader.judge.guest import Guest
from grader.wire.replies import Failed, Reply
from grader.wire.requests import Describe, Look, Request, encode_request

_LASTING = (Look, Describe)
"""What depends on the cells alone: no random numbers, no tensors of a check."""


class Known:
    """Replies that last, and which names compute in float64.

    names: those of the lesson's contract, which are looked up together
    forgetful: every question is asked, and nothing is remembered
    relied: whether anything known was made use of but what a name is, which no other moment answers otherwise
    """

    def __init__(self, names: tuple[str, ...] = (), *, forgetful: bool = False) -> None:
        self.names = names
        self.forgetful = forgetful
        self._replies: dict[tuple[bytes, bytes], tuple[Reply, bytes]] = {}
        self._precise: set[str] = set()
        self.relied = False

    def ask(self, guest: Guest, request: Request, payload: bytes) -> tuple[Reply, bytes]:
        """The reply of `guest`, or the one it has given before. Raises `GuestGone`."""
        if self.forgetful or not isinstance(request, _LASTING):
            return guest.ask(request, payload)
        question = (encode_request(request), payload)
        if (before := self._replies.get(question)) is not None:
            self.relied |= isinstance(request, Describe)
            return before
        reply, data = guest.ask(request, payload)
        if not isinstance(reply, Failed):
            self._replies[question] = reply, data
        return reply, data

    def is_precise(self, name: str) -> bool:
        """Whether calls of `name` are known to be computed in float64."""
        known = name in self._precise
        self.relied |= known
        return known

    def found_precise(self, name: str) -> None:
        """Notes that a call of `name` was computed in float64."""
        if not self.forgetful:
            self._precise.add(name)
