"""Why a test stays on the student's side: the first thing in it that means something else on ours."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.importing.aliases import CHANGING, is_object, shared
from grader.importing.binding import bound, dotted, local_names
from grader.importing.libraries import refused
from grader.importing.marks import BY_ATTRIBUTE, CALLS, EXCEPTIONS
from grader.importing.names import BUILTINS, Names
from grader.importing.randomness import out_of_step
from grader.importing.taint import holds, rooted, tainted

RESERVED = frozenset(("notebook", "follow", "is_a", "is_callable", "weakly", "student"))


def reason(tree: ast.Module, names: Names) -> str | None:
    """The key of the first reason, or None where the test can be judged on our side."""
    found = tainted(tree, names.theirs)
    for node in ast.walk(tree):
        if (why := _of(node, names, found)) is not None:
            return why
    return (
        _rebinding(tree, names)
        or _made_here(tree, found)
        or shared(tree, names, found)
        or out_of_step(tree, names, found)
    )


def _of(node: ast.AST, names: Names, found: frozenset[str]) -> str | None:
    match node:
        case ast.Import() | ast.ImportFrom():
            return refused(node)
        case ast.ClassDef():
            return "classes"
        case ast.withitem(context_expr=manager) if rooted(manager, found):
            return "context"
        case ast.FunctionDef(decorator_list=[_, *_]):
            return "callback"
        case ast.Global() | ast.Nonlocal():
            return "namespace"
        case ast.Await() | ast.AsyncFor() | ast.AsyncWith() | ast.AsyncFunctionDef():
            return "asynchronous"
        case ast.Yield() | ast.YieldFrom() | ast.Delete():
            return "callback" if not isinstance(node, ast.Delete) else _deleted(node, found)
        case ast.Name(id=name, ctx=ast.Load()):
            # It may well compare and assert, and there the student could put another in its place.
            known = {**CALLS, **EXCEPTIONS, **names.refused, **dict.fromkeys(names.given, "helper")}
            return known.get(name)
        case ast.Attribute(attr=attribute):
            return _attribute(node, attribute, names)
        case ast.keyword(arg="requires_grad"):
            return "gradients"
        case ast.Compare():
            return _compared(node, found)
        case ast.ExceptHandler(type=ast.expr() as kind) if holds(kind, names.theirs):
            return "own_exceptions"
        case ast.Call():
            return _called(node, names, found)
        case ast.Assign(targets=targets):
            return next((why for one in targets if (why := _stored(one, names, found))), None)
        case ast.AugAssign(target=target):
            return _stored(target, names, found)
    return None


def _attribute(node: ast.Attribute, name: str, names: Names) -> str | None:
    if name in EXCEPTIONS:
        return EXCEPTIONS[name]
    whole = dotted(node)
    first = whole.partition(".")[0]
    # `json.load` and the like; a method `load` or `step` of the student's is no business of ours.
    if name in ("load", "save", "dump", "compile", "step", "jit", "optim") and first not in names.imports:
        return "gradients" if name == "step" and not whole else None
    return BY_ATTRIBUTE.get(name)


def _compared(node: ast.Compare, found: frozenset[str]) -> str | None:
    sides = [node.left, *node.comparators]
    for op, left, right in zip(node.ops, sides, sides[1:], strict=False):
        if not isinstance(op, ast.Is | ast.IsNot):
            continue
        if any(isinstance(side, ast.Constant) for side in (left, right)):
            continue
        if _is_type(left) and not holds(right, found):
            continue
        return "identity"
    return None


def _called(node: ast.Call, names: Names, found: frozenset[str]) -> str | None:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    name = dotted(node.func)
    last = name.rpartition(".")[2] or (node.func.attr if isinstance(node.func, ast.Attribute) else "")
    if last in ("raises", "assert_raises", "assertRaises", "assertRaisesRegex", "assert_raises_regex"):
        return "own_exceptions" if any(holds(one, names.theirs) for one in given[:1]) else None
    if last in ("assertIs", "assertIsNot", "assertIsInstance", "assert_is", "assert_is_instance", "warns"):
        return "identity"
    if isinstance(node.func, ast.Attribute):
        subject = node.func.value
        if last.endswith("_") and not last.endswith("__"):
            touched = [subject, *given] if name.partition(".")[0] in names.imports else [subject]
            return "changes" if any(holds(one, found) for one in touched) else None
        if last in CHANGING and _is_part(subject, names, found):
            return "changes"
    if not rooted(node.func, found):
        return None
    if any(isinstance(one, ast.Lambda) for value in given for one in ast.walk(value)):
        return "callback"
    return None


def _stored(target: ast.expr, names: Names, found: frozenset[str]) -> str | None:
    match target:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return next((why for one in parts if (why := _stored(one, names, found))), None)
        case ast.Subscript(value=subject):
            return "changes" if _is_part(subject, names, found) else None
        case ast.Attribute(value=ast.Name(id=name)) if name in names.theirs or name in names.imports:
            return "patching"
        case ast.Attribute(value=subject) if not isinstance(subject, ast.Name) and holds(subject, found):
            return "changes"
    return None


def _deleted(node: ast.Delete, found: frozenset[str]) -> str | None:
    return "changes" if any(holds(one, found) for one in node.targets) else None


def _is_part(subject: ast.expr, names: Names, found: frozenset[str]) -> bool:
    """Whether a value is a part of something of the notebook's, of which only a copy comes to us."""
    if isinstance(subject, ast.Name):
        return subject.id in names.values or subject.id in names.helpers
    if isinstance(subject, ast.Call):
        return rooted(subject, found) and not is_object(subject, names)
    return isinstance(subject, ast.Attribute | ast.Subscript) and rooted(subject, found)


def _is_type(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type"


def _rebinding(tree: ast.Module, names: Names) -> str | None:
    """A name that the notebook knows gets another value: its functions would see that there."""
    mine = bound(tree.body)
    if mine & RESERVED or bound_inside(tree) & RESERVED:
        return "reserved"
    if mine & names.read:
        return "patching"
    seen: set[str] = set()
    for statement in tree.body:
        loaded = {
            n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
        }
        targets = _first_bound(statement)
        if (loaded & mine & names.known) - seen - targets:
            return "patching"
        seen |= bound([statement])
    unread = {alias for alias in mine & names.theirs if alias not in names.values}
    return "patching" if unread else None


def bound_inside(tree: ast.Module) -> set[str]:
    """Names that functions of the test bind for themselves."""
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.Lambda)]
    return {name for one in functions for name in local_names(one)}


def _first_bound(statement: ast.stmt) -> set[str]:
    """Names that a block binds before its body reads them."""
    match statement:
        case ast.For(target=target):
            return {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef():
            return bound([statement])
    return set()


def _made_here(tree: ast.Module, found: frozenset[str]) -> str | None:
    """Something of the test's own that cannot be handed to the notebook, or is asked in a way of its own."""
    functions = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    modules = {n for targets, value in _assigned(tree) if _is_module(value) for n in targets}
    compared = {id(side) for n in ast.walk(tree) if isinstance(n, ast.Compare) for side in _sides(n)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "type" and id(node) not in compared:
            return "type"
        if not rooted(node.func, found):
            continue
        for value in [*node.args, *(keyword.value for keyword in node.keywords)]:
            handed = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
            if isinstance(value, ast.Name) and value.id in functions:
                return "callback"
            if handed & modules or any(_is_module(n) for n in ast.walk(value) if isinstance(n, ast.expr)):
                return "objects"
    return None


def _sides(node: ast.Compare) -> list[ast.expr]:
    return [part for side in (node.left, *node.comparators) for part in _elements(side)]


def _elements(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]


def _assigned(tree: ast.Module) -> Iterator[tuple[set[str], ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield bound([node]), node.value


def _is_module(node: ast.expr) -> bool:
    """`nn.Linear(3, 4)` and its like: an object of a library, made in the test."""
    name = dotted(node.func) if isinstance(node, ast.Call) else ""
    first, _, last = name.rpartition(".")
    return last[:1].isupper() and (first.endswith(("nn", "data")) or "optim" in first)


def unknown(missing: set[str]) -> str | None:
    """Names that nothing defines."""
    return "name" if missing - BUILTINS else None
