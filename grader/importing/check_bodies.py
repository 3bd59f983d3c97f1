"""The statements of a check: what of them students see anyway, and how they stand in a function."""

from __future__ import annotations

import ast
from textwrap import indent

from grader.releasing.leaks import RUN_OF_LINES, SHOWN


def marked(body: str, public: str) -> str:
    """The body with marks around those runs of its lines that the public check has too.

    Runs shorter than what a release takes for a leak stay as they are.
    """
    shown = {line.strip() for line in public.split("\n") if line.strip()}
    lines = body.split("\n")
    fixed = _fixed(body, lines)
    made: list[str] = []
    run: list[str] = []
    for number, line in enumerate([*lines, None], start=1):
        if line is not None and number not in fixed and (not line.strip() or line.strip() in shown):
            run.append(line)
            continue
        enough = sum(bool(one.strip()) for one in run) >= RUN_OF_LINES
        made += [SHOWN[0], *run, SHOWN[1]] if enough else run
        run = []
        if line is not None:
            made.append(line)
    return "\n".join(made)


def _fixed(body: str, lines: list[str]) -> set[int]:
    """Numbers of lines beside which no comment may stand: those of texts, and those that go on."""
    try:
        found = _inside_texts(ast.parse(body))
    except SyntaxError:
        return set(range(1, len(lines) + 1))
    for number, line in enumerate(lines, start=1):
        if line.endswith("\\"):
            found |= {number, number + 1}
    return found | {number - 1 for number in found}


def indented(body: str) -> str:
    """The body one level deeper; lines inside of texts stay where they are."""
    try:
        tree = ast.parse(body)
    except SyntaxError:
        return indent(body, "    ")
    inside = _inside_texts(tree)
    lines = enumerate(body.split("\n"), start=1)
    return "\n".join(f"    {line}" if line.strip() and n not in inside else line for n, line in lines)


def _inside_texts(tree: ast.Module) -> set[int]:
    """Numbers of the lines that begin inside of a text."""
    return {
        number
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        for number in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    }
