"""Calling a function on modules, and what was seen of how it used them: a request and its reply."""

from __future__ import annotations

from grader.wire.cases import Case
from grader.wire.message import Int, Message
from grader.wire.outcomes import Outcome, State
from grader.wire.values import Named, Value


class Use(Message, frozen=True, tag="use"):
    """Call the function `target` once per case, the modules among the arguments built afresh and put into
    training mode where `training` is set, else into evaluation mode. Answered by `Used`.

    `calls`: how many calls of the first of these modules are recorded.
    """

    target: Named
    cases: list[Case]
    training: bool
    calls: Int = 0


class UsedCall(Message, frozen=True, tag="used call"):
    """One call of the module: its first tensor, and the mode it was in."""

    input: Value
    training: bool


class Usage(Message, frozen=True, tag="usage"):
    """What came of one case; `left`: whether the function left the first module in training mode, and then
    each module inside it."""

    outcome: Outcome
    calls: list[UsedCall]
    left: list[bool]


class Used(Message, frozen=True, tag="used"):
    """One usage per case."""

    usages: list[Usage]
    state: State
