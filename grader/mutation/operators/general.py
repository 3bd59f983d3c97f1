"""What any mutator changes: numbers, comparisons, signs, terms, conditions, statements.

Nobody can know the right name of such an edit beforehand, so any name is true that accuses of nothing else
(`grader.mutation.names`); a term that is named for a bias is the exception."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.free import dropout_rate, keeps_left
from grader.mutation.free_series import is_tiny, left_out
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.operators.dimensions import dimension_of
from grader.mutation.syntax import called, text, whole

_COMPARED: dict[type[cst.BaseCompOp], tuple[str, ...]] = {
    cst.LessThan: ("<=", ">"),
    cst.LessThanEqual: ("<", ">"),
    cst.GreaterThan: (">=", "<"),
    cst.GreaterThanEqual: (">", "<"),
    cst.Equal: ("!=",),
    cst.NotEqual: ("==",),
    cst.Is: ("is not",),
    cst.IsNot: ("is",),
    cst.In: ("not in",),
    cst.NotIn: ("in",),
}
_SHAPED = (
    "reshape",
    "view",
    "expand",
    "transpose",
    "permute",
    "swapaxes",
    "size",
    "movedim",
    "flip",
    "flatten",
    "zeros",
    "ones",
    "new_zeros",
    "empty",
    "randn",
    "rand",
)
_COUNTED: dict[type[cst.BaseBinaryOp], str] = {
    cst.Add: "-",
    cst.Subtract: "+",
    cst.Multiply: "/",
    cst.Divide: "*",
    cst.FloorDivide: "/",
    cst.Modulo: "//",
    cst.Power: "*",
}


@operator(cst.Integer, cst.UnaryOperation, group="general")
def number_changed(node: cst.Integer | cst.UnaryOperation, code: Code) -> Made:
    """A whole number one more, one less."""
    number = whole(node)
    if number is None or (whole(code.parent(node) or node) is not None and code.parent(node) is not None):
        return
    if _names_an_axis(node, code):
        return
    yield str(number + 1)
    added = (
        isinstance(code.parent(node), cst.BinaryOperation) and number == 1
    )  # `x + 0` is `x`, a term dropped
    if number < 9 and number != 0 and not added and not _is_size(node, code):
        yield str(number - 1)


def _is_size(node: cst.CSTNode, code: Code) -> bool:
    """Whether it is a size of a layer, or a part of one: one more does what one less does, it does not
    fit."""
    return any(called(one) in ("Linear", "Conv2d", "Conv1d", "Embedding") for one in code.ancestors(node))


def _names_an_axis(node: cst.CSTNode, code: Code) -> bool:
    """An axis has operators of its own, and -2 or 0 for the -1 of a `reshape` could only stop."""
    arg = code.parent(node)
    call = code.parent(arg) if isinstance(arg, cst.Arg) else None
    if not isinstance(call, cst.Call):
        return False
    found = dimension_of(call)
    return called(call) in _SHAPED or (found is not None and found[0] is arg)


@operator(cst.Float, group="general")
def real_number_changed(node: cst.Float, code: Code) -> Made:
    """A real number ten times as large, or 0."""
    number = float(node.value)
    more = repr(number * 10) if number else "1.0"
    yield Edit((code.instead(node, more),), None, "tiny_number" if is_tiny(node) else None)
    if number:
        yield Edit((code.instead(node, "0.0"),), None, dropout_rate(node, code))


@operator(cst.Name, group="general")
def truth_changed(name: cst.Name, code: Code) -> Made:
    """True for False, False for True; None stays."""
    other = {"True": "False", "False": "True"}.get(name.value)
    arg = code.parent(name)
    told_elsewhere = (
        "batch_first",
        "bidirectional",
        "enforce_sorted",
        "requires_grad",
        "keepdim",
        "keepdims",
    )
    if isinstance(arg, cst.Arg) and arg.keyword is not None and arg.keyword.value in told_elsewhere:
        return
    if other:
        yield other


@operator(*_COMPARED, group="general")
def comparison_changed(node: cst.BaseCompOp, code: Code) -> Made:
    """`<` becomes `<=`, `==` becomes `!=`, `in` becomes `not in`."""
    yield from _COMPARED[type(node)]


@operator(*_COUNTED, group="general")
def sign_changed(node: cst.BaseBinaryOp, code: Code) -> Made:
    """Plus for minus, times for divided by."""
    whole_operation = code.parent(node)
    texts = isinstance(whole_operation, cst.BinaryOperation) and any(
        isinstance(side, cst.BaseString | cst.List) for side in (whole_operation.left, whole_operation.right)
    )
    if isinstance(whole_operation, cst.BinaryOperation) and not texts and not _only_numbers(whole_operation):
        by_one = whole(whole_operation.right) == 1 and isinstance(node, cst.Add | cst.Subtract)
        if not by_one:  # the term dropped, and the number changed, say as much
            yield _COUNTED[type(node)]


def _only_numbers(node: cst.BaseExpression) -> bool:
    """Reckoning with numbers that are written down: the size of a layer, which would only not fit."""
    if isinstance(node, cst.BinaryOperation):
        return _only_numbers(node.left) and _only_numbers(node.right)
    return isinstance(node, cst.Integer)


@operator(cst.BinaryOperation, group="general")
def term_dropped(node: cst.BinaryOperation, code: Code) -> Made:
    """Of a sum, a product or a quotient only one side is left."""
    if _only_numbers(node):
        return
    for kept, lost in ((node.left, node.right), (node.right, node.left)):
        if kept is node.right and isinstance(node.operator, cst.Power | cst.Modulo):
            continue
        if isinstance(kept, cst.BaseNumber) and isinstance(node.operator, cst.Power | cst.Divide):
            continue
        free = left_out(node, kept, code) or (keeps_left(node, code) if kept is node.left else None)
        yield Edit((code.instead(node, text(kept)),), _lost(node, lost, code), free)


def _lost(node: cst.BinaryOperation, lost: cst.BaseExpression, code: Code) -> tuple[str, ...] | None:
    part = code.part(node)
    about = part.about if part else ()
    if isinstance(lost, cst.Name) and lost.value in ("b_ih", "b_hh") and isinstance(node.operator, cst.Add):
        if "rnn" in about:
            return ("rnn.bias_missing",)
        if "lstm_cell" in about:
            return ("lstm.bias_missing",)
    return None


@operator(cst.UnaryOperation, group="general")
def sign_dropped(node: cst.UnaryOperation, code: Code) -> Made:
    """`-x` becomes `x`, `not x` and `~x` become `x`."""
    if whole(node) is None:
        yield text(node.expression)


OPERATORS = (
    comparison_changed,
    sign_changed,
    term_dropped,
    sign_dropped,
    truth_changed,
    number_changed,
    real_number_changed,
)
