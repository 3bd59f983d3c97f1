"""What the contract leaves free where a series is prepared: any line of each column, by the training rows
alone, is a scale; test windows may borrow the last training rows; real numbers come in any precision."""

from __future__ import annotations

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.syntax import called, divides, parameters, text
from grader.mutation.telling import walk

_MEASURES = ("min", "max", "mean", "std", "amin", "amax", "quantile", "percentile")
_TINY = 1e-4


def is_tiny(node: cst.CSTNode) -> bool:
    """Whether it is a number that only keeps a division from 0."""
    return isinstance(node, cst.Float) and 0 < float(node.value) < _TINY


def other_line(operator: str, node: cst.CSTNode, code: Code) -> str | None:
    """The rule for an edit after which each column still has a line of its own by the training rows."""
    if not _prepares(node, code):
        return None
    if operator == "other_kind_of_number":
        return "precision"
    operation = code.parent(node) if operator == "sign_changed" else node
    if operator == "sign_changed" and isinstance(operation, cst.BinaryOperation):
        division = _division(operation, code)
        divides = division is not None and operation in walk(division.right)
        return "affine_scaling" if division is not None and not divides else None
    if operator == "parts_exchanged":
        division = _division(node, code)
        above = division is not None and node in walk(division.left)
        return "affine_scaling" if above else None
    if operator == "dimension_dropped" and isinstance(node, cst.Call) and called(node) in _MEASURES:
        return "affine_scaling" if _one_of_two(node, code) else None
    return None


def left_out(node: cst.BinaryOperation, kept: cst.BaseExpression, code: Code) -> str | None:
    """The rule for one side of an operation left out, of which `kept` stays."""
    if not _prepares(node, code):
        return None
    lost = node.right if kept is node.left else node.left
    if _borrows(node, kept, code):
        return "test_windows"
    division = _division(node, code)
    if division is None or division is node or is_tiny(lost) or is_tiny(kept):
        return None
    # What is left of a divisor may be 0, or turn the column over.
    return "affine_scaling" if kept is node.left and node in walk(division.left) else None


def narrowed(part: cst.Slice, code: Code, moved: str) -> str | None:
    """The rule for a slice of the training rows that only measures them, and leaves one row out; and for the
    words of a source, all of them in place of all but the end."""
    if moved == ":" and _of_source(part, code):
        return "source_end"
    if not _prepares(part, code) or part.lower is not None or part.upper is None:
        return None
    fewer = moved in (f"1:{text(part.upper)}", f":{text(part.upper)} - 1")
    assign, function = code.nearest(part, cst.Assign), code.function(part)
    target = assign.targets[0].target if assign is not None else None
    if not fewer or function is None or not isinstance(target, cst.Name):
        return None
    uses = [
        code.parent(one)
        for one in walk(function.body)
        if isinstance(one, cst.Name) and one.value == target.value and one is not target
    ]
    measured = all(isinstance(use, cst.Attribute) and use.attr.value in _MEASURES for use in uses)
    return "affine_scaling" if uses and measured else None


def _of_source(part: cst.Slice, code: Code) -> bool:
    """Whether it cuts the end off `tensorize(source_vocab, ...)`."""
    subscript = code.nearest(part, cst.Subscript)
    whole = subscript.value if subscript is not None else None
    made = isinstance(whole, cst.Call) and called(whole) == "tensorize" and bool(whole.args)
    return made and isinstance(whole, cst.Call) and "source" in text(whole.args[0].value)


def _prepares(node: cst.CSTNode, code: Code) -> bool:
    part = code.part(node)
    return part is not None and set(part.about) == {"prepare"}


def _division(node: cst.CSTNode, code: Code) -> cst.BinaryOperation | None:
    """The outermost division in which it stands, or that it is; None where the same divisor stands twice in
    the function, because then each part of the series is scaled by itself."""
    found = [one for one in (node, *code.ancestors(node)) if divides(one)]
    function = code.function(node)
    if not found or function is None:
        return None
    outer = found[-1]
    divisors = [text(one.right) for one in walk(function.body) if divides(one)]
    return outer if divisors.count(text(outer.right)) == 1 else None


def _one_of_two(call: cst.Call, code: Code) -> bool:
    """Whether another measure of each column is taken beside it: `low, high = x.min(0), x.max(0)`."""
    assign = code.nearest(call, cst.Assign)
    others = walk(assign.value) if assign is not None else []
    return any(
        isinstance(one, cst.Call) and one is not call and called(one) in _MEASURES and one.args
        for one in others
    )


def _borrows(node: cst.BinaryOperation, kept: cst.BaseExpression, code: Code) -> bool:
    """Whether it is `split - seq_length` where the test windows begin."""
    slice_ = code.nearest(node, cst.Slice)
    steps = parameters(code.function(node))[1:2]
    begins = slice_ is not None and slice_.lower is node and slice_.upper is None
    return (
        begins and kept is node.left and isinstance(node.operator, cst.Subtract) and text(node.right) in steps
    )
