"""Calling functions of the notebook on an encoder and a decoder, and what the two were given."""

from __future__ import annotations

from typing import Literal

from msgspec import field

from grader.wire.message import Int, Message
from grader.wire.outcomes import Outcome, State
from grader.wire.values import Tensor, Value


class Script(Message, frozen=True, tag="script"):
    """What the decoder is made to say while the encoder has last read one of `tokens` (none: anything).

    After a token it says the one that `after` pairs with it, else `otherwise`.
    """

    tokens: list[Int]
    after: list[tuple[Int, Int]]
    otherwise: Int


class Act(Message, frozen=True, tag="act"):
    """One call: `function(*before, *cast, *rest, **named)`.

    scripts: the first whose tokens were read holds; with none the decoder says what it says.
    calls: how many calls of the two are recorded. stop: how often the decoder may be called.
    """

    function: str
    before: list[Value]
    rest: list[Value] = field(default_factory=list)
    named: dict[str, Value] = field(default_factory=dict)
    scripts: list[Script] = field(default_factory=list)
    seed: Int = 0
    calls: Int = 0
    stop: Int = 100_000


class Recital(Message, frozen=True, tag="recital"):
    """Sentences, as numbers, that the two read and translate when all acts are over, led by the guest itself.

    Each begins from a state of `hidden` zeros; the decoder's likeliest words go back in, from `first` on,
    until it says `last` or has said `most`.
    """

    sentences: list[list[Int]]
    hidden: Int
    first: Int
    last: Int
    most: Int


class Rehearse(Message, frozen=True, tag="rehearse"):
    """Call functions one after another with the same cast, made once. Answered by `Rehearsed`.

    cast: whatever the functions share, the encoder and the decoder last. Labels to train on may cross;
    labels to score on never do.
    """

    cast: list[Value]
    acts: list[Act]
    recital: Recital | None = None


class Heard(Message, frozen=True, tag="heard"):
    """One call of the encoder or the decoder.

    tokens: whole numbers that went in. given, left: its states going in and coming out, as one row each;
    None where there was none. bound: what went in knows how it was made. reached: a gradient of the loss
    came back to what came out (for the decoder: to its state). loss: that gradient at the decoder's scores.
    """

    by: Literal["encoder", "decoder"]
    tokens: list[Int]
    given: Tensor | None
    left: Tensor | None
    bound: bool
    reached: bool
    loss: Tensor | None


class Played(Message, frozen=True, tag="played"):
    outcome: Outcome
    heard: list[Heard]


class Rehearsed(Message, frozen=True, tag="rehearsed"):
    """One entry per act. recited: for each sentence of the recital the numbers that were said."""

    acts: list[Played]
    state: State
    recited: list[Outcome] = field(default_factory=list)
