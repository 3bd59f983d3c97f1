"""`grader report`: every page again from the records; runs nothing."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from grader import lesson as lessons
from grader import record as records
from grader import warm
from grader.desk.messages import Pages, RenderRequest
from grader.errors import UsageError
from grader.output import write
from grader.record import Record
from grader.report.gradebook import gradebook_csv
from grader.report.overview import class_page
from grader.report.words import Words
from grader.scoring import Lang

_SECONDS = 120.0


def run(folder: Path, lang: Lang) -> int:
    """Renders below `folder`: one lesson's folder, or a folder of those. Returns 0."""
    groups = {path.parent for path in folder.rglob("*.json") if path.parent.name != "instructor"}
    if not groups:
        raise UsageError(f"There is no record below {folder}. Give the folder that `grader grade` wrote to.")
    known = {lesson.name: lesson for lesson in lessons.lessons()}
    folders = [str(lesson.folder) for lesson in known.values()]
    count = 0
    with warm.Room("grader.desk.server", *folders) as desk:
        for group in sorted(groups):
            read = _records(group)
            for stem, record in read.items():
                lesson = known.get(record.lesson)
                request = RenderRequest(records.encode(record), str(lesson.folder) if lesson else None, lang)
                reply = desk.ask("render", msgspec.json.encode(request), seconds=_SECONDS)
                pages = msgspec.json.decode(reply, type=Pages)
                (group / "instructor").mkdir(exist_ok=True)
                write(group / f"{stem}.html", pages.student)
                write(group / "instructor" / f"{stem}.html", pages.instructor)
            _class_pages(group, read, known, lang)
            count += len(read)
    click.echo(f"{count} reports rendered again below {folder}")
    return 0


def _records(group: Path) -> dict[str, Record]:
    read = {}
    for path in sorted(group.glob("*.json")):
        try:
            read[path.stem] = records.decode(path.read_bytes())
        except (OSError, msgspec.MsgspecError) as error:
            click.echo(f"grader: {path} is no record and is left as it is ({error}).", err=True)
    return read


def _class_pages(group: Path, read: dict[str, Record], known: dict[str, lessons.Lesson], lang: Lang) -> None:
    if not read:
        return
    lesson = known.get(next(iter(read.values())).lesson)
    words = Words.load(lesson.words if lesson else None)
    files = {record.student_id: stem for stem, record in read.items()}
    write(group / "index.html", class_page(list(read.values()), words, lang, files))
    write(group / "gradebook.csv", gradebook_csv(list(read.values())))
