"""Grades on their way out: one module for each form, each with one function `written(order)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from grader.record import Record

Fate = Literal["written", "blank", "missing", "unmatched"]


@dataclass(frozen=True)
class Filed:
    """A record and the file that it was read from; its pages lie beside it under the same stem."""

    path: Path
    record: Record

    @property
    def due_for_review(self) -> bool:
        """Whether a person has to look before its points are anybody's."""
        return self.record.state == "needs_review" or self.record.held > 0


@dataclass(frozen=True)
class Order:
    """What is to be exported. `filed` is in the order of lesson, student and id, and never empty."""

    filed: Sequence[Filed]
    roster: bytes | None = None
    """The file that `--roster` names, as the platform gave it out."""
    provisional: bool = False
    """Whether points that a person has still to look at are written, too."""
    titles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What each lesson is called, by its name; the first title is the English one. May miss lessons."""

    def title(self, lesson: str) -> str:
        """The lesson's English title, else its name."""
        return next(iter(self.titles.get(lesson, ())), lesson)


@dataclass(frozen=True)
class Outcome:
    """What became of one student. `why` is one full sentence in English, or empty."""

    who: str
    """The student and, where that differs, the id. May hold anything: whoever prints it cleans it."""
    lesson: str
    fate: Fate
    """blank: a record whose points wait for a person. missing: on the roster, without a record. unmatched: a
    record without a row on the roster."""
    why: str = ""


@dataclass(frozen=True)
class Written:
    """What an export gives: either `content`, one file, or `parts`, a folder of files."""

    content: bytes | None
    outcomes: Sequence[Outcome]
    remarks: Sequence[str] = ()
    """What whoever uploads this should know, such as the scale; a full sentence each."""
    beside: Mapping[str, bytes] = field(default_factory=dict)
    """Files that go with `content`, by what follows its stem: `-feedback.zip`."""
    parts: Mapping[str, bytes] = field(default_factory=dict)
    """Where `content` is None: files by their path below the folder that `--out` names."""
