"""The record of one grading: the truth, from which every page, line and export is rendered.

Fields and their meaning are fixed in the interface; fields may be added, never renamed. All
numbers are finite. `encode` gives the bytes of `<student>.json`, `decode` reads them back and
refuses what is no record.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from grader import bounds
from grader.bounds import Length, Measure, Moment, Percent, Whole
from grader.evidence import Evidence
from grader.inert_json import inert

SCHEMA: Literal["grader/record/1"] = "grader/record/1"

RunState = Literal[
    "finished", "cell_failed", "out_of_time", "out_of_memory", "too_much_output", "died", "unreadable"
]
CheckState = Literal["passed", "failed", "blocked", "undecided", "broken", "manual"]
Strength = Literal["judged", "weak"]
When = Literal["always", "after_due", "never"]
Fact = str | int | float | bool
UNREADABLE = (OSError, msgspec.MsgspecError, ValueError, RecursionError)
"""What reading a file that is no record, and decoding it, may raise."""


class Where(msgspec.Struct, frozen=True):
    """The student's own lines that a finding is about. A claim of the guest: shown, never trusted."""

    cell: int
    """Code cell, counted from 1."""
    first_line: int
    """Line in that cell of the first of `lines`, counted from 1."""
    lines: list[str]
    marked: int
    """Index into `lines` of the line to look at; -1 where none of them stands out."""
    token: str = ""
    """The part of the marked line to underline, where known."""

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "cell", bounds.countable(self.cell))
        msgspec.structs.force_setattr(self, "first_line", bounds.countable(self.first_line))


class Finding(msgspec.Struct, frozen=True, omit_defaults=False):
    """What a check found. `message` is `code` and `facts` said in the run's language."""

    code: str
    message: str
    facts: dict[str, Fact] = {}
    evidence: list[Evidence] = []
    where: Where | None = None


class Override(msgspec.Struct, frozen=True):
    """A person's word over the check's. What the check itself found stays beside it."""

    points: Measure
    comment: str
    was: Measure = 0.0
    """The points that the check itself gave."""


class Check(msgspec.Struct, frozen=True):
    """The outcome of one check. `waits_for` names the failed check that blocks this one."""

    id: str
    title: str
    visibility: Literal["public", "hidden"]
    state: CheckState
    override: Override | None
    points: Measure
    max_points: Measure
    findings: list[Finding]
    seconds: Measure
    waits_for: str | None = None
    cpu_seconds: Measure | None = None
    """CPU of the notebook's own processes in this check's calls; None where it was not measured."""
    strength: Strength = "judged"
    """weak: the check's code ran on the student's side, which alone says what came of it."""


class Output(msgspec.Struct, frozen=True):
    """One output of a cell, as nbformat has it, reduced to what a report shows.

    `kind`: "stream" (name is stdout or stderr), "error" (name is the exception's), "display" or "result".
    `data`: MIME type to text; images are base64.
    """

    kind: Literal["stream", "error", "display", "result"]
    name: str
    data: dict[str, str]
    cut: bool = False


class Cell(msgspec.Struct, frozen=True):
    """One cell of the executed notebook. `number` counts code cells from 1; None for other cells."""

    kind: Literal["code", "markdown", "raw"]
    source: str
    number: Whole | None = None
    state: Literal["ok", "failed", "stopped", "skipped", "empty"] = "ok"
    seconds: Measure = 0.0
    outputs: list[Output] = []


class Losses(msgspec.Struct, frozen=True):
    """Losses that the notebook kept in a list called `name`: some of `of`, evenly spread. A claim."""

    name: str
    values: list[float]
    of: Whole


class Run(msgspec.Struct, frozen=True):
    """How the notebook ran. `cell` is the first code cell that went wrong."""

    state: RunState
    cell: Whole | None
    message: str | None
    seconds: Measure
    finding: Finding | None = None
    """The same in the words of findings.md (`notebook.*`), where it did not finish."""
    cells: list[Cell] = []
    losses: Losses | None = None
    cpu_seconds: Measure | None = None
    """CPU of all the notebook's processes until its last cell ended; None where it was not measured."""


class Note(msgspec.Struct, frozen=True):
    """Something for the instructor alone. Never costs points."""

    code: str
    message: str
    facts: dict[str, Fact] = {}


class Environment(msgspec.Struct, frozen=True):
    """What the notebook ran with; `walls` lists the walls that stood."""

    grader: str
    python: str
    torch: str
    sandbox: str
    seed: Whole
    secret: str
    walls: list[str] = []
    lesson: str = ""
    """sha256 over everything of the lesson that can change a verdict."""


class Showing(msgspec.Struct, frozen=True):
    """When students may read what hidden checks found; `due` is the lesson's due date, with its offset."""

    hidden_findings: When = "always"
    due: Moment | None = None

    def open(self, now: datetime | None) -> bool:
        """Whether they may at the moment `now` (aware; None: before any due date)."""
        if self.hidden_findings == "after_due":
            return self.due is not None and now is not None and now > self.due
        return self.hidden_findings == "always"


class Deadline(msgspec.Struct, frozen=True):
    """When the lesson is due and what lateness costs, in percent of the points that can be had."""

    due: Moment
    """With its offset."""
    grace: Length = 0.0
    """Seconds after `due` that cost nothing."""
    per_day: Percent = 0.0
    """Percent for each day begun after `due`."""
    most: Percent = 100.0
    """Percent that is never exceeded before the end."""
    closed_after: Length | None = None
    """Seconds after `due` from which on no points count; None: never."""
    marked: Percent = 0.0
    """Percent for what a platform marked as late without saying when it came."""


class Excuse(msgspec.Struct, frozen=True):
    """What a person says of one student's time: another due date, or when it was handed in."""

    due: Moment | None = None
    submitted: Moment | None = None
    comment: str = ""


class Record(msgspec.Struct, frozen=True):
    """One student's grading in one lesson."""

    lesson: str
    student: str
    student_id: str
    notebook: str
    digest: str
    score: Measure
    max_score: Measure
    state: Literal["graded", "needs_review"]
    raw_score: Measure
    run: Run
    checks: list[Check]
    notes: list[Note]
    environment: Environment
    submitted: str | None = None
    late_penalty: Measure = 0.0
    held: Measure = 0.0
    showing: Showing = Showing()
    deadline: Deadline | None = None
    marked_late: bool = False
    """Whether the learning platform marked it as late."""
    folder: str = ""
    """The learning platform's folder that it came in, exactly: feedback goes back under that name."""
    excuse: Excuse | None = None
    schema: Literal["grader/record/1"] = SCHEMA


def encode(record: Record) -> bytes:
    """The bytes of the record's file: indented JSON, UTF-8, `inert`, one trailing newline."""
    return inert(msgspec.json.format(msgspec.json.encode(record, order="deterministic"), indent=1)) + b"\n"


def decode(content: bytes) -> Record:
    """The record in `content`; raises `msgspec.MsgspecError` where it is none, or one that nobody can render:
    a number or a moment out of bounds, a mark beside the lines that it is to stand in."""
    record = msgspec.json.decode(content, type=Record)
    excuse = record.excuse or Excuse()
    due = record.deadline.due if record.deadline else None
    bounds.check_moments(record.submitted, due, record.showing.due, excuse.due, excuse.submitted)
    findings = [record.run.finding, *(one for check in record.checks for one in check.findings)]
    for note in record.notes:
        bounds.check_facts(note.code, note.facts)
    for finding in filter(None, findings):
        bounds.check_facts(finding.code, finding.facts)
        if finding.where is not None:
            bounds.check_mark(finding.where.marked, len(finding.where.lines))
    return record
