"""`grader similar`: pairs of submissions whose own code is alike, on a page for instructors; runs nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from markupsafe import Markup

from grader import lesson as lessons
from grader import record as records
from grader.commands.report import tell_odd
from grader.desk.lessons import LessonReader
from grader.errors import UsageError
from grader.exchange.folders import find
from grader.filenames import stems
from grader.lesson import Lesson
from grader.output import Shelf
from grader.record import Record
from grader.report.progress import Progress
from grader.report.similar import PLACE, Compared, Pair, Who, names, similar_page
from grader.report.similar_screen import similar_screen
from grader.report.words import Lang, Words
from grader.similar.comparing import Content, Found, Given, compare
from grader.similar.measure import FLOOR, LEAST
from grader.submission import Submission


@dataclass(frozen=True)
class _Handed:
    """One student's notebook, or the reason why there is none; `stem` is that of its pages, where known."""

    lesson: str
    who: Who
    content: Content | str
    stem: str | None = None


@dataclass(frozen=True)
class _Class:
    """Those who handed in one lesson, and the folder that its page goes to."""

    lesson: Lesson
    handed: Sequence[_Handed]
    shelf: Shelf


def run(folder: Path, lesson: str | None, out: Path | None, lang: Lang) -> int:
    """Compares what lies in `folder`, which is what `grade` takes or what it wrote; returns 0.

    Raises `UsageError` where there is nothing to compare.
    """
    progress = Progress(Words.load(None), lang)
    for class_ in _classes(folder, lesson, out):
        words, name = Words.load(class_.lesson.words), class_.lesson.name
        title = words.lesson_title(lang) or name
        progress.say(words.ui("similar.boot", lang, lesson=title, n=len(class_.handed)))
        reference = class_.lesson.solutions / "reference.ipynb"
        given = Given(class_.lesson.starter, reference if reference.is_file() else None)
        found = compare(
            [one.content for one in class_.handed],
            list(names([one.who for one in class_.handed]).values()),
            given,
            _jobs(),
        )
        of = _compared(class_, found)
        (class_.shelf.folder / PLACE).parent.mkdir(exist_ok=True)
        page = class_.shelf.write(PLACE, similar_page(of, words, lang, _stems(class_, of)))
        screen = similar_screen(of, words, lang, width=progress.width, page=str(page))
        progress.console.print(screen, soft_wrap=True, end="")
    return 0


def _jobs() -> int:
    return len(os.sched_getaffinity(0))


def _classes(folder: Path, lesson: str | None, out: Path | None) -> list[_Class]:
    chosen = lessons.find(lesson) if lesson is not None else None
    known = lessons.known() | ({chosen.name: chosen} if chosen else {})
    asked = chosen.name if chosen else None
    by_place: dict[tuple[Path, str], list[_Handed]] = {}
    for place, one in _graded(folder) or _handed_in(folder, asked, known):
        if asked in (None, one.lesson):
            place = out / one.lesson if out else place or Path("reports") / one.lesson
            by_place.setdefault((place, one.lesson), []).append(one)
    if not by_place:
        raise UsageError(f"There is no record of the lesson {asked} in {folder}. Name another with --lesson.")
    strange = sorted({name for _, name in by_place} - known.keys())
    if strange:
        raise UsageError(
            f"The lesson {strange[0]} is not under assignments/. Name its folder with --lesson PATH: "
            "what its starter says is left out."
        )
    return [
        _Class(known[name], handed, Shelf(place.parent, place.name))
        for (place, name), handed in by_place.items()
    ]


def _handed_in(
    folder: Path, asked: str | None, known: Mapping[str, Lesson]
) -> list[tuple[Path | None, _Handed]]:
    """Submissions as `grade` takes them, without a place of their own."""
    with LessonReader() as told:
        found = find(folder, lesson=asked, lessons=set(known), told=told)
    return [(None, _from_submission(one)) for one in found]


def _from_submission(one: Submission) -> _Handed:
    reason = str(one.problem.facts.get("reason", "")) if one.problem else None
    return _Handed(
        one.lesson, Who(one.student, one.student_id), (lambda: one.content) if reason is None else reason
    )


def _graded(folder: Path) -> list[tuple[Path | None, _Handed]]:
    """The notebooks that the records in `folder` keep, with the folder of each; none where it has notebooks.

    What lies beside submissions is the students', so it must not be taken for records.
    """
    if not folder.is_dir() or next(folder.rglob("*.ipynb"), None) is not None:
        return []
    found: list[tuple[Path | None, _Handed]] = []
    for path in [*sorted(folder.glob("*.json")), *sorted(folder.glob("*/*.json"))]:
        if path.parent.name == "instructor":
            continue
        try:
            found.append((path.parent, _from_record(records.decode(path.read_bytes()), path.stem)))
        except records.UNREADABLE as error:
            tell_odd(path, error)
    return found


def _from_record(record: Record, stem: str) -> _Handed:
    """The notebook as the record kept it: its cells, without what they printed."""
    who = Who(record.student, record.student_id)
    if record.run.state == "unreadable":
        finding = record.run.finding
        return _Handed(record.lesson, who, str(finding.facts.get("reason", "")) if finding else "", stem)
    sources = [cell.source for cell in record.run.cells if cell.kind == "code"]
    cells = [{"cell_type": "code", "source": source} for source in sources]
    content = msgspec.json.encode({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    return _Handed(record.lesson, who, lambda: content, stem)


def _compared(class_: _Class, found: Found) -> Compared:
    people = [one.who for one in class_.handed]
    return Compared(
        lesson=class_.lesson.name,
        size=len(people),
        floor=FLOOR,
        least=LEAST,
        pairs=[
            Pair(
                people[one.left],
                people[one.right],
                one.left_share,
                one.right_share,
                one.passages,
                Markup(one.html),  # rendered, and so escaped, by the process that reads code
            )
            for one in found.likenesses
        ],
        more=found.more,
        lost=found.lost,
        looked_at=found.looked_at,
        little=[people[at] for at in found.little],
        unread=[(people[at], reason) for at, reason in found.unread],
        cut=[people[at] for at in found.cut],
        called=names(people),
    )


def _stems(class_: _Class, of: Compared) -> dict[str, str]:
    """The file names of the instructor's pages, of those who have one, by the student's id."""
    folder = class_.shelf.folder
    there = {one.who.student_id: one.stem for one in class_.handed if one.stem is not None}
    guessed = stems([(one.who.student, one.who.student_id) for one in class_.handed])
    named = [who for pair in of.pairs for who in (pair.left, pair.right)]
    named += [*of.little, *(who for who, _ in of.unread), *of.cut]
    linked = {}
    for who in dict.fromkeys(named):
        stem = there.get(who.student_id) or guessed[who.student_id]
        if (folder / "instructor" / f"{stem}.html").is_file() and _is_of(folder / f"{stem}.json", who):
            linked[who.student_id] = stem
    return linked


def _is_of(path: Path, who: Who) -> bool:
    """Whether this is the record of that student: an earlier class may have used the name."""
    try:
        return records.decode(path.read_bytes()).student_id == who.student_id
    except records.UNREADABLE:
        return False
