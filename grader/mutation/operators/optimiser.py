"""The optimiser: which weights it knows, when it is made, how far it steps."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import (
    OPTIMISERS,
    called,
    keyword,
    positional,
    receiver,
    text,
)

_PART = ("train.params_not_in_optimizer", "train.params_without_gradient", "grad.frozen_parameters")


@operator(cst.Assign, group="loop", probes="training", names=("train.optimizer_recreated",))
def optimiser_made_again(node: cst.Assign, code: Code) -> Made:
    """A new optimiser at each turn of the loop."""
    if not (isinstance(node.value, cst.Call) and called(node.value) in OPTIMISERS):
        return
    line = code.parent(node)
    following = list(code.statements(node))
    place = next((number for number, one in enumerate(following) if one is line), len(following))
    after = following[place + 1 :]
    loop = next((one for one in after if isinstance(one, cst.For | cst.While)), None)
    if loop is not None and isinstance(loop.body, cst.IndentedBlock):
        yield Edit((code.dropped(node), code.before(loop.body.body[0], text(node))))


@operator(cst.Call, group="loop", probes="training", names=_PART)
def optimiser_of_a_part(call: cst.Call, code: Code) -> Made:
    """The optimiser knows the last two weights alone, or all but the first."""
    holder = code.nearest(call, cst.Call)
    if called(call) == "parameters" and _optimises(call, code) and holder is not None:
        said = text(call)
        whole = f"[*{said}]"
        yield f"{whole}[-2:]"
        yield f"{whole}[1:]"


def _optimises(call: cst.Call, code: Code) -> bool:
    return any(called(one) in OPTIMISERS for one in code.ancestors(call))


@operator(
    cst.Call,
    group="loop",
    probes="training",
    names=("train.params_not_in_optimizer", "train.params_without_gradient", "train.no_step", "call.failed"),
)
def optimiser_of_another_model(call: cst.Call, code: Code) -> Made:
    """The optimiser moves the weights of a copy."""
    if called(call) == "parameters" and _optimises(call, code):
        held = receiver(call)
        if held is not None:
            yield f'__import__("copy").deepcopy({text(held)}).parameters()'


@operator(cst.Call, group="loop", probes="training")
def learning_rate_changed(call: cst.Call, code: Code) -> Made:
    """No learning rate, one far too high, one far too low; and twice as high, or half, which is anyone's
    choice."""
    if called(call) not in OPTIMISERS:
        return
    arg = keyword(call, "lr") or next(iter(positional(call)[1:2]), None)
    if arg is None:
        return
    rate = arg.value
    said = (
        text(rate)
        if isinstance(rate, cst.Name | cst.Float | cst.Integer | cst.Attribute)
        else f"({text(rate)})"
    )
    for value, names in (
        (f"{said} * 0", ("train.lr_zero", "train.no_step")),
        (
            f"{said} * 1e4",
            ("train.diverges", "accuracy.low", "baseline.not_beaten", "output.nan", "train.too_slow"),
        ),
        (f"{said} * 1e-6", ("train.too_slow", "train.lr_zero", "accuracy.low", "baseline.not_beaten")),
    ):
        yield Edit((code.instead(rate, value),), names)
    for value in (f"{said} * 1.5", f"{said} / 1.5"):
        yield Edit((code.instead(rate, value),), (), free="learning_rate")


OPERATORS = (
    optimiser_made_again,
    optimiser_of_a_part,
    optimiser_of_another_model,
    learning_rate_changed,
)
