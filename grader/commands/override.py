"""`grader override`: points, another due date or a time of handing in, by hand; the pages follow at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click

from grader import record as records
from grader import warm
from grader.commands.given import list_all, list_student
from grader.commands.report import (
    folder_of,
    known_lessons,
    read_records,
    records_below,
    render,
    words_of,
    write_class,
)
from grader.errors import UsageError
from grader.late import FORM
from grader.output import write
from grader.people import asked, writing
from grader.people import sheet as sheets
from grader.people.settling import settled
from grader.people.sheet import Given, Timed
from grader.record import Check, Record
from grader.report.sentences import one_line, said_number
from grader.report.words import Lang
from grader.totals import is_open


@dataclass(frozen=True)
class Wish:
    """What is to be done, as the command line says it."""

    points: float | None = None
    comment: str = ""
    remove: bool = False
    due: str | None = None
    submitted: str | None = None

    @property
    def nothing(self) -> bool:
        return self == Wish(comment=self.comment)


@dataclass(frozen=True)
class Place:
    """One student's record in one lesson's folder."""

    folder: Path
    stem: str
    record: Record


def run(
    folder: Path, student: str | None, check: str | None, wish: Wish, lesson: str | None, lang: Lang | None
) -> int:
    """Does what `wish` says, or lists what there is; returns 0. Raises `UsageError` before anything changes.

    `lang` is the language that the pages open in; None: the one they have.
    """
    read = records_below(folder)
    if student is None:
        if not wish.nothing or wish.comment:
            raise UsageError("Say whose: grader override DIR STUDENT CHECK --points P --comment TEXT.")
        list_all(read)
        return 0
    places = [Place(*found) for found in asked.student(student, read)]
    if wish.nothing and check is None:
        if wish.comment:
            raise UsageError("A comment belongs to points (CHECK --points P), to --due or to --submitted.")
        for place in places:
            list_student(place.folder, place.record)
        return 0
    place = _place(places, check)
    if check is None:
        entry: Given | Timed = _timed(place, wish)
    else:
        entry = _given(place.record, asked.check(check, place.record), wish)
    (writing.take_out if wish.remove else writing.put)(place.folder, entry)
    _apply(place, read[place.folder], check and entry, lesson, lang)
    return 0


def _place(places: list[Place], check: str | None) -> Place:
    """The one record that is meant: of several lessons the one that has the check."""
    of = [place for place in places if check in {one.id for one in place.record.checks}] or places
    if len(of) > 1:
        folders = asked.listed(str(place.folder) for place in of)
        raise UsageError(f"Several lessons could be meant. Give one lesson's folder: {folders}.")
    return of[0]


def _given(record: Record, check: Check, wish: Wish) -> Given:
    if wish.due or wish.submitted:
        raise UsageError("--due and --submitted are of the whole notebook: leave CHECK out.")
    if wish.remove:
        if wish.points is not None:
            raise UsageError("--remove takes the points back: leave --points out.")
        return Given(record.student_id, check.id, 0.0)
    if wish.points is None:
        raise UsageError(f"Say how many: --points P, from 0 to {said_number(check.max_points)}.")
    wrong = sheets.bad_points(wish.points)
    if wrong or wish.points > check.max_points:
        raise UsageError(
            f"{check.id} is worth {said_number(check.max_points)}: give a number from 0 to that, "
            f"not {wish.points:g}."
        )
    return Given(
        record.student_id,
        check.id,
        wish.points,
        _comment(wish.comment),
        record.student,
        record.digest,
        datetime.now().astimezone().replace(microsecond=0),
    )


def _timed(place: Place, wish: Wish) -> Timed:
    record = place.record
    if wish.points is not None:
        raise UsageError("Say which check the points are for: grader override DIR STUDENT CHECK --points P.")
    if wish.remove:
        if wish.due or wish.submitted:
            raise UsageError("--remove takes the times back: leave --due and --submitted out.")
        return Timed(record.student_id)
    if record.deadline is None:
        raise UsageError(
            f"{record.lesson} has no due date, so no time matters. Write due = {FORM} into lesson.toml and "
            "grade it again."
        )
    earlier = sheets.read(place.folder).time(record.student_id)
    due, submitted = _moment("--due", wish.due), _moment("--submitted", wish.submitted)
    if earlier is not None:
        due, submitted = due or earlier.due, submitted or earlier.submitted
    return Timed(record.student_id, due, submitted, _comment(wish.comment), record.student)


def _moment(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(f"{option} needs a date, a time and an offset, as {FORM}, not {text!r}.")
    return moment


def _comment(text: str) -> str:
    if wrong := sheets.bad_comment(text):
        raise UsageError(f"{wrong[0].upper()}{wrong[1:]}. Write it without.")
    return text.strip()


def _apply(
    place: Place, read: Mapping[str, Record], of: object, lesson: str | None, lang: Lang | None
) -> None:
    """Writes the record and its pages, the class page and the gradebook again, and says what came of it."""
    known = known_lessons(lesson)
    spoken = lang or _language(place.folder / f"{place.stem}.html")
    words = words_of(place.record, known)
    record = settled(place.record, sheets.read(place.folder), words, spoken)
    write(place.folder / f"{place.stem}.json", records.encode(record))
    where = folder_of(record, known)
    with warm.Room("grader.desk.server", *([where] if where else [])) as desk:
        render(place.folder, place.stem, record, desk, where, spoken)
    write_class(place.folder, read_records(place.folder), words, spoken)
    _tell(place.record, record, of.check if isinstance(of, Given) else None)
    click.echo(f"Pages, class page and gradebook are rendered again in {place.folder}")


def _language(page: Path) -> Lang:
    try:
        with page.open(encoding="utf-8", errors="replace") as file:
            return "ko" if '<html lang="ko"' in file.read(200) else "en"
    except OSError:
        return "en"


def _tell(old: Record, new: Record, name: str | None) -> None:
    who = one_line(new.student, 60)
    if new.student_id != new.student:
        who += f" ({one_line(new.student_id, 60)})"
    was, now = ({check.id: check for check in record.checks} for record in (old, new))
    if name is not None:
        before, after = said_number(was[name].points), said_number(now[name].points)
        click.echo(f"{who}  {name}: {before} → {after} of {said_number(now[name].max_points)}")
    off = f", {said_number(new.late_penalty)} of {said_number(new.raw_score)} taken off for lateness"
    click.echo(
        f"{who}  score: {said_number(old.score)} → {said_number(new.score)} of {said_number(new.max_score)}"
        f"{off if new.late_penalty else ''}"
    )
    if open_ := [check.id for check in new.checks if is_open(check)]:
        click.echo(f"Still to be looked at: {asked.listed(open_)}")
    waiting = [check.id for check in new.checks if check.waits_for == name and check.override is None]
    if name is not None and waiting and now[name].override is not None:
        click.echo(f"Never checked, because they wait for {name}: {asked.listed(waiting)}")
