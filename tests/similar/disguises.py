"""Ways to make code look other than it is: each takes the code cells of a notebook and gives others.

What comes out does the same as before, but for `constants`, and parses; the contract's names stay.
"""

from __future__ import annotations

import ast
import io
import keyword
import random
import tokenize
from collections.abc import Callable, Collection, Sequence
from textwrap import indent

Cells = Sequence[str]
Disguise = Callable[[Cells, Collection[str], random.Random], list[str]]


def _tokens(cell: str) -> list[tokenize.TokenInfo]:
    return list(tokenize.generate_tokens(io.StringIO(cell + "\n").readline))


def _replaced(cell: str, new: Callable[[list[tokenize.TokenInfo], int], str | None]) -> str:
    """The cell with some tokens replaced in place; `new` gives None where one stays."""
    lines = cell.split("\n")
    found = _tokens(cell)
    for at in range(len(found) - 1, -1, -1):
        said = new(found, at)
        (row, start), (last, end) = found[at].start, found[at].end
        if said is not None and row == last:
            lines[row - 1] = lines[row - 1][:start] + said + lines[row - 1][end:]
    return "\n".join(lines)


def _depth(found: Sequence[tokenize.TokenInfo], at: int) -> int:
    """How many brackets are open before the token at `at`."""
    return sum({"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(one.string, 0) for one in found[:at])


def renamed(cells: Cells, contract: Collection[str], dice: random.Random) -> list[str]:
    """Every variable, parameter, function and attribute of one's own has another name."""
    own: set[str] = set()
    kept = {*contract, "self", "forward", "training", "parameters", "weight", "bias"}
    for node in [one for cell in cells for one in ast.walk(ast.parse(cell))]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            own.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
            own.add(node.attr)
        if isinstance(node, ast.FunctionDef):
            # Who calls may name an argument that has a default.
            kept |= {one.arg for one in node.args.args[len(node.args.args) - len(node.args.defaults) :]}
    own = {name for name in own if not name.startswith("__") and name not in kept}
    names = dict(zip(sorted(own), dice.sample(range(1000), len(own)), strict=True))

    def new(found: list[tokenize.TokenInfo], at: int) -> str | None:
        name, before, after = found[at].string, found[at - 1].string, found[at + 1].string
        if found[at].type != tokenize.NAME or name not in names or keyword.iskeyword(name):
            return None
        if before == "." and found[at - 2].string != "self":
            return None
        if after == "=" and before in ("(", ",", "\n") and _depth(found, at) > 0:
            return None
        return f"name_{names[name]}"

    return [
        _replaced(cell, lambda found, at: new(found, at) if at + 1 < len(found) else None) for cell in cells
    ]


def reordered(cells: Cells, contract: Collection[str], dice: random.Random) -> list[str]:
    """Functions that stand next to each other, and methods of a class, come in another order."""

    def shuffled(body: Sequence[ast.stmt], lines: Sequence[str]) -> list[str]:
        starts = [min([one.lineno, *(d.lineno for d in getattr(one, "decorator_list", []))]) for one in body]
        parts = [
            "\n".join(lines[start - 1 : one.end_lineno]) for start, one in zip(starts, body, strict=True)
        ]
        movable = [at for at, one in enumerate(body) if isinstance(one, ast.FunctionDef)]
        turned = movable[1:] + movable[:1]
        moved = {at: parts[other] for at, other in zip(movable, turned, strict=True)}
        for at in moved:
            parts[at] = moved[at]
        return parts

    out = []
    for cell in cells:
        lines, body = cell.split("\n"), ast.parse(cell).body
        pieces = shuffled(body, lines)
        for at, one in enumerate(body):
            if isinstance(one, ast.ClassDef):
                head = "\n".join(lines[one.lineno - 1 : one.body[0].lineno - 1])
                pieces[at] = head + "\n" + "\n\n".join(shuffled(one.body, lines))
        out.append("\n\n".join(pieces))
    dice.shuffle(order := list(range(len(out) - 2)))
    middle = [out[1 + at] for at in order]
    return [*out[:1], *middle, *out[1 + len(middle) :]]


def commented(cells: Cells, contract: Collection[str], dice: random.Random) -> list[str]:
    """Comments are others."""
    out = []
    for cell in cells:
        bare = _replaced(cell, lambda found, at: "" if found[at].type == tokenize.COMMENT else None)
        statements = {
            one.lineno: one.col_offset
            for one in ast.walk(ast.parse(bare))
            if isinstance(one, ast.Return | ast.For | ast.Assign)
        }
        lines = []
        for number, line in enumerate(bare.split("\n"), start=1):
            if number in statements and dice.random() < 0.7:
                lines.append(" " * statements[number] + "# 여기서 다음 단계를 계산한다")
            lines.append(line.rstrip())
        out.append("\n".join(lines))
    return out


def laid_out(cells: Cells, contract: Collection[str], dice: random.Random) -> list[str]:
    """Lines are broken after commas in brackets, and blank lines stand elsewhere."""
    out = []
    for cell in cells:
        lines, depth = cell.split("\n"), 0
        breaks: list[tuple[int, int]] = []
        for one in _tokens(cell):
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(one.string, 0)
            if one.string == "," and depth > 0 and one.start[0] == one.end[0]:
                breaks.append(one.end)
        for row, column in reversed(breaks):
            line = lines[row - 1]
            lines[row - 1] = line[:column] + "\n        " + line[column:].lstrip()
        out.append("\n".join(lines).replace("\n\n", "\n"))
    return out


def padded(cells: Cells, contract: Collection[str], dice: random.Random) -> list[str]:
    """A line that does nothing stands after every fourth statement."""
    return [_padded(cell, 4, dice) for cell in cells]


def thickly_padded(cells: Cells, contract: Collection[str], dice: random.Random) -> list[str]:
    """A line that does nothing stands after every second statement."""
    return [_padded(cell, 2, dice) for cell in cells]


def _padded(cell: str, each: int, dice: random.Random) -> str:
    dead = ["_unused = [0, 1]", "pass", "assert True", "_count = len('abc') + 1", "print('', end='')"]
    lines = cell.split("\n")
    simple = [
        node for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr)
    ]
    alone = [node for node in simple if not lines[node.lineno - 1][: node.col_offset].strip()]
    ends = sorted({(node.end_lineno or 0, node.col_offset) for node in alone})
    for row, column in reversed(ends[::each]):
        lines.insert(row, indent(dice.choice(dead), " " * column))
    ast.parse("\n".join(lines))
    return "\n".join(lines)


def constants(cells: Cells, contract: Collection[str], dice: random.Random) -> list[str]:
    """Numbers and texts are others."""

    def new(found: list[tokenize.TokenInfo], at: int) -> str | None:
        if found[at].type == tokenize.NUMBER:
            return str(dice.randrange(2, 99))
        if found[at].type == tokenize.STRING and found[at].string[0] in "'\"":
            return f"'text {dice.randrange(99)}'"
        return None

    return [_replaced(cell, new) for cell in cells]


def split(cells: Cells, contract: Collection[str], dice: random.Random) -> list[str]:
    """Each statement at the top has a cell of its own."""
    out = []
    for cell in cells:
        lines = cell.split("\n")
        for one in ast.parse(cell).body:
            start = min([one.lineno, *(d.lineno for d in getattr(one, "decorator_list", []))])
            out.append("\n".join(lines[start - 1 : one.end_lineno]))
    return out


def retyped(cells: Cells, contract: Collection[str], dice: random.Random) -> list[str]:
    """As Python itself would write it: other brackets, quotes and line ends; no comments."""
    return [ast.unparse(ast.parse(cell)) for cell in cells]


def together(cells: Cells, contract: Collection[str], dice: random.Random) -> list[str]:
    """All of the others at once."""
    for one in (renamed, constants, reordered, padded, commented, laid_out, split):
        cells = one(cells, contract, dice)
    return list(cells)


DISGUISES: dict[str, Disguise] = {
    "names changed": renamed,
    "functions in another order": reordered,
    "comments changed": commented,
    "layout changed": laid_out,
    "a line put in after every fourth": padded,
    "a line put in after every second": thickly_padded,
    "numbers and texts changed": constants,
    "cells split": split,
    "written anew by a formatter": retyped,
    "all of these but the formatter": together,
}
