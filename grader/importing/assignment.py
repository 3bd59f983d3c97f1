"""An assignment of another grader, as its reader found it: what the writer makes a lesson of."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from grader.importing.ids import on_one_line
from grader.importing.setting import Setting

Kind = Literal["code", "markdown", "raw"]


@dataclass(frozen=True)
class Cell:
    """A cell of the reference. Solutions stand between our marks; what students never see is not in it."""

    kind: Kind
    source: str
    solution: bool = False
    locked: bool = False
    """Students can neither change nor delete it."""
    kept: bool = False
    """Students can change it, but not delete it."""


@dataclass(frozen=True)
class Refusal:
    """Why something of the source becomes no check that runs. `reason` is a key of said.toml."""

    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Piece:
    """What the source gives points for, or tests: one check to be."""

    id: str
    """The check's id, unique in the assignment."""
    name: str
    """What the source calls it: a grade_id, or a question."""
    cell: str
    """Where it stands, for people: "cell 7", or a test file."""
    points: float
    hidden: bool
    code: str | None
    """Statements of Python; None: a person marks it."""
    shown: str = ""
    """Of a hidden test those lines of `code` that students see in the notebook."""
    needs: tuple[str, ...] = ()
    title: str = ""
    """The source's own words for it, as far as students may read them."""
    message: str = ""
    """What the source tells a student whose answer fails."""
    refused: Refusal | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", on_one_line(self.name))


@dataclass(frozen=True)
class Assignment:
    """One notebook of the source with everything around it."""

    tool: Literal["nbgrader", "otter"]
    slug: str
    """The notebook's name."""
    title: str
    source: Path
    cells: tuple[Cell, ...]
    pieces: tuple[Piece, ...]
    data: tuple[tuple[str, Path], ...] = ()
    """Files that the notebook may read: path below data/, and where it lies."""
    notes: tuple[str, ...] = ()
    """What was not taken over, a sentence each."""
    setting: Setting = field(default_factory=lambda: Setting((), ()))
    """The cells as they were, tests left out."""
