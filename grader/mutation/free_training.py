"""What the contract leaves free in a training: which weights are kept, in which order examples come, what is
only told, and how large a loss is to an optimiser that does not ask."""

from __future__ import annotations

import re

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.syntax import assigned, called, calls, divides, names_in, parameters, text
from grader.mutation.telling import walk

_SCALE_FREE = ("Adam", "AdamW", "NAdam", "RAdam", "Adamax", "RMSprop")
_BY_CHANCE = re.compile(r"\bshuffle=True|\brandom\.(choices|sample)\(|\brandperm\(")
_BY_HAND = re.compile(r"(sqrt\(|\*\* ?0\.5).{0,12}\+ ?1e-")
"""Adam, or the like, written down: a step divided by the root of a mean square."""


def only_scales(node: cst.CSTNode, code: Code) -> bool:
    """Whether it stands in a training whose optimiser divides by the size of the gradients."""
    part = code.part(node)
    if part is None or not set(part.about) <= {"train", "fit"}:
        return False
    around = [one for one in code.ancestors(node) if isinstance(one, cst.FunctionDef)]
    return any(calls(one, *_SCALE_FREE) or _BY_HAND.search(code.text(one)) for one in around)


def divides_by_count(node: cst.CSTNode | None, code: Code) -> bool:
    """Whether it is a loss divided by how many numbers there are, where only the scale comes of it."""
    return divides(node) and called(node.right) in ("numel", "size", "len") and only_scales(node, code)


def keeps_best(node: cst.CSTNode, code: Code) -> bool:
    """Whether it decides which weights of a training are kept: the condition under which they are copied, or
    the line that does so."""
    function = code.function(node)
    guarded = any(
        isinstance(one, cst.If) and calls(one.body, "load_state_dict") for one in walk(function or node)
    )
    if not guarded:  # where none was ever kept, putting it back would fail
        return False
    if isinstance(node, cst.BaseSmallStatement):
        return bool(calls(node, "state_dict"))
    asked = node if isinstance(node, cst.If) else code.nearest(node, cst.If)
    return asked is not None and bool(calls(asked.body, "state_dict"))


def turns(loop: cst.CSTNode | None) -> bool:
    """Whether each turn of the loop is a step of training, or many."""
    named = {called(one) for one in walk(loop) if isinstance(one, cst.Call)} if loop is not None else set()
    return isinstance(loop, cst.For) and bool(named & {"backward", "grad", "grad_and_value"})


def turns_by_chance(loop: cst.CSTNode, code: Code) -> bool:
    """Whether each iteration would take one batch of shuffled ones: as right as all, but for epochs."""
    function = code.function(loop)
    if (
        function is None
        or not {"iterations", "n_iter"} & {*parameters(function)}
        or not isinstance(loop, cst.For)
    ):
        return False
    of = loop.iter
    made = assigned(function, of.value) if isinstance(of, cst.Name) else None
    return bool(_BY_CHANCE.search(text(made.value if made is not None else of)))


def listed_and_returned(node: cst.CSTNode, code: Code) -> bool:
    """Whether it is what `return [... for _ in ...]` makes of each turn."""
    above = code.parent(node)
    if not (isinstance(above, cst.ListComp | cst.GeneratorExp) and above.elt is node):
        return False
    return isinstance(code.parent(above), cst.Return)


def only_told(node: cst.CSTNode, function: cst.FunctionDef, code: Code) -> bool:
    """Whether it stands in a statement whose value goes nowhere but into the losses that come back, which
    still are numbers, and some: no list that is left out, nothing that others are divided by."""
    feeders = code.only_returned
    statement = next((one for one in (node, *code.ancestors(node)) if one in feeders), None)
    if statement is None or (statement is node and _lengthens(node)):
        return False
    divisors = {name for one in walk(function.body) if divides(one) for name in names_in(one.right)}
    written = [one for one in walk(statement) if isinstance(one, cst.AssignTarget)]
    return not any(divisors & names_in(one) for one in written)


def _lengthens(node: cst.CSTNode) -> bool:
    """Whether it is `losses += [...]`."""
    return isinstance(node, cst.AugAssign) and isinstance(node.value, cst.List)
