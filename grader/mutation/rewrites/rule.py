"""What a rewrite is: a function that lists groups of changes, each of which leaves the meaning as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst

from grader.mutation.code import Change, Code

Groups = Iterator[tuple[Change, ...]]


@dataclass(frozen=True)
class Place:
    """A cell, the names that the lesson promises, and the text of the whole notebook."""

    code: Code
    promised: frozenset[str]
    notebook: str

    def calls(self) -> list[cst.Call]:
        """The calls in the student's own code."""
        return [node for node in self.code.own if isinstance(node, cst.Call)]


@dataclass(frozen=True)
class Rule:
    """A rewrite by its name. `make` yields groups of changes; a group is made whole or not at all."""

    name: str
    make: Callable[[Place], Groups]

    def changes(self, code: Code, promised: frozenset[str], notebook: str) -> list[tuple[Change, ...]]:
        return list(self.make(Place(code, promised, notebook)))


def rewrite(make: Callable[[Place], Groups]) -> Rule:
    """Makes a rule of a function, under the function's name."""
    return Rule(make.__name__, make)
