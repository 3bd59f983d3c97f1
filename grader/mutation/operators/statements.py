"""Statements: a line left out, answers in another order, only one side of an `and`."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import called, targets, text
from grader.mutation.telling import walk


@operator(cst.AddAssign, cst.SubtractAssign, group="general")
def sum_not_kept(node: cst.BaseAugOp, code: Code) -> Made:
    """`+=` becomes `=`."""
    yield "="


@operator(cst.BooleanOperation, group="general")
def both_for_either(node: cst.BooleanOperation, code: Code) -> Made:
    """`and` for `or`, and only one of both."""
    yield text(node.left)
    yield text(node.right)


@operator(cst.Expr, cst.Assign, cst.AugAssign, group="general")
def statement_dropped(node: cst.BaseSmallStatement, code: Code) -> Made:
    """A line that changes something left out, where its names exist without it."""
    if isinstance(node, cst.Expr):
        if called(node.value) in (
            "append",
            "extend",
            "reverse",
            "update",
            "add_",
            "mul_",
            "sub_",
            "copy_",
            "scatter_",
            "fill_",
        ):
            yield Edit((code.dropped(node),))
    elif isinstance(node, cst.AugAssign) or (isinstance(node, cst.Assign) and _spared(node, code)):
        yield Edit((code.dropped(node),))


def _spared(node: cst.Assign, code: Code) -> bool:
    return _known_before(node, code) and not _read_elsewhere(node, code)


def _read_elsewhere(node: cst.Assign, code: Code) -> bool:
    """Whether it makes an attribute that the class reads: without it the class could only stop."""
    holder = code.nearest(node, cst.ClassDef)
    made = [one for one in targets(node) if isinstance(one, cst.Attribute)]
    if holder is None or not made:
        return False
    said = {text(one) for one in made}
    return any(
        isinstance(one, cst.Attribute) and text(one) in said and one not in made for one in walk(holder)
    )


def _known_before(node: cst.Assign, code: Code) -> bool:
    """Whether everything that a statement writes to exists when it is left out: else it could only stop."""
    function = code.function(node)
    if function is None:
        return False
    names = {one.value for one in targets(node) if isinstance(one, cst.Name)}
    if len(names) != len(targets(node)):
        return True
    start = code.span(node)[0]
    known = {one.name.value for one in walk(function.params) if isinstance(one, cst.Param)}
    for other in walk(function.body):
        if isinstance(other, cst.Assign) and code.span(other)[0] < start:
            known |= {one.value for one in targets(other) if isinstance(one, cst.Name)}
    return names <= known


@operator(cst.Return, group="general")
def answers_exchanged(node: cst.Return, code: Code) -> Made:
    """Of two answers the second comes first, or one is missing."""
    if isinstance(node.value, cst.Tuple) and len(node.value.elements) == 2:
        first, second = (text(element.value) for element in node.value.elements)
        yield f"return {second}, {first}"
        yield f"return {first}"


OPERATORS = (
    sum_not_kept,
    both_for_either,
    statement_dropped,
    answers_exchanged,
)
