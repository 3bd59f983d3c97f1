"""Requests that the trusted side makes of a guest.

The judge builds nothing in the guest that has to be kept: a request names or builds what it is
about, so that any request can be asked again of a fresh snapshot. The exception is a `Walk`, which goes on
where the last one of its conversation ended, in the same snapshot.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import field

from grader.wire.cases import Case as Case
from grader.wire.cases import Lab as Lab
from grader.wire.cases import Target as Target
from grader.wire.fitting import Fit as Fit
from grader.wire.message import Int, Message, decoded
from grader.wire.rehearsing import Rehearse as Rehearse
from grader.wire.remote import Run as Run
from grader.wire.remote import Walk as Walk
from grader.wire.using import Use as Use
from grader.wire.values import Tensor


class Look(Message, frozen=True, tag="look"):
    """What are these names? Answered by `Seen`."""

    names: list[str]


class Call(Message, frozen=True, tag="call"):
    """Call the target (or its `method`) once per case. `weights` are loaded into a built model first.

    For each of `variants` all cases are called again, on a model with these weights laid over `weights`.
    """

    target: Target
    cases: list[Case]
    lab: Lab = Lab()
    method: str | None = None
    weights: dict[str, Tensor] = field(default_factory=dict)
    variants: list[dict[str, Tensor]] = field(default_factory=list)


class Describe(Message, frozen=True, tag="describe"):
    """Parameters and buffers of the target, with values where `values` is set. Answered by `Described`."""

    target: Target
    lab: Lab = Lab()
    seed: Int = 0
    values: bool = False


class Differentiate(Message, frozen=True, tag="grad"):
    """One call, then the gradient of sum(output * cotangent): of parameters and of tensor arguments.

    `cotangents` go with the tensors of the output in their order (`None` entries are left out);
    `outputs` picks which of the output's tensors count. With `tangents` (one per tensor argument, in
    order) the Jacobian-vector product of the first picked output is returned too.
    """

    target: Target
    case: Case
    cotangents: list[Tensor]
    lab: Lab = Lab()
    weights: dict[str, Tensor] = field(default_factory=dict)
    tangents: list[Tensor] = field(default_factory=list)


class Observe(Message, frozen=True, tag="observe"):
    """One call, recording inputs and outputs of the modules of these roles inside the target.

    Roles go by type: recurrent (RNN, LSTM, GRU and their cells), linear, embedding, convolution.
    `functions` names functions of torch that are recorded as well (`torch.nn.functional.cross_entropy`).
    """

    target: Target
    case: Case
    roles: list[Literal["recurrent", "linear", "embedding", "convolution"]]
    functions: list[str] = field(default_factory=list)
    lab: Lab = Lab()
    weights: dict[str, Tensor] = field(default_factory=dict)


class Train(Message, frozen=True, tag="train"):
    """The judge's own loop over the student's model: Adam and cross-entropy on the first output.

    `batches` are the inputs of one epoch, `labels` their targets (B,) or (B, T) long; then `cases` are
    asked of the trained model in eval mode. Labels to train on may cross; labels to score on never do.
    """

    target: Target
    batches: list[Case]
    labels: list[Tensor]
    epochs: Int
    learning_rate: float
    cases: list[Case]
    seed: Int = 0
    weights: dict[str, Tensor] = field(default_factory=dict)
    """Where training starts, in place of what the constructor drew."""


class Source(Message, frozen=True, tag="source"):
    """Source text and place of something the notebook defined. Answered by `Quoted`."""

    name: str


Request = (
    Look | Call | Describe | Differentiate | Observe | Train | Fit | Rehearse | Use | Walk | Run | Source
)
TRAINING = (Train, Fit, Rehearse)
"""Requests that may change what the notebook holds beyond what they are given, and that take long."""

_ENCODER = msgspec.json.Encoder()
_DECODER: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request)


def encode_request(message: Request) -> bytes:
    return _ENCODER.encode(message)


def decode_request(header: bytes) -> Request:
    """Raises `Malformed` where the bytes are no request."""
    return decoded(_DECODER, header, "request of ours")
