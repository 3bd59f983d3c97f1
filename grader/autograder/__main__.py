"""One submission in Gradescope's container: `/autograder/submission` to `/autograder/results/results.json`.

The file is there from the first second. Where something of ours fails it has no points, so that nobody is
given a zero for it, and says so; what happened goes to standard output, which only instructors see.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path

from grader import secret as secrets
from grader.autograder.container import copied, lowered, memory
from grader.autograder.handed_in import handed_in
from grader.autograder.progress import Progress
from grader.errors import GraderError, UsageError
from grader.exchange.exports.gradescope import results
from grader.grade import Course, grade
from grader.lesson import Lesson
from grader.report.sentences import plain_text
from grader.report.words import Lang, Words
from grader.sandbox import choose
from grader.workshop import Workshop

_LEAST_SECONDS = 60.0


@dataclass(frozen=True)
class Setting:
    """What `run_autograder` says: seconds for everything, the language, and the folder of the harness."""

    root: Path
    seconds: float
    lang: Lang

    @classmethod
    def read(cls, root: Path, environment: dict[str, str]) -> Setting:
        """Raises `UsageError` where a setting makes no sense."""
        said = environment.get("GRADER_SECONDS", "540")
        try:
            seconds = float(said)
        except ValueError:
            seconds = 0.0
        if not _LEAST_SECONDS <= seconds <= 1e5:
            raise UsageError(f"GRADER_SECONDS is {said!r}; write seconds in run_autograder, 60 at least.")
        lang = environment.get("GRADER_LANG", "en")
        if lang not in ("en", "ko"):
            raise UsageError(f"GRADER_LANG is {lang!r}; write en or ko in run_autograder.")
        return cls(root, seconds, "ko" if lang == "ko" else "en")


def main() -> int:
    """Grades what lies in the harness's folder. Returns 0 where results.json holds a grading, else 1."""
    root = Path(sys.argv[1])
    progress = Progress(root / "results" / "results.json", Words.load(None), "en")
    progress.say("starting")
    try:
        setting = Setting.read(root, dict(os.environ))
        progress = Progress(root / "results" / "results.json", Words.load(None), setting.lang)
        return _graded(setting)
    except Exception as error:  # whatever it is, nobody may be left with half of a grading
        _tell_teacher(error)
        progress.say("trouble")
        return 1


def _graded(setting: Setting) -> int:
    original = _lesson(setting.root)
    words = Words.load(original.words)
    progress = Progress(setting.root / "results" / "results.json", words, setting.lang)
    progress.say("starting")
    try:
        _grade(setting, original, words, progress)
    except Exception as error:
        if not progress.over:
            raise
        _tell_teacher(error)  # the grading stands; what broke came after it
    return 0


def _grade(setting: Setting, original: Lesson, words: Words, progress: Progress) -> None:
    with contextlib.ExitStack() as stack:
        course_folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-course-")))
        lesson = copied(original.folder, course_folder, lowered(original.limits, setting.seconds, memory()))
        submission = handed_in(setting.root / "submission", lesson.name)
        secret = secrets.load(setting.root / "source" / "secret")
        level = choose(None)
        clock = threading.Timer(setting.seconds - 15.0, _out_of_time, [progress])
        clock.daemon = True
        clock.start()
        stack.callback(clock.cancel)
        workshop = stack.enter_context(Workshop.open(level, [lesson], slots=1, pages=False, few=True))
        listed = tuple(workshop.listed(lesson, hidden=True))
        progress.expect(listed)
        course = Course(lesson, workshop, secrets.fingerprint(secret), words, setting.lang, listed)
        key = secrets.derive(secret, lesson.name, submission.digest)
        record = grade(submission, key, course, 0, ended=progress.ended)
        progress.finish(results(record, words, setting.lang))
    print(f"{record.score:g}/{record.max_score:g} {record.state} {record.run.state} {level}", flush=True)
    for note in record.notes:
        print(f"{note.code}: {plain_text(note.message)}", flush=True)


def _tell_teacher(error: Exception) -> None:
    """What went wrong, on standard output, which students do not see; of what nobody foresaw, all of it."""
    if isinstance(error, GraderError):
        print(f"grader: {plain_text(str(error))}", flush=True)
        return
    print(
        "grader: something of ours broke, and no student should pay for it. Send us what follows, and run "
        "the autograder again.",
        plain_text("".join(traceback.format_exception(error))),
        sep="\n",
        flush=True,
    )


def _lesson(root: Path) -> Lesson:
    found = sorted((root / "source" / "course" / "assignments").glob("*/lesson.toml"))
    if len(found) != 1:
        raise UsageError(f"The zip holds {len(found)} lessons, not one. Make it again: grader gradescope.")
    return Lesson.open(found[0].parent)


def _out_of_time(progress: Progress) -> None:
    """The last word before Gradescope ends everything; whatever still runs goes with the container."""
    if progress.out_of_time():
        print("grader: out of time. Raise the time-out of the assignment and GRADER_SECONDS.", flush=True)
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
