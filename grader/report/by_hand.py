"""What the class page says of people: what waits for one, what one has given, who came late, what changed."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from grader.late import lateness
from grader.record import Check, Record
from grader.regrade import Change, Moved, Regrade
from grader.report import view
from grader.report.class_view import all_checks, by_score
from grader.report.lateness import short
from grader.report.prose import Prose, inline
from grader.report.sentences import one_line, said_number


@dataclass(frozen=True)
class Waiting:
    """A check that a person marks, and whose is not marked yet."""

    check: Check
    records: Sequence[Record]


@dataclass(frozen=True)
class People:
    """Everything of the class page that people have a hand in."""

    waiting: Sequence[Waiting]
    given: Sequence[tuple[Record, Check]]
    """Checks whose points a person has given."""
    late: Sequence[tuple[Record, Markup]]
    """Who came late, and how that is said."""
    regrade: Regrade | None
    checks: Mapping[str, Check]

    @property
    def graded_again(self) -> int:
        """How many had a record before this run."""
        return len(self.regrade.changed) + self.regrade.same if self.regrade else 0


def people(records: Sequence[Record], regrade: Regrade | None, prose: Prose) -> People:
    """What there is to say of `records`."""
    ordered = sorted(records, key=lambda record: (record.student, record.student_id))
    late = [record for record in by_score(records) if lateness(record) is not None]
    return People(
        _waiting(ordered),
        [(record, check) for record in ordered for check in record.checks if check.override is not None],
        [(record, prose.each(lambda to, of=record: inline(short(of, prose.words, to)))) for record in late],  # type: ignore[misc]
        regrade,
        {check.id: check for check in all_checks(records)},
    )


def command(record: Record, check: Check) -> str:
    """The command that gives one student's points, with the most there are to give."""
    who, which = shlex.quote(one_line(record.student_id, 120)), shlex.quote(one_line(check.id, 120))
    return f"grader override DIR {who} {which} --points {said_number(check.max_points)} --comment '...'"


def moved(change: Change, known: Mapping[str, Check], prose: Prose) -> list[tuple[Markup, str]]:
    """(promise of the check, what became of it) for each check of a change."""
    return [(_title(one, known, prose), _turned(one)) for one in change.checks]


def reasons(change: Change, prose: Prose) -> Markup:
    """Everything that may be behind a change, in a row."""
    return Markup(", ").join(prose.ui(f"reason.{reason}") for reason in change.reasons)


def _waiting(records: Sequence[Record]) -> list[Waiting]:
    met: dict[str, list[Record]] = {}
    first: dict[str, Check] = {}
    for record in records:
        for check in view.groups(record).manual:
            met.setdefault(check.id, []).append(record)
            first.setdefault(check.id, check)
    order = [check.id for check in all_checks(records) if check.id in met]
    return [Waiting(first[name], met[name]) for name in order]


def _title(one: Moved, known: Mapping[str, Check], prose: Prose) -> Markup:
    check = known.get(one.id)
    return prose.title(check) if check is not None else Markup("<code>{}</code>").format(one_line(one.id, 80))


def _turned(one: Moved) -> str:
    return f"{_said(one.before, one.points_before)} → {_said(one.after, one.points_after)}"


def _said(state: str | None, points: float | None) -> str:
    if state is None or points is None:
        return "–"
    glyph = {name: sign for name, sign in view.GLYPHS.items() if name == state}
    return f"{''.join(glyph.values())} {said_number(points)}".strip()


def comment(text: str) -> Markup:
    """A person's comment, its lines kept."""
    lines = [one_line(line, 2000) for line in text.strip().split("\n")]
    return Markup("<br>").join(escape(line) for line in lines)
