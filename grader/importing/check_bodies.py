"""The statements of a check: what of them students see anyway, and how they stand in a function."""

from __future__ import annotations

import ast
from textwrap import indent

from grader.releasing.leaks import SHOWN


def marked(body: str, public: str) -> str:
    """The body with marks around those statements of it that the public check has too."""
    try:
        shown = {ast.unparse(one) for one in ast.parse(public).body}
        statements = ast.parse(body).body
    except SyntaxError:
        return body
    lines = body.split("\n")
    begins, ends = set[int](), set[int]()
    for one in statements:
        if ast.unparse(one) in shown:
            begins.add(one.lineno)
            ends.add(one.end_lineno or one.lineno)
    made = []
    for number, line in enumerate(lines, start=1):
        made += [SHOWN[0]] if number in begins and number - 1 not in ends else []
        made.append(line)
        made += [SHOWN[1]] if number in ends and number + 1 not in begins else []
    return "\n".join(made)


def indented(body: str) -> str:
    """The body one level deeper; lines inside of texts stay where they are."""
    try:
        tree = ast.parse(body)
    except SyntaxError:
        return indent(body, "    ")
    inside = {
        number
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        for number in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
    }
    lines = enumerate(body.split("\n"), start=1)
    return "\n".join(f"    {line}" if line.strip() and n not in inside else line for n, line in lines)
