"""The story of one submission: read, run, judge, settle what broke, write it down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from grader.errors import GraderBug, LessonError, SubmissionError
from grader.judge.outcome import Listed, Outcome, Verdict
from grader.lesson import Lesson
from grader.notebook import Notebook
from grader.observed import Sight, Sights
from grader.observing import left_lying
from grader.record import Fact, Record
from grader.report.words import Words
from grader.running import run_again, run_cells
from grader.sandbox import Room
from grader.scoring import Lang, Setting, compose, unreadable
from grader.submission import Submission
from grader.transcript import Transcript
from grader.warm import JobFailed
from grader.workshop import Workshop

Said = Callable[[str, int, int], None]
"""Hears what is going on: "cell" or "check", its number from 1 and how many there are; "judging", 0, 0."""


Ended = Callable[[str, str], None]
"""Hears the id and the state (of an `Outcome`) of each check as that is known, and again if it changes."""


def unsaid(what: str, number: int, of: int) -> None:
    """Where nobody listens."""


@dataclass(frozen=True)
class Course:
    """What all submissions of one lesson in one run share: nothing of a student, no secret.

    `hidden`: hidden checks count too. `only`: one check and what it needs. `fail_fast`: no check after the
    first that loses points, where it is enough to know that one does.
    """

    lesson: Lesson
    workshop: Workshop
    fingerprint: str
    words: Words
    lang: Lang
    listed: tuple[Listed, ...]
    hidden: bool = True
    only: str | None = None
    fail_fast: bool = False


def unheard(check: str, state: str) -> None:
    """Where nobody waits for single checks."""


def grade(
    submission: Submission,
    key: bytes,
    course: Course,
    slot: int,
    said: Said = unsaid,
    ended: Ended = unheard,
) -> Record:
    """Grades one submission in `slot`; whatever it does, a record comes back.

    `key` is what `secret.derive` makes for this submission: its checks' inputs are drawn from it.
    """
    try:
        notebook = _opened(submission, course)
    except SubmissionError as error:
        return _unreadable(submission, course, error)
    with _ran(notebook, course, slot, said) as (room, transcript):
        said("judging", 0, 0)
        walls = tuple(room.walls)
        verdict = _judged(room, course, key, course.only, said, ended)
        sights = [*transcript.sights, *verdict.sights, *left_lying(room)]
    broken = _replayed(verdict.outcomes, course, key, slot)
    notes = [*_noted(notebook, course.lesson.name), *_suspected(sights)]
    setting = _setting(course, walls)
    return compose(
        submission, transcript, verdict.outcomes, broken, notes, setting, course.words, course.lang
    )


def _opened(submission: Submission, course: Course) -> Notebook:
    if submission.problem is not None:
        raise submission.problem.error()
    return course.workshop.read(submission.content)


@contextmanager
def _ran(notebook: Notebook, course: Course, slot: int, said: Said) -> Iterator[tuple[Room, Transcript]]:
    """A room in which the cells have run as far as they can, and how that went.

    Where the process was lost on the way, the cells before that point run once more in a fresh room; if
    even those lose it, nothing is defined and the checks say so.
    """
    lesson, house = course.lesson, course.workshop.house
    data = lesson.name if lesson.data is not None else None
    code = notebook.code
    room = house.guest(slot, code)
    try:
        transcript = run_cells(
            room,
            notebook,
            lesson.limits,
            seed=lesson.seed,
            data=data,
            said=lambda n: said("cell", n, len(code)),
        )

        def afresh(first: int) -> Transcript:
            nonlocal room
            room.close()
            room = house.guest(slot)
            return run_cells(room, notebook, lesson.limits, seed=lesson.seed, data=data, first=first)

        run_again(transcript, afresh)
        yield room, transcript
    finally:
        room.close()


def _judged(
    room: Room,
    course: Course,
    key: bytes,
    only: str | None,
    said: Said = unsaid,
    ended: Ended = unheard,
) -> Verdict:
    order = {listed.id: number for number, listed in enumerate(course.listed, start=1)}

    def begun(check: str) -> None:
        said("check", order.get(check, 0), len(order))

    try:
        verdict = course.workshop.judged(
            room,
            course.lesson,
            key,
            hidden=course.hidden,
            only=only,
            begun=begun,
            ended=ended,
            fail_fast=course.fail_fast,
        )
    except JobFailed as error:
        verdict = Verdict([], str(error), "us")
    if verdict.blame == "author":
        raise LessonError(f"The checks of {course.lesson.name} do not work. {verdict.trouble}")
    if verdict.trouble is None:
        return verdict
    known = {outcome.id for outcome in verdict.outcomes}
    lost = [
        Outcome(c.id, c.visibility, "crashed", c.points, [], 0.0, trouble=verdict.trouble)
        for c in course.listed
        if c.id not in known
    ]
    return Verdict([*verdict.outcomes, *lost], sights=verdict.sights)


def _replayed(outcomes: list[Outcome], course: Course, key: bytes, slot: int) -> dict[str, bool]:
    """For each check in which our own code crashed: whether it does on the reference with the same draw."""
    crashed = [outcome.id for outcome in outcomes if outcome.state == "crashed"]
    reference = course.lesson.solutions / "reference.ipynb"
    if not crashed or not reference.is_file():
        return {}
    broken = {}
    notebook = course.workshop.read(reference.read_bytes())
    for name in crashed:
        try:
            with _ran(notebook, course, slot, unsaid) as (room, _):
                again = _judged(room, course, key, name)
        except GraderBug:
            continue
        broken[name] = any(o.id == name and o.state == "crashed" for o in again.outcomes)
    return broken


def _unreadable(submission: Submission, course: Course, error: SubmissionError) -> Record:
    """A record without a run: every check waits for a notebook that can be read."""
    transcript, outcomes = unreadable(error, course.listed)
    setting = _setting(course, ())
    return compose(submission, transcript, outcomes, {}, [], setting, course.words, course.lang)


def _noted(notebook: Notebook, lesson: str) -> list[tuple[str, dict[str, Fact]]]:
    notes = [(note.code, dict(note.facts)) for note in notebook.notes]
    if notebook.lesson not in (None, lesson):
        notes.append(("note.other_lesson", {"what": notebook.lesson or ""}))
    return notes


def _setting(course: Course, walls: tuple[str, ...]) -> Setting:
    return Setting.of(course.lesson, course.workshop.level, course.fingerprint, walls)


def _suspected(sights: list[Sight]) -> list[tuple[str, dict[str, Fact]]]:
    """One note for each kind of thing seen. They cost no points and change no state."""
    gathered = Sights()
    gathered.extend(sights)
    return [
        ("note.suspicion", {"what": one.what, "count": one.count, "evidence": one.evidence})
        for one in gathered.all()
    ]
