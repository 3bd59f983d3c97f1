"""Teacher forcing: whose word the decoder is given next."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.free import dropout_rate
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    called,
    calls,
    loss_kind,
    named,
    names_in,
    positional,
    replacing,
    text,
)
from grader.mutation.telling import walk

_COINS = ("random", "rand", "uniform")


@operator(cst.Comparison, group="decoding", probes="forcing")
def coin_changed(node: cst.Comparison, code: Code) -> Made:
    """The coin always falls on one side, the ratio is read the other way round, or is one of our own."""
    if len(node.comparisons) != 1 or not calls(node.left, *_COINS):
        return
    ratio, sign = node.comparisons[0].comparator, node.comparisons[0].operator
    if not isinstance(ratio, cst.Name) or not isinstance(sign, cst.LessThan | cst.GreaterThan):
        return
    left = text(node.left)
    operator_text = text(node.comparisons[0].operator)
    other = ">" if "<" in operator_text else "<"
    shaped = "np." in left
    for said, names in (
        (f"{left} {other} {ratio.value}", ("tf.ratio_inverted",)),
        (f"{left} {operator_text} 1.0", ("tf.always", "tf.ratio_wrong")),
        (f"{left} {operator_text} 0.0", ("tf.own_output", "tf.ratio_wrong")),
        (f"{left} {operator_text} 0.5", ("tf.ratio_wrong", "tf.always")),
        (f"{left} {operator_text} {ratio.value} ** 2", ("tf.ratio_wrong",)),
    ):
        if not (shaped and "**" in said):
            yield Edit((code.instead(node, said),), names)


@operator(cst.IfExp, group="decoding", probes="forcing")
def one_branch_only(node: cst.IfExp, code: Code) -> Made:
    """Of `a if q else b` always `a`, always `b`, or each in place of the other."""
    first, second = text(node.body), text(node.orelse)
    asks = forces(node.test)
    free = dropout_rate(node, code)
    yield Edit((code.instead(node, first),), ("tf.always",) if asks else None, free)
    yield Edit((code.instead(node, second),), ("tf.own_output",) if asks else None, free)
    yield Edit(
        (code.instead(node, f"{second} if {text(node.test)} else {first}"),),
        ("tf.ratio_inverted",) if asks else None,
        free,
    )


def forces(test: cst.BaseExpression) -> bool:
    return bool(names_in(test) & {"teacher_forcing", "teacher", "forced"})


@operator(
    cst.Call,
    group="decoding",
    probes="forcing",
    names=("tf.target_leak", "tf.other_inputs", "tf.input_constant", "call.failed"),
)
def answer_shown(call: cst.Call, code: Code) -> Made:
    """The decoder is given the word that it has to say."""
    for loss in _scored_beside(call, code):
        yield replacing(call, call.args[0], text(positional(loss)[1].value))


@operator(
    cst.Assign,
    group="decoding",
    probes="forcing",
    names=("tf.wrong_shift", "tf.other_inputs", "tf.input_constant", "call.failed"),
)
def word_too_late(node: cst.Assign, code: Code) -> Made:
    """The word before the last one is handed on."""
    for part in walk(node.value):
        if (
            isinstance(part, cst.Subscript)
            and named(part.value, "target", "trg")
            and code.loop(node) is not None
        ):
            index = text(part.slice[0])
            if index.isidentifier():
                yield Edit((code.instead(part, f"{text(part.value)}[max({index} - 1, 0)]"),))


def _scored_beside(call: cst.Call, code: Code) -> list[cst.Call]:
    """The losses in the same loop as a call of the decoder."""
    loop = code.loop(call)
    function = code.function(call)
    if (
        loop is None
        or function is None
        or called(call) not in ("decoder", "dec")
        or len(positional(call)) != 2
    ):
        return []
    return [
        one
        for one in walk(loop)
        if isinstance(one, cst.Call) and loss_kind(one, function) and len(positional(one)) >= 2
    ]


@operator(
    cst.Call,
    group="decoding",
    probes="forcing",
    names=(
        "tf.input_constant",
        "eval.own_output_not_fed_back",
        "tf.*",
        "decoder.input_ignored",
        "call.failed",
        "eval.*",
    ),
)
def first_word_each_time(call: cst.Call, code: Code) -> Made:
    """The decoder is given the start sign at every step."""
    if called(call) in ("decoder", "dec") and len(positional(call)) == 2 and code.loop(call) is not None:
        yield replacing(call, call.args[0], "torch.tensor([[0]])")


OPERATORS = (
    coin_changed,
    one_branch_only,
    answer_shown,
    word_too_late,
    first_word_each_time,
)
