"""More than is needed: a device said, a print more, four lines for one."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.rewrites.rule import Groups, Place, rewrite
from grader.mutation.syntax import (
    parameters,
    text,
)
from grader.mutation.telling import walk

_NETWORKS = {"Net", "Tagger", "CharModel", "CNN", "RecurrentNeuralNetworkClass"}


@rewrite
def choices_as_statements(place: Place) -> Groups:
    """`x = a if q else b` on four lines."""
    code = place.code
    for node in code.own:
        line = code.parent(node)
        alone = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
        if not (
            isinstance(node, cst.Assign)
            and alone
            and isinstance(node.value, cst.IfExp)
            and len(node.targets) == 1
        ):
            continue
        name, choice, indent = text(node.targets[0].target), node.value, code.indent(node)
        if isinstance(
            code.parent(line) if line is not None else None, cst.IndentedBlock
        ) and "\n" not in text(node):
            lines = [
                f"if {text(choice.test)}:",
                f"{indent}    {name} = {text(choice.body)}",
                f"{indent}else:",
                f"{indent}    {name} = {text(choice.orelse)}",
            ]
            yield (code.instead(node, "\n".join(lines)),)


@rewrite
def put_where_it_is(place: Place) -> Groups:
    """Device and dtype are set to what they are: networks and tensors stay on the CPU."""
    code = place.code
    for function in (one for one in walk(code.module) if isinstance(one, cst.FunctionDef)):
        first = _first_own(function, code)
        params = [one for one in parameters(function) if one != "self"]
        part = code.part(first) if first is not None else None
        if first is None or part is None or not params:
            continue
        holder = code.nearest(function, cst.ClassDef)
        given = params[0]
        if function.name.value == "forward" and holder is not None and holder.name.value in _NETWORKS:
            yield (code.before(first, f"{given} = {given}.to(device={given}.device, dtype={given}.dtype)"),)
        elif function.name.value == "train" and given in ("net", "model"):
            yield (code.before(first, f"{given} = {given}.to(torch.device('cpu'))"),)


@rewrite
def told_more(place: Place) -> Groups:
    """A print more in every training, and a value that nobody uses."""
    code = place.code
    for function in (one for one in walk(code.module) if isinstance(one, cst.FunctionDef)):
        first = _first_own(function, code)
        if first is not None and function.name.value in ("train", "fit"):
            yield (code.before(first, "print('training begins'); settings_of_today = {'device': 'cpu'}"),)


def _first_own(function: cst.FunctionDef, code: Code) -> cst.BaseStatement | None:
    """The first statement of a function that is the student's own, after its docstring."""
    body: Sequence[cst.CSTNode] = function.body.body
    for line in body:
        docstring = (
            isinstance(line, cst.SimpleStatementLine)
            and isinstance(line.body[0], cst.Expr)
            and isinstance(line.body[0].value, cst.BaseString)
        )
        if isinstance(line, cst.BaseStatement) and code.part(line) is not None and not docstring:
            return line
    return None


RULES = (
    choices_as_statements,
    put_where_it_is,
    told_more,
)
