"""Which code of a solution is the student's: between the marks of a reference, and in an alternative whatever
the promised names need."""

from __future__ import annotations

import ast
import json
import symtable
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from grader.mutation.code import Code, Part
from grader.reading import json_of

_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"


@dataclass(frozen=True)
class _Top:
    """A statement at the left margin of a cell: its lines, what it binds and what it needs of other cells."""

    cell: int
    first: int
    last: int
    binds: frozenset[str]
    needs: frozenset[str]


def cells(content: bytes, promised: tuple[str, ...]) -> list[Code]:
    """The cells that hold code of the student's own, in their order. A cell that is no plain Python (a magic,
    a shell command) is left alone."""
    sources = list(_sources(content))
    tops = [top for number, _, source in sources for top in _tops(number, source)]
    about = _about(tops, frozenset(promised))
    marked = any(_BEGIN in source for _, _, source in sources)
    found = []
    for number, index, source in sources:
        here = [top for top in tops if top.cell == number and about[top]]
        if marked:
            parts = [
                Part(first, last, about[top])
                for first, last in _regions(source)
                for top in here
                if top.first <= first and last <= top.last
            ]
        else:
            parts = [Part(top.first, top.last, about[top]) for top in here]
        if parts:
            found.append(Code(number, index, source, tuple(parts)))
    return found


def with_source(content: bytes, index: int, source: str) -> bytes:
    """The notebook with another source in one of its cells."""
    return with_sources(content, {index: source})


def with_sources(content: bytes, sources: dict[int, str]) -> bytes:
    notebook = json.loads(content)
    for index, source in sources.items():
        notebook["cells"][index]["source"] = source
    return json.dumps(notebook, ensure_ascii=False).encode("utf-8")


def _sources(content: bytes) -> Iterator[tuple[int, int, str]]:
    number = 0
    for index, cell in enumerate(json_of(content)["cells"]):
        if cell["cell_type"] == "code":
            number += 1
            source = "".join(cell["source"])
            if _is_python(source):
                yield number, index, source


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
        cst.parse_module(source)
    except (SyntaxError, ValueError, cst.ParserSyntaxError):
        return False
    return True


def _regions(source: str) -> Iterator[tuple[int, int]]:
    """First and last line between each pair of marks."""
    first = 0
    for number, line in enumerate(source.splitlines(), 1):
        if line.strip() == _BEGIN:
            first = number + 1
        elif line.strip() == _END and first:
            yield first, number - 1
            first = 0


def _tops(cell: int, source: str) -> Iterator[_Top]:
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(one.lineno for one in decorators)])
        last = node.end_lineno or first
        table = symtable.symtable("\n".join(lines[first - 1 : last]), "cell", "exec")
        binds = frozenset(one.get_name() for one in table.get_symbols() if one.is_assigned())
        yield _Top(cell, first, last, binds, frozenset(_needs(table)))


def _needs(table: symtable.SymbolTable) -> Iterator[str]:
    """Names that are looked up among those of the notebook."""
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (top or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _needs(child)


def _about(tops: list[_Top], promised: frozenset[str]) -> dict[_Top, tuple[str, ...]]:
    """The promised names that a statement is about: those that it defines, else those that need it on a way
    which leads through no other promised name."""
    makers: dict[str, list[_Top]] = {}
    for top in tops:
        for name in top.binds:
            makers.setdefault(name, []).append(top)
    about = {top: set(top.binds & promised) for top in tops}
    for name in promised:
        waiting = list(makers.get(name, ()))
        met = set(waiting)
        while waiting:
            for need in waiting.pop().needs:
                for maker in makers.get(need, ()):
                    if maker not in met and not maker.binds & promised:
                        met.add(maker)
                        about[maker].add(name)
                        waiting.append(maker)
    return {top: tuple(sorted(names)) for top, names in about.items()}
