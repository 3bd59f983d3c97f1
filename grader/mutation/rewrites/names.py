"""Other names: of what a function calls its own, and of what a class keeps for itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

import libcst as cst
from libcst.metadata import Assignment, FunctionScope, MetadataWrapper, ScopeProvider

from grader.mutation.rewrites.rule import Groups, Place, rewrite
from grader.mutation.syntax import called, named, text
from grader.mutation.telling import walk

_LOOKS_UP = ("locals", "vars", "eval", "exec", "getattr", "setattr", "globals")
_OF_TORCH = ("training", "weight", "bias", "hidden_size", "num_layers", "input_size")


@rewrite
def locals_renamed(place: Place) -> Groups:
    """Every name that a function binds for itself gets another; arguments keep theirs, as anyone may give
    them by name, and so do names that strings might look up."""
    code = place.code
    scopes = set(MetadataWrapper(code.module, unsafe_skip_copy=True).resolve(ScopeProvider).values())
    for scope in sorted(
        (one for one in scopes if isinstance(one, FunctionScope)), key=lambda one: _start(one, place)
    ):
        function = scope.node
        if not isinstance(function, cst.FunctionDef) or any(
            called(one) in _LOOKS_UP for one in walk(function)
        ):
            continue
        kept = _declared(function)
        for name in sorted({one.name for one in scope.assignments}):
            assignments = [one for one in scope.assignments if one.name == name]
            if name in kept or name.startswith("_") or not all(_is_variable(one) for one in assignments):
                continue
            nodes = _occurrences(assignments)
            new = f"{name}_too"
            if new not in place.notebook and nodes and all(code.part(node) is not None for node in nodes):
                yield tuple(code.instead(node, new) for node in nodes)


def _start(scope: FunctionScope, place: Place) -> int:
    return place.code.span(scope.node)[0]


def _declared(function: cst.FunctionDef) -> set[str]:
    """Names that an inner function writes to, or that this one takes from outside."""
    return {
        item.name.value
        for node in walk(function)
        if isinstance(node, cst.Global | cst.Nonlocal)
        for item in node.names
    }


def _is_variable(assignment: object) -> bool:
    """Whether a name is bound by an assignment, a loop or a `with`: no argument, import, class or
    function."""
    return isinstance(assignment, Assignment) and isinstance(assignment.node, cst.Name)


def _occurrences(assignments: Sequence[object]) -> list[cst.Name]:
    """All places of a name, those where it is bound and those where it is read."""
    found: dict[cst.CSTNode, None] = {}
    for assignment in assignments:
        if isinstance(assignment, Assignment):
            found[assignment.node] = None
            for access in assignment.references:
                found[access.node] = None
    names = [node for node in found if isinstance(node, cst.Name)]
    return names if len(names) == len(found) else []


@rewrite
def attributes_renamed(place: Place) -> Groups:
    """What a class keeps under `self` gets another name, where nothing but the class itself asks for it."""
    code = place.code
    for holder in (one for one in walk(code.module) if isinstance(one, cst.ClassDef)):
        made = {
            node.attr.value
            for node in walk(holder)
            if isinstance(node, cst.Attribute) and named(node.value, "self") and _bound(node, place)
        }
        for name in sorted(made):
            said = [one for one in walk(holder) if isinstance(one, cst.Attribute) and one.attr.value == name]
            mine = [one for one in said if named(one.value, "self") and code.part(one) is not None]
            elsewhere = len(re.findall(rf"\b{name}\b", place.notebook)) - len(
                re.findall(rf"\b{name}\b", code.text(holder))
            )
            inside = len(re.findall(rf"\b{name}\b", code.text(holder)))
            if name in _OF_TORCH or name in place.promised or name.startswith("_") or elsewhere:
                continue
            if len(mine) == len(said) == inside:
                yield tuple(code.instead(one.attr, f"{name}_too") for one in mine)


def _bound(node: cst.Attribute, place: Place) -> bool:
    above = place.code.parent(node)
    return isinstance(above, cst.AssignTarget | cst.Element)


@rewrite
def handed_through(place: Place) -> Groups:
    """Each promised function does its work under another name and is a thin one that calls it."""
    code = place.code
    for node in code.module.body:
        if not isinstance(node, cst.FunctionDef) or node.name.value not in place.promised or node.decorators:
            continue
        params = node.params
        if params.star_kwarg or isinstance(params.star_arg, cst.Param) or code.parts[0].about == ():
            continue
        name = node.name.value
        given = [one.name.value for one in (*params.posonly_params, *params.params)]
        keywords = [f"{one.name.value}={one.name.value}" for one in params.kwonly_params]
        signature = text(params)
        thin = f"def {name}({signature}):\n    return {name}_at_work({', '.join([*given, *keywords])})\n\n"
        yield code.instead(node.name, f"{name}_at_work"), code.before(node, thin)


RULES = (locals_renamed, attributes_renamed, handed_through)
