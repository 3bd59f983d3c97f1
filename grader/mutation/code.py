"""One cell of a solution as concrete syntax: which lines are the student's own, and where each node
stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, ParentNodeProvider, PositionProvider

from grader.mutation.telling import feeding, functions, told, walk

Node = TypeVar("Node", bound=cst.CSTNode)
Span = tuple[int, int]
Change = tuple[Span, str]
"""Text that takes the place of what stands from one offset of the source up to another."""

_LEFT_ALONE = (cst.Annotation, cst.Assert, cst.Raise, cst.Import, cst.ImportFrom, cst.Global, cst.Nonlocal)


@dataclass(frozen=True)
class Part:
    """Lines of a cell, from 1, that a student writes, and the promised names that they are about."""

    first: int
    last: int
    about: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """A code cell: `number` counts code cells from 1, `index` is its place among all cells."""

    number: int
    index: int
    source: str
    parts: tuple[Part, ...]

    @cached_property
    def _wrapper(self) -> MetadataWrapper:
        return MetadataWrapper(cst.parse_module(self.source), unsafe_skip_copy=True)

    @property
    def module(self) -> cst.Module:
        return self._wrapper.module

    @cached_property
    def _positions(self) -> Mapping[cst.CSTNode, CodeRange]:
        return self._wrapper.resolve(PositionProvider)

    @cached_property
    def _parents(self) -> Mapping[cst.CSTNode, cst.CSTNode]:
        return self._wrapper.resolve(ParentNodeProvider)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.source.splitlines(keepends=True):
            starts.append(starts[-1] + len(line))
        return starts

    def span(self, node: cst.CSTNode) -> Span:
        """Offsets of what the node says, without brackets around it."""
        at = self._positions[node]
        return (
            self._starts[at.start.line - 1] + at.start.column,
            self._starts[at.end.line - 1] + at.end.column,
        )

    def line(self, node: cst.CSTNode) -> int:
        return self._positions[node].start.line

    def text(self, node: cst.CSTNode) -> str:
        """What the source says there, without brackets around it."""
        start, end = self.span(node)
        return self.source[start:end]

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self._parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """From the node's parent to the module."""
        above = self._parents.get(node)
        while above is not None:
            yield above
            above = self._parents.get(above)

    def nearest(self, node: cst.CSTNode, kind: type[Node]) -> Node | None:
        return next((one for one in self.ancestors(node) if isinstance(one, kind)), None)

    def function(self, node: cst.CSTNode) -> cst.FunctionDef | None:
        """The function in which it stands, whatever lies between."""
        return self.nearest(node, cst.FunctionDef)

    def loop(self, node: cst.CSTNode) -> cst.For | cst.While | None:
        """The innermost loop around it, in the same function."""
        for above in self.ancestors(node):
            if isinstance(above, cst.For | cst.While):
                return above
            if isinstance(above, cst.FunctionDef | cst.Lambda):
                return None
        return None

    def statements(self, small: cst.CSTNode) -> Sequence[cst.BaseStatement]:
        """The lines of the block that a small statement stands in."""
        line = self.parent(small)
        block = self.parent(line) if isinstance(line, cst.SimpleStatementLine) else None
        if isinstance(block, cst.IndentedBlock):
            return block.body
        if isinstance(block, cst.Module):
            return [one for one in block.body if isinstance(one, cst.BaseStatement)]
        return ()

    def indent(self, node: cst.CSTNode) -> str:
        """What stands before the line on which the node begins."""
        line = self.source[self._starts[self.line(node) - 1] :]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def instead(self, node: cst.CSTNode, text: str) -> Change:
        return self.span(node), text

    def dropped(self, small: cst.CSTNode) -> Change:
        """A small statement taken away: its whole line, or `pass` where a block would be left empty."""
        line = self.parent(small)
        alone = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
        if not alone or len(self.statements(small)) < 2:
            return self.span(small), "pass"
        at = self._positions[small]
        return (self._starts[at.start.line - 1], self._starts[at.end.line]), ""

    def after(self, node: cst.CSTNode, text: str) -> Change:
        """A line of its own behind the statement."""
        end = self.span(node)[1]
        return (end, end), f"\n{self.indent(node)}{text}"

    def before(self, node: cst.CSTNode, text: str) -> Change:
        """A line of its own ahead of the statement."""
        start = self.span(node)[0]
        return (start, start), f"{text}\n{self.indent(node)}"

    def part(self, node: cst.CSTNode) -> Part | None:
        """The student's part in which the whole node stands."""
        at = self._positions.get(node)
        if at is None:
            return None
        inside = (one for one in self.parts if one.first <= at.start.line and at.end.line <= one.last)
        return next(inside, None)

    @cached_property
    def own(self) -> list[cst.CSTNode]:
        """The nodes that can be changed: the student's own, but for what is only told, promised or written
        down about the code (prints, annotations, defaults of arguments, texts)."""
        found: list[cst.CSTNode] = []
        self._gather(self.module, found, told(self.module))
        return found

    def _gather(self, node: cst.CSTNode, found: list[cst.CSTNode], skipped: set[cst.CSTNode]) -> None:
        if isinstance(node, _LEFT_ALONE) or node in skipped:
            return
        if isinstance(node, cst.Expr) and isinstance(node.value, cst.BaseString):
            return
        if self.part(node) is not None:
            found.append(node)
        for child in node.children:
            if isinstance(node, cst.Param) and child is node.default:
                continue
            self._gather(child, found, skipped)

    @cached_property
    def only_returned(self) -> frozenset[cst.CSTNode]:
        """The statements whose values go nowhere but into what a function returns."""
        found: set[cst.CSTNode] = set()
        for function in functions(self.module):
            found |= feeding(function, {one for one in walk(function) if isinstance(one, cst.Return)})
        return frozenset(found)

    def changed(self, changes: Sequence[Change]) -> str:
        """The source with these changes, which must not overlap."""
        source = self.source
        for (start, end), text in sorted(changes, reverse=True):
            source = source[:start] + text + source[end:]
        return source

    @cached_property
    def meaning(self) -> str:
        """The source without its layout, to tell an edit from none."""
        return ast.dump(ast.parse(self.source))
