"""OK-format tests: doctests as plain statements, with the expected output made a comparison of values.

A doctest compares what is printed. Where the expected text is a literal, the value is compared with it, so
that `np.True_` and `True` are the same; any other text is compared with the `repr` of the value, and what is
printed with what was to be printed.
"""

from __future__ import annotations

import ast
import doctest
import re
from textwrap import dedent, indent

from grader.importing.assignment import Refusal
from grader.importing.python import python_of, tree_of

_NUMPY = re.compile(r"np\.(?:True_|False_|str_|(?:float|int|uint)\d+)")
_HARMLESS = (doctest.NORMALIZE_WHITESPACE,)


class Refused(Exception):
    """The doctest cannot be said as statements; `why` tells."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.reason)
        self.why = why


def statements(code: str) -> str:
    """The statements of a test case in doctest form. Raises `Refused`."""
    try:
        examples = doctest.DocTestParser().get_examples(dedent(code))
    except ValueError as error:
        raise Refused(Refusal("no_python", str(error))) from error
    said = []
    for example in examples:
        if example.options.get(doctest.SKIP):
            continue
        strange = [one for one in example.options if one not in _HARMLESS and example.options[one]]
        if strange:
            names = {value: name for name, value in doctest.OPTIONFLAGS_BY_NAME.items()}
            raise Refused(Refusal("doctest_option", names.get(strange[0], "")))
        if example.exc_msg is not None:
            said.append(_raising(example.source, example.exc_msg))
        else:
            said.append(compared(example.source, example.want))
    return "\n".join(said)


def compared(source: str, want: str) -> str:
    """One statement, or several that print at most at the end, with the output that is wanted of it.

    Raises `Refused` where a value is to be printed and no output says which.
    """
    source, want = python_of(source.strip("\n")), want.strip("\n")
    tree = tree_of(source)
    if tree is None or not tree.body:
        return source
    last = tree.body[-1]
    if not want.strip():
        for statement in tree.body:
            if isinstance(statement, ast.Expr) and _shows(statement.value):
                raise Refused(Refusal("no_output", ast.unparse(statement)))
        return source
    before = "\n".join(ast.unparse(statement) for statement in tree.body[:-1])
    if any("print" in _called(statement) for statement in tree.body[:-1]) or not isinstance(last, ast.Expr):
        return _printed(source, want)
    return "\n".join(part for part in (before, _equal(last.value, want)) if part)


def _equal(value: ast.expr, want: str) -> str:
    said = ast.unparse(value)
    match value:
        case ast.Call(func=ast.Name(id="print"), args=[ast.expr() as only], keywords=[]) if not isinstance(
            only, ast.Starred
        ):
            return f"assert str({ast.unparse(only)}) == {want!r}"
        case ast.Call(func=ast.Name(id="print")):
            return _printed(said, want)
    literal = _literal(want)
    if literal is not None:
        return f"assert ({said}) == {literal}"
    return f"assert repr({said}) == {want!r}"


def _literal(want: str) -> str | None:
    """The wanted text as a literal to compare with, wrappers of numpy's scalars taken away."""
    text = _NUMPY.sub(_unwrapped, want)
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return repr(value)


def _unwrapped(found: re.Match[str]) -> str:
    """`np.True_` as True; of `np.float64(3.5)` the name is dropped, brackets stay."""
    name = found[0].removeprefix("np.")
    return name.rstrip("_") if name in ("True_", "False_") else ""


def _printed(source: str, want: str) -> str:
    return (
        "import contextlib\nimport io\n"
        "printed = io.StringIO()\n"
        f"with contextlib.redirect_stdout(printed):\n{indent(source, '    ')}\n"
        f"assert printed.getvalue().rstrip() == {want.rstrip()!r}"
    )


def _raising(source: str, message: str) -> str:
    kind, _, text = message.strip().partition(": ")
    name = kind.rpartition(".")[2]
    lines = [
        f"try:\n{indent(source.rstrip(), '    ')}",
        f"except {name} as error:\n    assert str(error) == {text!r}"
        if text
        else f"except {name}:\n    pass",
        f"else:\n    raise AssertionError({name + ' was to be raised'!r})",
    ]
    return "\n".join(lines)


def _shows(value: ast.expr) -> bool:
    """Whether a doctest prints the value of this expression, as far as one can see."""
    return not isinstance(value, ast.Call | ast.Constant | ast.Await | ast.Yield)


def _called(node: ast.AST) -> set[str]:
    calls = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
    return {func.id for func in calls if isinstance(func, ast.Name)}
