"""What one call of student code is made of: what is called, with what, and in which laboratory."""

from __future__ import annotations

from typing import Literal

from msgspec import field

from grader.wire.message import Int, Message
from grader.wire.values import Built, Given, Named, Value


class Lab(Message, frozen=True, tag="lab"):
    """How a call is made: the laboratory around student code.

    `mode`: eval or train is set on modules; as_is leaves them. `double`: default dtype and models in
    float64. `quiet`: `randn`, `rand`, `normal` and their `_like` forms return zeros. `fresh`: each case
    sees a fresh copy of the target; otherwise all cases share one. `grad`: autograd is on.
    """

    mode: Literal["eval", "train", "as_is"] = "eval"
    double: bool = False
    quiet: bool = False
    fresh: bool = True
    grad: bool = False


class Case(Message, frozen=True, tag="case"):
    """One call: its arguments and the seed of every generator before it."""

    args: list[Value]
    kwargs: dict[str, Value] = field(default_factory=dict)
    seed: Int = 0


Target = Named | Built | Given
"""What is called: a function or class by name, or a model built afresh."""
