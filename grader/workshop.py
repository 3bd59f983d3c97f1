"""The warm processes of one run, opened side by side: the zygote behind the wall, the judge, the desk.

The desk reads what students wrote and renders what we say of it, each in a limited fork.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Thread

import msgspec

from grader import warm
from grader.blanks import before_blanks
from grader.desk.messages import ReadReply
from grader.errors import LessonError, SandboxError, SubmissionError
from grader.judge.brief import Brief
from grader.judge.outcome import Listed, Verdict
from grader.lesson import Lesson
from grader.notebook import Notebook
from grader.sandbox import House, Level, Room
from grader.sandbox.clock import LONGEST
from grader.sandbox.limits import Limits

_READ_SECONDS = 600.0
"""The desk's limit of CPU decides; this is for a machine that gives it slowly."""
_EXTRA_SECONDS = 60.0


@dataclass(frozen=True)
class Workshop:
    """Everything that a grading needs to be running."""

    level: Level
    house: House
    judge: warm.Room
    desk: warm.Room

    @classmethod
    @contextmanager
    def open(
        cls,
        level: Level | Callable[[], Level],
        lessons: Sequence[Lesson],
        *,
        slots: int,
        pages: bool = True,
        few: bool = False,
    ) -> Iterator[Workshop]:
        """Boots the three processes at once; raises `SandboxError` or `GraderBug` if one does not come up.

        A `level` that has to be found out first is asked for while the other two boot.
        Without `pages` the desk does not make itself ready to render, which takes as long as to
        read. For a `few` submissions (some dozens at most) nothing is done that pays for a class only.
        """
        data = {lesson.name: lesson.data for lesson in lessons if lesson.data is not None}
        limits = lessons[0].limits if lessons else Limits()
        with ExitStack() as stack:
            judge = stack.enter_context(warm.Room("grader.judge.server", *(["few"] if few else [])))
            folders = [str(lesson.folder) for lesson in lessons if pages]
            desk = stack.enter_context(warm.Room("grader.desk.server", *folders))
            level = level() if callable(level) else level
            house = stack.enter_context(House.open(level, limits, slots=slots, data=data, few=few))
            with ThreadPoolExecutor(3) as pool:
                for waiting in [pool.submit(room.ready) for room in (house, judge, desk)]:
                    waiting.result()
            yield cls(level, house, judge, desk)

    def listed(self, lesson: Lesson, *, hidden: bool) -> list[Listed]:
        """The checks of a lesson with their points. Raises `LessonError` where they cannot be collected."""
        request = msgspec.json.encode(Brief(str(lesson.folder), b"", hidden, digest=lesson.digest))
        verdict = msgspec.json.decode(self.judge.ask("collect", request, seconds=120), type=Verdict)
        if verdict.trouble is not None:
            raise LessonError(f"The checks of {lesson.name} cannot be collected. {verdict.trouble}")
        return verdict.listed

    def read(self, content: bytes) -> Notebook:
        """The notebook in `content`, read in a limited process. Raises `SubmissionError`."""
        try:
            reply = self.desk.ask("read", content, seconds=_READ_SECONDS)
        except warm.JobFailed as error:
            raise SubmissionError("The notebook could not be read in time.", reason="unreadable") from error
        told = msgspec.json.decode(reply, type=ReadReply)
        if told.notebook is None:
            raise SubmissionError(told.message, told.code, **told.facts)
        return told.notebook

    def begin(self, lesson: Lesson) -> None:
        """Has what submissions of the lesson share with its starter run in the background, once for all.

        A submission that comes before that is done runs all itself. For a workshop of this lesson alone.
        """
        try:
            starter = self.read(lesson.starter.read_bytes())
            data = lesson.name if lesson.data is not None else None
            self.house.begin(before_blanks(starter.code), seed=lesson.seed, data=data)
        except (OSError, SandboxError, SubmissionError):
            return  # no submission needs it

    def judged(
        self,
        room: Room,
        lesson: Lesson,
        key: bytes,
        *,
        hidden: bool,
        only: str | None,
        begun: Callable[[str], None] = lambda check: None,
        ended: Callable[[str, str], None] = lambda check, state: None,
        fail_fast: bool = False,
    ) -> Verdict:
        """The verdict on the state that the cells left in `room`; `begun` hears each check's id as it begins,
        `ended` its id and state (of an `Outcome`) when that is known, and once more if it changes. With
        `fail_fast` the first check that loses points is the last one asked.

        Raises `JobFailed` where the judge died.
        """
        brief = Brief(
            str(lesson.folder), key, hidden, only, room.pid, lesson.digest, lesson.limits, fail_fast
        )
        request = msgspec.json.encode(brief)
        seconds = LONGEST * (lesson.limits.requests_wall + _EXTRA_SECONDS)
        room.settle()
        room.sweep()  # what the cells left running may fill the room, so that no snapshot could be made

        def heard(line: str) -> None:
            check, ends, state = line.partition("\t")
            if ends:
                ended(check, state)
            else:
                begun(check)

        with _lines_to(heard) as line:
            fds = [room.guest.fileno(), room.keeper.fileno(), line]
            reply = self.judge.ask("judge", request, seconds=seconds, fds=fds)
        try:
            return msgspec.json.decode(reply, type=Verdict)
        except msgspec.MsgspecError as error:
            raise warm.JobFailed(f"The judge's verdict cannot be read: {error}") from error


@contextmanager
def _lines_to(heard: Callable[[str], None]) -> Iterator[int]:
    """The end of a pipe to write lines to, and a thread that hands each on until the last writer is gone."""
    ours, theirs = os.pipe()

    def hear() -> None:
        with open(ours, encoding="utf-8") as lines:
            for line in lines:
                heard(line.rstrip("\n"))

    thread = Thread(target=hear, name="checks", daemon=True)
    thread.start()
    try:
        yield theirs
    finally:
        os.close(theirs)
        thread.join()
