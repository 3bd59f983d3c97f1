"""What becomes of a piece of the source: judged on our side, weak, marked by a person because it was refused
or because it always was, or nothing, where it was refused and is worth nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from grader.importing.assignment import Assignment, Piece, Refusal
from grader.importing.check_bodies import marked
from grader.importing.packages import missing_for, unreachable
from grader.importing.translating import Translated, Untranslatable, translate

Kind = Literal["judged", "weak", "refused", "by hand"]


@dataclass(frozen=True)
class Check:
    """A piece with what came of it. `translated` is None where a person marks it."""

    piece: Piece
    kind: Kind
    reason: str
    """A key of said.toml; "" where nothing is to be said."""
    detail: str
    translated: Translated | None

    @property
    def written(self) -> bool:
        """Whether the lesson has a check for it: where a person would give 0 points there is nothing to mark,
        and the record would wait for that person all the same."""
        return self.translated is not None or self.piece.points > 0

    @property
    def said(self) -> str:
        """What it is of, for people: what the source calls it, and the cell."""
        part = ", what is hidden" if self.piece.shown else ""
        return f"{self.piece.name}{part}, {self.piece.cell}"


def checks_of(assignment: Assignment, modules: Collection[str]) -> list[Check]:
    """Each piece of the assignment as a check. `modules`: what a notebook can import when it is graded."""
    cells = [cell.source for cell in assignment.cells if cell.kind == "code"]
    lost = unreachable(cells, modules)
    found = [_check(piece, assignment, lost, modules) for piece in assignment.pieces]
    return _settled(found)


def _check(piece: Piece, assignment: Assignment, lost: Mapping[str, str], modules: Collection[str]) -> Check:
    if piece.code is None:
        return Check(piece, "by hand", "", "", None)
    if piece.refused is not None:
        return _refused(piece, piece.refused)
    if module := missing_for(piece.code, lost, modules):
        return _refused(piece, Refusal("package", module))
    return _translated(piece, piece.code, assignment, None)


def _translated(piece: Piece, code: str, assignment: Assignment, weak: str | None) -> Check:
    try:
        translated = translate(code, assignment.setting, weak=weak)
    except Untranslatable as error:
        return _refused(piece, Refusal(error.reason, str(error)))
    if translated.weak is None:
        return Check(piece, "judged", "", "", translated)
    if piece.hidden and piece.shown:
        # The code stands in the check as a text, so the marks have to stand in it.
        translated = translate(marked(code, piece.shown), assignment.setting, weak=translated.weak)
    return Check(piece, "weak", translated.weak or "", "", translated)


def weakened(check: Check, assignment: Assignment) -> Check:
    """The same check on the student's side, because on ours it did not hold for the source's own solution."""
    return _translated(check.piece, check.piece.code or "", assignment, "unlike")


def _refused(piece: Piece, why: Refusal) -> Check:
    return Check(piece, "refused", why.reason, why.detail, None)


def _settled(found: Sequence[Check]) -> list[Check]:
    """Checks need only checks that run: what needs several, and lacks one of them, is refused with it."""
    runs = {check.piece.id: check for check in found if check.translated is not None}
    settled = []
    for check in found:
        missing = [name for name in check.piece.needs if name not in runs]
        if check.translated is not None and missing:
            # A visible part that was refused is also in the whole cell, which did not fail for it.
            kept = tuple(name for name in check.piece.needs if name in runs)
            if len(check.piece.needs) > 1:
                settled.append(_refused(check.piece, Refusal("lost_part")))
                continue
            check = replace(check, piece=replace(check.piece, needs=kept))
        settled.append(check)
    return settled


@cache
def said() -> dict[str, Any]:
    """The sentences of said.toml."""
    return tomllib.loads(Path(__file__).with_name("said.toml").read_text("utf-8"))


def reason_of(check: Check) -> str:
    """Why a check is weak or was refused, in English."""
    table = said()["weak" if check.kind == "weak" else "refused"]
    text = str(table.get(check.reason, check.reason.replace("_", " ")))
    return f"{text} ({check.detail})" if check.detail else text
