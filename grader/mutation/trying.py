"""Tries what mutation made: grades it up to the first check that loses points; compares what keeps all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec

from grader import secret, warm
from grader.errors import LessonError
from grader.grade import Course, grade
from grader.lesson import Lesson
from grader.mutation.messages import Comparison, Told
from grader.mutation.mutant import Mutant, Rewrite
from grader.mutation.trial import Trial, tried
from grader.running import run_cells
from grader.sandbox import Room
from grader.sandbox.clock import LONGEST
from grader.sandbox.limits import Limits
from grader.solutions import Variant
from grader.submission import Submission

_MOST_DRAWS = 3
"""Conversations that are compared: that of the mutant's own draw, and two more where they are cheap."""
_DRAWS_CPU = 12.0
"""Seconds of CPU that the original's checks may take in all its conversations, unless one takes more."""
_ROUNDS = 360
"""Requests with other arguments, in equal parts after each conversation."""
_SEARCH_SECONDS = 40.0
_TIMES = 4.0
"""How much longer than the original a mutant may take, within the lesson's limits."""
_LEAST_CPU = 5.0
_JOB_SECONDS = 900.0


@dataclass(frozen=True)
class Bench:
    """What all trials of one lesson share. `slots`: how many run at once; the house has twice as many."""

    course: Course
    comparing: warm.Room
    slots: int

    def base(self, variant: Variant, slot: int) -> Trial:
        """The solution itself, in full: it must keep all points, and its times are the measure."""
        return self._graded(variant.submission(), self.course, slot)

    def rewrite(self, rewrite: Rewrite, slot: int) -> Trial:
        """Within the lesson's own limits, for it is right."""
        return self._graded(rewrite.submission(), replace(self.course, fail_fast=True), slot)

    def mutant(self, mutant: Mutant, original: Variant, measure: Trial, slot: int) -> Trial:
        lesson = self.course.lesson
        # What is right by the contract may take the time that the contract gives.
        limits = lesson.limits if mutant.free else scaled(lesson.limits, measure)
        course = replace(self.course, lesson=replace(lesson, limits=limits), fail_fast=True)
        trial = self._graded(mutant.submission(), course, slot)
        if trial.fate != "full" or mutant.free is not None:
            return trial
        return msgspec.structs.replace(trial, told=self._compared(mutant, original, draws(measure), slot))

    def _graded(self, submission: Submission, course: Course, slot: int) -> Trial:
        key = secret.derive(secret.PUBLIC, course.lesson.name, submission.digest)
        return tried(grade(submission, key, course, slot))

    def _compared(self, mutant: Mutant, original: Variant, count: int, slot: int) -> Told:
        """What tells the two apart in any of the conversations or searches, or how far nothing did."""
        lesson, submission = self.course.lesson, mutant.submission()
        asked = rounds = 0
        with (
            self._room(original.content, lesson, slot) as first,
            self._room(mutant.content, lesson, slot + self.slots) as second,
        ):
            for draw in range(count):
                digest = submission.digest if draw == 0 else f"{submission.digest} {draw}"
                key = secret.derive(secret.PUBLIC, lesson.name, digest)
                told = self._told(lesson, key, first, second, _ROUNDS // count)
                asked, rounds = asked + told.asked, rounds + told.rounds
                if told.differs or told.trouble:
                    break
        return msgspec.structs.replace(told, asked=asked, rounds=rounds)

    def _told(self, lesson: Lesson, key: bytes, first: Room, second: Room, count: int) -> Told:
        comparison = Comparison(
            str(lesson.folder),
            lesson.digest,
            key,
            first.pid,
            second.pid,
            _generous(lesson.limits),
            count,
            _SEARCH_SECONDS,
        )
        for room in (first, second):
            room.settle()
            room.sweep()
        fds = [one.fileno() for room in (first, second) for one in (room.guest, room.keeper)]
        request = msgspec.json.encode(comparison)
        try:
            reply = self.comparing.ask("compare", request, seconds=_JOB_SECONDS, fds=fds)
            return msgspec.json.decode(reply, type=Told)
        except (warm.JobFailed, msgspec.MsgspecError) as error:
            return Told(trouble=str(error)[-400:])

    @contextlib.contextmanager
    def _room(self, content: bytes, lesson: Lesson, slot: int) -> Iterator[Room]:
        """A room in which the cells have run, as far as they can."""
        workshop = self.course.workshop
        data = lesson.name if lesson.data is not None else None
        with contextlib.closing(workshop.house.guest(slot)) as room:
            run_cells(room, workshop.read(content), lesson.limits, seed=lesson.seed, data=data)
            yield room


def sound(variant: Variant, trial: Trial) -> None:
    """Raises `LessonError` where the solution itself does not keep its points: then mutants say nothing."""
    if trial.fate != "full":
        found = f"{trial.check}: {trial.finding}" if trial.check else trial.run
        raise LessonError(
            f"{variant.lesson}: {variant.kind} {variant.name} does not get full marks ({found}). "
            f"Mend that first: `grader prove {variant.lesson}` says how."
        )


def draws(measure: Trial) -> int:
    """How many conversations are compared: training costs the same in each of them."""
    return max(1, min(_MOST_DRAWS, int(_DRAWS_CPU / max(measure.checks_cpu, 0.1))))


def scaled(limits: Limits, measure: Trial) -> Limits:
    """The lesson's limits, or less: some times what the original took. So an endless loop costs seconds."""
    cells = _LEAST_CPU + _TIMES * measure.cells_cpu
    check = _LEAST_CPU + _TIMES * measure.check_cpu
    checks = 2 * _LEAST_CPU + _TIMES * measure.checks_cpu
    return replace(
        limits,
        cell_cpu=min(limits.cell_cpu, cells),
        cells_cpu=min(limits.cells_cpu, cells),
        cells_wall=min(limits.cells_wall, 3 * cells),
        request_cpu=min(limits.request_cpu, check),
        request_wall=min(limits.request_wall, 3 * check),
        requests_cpu=min(limits.requests_cpu, checks),
        requests_wall=min(limits.requests_wall, 3 * checks),
    )


def _generous(limits: Limits) -> Limits:
    """For a conversation and a search after it, which ask more than any grading does."""
    return replace(
        limits,
        requests_cpu=LONGEST * limits.requests_cpu,
        requests_wall=LONGEST * limits.requests_wall,
    )
