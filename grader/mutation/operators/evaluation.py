"""Evaluation: modes, gradients, dropout, which answer is the likeliest."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import called, calls, positional, receiver, replacing, text
from grader.mutation.telling import walk

_BY_HAND = (
    "rnn", "lstm_cell", "softmax", "cross_entropy", "conv2d", "max_pool2d", "avg_pool2d", "masked_loss",
    "sequence_loss",
)  # fmt: skip
_EVALUATES = {"accuracy", "predict", "generate", "evaluate", "stitch"}


@operator(
    cst.Expr,
    group="evaluation",
    probes="evaluation",
    names=("eval.dropout_active", "eval.nondeterministic", "eval.accuracy_wrong"),
)
def eval_dropped(node: cst.Expr, code: Code) -> Made:
    """`model.eval()` left out, or `train()` in its place."""
    if called(node.value) == "eval" and isinstance(node.value, cst.Call) and not node.value.args:
        held = receiver(node.value)
        if held is not None:
            yield Edit((code.dropped(node),))
            yield f"{text(held)}.train()"


@operator(cst.Expr, group="evaluation", probes="evaluation", names=("train.eval_mode", "eval.*"))
def mode_not_restored(node: cst.Expr, code: Code) -> Made:
    """After counting, the model stays in evaluation mode; or training begins in whatever mode it finds."""
    if (
        called(node.value) == "train"
        and isinstance(node.value, cst.Call)
        and receiver(node.value) is not None
    ):
        yield Edit((code.dropped(node),))


@operator(
    cst.With,
    cst.Decorator,
    group="evaluation",
    probes="evaluation",
    names=("grad.*", "call.failed", "reply.malformed"),
)
def gradients_recorded(node: cst.With | cst.Decorator, code: Code) -> Made:
    """`no_grad` left out."""
    call = node.items[0].item if isinstance(node, cst.With) else node.decorator
    if called(call) in ("no_grad", "inference_mode"):
        part = code.part(node)
        harmless = part is not None and (set(part.about) <= _EVALUATES or _takes_numbers(node))
        free = "graph_at_evaluation" if harmless else None
        yield Edit((code.instead(call, "torch.enable_grad()"),), None, free)


def _takes_numbers(node: cst.With | cst.Decorator) -> bool:
    """Whether a block only looks at the loss: each of its lines makes a plain number."""
    if not isinstance(node, cst.With) or not isinstance(node.body, cst.IndentedBlock):
        return False
    lines = [line.body[0] for line in node.body.body if isinstance(line, cst.SimpleStatementLine)]
    made = [line.value for line in lines if isinstance(line, cst.Assign)]
    return len(made) == len(node.body.body) and all(called(one) in ("item", "float") for one in made)


@operator(
    cst.Call,
    cst.Attribute,
    group="evaluation",
    probes="evaluation",
    names=("grad.*", "eval.*", "train.*", "text.*", *PLAIN),
)
def detach_dropped(node: cst.Call | cst.Attribute, code: Code) -> Made:
    """`.detach()`, `.item()`, `.data` left out."""
    if isinstance(node, cst.Call):
        if called(node) in ("detach", "item") and isinstance(node.func, cst.Attribute):
            yield text(node.func.value)
    elif node.attr.value == "data" and not text(node.value).startswith(("packed", "output", "scored")):
        yield text(node.value)


@operator(
    cst.Return,
    group="evaluation",
    probes="determinism",
    names=("eval.dropout_active", "eval.nondeterministic", "eval.accuracy_wrong", "ce.differs"),
)
def dropout_always_on(node: cst.Return, code: Code) -> Made:
    """Dropout that does not ask whether the model is trained."""
    yield from _before_the_answer(node, code, "torch.dropout({}, 0.4, True)")


@operator(
    cst.Return,
    group="evaluation",
    probes="reach",
    names=(
        "grad.*",
        "ce.no_gradient",
        "ce.gradient_wrong",
        "train.params_without_gradient",
        "train.no_backward",
        "call.failed",
    ),
)
def answer_detached(node: cst.Return, code: Code) -> Made:
    """What the answer is made of is cut from the weights."""
    yield from _before_the_answer(node, code, "{}.detach()")
    function = code.function(node)
    value = node.value
    if function is not None and function.name.value in _BY_HAND and value is not None:
        first = value.elements[0].value if isinstance(value, cst.Tuple) else value
        bare = isinstance(first, cst.Name | cst.Call)
        yield Edit((code.instead(first, f"{text(first)}.detach()" if bare else f"({text(first)}).detach()"),))


@operator(
    cst.Assign,
    cst.BinaryOperation,
    group="evaluation",
    probes="reach",
    names=("grad.*", "ce.no_gradient", "ce.gradient_wrong", "call.failed"),
)
def part_detached(node: cst.Assign | cst.BinaryOperation, code: Code) -> Made:
    """Of a formula written by hand a part is cut from what it was made of: right numbers, wrong gradients."""
    function = code.function(node)
    if function is None or function.name.value not in _BY_HAND:
        return
    if isinstance(node, cst.BinaryOperation):
        if (
            isinstance(node.operator, cst.Divide)
            and isinstance(node.right, cst.Call)
            and called(node.right) == "sum"
        ):
            yield Edit((code.instead(node.right, f"{text(node.right)}.detach()"),))
    elif isinstance(node.value, cst.BinaryOperation) and _of_tensors(node.value):
        yield Edit((code.instead(node.value, f"({text(node.value)}).detach()"),))
    elif called(node.value) in ("exp", "log", "tanh", "sigmoid", "log_softmax", "softmax"):
        yield Edit((code.instead(node.value, f"{text(node.value)}.detach()"),))


def _of_tensors(value: cst.BinaryOperation) -> bool:
    """Whether it reckons with tensors: with a product of matrices, or with what a function of torch gives."""
    inner = [value, *(one for one in walk(value) if isinstance(one, cst.BinaryOperation))]
    products = any(isinstance(one.operator, cst.MatrixMultiply) for one in inner)
    return products or bool(calls(value, "exp", "log", "tanh", "sigmoid", "max", "amax", "logsumexp"))


def _before_the_answer(node: cst.Return, code: Code, form: str) -> list[Edit]:
    """Edits of what the last layer of a network is given."""
    function = code.function(node)
    value = node.value.elements[0].value if isinstance(node.value, cst.Tuple) else node.value
    if function is None or function.name.value != "forward" or not isinstance(value, cst.Call):
        return []
    args = positional(value)
    if not args or "self." not in text(value.func):
        return []
    inner = args[0].value
    return [Edit((code.instead(inner, form.format(text(inner))),))]


@operator(
    cst.Call,
    group="evaluation",
    probes="evaluation",
    names=("text.*", "eval.*", "tf.other_inputs", "seq2seq.*", "encode.wrong", *PLAIN),
)
def least_likely_chosen(call: cst.Call, code: Code) -> Made:
    """`argmin` for `argmax`."""
    if called(call) == "argmax":
        yield text(call.func)[: -len("argmax")] + "argmin" + text(call)[len(text(call.func)) :]
    if called(call) == "topk" and positional(call):
        yield replacing(call, call.args[-1], f"{text(call.args[-1].value)}, largest=False")


@operator(cst.Call, group="evaluation", probes="evaluation", names=("text.*", "eval.*", "call.failed"))
def drawn_by_chance(call: cst.Call, code: Code) -> Made:
    """A letter drawn by its probability in place of the likeliest."""
    held = receiver(call)
    part = code.part(call)
    if (
        called(call) == "argmax"
        and held is not None
        and not call.args
        and part
        and set(part.about) & _EVALUATES
    ):
        yield f"{text(held)}.softmax(-1).multinomial(1)"


OPERATORS = (
    eval_dropped,
    mode_not_restored,
    gradients_recorded,
    detach_dropped,
    dropout_always_on,
    answer_detached,
    part_detached,
    least_likely_chosen,
    drawn_by_chance,
)
