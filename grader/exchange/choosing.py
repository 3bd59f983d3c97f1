"""Which of a student's notebooks count, and for which lesson."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from grader.errors import UsageError
from grader.exchange import names
from grader.exchange.entries import refusal
from grader.exchange.layout import Place
from grader.exchange.spool import Spool
from grader.notebook import MAX_BYTES, Noted
from grader.submission import Problem, Submission

Told = Callable[[Sequence[bytes]], Sequence[str | None]]
"""The lessons that notebooks' own metadata name, in their order."""

_MOST_NOTEBOOKS = 40
_MOST_BYTES = 5 * MAX_BYTES
"""Of one student: more are not read, so that nobody can keep the grader busy with files."""
_BATCH_BYTES = 32 << 20
"""About how much is asked at once: enough for most classes, and little to hold twice."""
_MOST_SAID = 5


@dataclass(frozen=True)
class _Read:
    place: Place
    content: bytes
    problem: Problem | None
    lesson: str | None

    @property
    def rank(self) -> tuple[bool, tuple[int, int], float, int, str]:
        """The latest is the greatest; what could be read comes before any link or broken file."""
        place = self.place
        said = place.submitted.timestamp() if place.submitted else 0.0
        return self.problem is None, place.owner.attempt, said, place.entry.time, "/".join(place.entry.parts)


@dataclass(frozen=True)
class _Person:
    """All places of one student, and what was read in those of notebooks."""

    places: Sequence[Place]
    read: list[_Read]


def submissions(
    places: Sequence[Place], *, lesson: str | None, lessons: Collection[str], told: Told, spool: Spool
) -> list[Submission]:
    """One submission for each student and lesson, in the order of lesson, student and id.

    `lesson` is that of the command line and wins; without it each notebook's metadata, then its name, then
    its folders say which lesson it is. A notebook that says none is graded as the others are where they are
    all of one lesson; else it gets a record with the reason "unknown_lesson". What they hold lies in `spool`.
    Raises `UsageError` where no lesson can be told for any.
    """
    if lesson is not None and any(place.lesson == lesson for place in places):
        # Other lessons' folders beside the one that is asked for are not meant.
        places = [place for place in places if place.lesson in (None, lesson)]
    of_student: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        of_student[place.owner.student_id].append(place)
    found = [
        one
        for batch in _batches(of_student.values())
        for person in _asked(batch, lesson, lessons, told)
        for one in _put_aside(_of_student(person, lesson, lessons), spool)
    ]
    by_lesson = Counter(one.lesson for one in found if one.lesson)
    if found and not by_lesson:
        raise UsageError(_untold(found, lessons))
    settled = [one if one.lesson else _settled(one, by_lesson) for one in found]
    return sorted(settled, key=lambda one: (one.lesson, one.student, one.student_id))


def _put_aside(found: Iterable[Submission], spool: Spool) -> Iterator[Submission]:
    for one in found:
        yield replace(one, source=spool.put(one.content)) if one.problem is None else one


def _batches(people: Iterable[Sequence[Place]]) -> Iterator[list[_Person]]:
    """The students with what their notebooks hold. What a batch does not choose is not kept."""
    batch: list[_Person] = []
    size = 0
    for places in people:
        batch.append(_Person(places, _read_all(places)))
        size += sum(len(one.content) for one in batch[-1].read)
        if size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    yield batch


def _read_all(places: Sequence[Place]) -> list[_Read]:
    """The student's notebooks; none where they are too many, or too large together."""
    notebooks = [place for place in places if place.entry.kind == "notebook"]
    read: list[_Read] = []
    left = _MOST_BYTES
    if len(notebooks) > _MOST_NOTEBOOKS:
        return []
    for place in notebooks:
        got = place.entry.read()
        read.append(
            _Read(place, b"", got, None) if isinstance(got, Problem) else _Read(place, got, None, None)
        )
        left -= len(read[-1].content)
        if left < 0:
            return []
    return read


def _asked(
    batch: Sequence[_Person], lesson: str | None, lessons: Collection[str], told: Told
) -> Iterator[_Person]:
    """The same, each notebook with its lesson as far as it can be told."""
    open_ = [
        [one for one in person.read if one.problem is None and (lesson is None or len(person.read) > 1)]
        for person in batch
    ]
    contents = [one.content for of in open_ for one in of]
    answers = iter(told(contents) if contents else [])
    for person, of in zip(batch, open_, strict=True):
        said = {id(one): names.lesson_called(answer, lessons) for one in of if (answer := next(answers))}
        yield _Person(
            person.places,
            [
                replace(one, lesson=said.get(id(one)) or _lesson_of_names(one.place, lessons))
                for one in person.read
            ],
        )


def _of_student(person: _Person, lesson: str | None, lessons: Collection[str]) -> Iterator[Submission]:
    places, read = person.places, person.read
    notebooks = [place for place in places if place.entry.kind == "notebook"]
    archives = [place for place in places if place.entry.kind == "archive"]
    if not notebooks:
        yield from _without_notebook(places, archives, lesson, lessons)
        return
    if not read:
        first = notebooks[0]
        meant = lesson or _lesson_of_names(first, lessons)
        yield _submission(_Read(first, b"", refusal("too_many_files"), meant), [], archives)
        return
    groups = _as_asked(read, lesson) if lesson is not None else _by_lesson(read)
    for meant, group in groups.items():
        latest = max(reversed(group), key=lambda one: one.rank)
        others = [one for one in read if one is not latest and (one in group or one.lesson in (None, meant))]
        yield _submission(replace(latest, lesson=meant), others, archives)


def _as_asked(read: list[_Read], lesson: str) -> dict[str | None, list[_Read]]:
    """All that may be for `lesson`, those that say so first: another lesson's only where nothing else is."""
    usable = [one for one in read if one.problem is None] or read
    said = [one for one in usable if one.lesson == lesson]
    return {lesson: said or [one for one in usable if one.lesson is None] or usable}


def _by_lesson(read: list[_Read]) -> dict[str | None, list[_Read]]:
    groups: dict[str | None, list[_Read]] = defaultdict(list)
    for one in read:
        groups[one.lesson].append(one)
    if len(groups) > 1:
        # A notebook of no lesson beside one that has a lesson is a draft.
        groups.pop(None, None)
    return groups


def _lesson_of_names(place: Place, lessons: Collection[str]) -> str | None:
    stem = names.stem(names.handed_in_name(place.name))
    # Of an assignment with several notebooks each is a lesson: ps1/problem1.ipynb is of ps1_problem1.
    whole = names.lesson_called(f"{place.folders[0]}_{stem}", lessons) if place.folders else None
    own = whole or names.lesson_in(stem, lessons)
    if own or place.lesson:
        return own or place.lesson
    said = (names.lesson_in(folder, lessons) for folder in place.folders)
    return next((lesson for lesson in said if lesson), None)


def _without_notebook(
    places: Sequence[Place], archives: Sequence[Place], lesson: str | None, lessons: Collection[str]
) -> Iterator[Submission]:
    """A record for whoever handed in something else. Other folders' files are not taken for submissions."""
    if archives or any(place.owner.platform for place in places):
        place = (archives or places)[0]
        problem = refusal("archive" if archives else "no_notebook")
        yield _submission(_Read(place, b"", problem, lesson or _lesson_of_names(place, lessons)), [], [])


def _submission(chosen: _Read, others: Sequence[_Read], archives: Sequence[Place]) -> Submission:
    owner = chosen.place.owner
    notes = []
    if others:
        notes.append(Noted("note.resubmitted", {"what": _listed([one.place for one in others])}))
    if owner.late:
        notes.append(Noted("note.late", {"what": "LATE"}))
    if archives:
        notes.append(Noted("note.suspicion", {"what": _listed(archives)}))
    return Submission(
        lesson=chosen.lesson or "",
        student=owner.student,
        student_id=owner.student_id,
        notebook=chosen.place.name,
        source=chosen.content,
        notes=notes,
        problem=chosen.problem,
        submitted=chosen.place.submitted,
        late=owner.late,
        folder=owner.folder,
    )


def _settled(one: Submission, by_lesson: Counter[str]) -> Submission:
    """With the lesson of the company it came in."""
    most = max(sorted(by_lesson), key=lambda name: by_lesson[name])
    if one.problem is not None:
        return replace(one, lesson=most)
    if len(by_lesson) > 1:
        return replace(one, lesson=most, source=b"", problem=refusal("unknown_lesson"))
    return replace(one, lesson=most, notes=[*one.notes, Noted("note.suspicion", {"what": f"{most}?"})])


def _untold(found: Sequence[Submission], lessons: Collection[str]) -> str:
    files = ", ".join(one.notebook for one in found[:_MOST_SAID])
    known = ", ".join(sorted(lessons)) or "none found"
    return (
        f"It cannot be told which lesson this is for: {files}{', …' if len(found) > _MOST_SAID else ''}. "
        f"Say it with --lesson LESSON. Lessons here: {known}."
    )


def _listed(places: Sequence[Place]) -> str:
    said = ", ".join("/".join(place.entry.parts) for place in places[:_MOST_SAID])
    return said if len(places) <= _MOST_SAID else f"{said}, …"
