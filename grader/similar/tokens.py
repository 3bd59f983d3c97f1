"""Code as a stream of tokens in which layout, comments, own names, numbers and texts do not count.

Pygments cuts the code: its lexer gets through anything, so that broken code, Hangul and magics are compared
as far as they go. What a name stands for decides whether it counts: names that a notebook chose itself
(variables, parameters, functions, its own attributes) are all alike, those of Python and of libraries stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pygments.lexers import PythonLexer
from pygments.token import Comment, Name, Number, String, Text, _TokenType

MOST_CHARACTERS = 60_000
"""Of a notebook's own code; a lesson asks for some thousand. What comes after is not compared."""
MOST_TOKENS = 10_000
OWN = "\0"
"""Stands for any name that the notebook chose itself."""

_IMPORT = re.compile(r"^[ \t]*import[ \t]+([^\n#;]+)", re.MULTILINE)
_FROM = re.compile(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n#;]+)", re.MULTILINE)
_OTHER_LANGUAGE = re.compile(r"\s*%%(?!time\b|timeit\b|capture\b|prun\b)")
_MAGIC = re.compile(r"^[ \t]*[%!].*$", re.MULTILINE)
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `form` is what is compared, `text` what stands there; `cell` counts code cells from 1.

    `start` and `end` are offsets in the cell's source, `line` counts its lines from 1.
    """

    form: str
    text: str
    cell: int
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Stream:
    """The tokens of a notebook's own code. `cut`: there was more than is compared."""

    tokens: Sequence[Token]
    cut: bool


@dataclass(frozen=True, slots=True)
class _Raw:
    kind: _TokenType
    text: str
    cell: int
    line: int
    start: int
    end: int


def lines_of(cells: Sequence[str]) -> frozenset[str]:
    """The lines of code in `cells`, without the blanks around them."""
    return frozenset(stripped for cell in cells for line in cell.splitlines() if (stripped := line.strip()))


def stream(cells: Sequence[str], given: frozenset[str] = frozenset()) -> Stream:
    """The tokens of code cells, less the lines that are `given`, across the borders of cells.

    Takes time and memory in proportion to `MOST_CHARACTERS`, whatever the cells hold.
    """
    own = [_own_part(cell, given) for cell in cells]
    raw: list[_Raw] = []
    left, cut = MOST_CHARACTERS, False
    for number, source in enumerate(own, start=1):
        if not source.strip():
            continue
        if len(source) > left:
            source, cut = source[:left], True
        left -= len(source)
        raw += _lexed(source, number)
        if len(raw) > MOST_TOKENS:
            raw, cut = raw[:MOST_TOKENS], True
        if cut:
            break
    named = _Names.of([source for source in own if source], raw)
    return Stream([_token(raw, at, named) for at in range(len(raw))], cut)


def _own_part(cell: str, given: frozenset[str]) -> str:
    """The cell with blanks in place of given lines and magics, so that all else keeps its place."""
    if _OTHER_LANGUAGE.match(cell):
        return ""
    cell = _MAGIC.sub(lambda found: " " * len(found[0]), cell[: 4 * MOST_CHARACTERS])
    lines = cell.split("\n")
    return "\n".join(" " * len(line) if line.strip() in given else line for line in lines)


def _lexed(source: str, cell: int) -> list[_Raw]:
    """Tokens that count; texts that touch each other are one, and those that stand for comments none."""
    found: list[_Raw] = []
    line, seen = 1, 0
    for at, kind, value in _lexer().get_tokens_unprocessed(source):
        if kind in Comment or kind in String.Doc or kind in Text or not value.strip():
            continue
        start, end = at + len(value) - len(value.lstrip()), at + len(value.rstrip())
        line += source.count("\n", seen, start)
        seen = start
        last = found[-1] if found else None
        if kind in String and last is not None and last.kind in String and last.end == start:
            found[-1] = _Raw(String, last.text, cell, last.line, last.start, end)
        else:
            found.append(_Raw(kind, value.strip(), cell, line, start, end))
    return found


@dataclass(frozen=True)
class _Names:
    """What the names of a notebook stand for."""

    imported: dict[str, str]
    """What a name was imported as: `nn` from `from torch import nn`, `np` as `numpy`."""
    attributes: frozenset[str]
    """Attributes and methods that the notebook gives its own objects."""
    parameters: frozenset[str]

    @classmethod
    def of(cls, sources: Sequence[str], raw: Sequence[_Raw]) -> _Names:
        imported: dict[str, str] = {}
        for source in sources:
            source = source[:MOST_CHARACTERS]
            for listed in _IMPORT.findall(source):
                imported.update(_aliases(listed, ""))
            for module, listed in _FROM.findall(source):
                imported.update(_aliases(listed.strip("()"), module))
        attributes, parameters = set(), set()
        depth, in_head = 0, False
        for at, one in enumerate(raw):
            before = raw[at - 1].text if at else ""
            if one.kind in Name.Function and one.kind not in Name.Function.Magic:
                attributes.add(one.text)
                in_head, depth = True, 0
            elif in_head:
                depth += _BRACKETS.get(one.text, 0)
                in_head = depth > 0
                if one.kind in Name and depth == 1 and before in ("(", ",", "*", "**"):
                    parameters.add(one.text)
            if one.kind in Name and before == "." and at > 1 and raw[at - 2].text == "self":
                attributes.add(one.text)
        return cls(imported, frozenset(attributes), frozenset(parameters))


def _aliases(listed: str, module: str) -> Iterator[tuple[str, str]]:
    for one in listed.replace("\n", " ").split(","):
        name, _, alias = one.strip().partition(" as ")
        name = name.strip()
        if name:
            yield name, name
            yield (
                (alias.strip() or name.partition(".")[0]),
                (name if module or alias else name.partition(".")[0]),
            )


def _token(raw: Sequence[_Raw], at: int, names: _Names) -> Token:
    one = raw[at]
    return Token(_form(raw, at, names), one.text, one.cell, one.line, one.start, one.end)


def _form(raw: Sequence[_Raw], at: int, names: _Names) -> str:
    one = raw[at]
    if one.kind in Number:
        return "0"
    if one.kind in String:
        return "''"
    if one.kind not in Name:
        return one.text
    before = raw[at - 1].text if at else ""
    if before == ".":
        # What `self` holds is the notebook's; what tensors and modules have is the library's.
        return OWN if one.text in names.attributes else one.text
    if one.kind in Name.Builtin or one.kind in Name.Namespace or one.kind in Name.Exception:
        return names.imported.get(one.text, one.text)
    if one.kind in Name.Function.Magic or one.kind in Name.Variable.Magic:
        return one.text
    if one.text in names.imported:
        return names.imported[one.text]
    after = raw[at + 1].text if at + 1 < len(raw) else ""
    if after == "=" and before in ("(", ",") and one.text not in names.parameters:
        return one.text if _in_call(raw, at) else OWN
    return OWN


def _in_call(raw: Sequence[_Raw], at: int) -> bool:
    """Whether the name at `at` stands in brackets that follow a name: `f(name=1)`, not `a, name = 1, 2`."""
    depth = 0
    for back in range(at - 1, max(at - 60, 0), -1):
        depth += _BRACKETS.get(raw[back].text, 0)
        if depth > 0:
            return raw[back].text == "(" and (raw[back - 1].kind in Name or raw[back - 1].text in (")", "]"))
    return False


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(ensurenl=False, stripnl=False)
