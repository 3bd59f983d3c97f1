"""`grader report`: every page again from the records, with what people said applied; runs nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

from grader import lesson as lessons
from grader import record as records
from grader import regrade as regrades
from grader import warm
from grader.desk.pages import pages_of
from grader.errors import UsageError
from grader.lesson import Lesson
from grader.output import write
from grader.people import sheet as sheets
from grader.people.settling import settled
from grader.people.sheet import Sheet
from grader.record import Record
from grader.regrade import Regrade
from grader.report.gradebook import gradebook_csv
from grader.report.sentences import one_line
from grader.report.words import Words
from grader.scoring import Lang


def run(folder: Path, lang: Lang, lesson: str | None = None) -> int:
    """Renders below `folder`: one lesson's folder, or a folder of those. Returns 0.

    `lesson`: one outside the course, whose words the pages of its records need.
    """
    read = records_below(folder)
    said = {group: sheets.read(group) for group in read}  # all are read before anything is written
    known = known_lessons(lesson)
    _tell_unknown({record.lesson for of in read.values() for record in of.values()} - known.keys())
    count = 0
    with warm.Room("grader.desk.server", *[str(one.folder) for one in known.values()]) as desk:
        for group, of in read.items():
            for stem, record in of.items():
                words = words_of(record, known)
                of[stem] = again = settled(record, said[group], words, lang)
                if again != record:
                    write(group / f"{stem}.json", records.encode(again))
                count += render(group, stem, again, desk, folder_of(record, known), lang)
            if of:
                write_class(group, of, words_of(next(iter(of.values())), known), lang)
            tell_strangers(group, said[group], of)
    click.echo(f"{count} reports rendered again below {folder}")
    return 0


def _tell_unknown(names: set[str]) -> None:
    """A record says which lesson it is of, and not where that lies: nobody should have to trust that."""
    for name in sorted(names):
        said = (
            f"grader: the lesson {name} is not under assignments/, so its pages have general words only. "
            "Name its folder with --lesson PATH."
        )
        click.echo(one_line(said, 400), err=True)


def records_below(folder: Path) -> dict[Path, dict[str, Record]]:
    """The records below `folder` by their folder and stem. Raises `UsageError` where there is none."""
    groups = {path.parent for path in folder.rglob("*.json") if path.parent.name != "instructor"}
    if not groups:
        raise UsageError(f"There is no record below {folder}. Give the folder that `grader grade` wrote to.")
    return {group: read_records(group) for group in sorted(groups)}


def known_lessons(asked: str | None = None) -> dict[str, Lesson]:
    """The lessons of the course by name, and the one that is asked for."""
    chosen = lessons.find(asked) if asked is not None else None
    return lessons.known() | ({chosen.name: chosen} if chosen else {})


def words_of(record: Record, known: Mapping[str, Lesson]) -> Words:
    """The words for a record's pages; general ones where its lesson is not here."""
    lesson = known.get(record.lesson)
    return Words.load(lesson.words if lesson else None)


def folder_of(record: Record, known: Mapping[str, Lesson]) -> str | None:
    """Where the record's lesson lies; None where it is not here."""
    lesson = known.get(record.lesson)
    return str(lesson.folder) if lesson else None


def read_records(group: Path) -> dict[str, Record]:
    """The records that lie in a folder, by the stem of their files; what is none is left out and named."""
    read = {}
    for path in sorted(group.glob("*.json")):
        try:
            read[path.stem] = records.decode(path.read_bytes())
        except records.UNREADABLE as error:
            tell_odd(path, error)
    return read


def tell_odd(path: Path, error: Exception) -> None:
    """Names a file that lies among records and is none."""
    click.echo(one_line(f"grader: {path} is no record and is left as it is ({error}).", 400), err=True)


def render(group: Path, stem: str, record: Record, desk: warm.Room, lesson: str | None, lang: Lang) -> bool:
    """Writes both pages of a record; says so and returns False where it cannot be shown."""
    try:
        pages = pages_of(desk, record, lesson, lang)
    except warm.JobFailed as error:
        last = str(error).strip().splitlines()[-1:]
        said = f"grader: {group / stem}.json cannot be shown and its pages are left as they are ({last})."
        click.echo(one_line(said, 400), err=True)
        return False
    (group / "instructor").mkdir(exist_ok=True)
    write(group / f"{stem}.html", pages.student)
    write(group / "instructor" / f"{stem}.html", pages.instructor)
    return True


def tell_strangers(group: Path, sheet: Sheet, read: Mapping[str, Record]) -> None:
    """Names the ids in the sheet of a folder that no record there has."""
    known = {record.student_id for record in read.values()}
    strange = dict.fromkeys([one.student_id for one in sheet.override])
    strange |= dict.fromkeys([one.student_id for one in sheet.late])
    for student_id in strange:
        if student_id not in known:
            said = f"grader: {group / sheets.NAME} speaks of {student_id}, of whom there is no record."
            click.echo(one_line(said, 400), err=True)


def write_class(group: Path, read: dict[str, Record], words: Words, lang: Lang) -> None:
    """The class page and the gradebook of these records, by stem; slim ones will do."""
    # Nobody who waits for the first line of a run should wait for what draws its last page.
    from grader.report.overview import class_page
    from grader.report.similar import PLACE

    class_ = sorted(read.values(), key=lambda record: (record.student, record.student_id))
    shown = {path.stem for path in (group / "instructor").glob("*.html")}
    files = {record.student_id: stem for stem, record in read.items() if stem in shown}
    similar = PLACE if (group / PLACE).is_file() else None
    write(group / "index.html", class_page(class_, words, lang, files, _regrade(group), similar))
    write(group / "gradebook.csv", gradebook_csv(class_))


def _regrade(group: Path) -> Regrade | None:
    try:
        return regrades.decode((group / regrades.NAME).read_bytes())
    except (OSError, msgspec.MsgspecError, ValueError):
        return None
