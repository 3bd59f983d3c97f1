"""A student's copy of a lesson as bytes by path: what the allow-list lets through, and a README."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.errors import LessonError
from grader.judge.outcome import Listed
from grader.lesson import Lesson
from grader.releasing.leaks import Leaks
from grader.releasing.listing import Collector
from grader.releasing.readme import readme
from grader.releasing.settings import public_settings
from grader.releasing.sources import WORDS, gather, read
from grader.releasing.starters import refuse_starter
from grader.releasing.tables import toml_of
from grader.releasing.words import public_findings, public_words


@dataclass(frozen=True)
class Copy:
    """`files`: bytes by path in the copy. `left`: what of the lesson's folder stays behind."""

    lesson: str
    files: dict[str, bytes]
    left: tuple[str, ...]
    public: tuple[Listed, ...]
    hidden_points: float


def student_copy(lesson: Lesson, collector: Collector, secret: bytes | None) -> Copy:
    """The copy of `lesson`; the same bytes for the same lesson. `secret`: the course's, where one is known.

    Raises `LessonError`, naming the file, where anything hidden could be in it.
    """
    if lesson.hidden_points is not None:
        raise LessonError(f"{lesson.folder} is a student's copy. Release the lesson that it was made of.")
    sources = gather(lesson)
    files = dict(sources.files)
    refuse_starter(lesson, files[f"{lesson.name}.ipynb"], read(lesson.solutions / "reference.ipynb"))
    leaks = Leaks(lesson, secret)
    leaks.refuse({name: content for name, content in files.items() if name not in WORDS})
    listed = collector.listed(lesson.folder, hidden=True)
    public = tuple(one for one in listed if one.visibility == "public")
    if not public:
        raise LessonError(f"{lesson.folder}/checks has no checks: students would have nothing to check by.")
    hidden_points = sum(one.points for one in listed if one.visibility == "hidden")
    names = {one.id.partition("[")[0]: one for one in public}
    for name in WORDS:
        if name in files:
            kept = public_words(files[name], lesson.folder / name, names, public_findings(lesson, names))
            files[name] = toml_of(kept)
    files["lesson.toml"] = toml_of(public_settings(lesson, files, hidden_points))
    files["README.md"] = readme(lesson, files, public, hidden_points).encode()
    leaks.refuse(files)
    return Copy(lesson.name, dict(sorted(files.items())), sources.left, public, hidden_points)


def refuse_unless_whole(copy: Copy, collected: Sequence[Listed]) -> None:
    """Raises `LessonError` unless the copy alone has the checks that it should have."""
    if [(one.id, one.points) for one in collected] != [(one.id, one.points) for one in copy.public]:
        raise LessonError(
            f"Nothing was released: without hidden/ the checks of {copy.lesson} are others than with it. "
            f"Let public checks rest on what lies in checks/ alone."
        )
