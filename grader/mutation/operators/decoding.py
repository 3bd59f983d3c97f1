"""Decoding: whose word comes next, with what a sentence begins, where it ends."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.operators.forcing import forces
from grader.mutation.syntax import (
    called,
    named,
    parameters,
    positional,
    targets,
    text,
)
from grader.mutation.telling import walk

_COINS = ("random", "rand", "uniform")
_ENDS = ("EOS_token", "EOS")
_STARTS = ("SOS_token", "SOS")


@operator(cst.If, group="decoding", probes="forcing")
def condition_decided(node: cst.If, code: Code) -> Made:
    """An `if` that always holds, never holds, or asks the opposite."""
    asks = forces(node.test) or "ratio" in text(node.test)
    ends = node.orelse is None and any(isinstance(one, cst.Break) for one in walk(node.body))
    said = text(node.test)
    yield Edit(
        (code.instead(node.test, "True"),), ("tf.always",) if asks else _stopped(ends, code, node, early=True)
    )
    yield Edit(
        (code.instead(node.test, "False"),),
        ("tf.own_output",) if asks else _stopped(ends, code, node, early=False),
    )
    yield Edit(
        (code.instead(node.test, f"not ({said})"),),
        ("tf.ratio_inverted",) if asks else _stopped(ends, code, node, early=True),
    )


def _stopped(ends: bool, code: Code, node: cst.CSTNode, *, early: bool) -> tuple[str, ...] | None:
    """Names for a loop that ends too early or too late, where the `if` decides on that in an evaluation."""
    part = code.part(node)
    if not ends or part is None or "evaluate" not in part.about:
        return None
    return (
        ("eval.stops_early", "text.*", "eval.no_eos_stop")
        if early
        else ("eval.no_eos_stop", "eval.exceeds_max_length")
    )


@operator(cst.Break, group="decoding", probes="translation")
def stop_dropped(node: cst.Break, code: Code) -> Made:
    """`break` left out."""
    yield Edit((code.instead(node, "pass"),), _stopped(True, code, node, early=False))


@operator(
    cst.Name,
    group="decoding",
    probes="translation",
    names=(
        "tf.sos_missing",
        "seq2seq.eos_missing",
        "eval.no_eos_stop",
        "eval.stops_early",
        "vocab.*",
        "encode.wrong",
        "tf.*",
        "text.*",
        "seq2seq.*",
        *PLAIN,
    ),
)
def signs_exchanged(name: cst.Name, code: Code) -> Made:
    """SOS for EOS, EOS for SOS."""
    other = dict(zip((*_ENDS, *_STARTS), (*_STARTS, *_ENDS), strict=True)).get(name.value)
    if other and not isinstance(code.parent(name), cst.AssignTarget | cst.Attribute):
        yield other


@operator(
    cst.Call, group="decoding", probes="translation", names=("eval.exceeds_max_length", "eval.no_eos_stop")
)
def limit_lifted(call: cst.Call, code: Code) -> Made:
    """A text may be ten times as long as it should."""
    limit = positional(call)[0].value if called(call) == "range" and len(positional(call)) == 1 else None
    if isinstance(limit, cst.Name) and limit.value in ("target_max_length", "longest"):
        yield f"range(10 * {limit.value})"


@operator(
    cst.For,
    group="decoding",
    probes="flow",
    names=(
        "seq2seq.source_not_fully_read",
        "seq2seq.*",
        "text.context_lost",
        "eval.*",
        "tf.*",
        "loss.*",
        *PLAIN,
    ),
)
def sentence_read_in_part(loop: cst.For, code: Code) -> Made:
    """The first word of a sentence is left out, or all but the first."""
    source = loop.iter
    word = isinstance(loop.target, cst.Name) and loop.target.value in ("word", "letter", "answer", "x_t")
    if (
        word
        and isinstance(source, cst.Name | cst.Call)
        and called(source) not in ("range", "zip", "split", "enumerate")
    ):
        yield Edit((code.instead(source, f"{text(source)}[1:]"),))
        yield Edit((code.instead(source, f"{text(source)}[:1]"),))


@operator(
    cst.Assign,
    group="decoding",
    probes="flow",
    names=("seq2seq.encoder_state_unused", "eval.encoder_state_unused", "grad.*", *PLAIN),
)
def encoder_state_lost(node: cst.Assign, code: Code) -> Made:
    """The decoder begins with zeros, or with a state through which no gradient comes back."""
    value = node.value
    if isinstance(value, cst.Name) and any(
        named(one, "decoder_hidden", "hidden", "h", "state") for one in targets(node)
    ):
        yield Edit((code.instead(value, f"torch.zeros_like({value.value})"),))
        yield Edit(
            (code.instead(value, f"{value.value}.detach()"),),
            ("grad.*", "train.params_without_gradient", "train.no_step"),
        )


@operator(
    cst.Call,
    group="decoding",
    probes="texts",
    names=("text.not_fed_back", "text.context_lost", "eval.*", "text.letters_wrong", "call.failed"),
)
def start_read_each_time(call: cst.Call, code: Code) -> Made:
    """In writing, what was written is not read: the start, or only the last letter, goes in each time."""
    function = code.function(call)
    if (
        function is None
        or function.name.value != "generate"
        or code.loop(call) is None
        or called(call) not in ("tensor", "as_tensor", "LongTensor")
    ):
        return
    for made in (one for one in walk(call) if isinstance(one, cst.CompFor)):
        if isinstance(made.iter, cst.Name) and made.iter.value not in parameters(function):
            yield Edit((code.instead(made.iter, "start"),))
            yield Edit((code.instead(made.iter, f"{made.iter.value}[-1:]"),))


OPERATORS = (
    condition_decided,
    stop_dropped,
    signs_exchanged,
    limit_lifted,
    sentence_read_in_part,
    encoder_state_lost,
    start_read_each_time,
)
