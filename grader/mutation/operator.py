"""What an operator is: a small function that says what else could stand in place of a piece of syntax.

    @operator(cst.Call, group="loss", names=("loss.arguments_swapped",))
    def loss_arguments_swapped(call: cst.Call, code: Code) -> Made:
        ...
        yield f"{text(call.func)}({second}, {first})"

It yields a text for the node it was asked about, or an `Edit`: changes in several places, with names of their
own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import libcst as cst

from grader.mutation.code import Change, Code


@dataclass(frozen=True)
class Edit:
    """One wrong edit: its changes, which must not overlap. `names` and `free`, where given, take the place of
    the operator's names and of the general rules."""

    changes: tuple[Change, ...]
    names: tuple[str, ...] | None = None
    free: str | None = None


Made = Iterator[str | Edit]


@dataclass(frozen=True)
class Operator:
    """`on` are the kinds of node that it is asked about; `names` are codes or patterns, each of which would
    be a true name of any of its edits, and None where that depends on the function that is edited."""

    name: str
    group: str
    on: tuple[type[cst.CSTNode], ...]
    names: tuple[str, ...] | None
    probes: str | None
    make: Callable[[Any, Code], Made]

    def edits(self, node: cst.CSTNode, code: Code) -> Iterable[Edit]:
        """Its edits of this node; none where it does not apply."""
        for made in self.make(node, code):
            yield made if isinstance(made, Edit) else Edit((code.instead(node, made),))


def operator(
    *on: type[cst.CSTNode], group: str, names: tuple[str, ...] | None = None, probes: str | None = None
) -> Callable[[Callable[[Any, Code], Made]], Operator]:
    """Makes an operator of a function, under the function's name. `probes` is the family of probes that could
    see its edits; where it is None, that of the function that is edited."""

    def made(make: Callable[[Any, Code], Made]) -> Operator:
        return Operator(make.__name__, group, on, names, probes, make)

    return made
