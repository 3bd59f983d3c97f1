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
from grader.report.sentences import one_line
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
            read = read_records(group)
            for stem, record in read.items():
                lesson = known.get(record.lesson)
                count += _render(group, stem, record, desk, str(lesson.folder) if lesson else None, lang)
            if read:
                lesson = known.get(next(iter(read.values())).lesson)
                _write_class(group, read, Words.load(lesson.words if lesson else None), lang)
    click.echo(f"{count} reports rendered again below {folder}")
    return 0


def pages_of(desk: warm.Room, record: Record, lesson: str | None, lang: Lang) -> Pages:
    """The pages of a record, in the words of the lesson in this folder. Raises `JobFailed`."""

    def asked(content: bytes) -> Pages:
        request = msgspec.json.encode(RenderRequest(content, lesson, lang))
        return msgspec.json.decode(desk.ask("render", request, seconds=_SECONDS), type=Pages)

    try:
        return asked(records.encode(record))
    except warm.JobFailed:
        # What the notebook shows is the part that can break a renderer; the verdict must not go with it.
        return asked(records.encode(records.without_cells(record)))


def write_class(group: Path, words: Words, lang: Lang) -> None:
    """The class page and the gradebook of all records that lie in `group`, of earlier runs, too."""
    _write_class(group, read_records(group), words, lang)


def read_records(group: Path) -> dict[str, Record]:
    """The records that lie in a folder, by the stem of their files; what is none is named and left out."""
    read = {}
    for path in sorted(group.glob("*.json")):
        try:
            read[path.stem] = records.decode(path.read_bytes())
        except (OSError, msgspec.MsgspecError, ValueError, RecursionError) as error:
            said = f"grader: {path} is no record and is left as it is ({error})."
            click.echo(one_line(said, 400), err=True)
    return read


def _render(group: Path, stem: str, record: Record, desk: warm.Room, lesson: str | None, lang: Lang) -> bool:
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


def _write_class(group: Path, read: dict[str, Record], words: Words, lang: Lang) -> None:
    # Nobody who waits for the first line of a run should wait for what draws its last page.
    from grader.report.overview import class_page

    class_ = sorted(read.values(), key=lambda record: (record.student, record.student_id))
    shown = {path.stem for path in (group / "instructor").glob("*.html")}
    files = {record.student_id: stem for stem, record in read.items() if stem in shown}
    write(group / "index.html", class_page(class_, words, lang, files))
    write(group / "gradebook.csv", gradebook_csv(class_))
