"""For a weak check: the probe that would say the same on our side, as lines for its author to finish.

A proposal is no check: it names the verb and what is known of its arguments, and the author decides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.importing.binding import bound, dotted, free
from grader.importing.names import Names

_CLOSE = ("allclose", "assert_allclose", "assert_almost_equal", "assert_array_almost_equal", "assert_close",
          "assert_array_equal", "assert_equal", "equal", "array_equal")  # fmt: skip
_SHARES = ("acc", "accuracy", "score", "f1", "precision", "recall", "r2")
_MOST = 6


def proposals(tree: ast.Module, names: Names) -> tuple[str, ...]:
    """Lines of a check with the fixtures `student`, `probes` and `draw`; none where nothing is known."""
    made = dict(_made(tree))
    lines: list[str] = []
    for node in ast.walk(tree):
        for line in _of(node, made, names):
            if line not in lines:
                lines.append(line)
    return tuple(lines[:_MOST])


def _made(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """What each variable of the test is made from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node.value


def _of(node: ast.AST, made: dict[str, ast.expr], names: Names) -> Iterator[str]:
    match node:
        case ast.Compare(left=ast.Attribute(value=got, attr="shape"), ops=[ast.Eq()], comparators=[shape]):
            yield from _shape(got, shape, made, names)
        case ast.Call(args=[ast.Attribute(value=got, attr="shape"), shape, *_]):
            yield from _shape(got, shape, made, names)
        case ast.Call(func=function, args=[got, right, *_]) if dotted(function).split(".")[-1] in _CLOSE:
            yield from _value(got, right, made, names)
        case ast.Compare(
            left=got, ops=[ast.Gt() | ast.GtE()], comparators=[ast.Constant(value=float() as cut)]
        ):
            yield from _share(got, cut, made, names)


def _shape(got: ast.expr, shape: ast.expr, made: dict[str, ast.expr], names: Names) -> Iterator[str]:
    call = _called(got, made, names)
    if call is None or not isinstance(shape, ast.Tuple | ast.Call):
        return
    subject, args = call
    sizes = shape.args[0] if isinstance(shape, ast.Call) and len(shape.args) == 1 else shape
    yield f"probes.has_shape({', '.join([subject, *args, f'shape={ast.unparse(sizes)}'])})"


def _value(got: ast.expr, right: ast.expr, made: dict[str, ast.expr], names: Names) -> Iterator[str]:
    call, expected = _called(got, made, names), right
    if call is None:
        call, expected = _called(right, made, names), got
    if call is None:
        return
    subject, args = call
    name = subject.removeprefix("student.").partition("(")[0]
    value = ast.unparse(
        made[expected.id] if isinstance(expected, ast.Name) and expected.id in made else expected
    )
    if free([ast.parse(value)]) & names.theirs:
        return
    if isinstance(expected, ast.List | ast.Tuple | ast.Constant):
        value = f"torch.tensor({value})"
    yield f'probes.matches({subject}({", ".join(args)}), {value}, name="{name}", differs="{name}.differs")'


def _share(got: ast.expr, cut: float, made: dict[str, ast.expr], names: Names) -> Iterator[str]:
    what = ast.unparse(got).lower()
    if not 0 < cut <= 1 or not any(word in what for word in _SHARES):
        return
    call = _called(got, made, names)
    model = _model(call[1] if call else [], made, names)
    if model:
        yield f"# a Task (grader.judge.probes.learning) with drawn examples, fresh labels and cut={cut}"
        yield f"probes.learns({model}, task)"
    elif call is not None:
        yield f"# labels to score on never cross the wall: ask `{call[0]}` for answers, and count here"
        yield f"assert share_of_right_answers >= {cut}"


def _model(args: list[str], made: dict[str, ast.expr], names: Names) -> str:
    """A model of the notebook's among the arguments."""
    for text in args:
        value = made.get(text) or ast.parse(text, mode="eval").body
        if isinstance(value, ast.Call) and _theirs(value.func, names):
            return f"student.{ast.unparse(value)}"
    return ""


def _called(node: ast.expr, made: dict[str, ast.expr], names: Names) -> tuple[str, list[str]] | None:
    """What of the notebook gave this value, `student.f` or a model, and its arguments; None for others."""
    for _ in range(len(made) + 1):
        if not (isinstance(node, ast.Name) and node.id in made):
            break
        node = made[node.id]
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _converts(node):
        node = node.func.value
    if not isinstance(node, ast.Call):
        return None
    args = [_given(one, made) for one in node.args]
    if any(isinstance(one, ast.Starred) for one in node.args) or node.keywords:
        return None
    if _theirs(node.func, names):
        return f"student.{ast.unparse(node.func)}", args
    maker = made.get(node.func.id) if isinstance(node.func, ast.Name) else None
    if isinstance(maker, ast.Call) and _theirs(maker.func, names):
        return f"student.{ast.unparse(maker)}", args
    return None


def _given(node: ast.expr, made: dict[str, ast.expr]) -> str:
    """An argument as the test makes it, where that is short and of its own."""
    value = made.get(node.id) if isinstance(node, ast.Name) else None
    if value is None or bound([value]) or len(ast.unparse(value)) > 60:
        return ast.unparse(node)
    return ast.unparse(value) if not isinstance(value, ast.Call) or dotted(value.func) else ast.unparse(node)


def _converts(node: ast.Call) -> bool:
    """`.detach().numpy()` and the like change nothing that is asked here."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in (
        "detach", "numpy", "cpu", "item", "float", "double", "tolist",
    )  # fmt: skip


def _theirs(node: ast.expr, names: Names) -> bool:
    return isinstance(node, ast.Name) and node.id in names.theirs
