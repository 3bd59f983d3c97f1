"""Which mutants and rewrites a run tries, and in which order: a beginning of the order is a fair sample."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from grader.mutation.mutant import Mutant, Rewrite

Made = Mutant | Rewrite
_OF_ALTERNATIVES = 2
"""Of one operator or rewrite, how many are tried on the alternatives, unless all are asked for."""


def picked(made: Sequence[Made], *, everything: bool) -> list[Made]:
    """All of the reference and some of the alternatives, those of each operator in turn.

    Deterministic: the place of each depends on its digest alone, so one more mutant moves no other.
    """
    strata: dict[tuple[bool, str], list[Made]] = {}
    for one in made:
        strata.setdefault((one.base != "reference", kind(one)), []).append(one)
    ranked: list[tuple[int, str, Made]] = []
    for (other, _), members in strata.items():
        members = _apart(members) if other else sorted(members, key=_chance)
        kept = members[:_OF_ALTERNATIVES] if other and not everything else members
        ranked += [(rank, _chance(one), one) for rank, one in enumerate(kept)]
    return [one for _, _, one in sorted(ranked, key=lambda entry: entry[:2])]


def kind(one: Made) -> str:
    """The operator or the rewrite that made it."""
    return one.operator if isinstance(one, Mutant) else f"rewrite {one.rewrite}"


def _chance(one: Made) -> str:
    return hashlib.sha256(one.digest.encode()).hexdigest()


def _apart(members: Sequence[Made]) -> list[Made]:
    """In an order that takes each alternative once before any twice."""
    turns: dict[str, int] = {}
    placed: list[tuple[int, str, Made]] = []
    for one in sorted(members, key=_chance):
        turn = turns.get(one.base, 0)
        turns[one.base] = turn + 1
        placed.append((turn, _chance(one), one))
    return [one for _, _, one in sorted(placed, key=lambda entry: entry[:2])]
