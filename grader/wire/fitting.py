"""Running the student's own training function, and what was seen of it: a request and its reply."""

from __future__ import annotations

from msgspec import field

from grader.wire.cases import Case
from grader.wire.message import Int, Message
from grader.wire.outcomes import Outcome, State
from grader.wire.values import Named, Tensor, Value


class Fit(Message, frozen=True, tag="fit"):
    """Call the training function `target` once per case, each time with models built afresh.

    Watched are the modules among the arguments (`Built`, with weights), or else the module that comes
    back. After each call `then` is asked of the first watched model in eval mode, and with `redraw` once
    more after all its weights have become normal numbers. `calls`: how many of the
    model's own calls are recorded with what went in, what came out and the gradient that came back.
    Labels to train on may cross; labels to score on never do. Answered by `Fitted`.
    """

    target: Named
    cases: list[Case]
    then: list[Case] = field(default_factory=list)
    calls: Int = 0
    double: bool = False
    redraw: bool = False


class Weight(Message, frozen=True, tag="weight"):
    """A parameter of a watched model; its name begins with the argument's place where there are several."""

    name: str
    before: Tensor
    """When the call began, or when the model was first called where the function makes it."""
    after: Tensor
    trainable: bool
    held: bool
    """Whether an optimiser that made a step holds it."""


class Step(Message, frozen=True, tag="step"):
    """Weights of the watched models changed, or an optimiser was told to change them."""

    by: Int
    """Which optimiser, counted from 0 as they are seen; -1: no optimiser, the weights moved by themselves."""
    rate: float
    """The largest learning rate of that optimiser; -1 where there is none."""
    stateful: bool
    """Whether it keeps numbers (momenta) from step to step."""
    passes: Int
    """Backward passes that reached the weights since the step before."""
    old: bool
    """A pass since the step before added to gradients of weights that were not 0."""
    wiped: bool
    """No weight had a gradient but 0 at the step, although a pass since the step before brought one."""
    moved: float
    """Largest change of a weight."""


class ModelCall(Message, frozen=True, tag="model call"):
    """One call of a watched model while it was trained: its first tensors in and out.

    `gradient` is that of the loss at the output, None where none came back.
    """

    input: Value
    output: Tensor
    gradient: Tensor | None
    training: bool


class Run(Message, frozen=True, tag="run"):
    """One call of the training function, and the answers to `then`.

    `passes` counts all backward passes that reached the weights. `looks`: calls of modules, the watched ones
    or others, in evaluation mode or without gradients, by which a part of the data may be validated on.
    """

    outcome: Outcome
    weights: list[Weight]
    steps: list[Step]
    passes: Int
    calls: list[ModelCall]
    answers: list[Outcome]
    redrawn: list[Outcome] = field(default_factory=list)
    """The answers to `then` under weights that were never trained."""
    looks: Int = 0


class Fitted(Message, frozen=True, tag="fitted"):
    """One run per case."""

    runs: list[Run]
    state: State
