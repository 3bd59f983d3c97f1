"""Requests that the trusted side makes of a guest, and the replies it may give.

The judge builds nothing in the guest that has to be kept: a request names or builds what it is
about, so that any request can be asked again of a fresh snapshot. Every reply is a claim.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from grader.wire.frames import Malformed
from grader.wire.values import Built, Given, Named, Tensor, Value


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="m"):
    pass


class Lab(_Message, frozen=True, tag="lab"):
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


class Case(_Message, frozen=True, tag="case"):
    """One call: its arguments and the seed of every generator before it."""

    args: list[Value]
    kwargs: dict[str, Value] = {}
    seed: int = 0


Target = Named | Built | Given
"""What is called: a function or class by name, or a model built afresh."""


class Look(_Message, frozen=True, tag="look"):
    """What are these names? Answered by `Seen`."""

    names: list[str]


class Call(_Message, frozen=True, tag="call"):
    """Call the target (or its `method`) once per case. `weights` are loaded into a built model first."""

    target: Target
    cases: list[Case]
    lab: Lab = Lab()
    method: str | None = None
    weights: dict[str, Tensor] = {}


class Describe(_Message, frozen=True, tag="describe"):
    """Parameters and buffers of the target, with values where `values` is set. Answered by `Described`."""

    target: Target
    lab: Lab = Lab()
    seed: int = 0
    values: bool = False


class Differentiate(_Message, frozen=True, tag="grad"):
    """One call, then the gradient of sum(output * cotangent): of parameters and of tensor arguments.

    `cotangents` go with the tensors of the output in their order (`None` entries are left out);
    `outputs` picks which of the output's tensors count. With `tangents` (one per tensor argument, in
    order) the Jacobian-vector product of the first picked output is returned too.
    """

    target: Target
    case: Case
    cotangents: list[Tensor]
    lab: Lab = Lab()
    weights: dict[str, Tensor] = {}
    tangents: list[Tensor] = []


class Observe(_Message, frozen=True, tag="observe"):
    """One call, recording inputs and outputs of the modules of these roles inside the target.

    Roles go by type: recurrent (RNN, LSTM, GRU and their cells), linear, embedding, convolution.
    `functions` names functions of torch that are recorded as well (`torch.nn.functional.cross_entropy`).
    """

    target: Target
    case: Case
    roles: list[Literal["recurrent", "linear", "embedding", "convolution"]]
    functions: list[str] = []
    lab: Lab = Lab()
    weights: dict[str, Tensor] = {}


class Train(_Message, frozen=True, tag="train"):
    """The judge's own loop over the student's model: Adam and cross-entropy on the first output.

    `batches` are the inputs of one epoch, `labels` their targets (B,) or (B, T) long; then `cases` are
    asked of the trained model in eval mode. Labels to train on may cross; labels to score on never do.
    """

    target: Target
    batches: list[Case]
    labels: list[Tensor]
    epochs: int
    learning_rate: float
    cases: list[Case]
    seed: int = 0
    weights: dict[str, Tensor] = {}
    """Where training starts, in place of what the constructor drew."""


class Source(_Message, frozen=True, tag="source"):
    """Source text and place of something the notebook defined. Answered by `Quoted`."""

    name: str


Request = Look | Call | Describe | Differentiate | Observe | Train | Source


class Frame(_Message, frozen=True, tag="frame"):
    """A line of the student's own code in a traceback. `cell` counts code cells from 1."""

    cell: int
    line: int
    text: str


class Raised(_Message, frozen=True, tag="raised"):
    """Student code raised, or its value could not be used."""

    type: str
    message: str
    frames: list[Frame] = []


class Returned(_Message, frozen=True, tag="returned"):
    """What a call returned. `mutated` lists positions of tensor arguments that the call changed."""

    value: Value
    mutated: list[int] = []


Outcome = Returned | Raised


class State(_Message, frozen=True, tag="state"):
    """Global state after the request, as the guest says; another than at the start asks for a fresh snapshot."""

    dtype: str
    grad: bool
    threads: int
    deterministic: bool


class Results(_Message, frozen=True, tag="results"):
    """One outcome per case."""

    outcomes: list[Outcome]
    state: State


class NameSeen(_Message, frozen=True, tag="name"):
    """`near` are similar names that the notebook did define, nearest first."""

    name: str
    kind: Literal["missing", "function", "class", "module", "value"]
    type: str = ""
    near: list[str] = []


class Seen(_Message, frozen=True, tag="seen"):
    names: list[NameSeen]
    state: State


class Entry(_Message, frozen=True, tag="entry"):
    """A parameter or buffer; `owner` is the type of the module that holds it."""

    name: str
    shape: list[int]
    dtype: str
    owner: str
    buffer: bool = False
    trainable: bool = True
    padding_index: int | None = None
    value: Tensor | None = None


class Described(_Message, frozen=True, tag="described"):
    """`unregistered` names modules or parameters kept where `parameters()` does not look."""

    type: str
    entries: list[Entry]
    modules: list[tuple[str, str]]
    """(name, type) of every submodule, in order."""
    unregistered: list[str]
    state: State


class Differentiated(_Message, frozen=True, tag="gradients"):
    """`parameters`: gradient per name, None where none came. `inputs`: one per tensor argument, in order."""

    output: Value
    parameters: dict[str, Tensor | None]
    inputs: list[Tensor | None]
    product: Tensor | None
    state: State


class Event(_Message, frozen=True, tag="event"):
    """One recorded call: the module's path or the function's name, its type, what went in and came out."""

    role: str
    name: str
    type: str
    inputs: list[Value]
    output: Value


class Observed(_Message, frozen=True, tag="observed"):
    outcome: Outcome
    events: list[Event]
    state: State


class Trained(_Message, frozen=True, tag="trained"):
    losses: list[float]
    outcomes: list[Outcome]
    state: State


class Quoted(_Message, frozen=True, tag="quoted"):
    """`cell` counts code cells from 1; `line` is that of the first line in its cell, from 1."""

    name: str
    text: str
    cell: int
    line: int
    state: State


class Failed(_Message, frozen=True, tag="failed"):
    """The whole request failed in the guest: building the model raised, a name is missing."""

    error: Raised
    state: State


Reply = Results | Seen | Described | Differentiated | Observed | Trained | Quoted | Failed

_ENCODER = msgspec.json.Encoder()
_REQUESTS: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)
_REPLIES: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


def encode(message: Request | Reply) -> bytes:
    return _ENCODER.encode(message)


def decode_request(header: bytes) -> Request:
    """Raises `Malformed` where the bytes are no request."""
    try:
        return _REQUESTS.decode(header)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"no request of ours: {error}") from error


def decode_reply(header: bytes) -> Reply:
    """Raises `Malformed` where the bytes are no reply; whether it answers the question is not asked here."""
    try:
        return _REPLIES.decode(header)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"no reply of ours: {error}") from error
