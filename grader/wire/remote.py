"""Test code on our side, objects on the student's: one step at a time, in a snapshot that remembers.

Also the code that cannot be parted so: it runs on the student's side, and comes back as whether it raised.
"""

from __future__ import annotations

from typing import Literal

from msgspec import field

from grader.wire.message import Int, Message
from grader.wire.outcomes import Raised, State
from grader.wire.values import Kept, Named, Tensor, Value

Verb = Literal[
    "read", "call", "attribute", "set", "item", "put", "iterate", "next", "length", "contains", "truth",
    "text", "operator",
]  # fmt: skip
MAX_SOURCE = 100_000


class Step(Message, frozen=True, tag="step"):
    """What is done with one object: a name of the notebook, or one that an earlier step gave.

    `begin`: where the bytes of its tensors begin in the payload. The arguments of `attribute` are [name], of
    `set` [name, value], of `item` [key], of `put` [key, value], of `operator` [its name in the module
    `operator`, the other operand where there is one].
    """

    verb: Verb
    of: Named | Kept
    args: list[Value] = field(default_factory=list)
    kwargs: dict[str, Value] = field(default_factory=dict)
    begin: Int = 0
    random: Generators | None = None


class Generators(Message, frozen=True, tag="generators"):
    """Where the generators of torch, NumPy and Python stand before a step."""

    torch: Tensor
    numpy: Tensor
    numpy_at: tuple[Int, Int, float]
    python: list[Int]
    python_next: float | None


class Walk(Message, frozen=True, tag="walk"):
    """Steps in turn; what the last one gave is the answer. Answered by `Walked`.

    `fresh` begins a conversation, with generators seeded by `seed`; else it goes on with the objects of the
    one that this snapshot keeps. A step before the last that raises does not stop the others.
    """

    steps: list[Step]
    fresh: bool = False
    seed: Int = 0


class Threw(Message, frozen=True, tag="threw"):
    """`kinds`: the names of the exception's classes, in the order of lookup."""

    error: Raised
    kinds: list[str]


class Gave(Message, frozen=True, tag="gave"):
    value: Value


class Walked(Message, frozen=True, tag="walked"):
    """`left`: arguments that were changed in place, by position or keyword, as they were left."""

    outcome: Gave | Threw
    state: State
    left: dict[str, Value] = field(default_factory=dict)


class Run(Message, frozen=True, tag="run"):
    """Run this code among the notebook's names, in a snapshot of its own. Answered by `Ran`."""

    source: str


class Ran(Message, frozen=True, tag="ran"):
    """`line`: of the source, from 1; 0 where that is not known."""

    error: Raised | None
    state: State
    line: Int = 0
