"""What one call of student code gave, as plain structs: claims, checked before use."""

from __future__ import annotations

from msgspec import field

from grader.wire.message import Int, Message
from grader.wire.values import Value


class Frame(Message, frozen=True, tag="frame"):
    """A line of the student's own code in a traceback. `cell` counts code cells from 1."""

    cell: Int
    line: Int
    text: str


class Raised(Message, frozen=True, tag="raised"):
    """Student code raised, or its value could not be used."""

    type: str
    message: str
    frames: list[Frame] = field(default_factory=list)


class Returned(Message, frozen=True, tag="returned"):
    """What a call returned. `mutated` lists positions of tensor arguments that the call changed."""

    value: Value
    mutated: list[Int] = field(default_factory=list)


Outcome = Returned | Raised


class State(Message, frozen=True, tag="state"):
    """Global state after the request, as the guest says; if it changed, a fresh snapshot is asked next.

    `moved`: the request was a training, and what the notebook holds is no longer what it was before the first
    one, or nobody can tell.
    """

    dtype: str
    grad: bool
    threads: Int
    deterministic: bool
    moved: bool = False
