"""One lesson's rounds: everything once in each, beginning with another each time."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from grader.lesson import Lesson
from grader.record import Record, decode
from tests.bench import peers
from tests.bench.accounts import Account, Cost
from tests.bench.environments import Environment
from tests.bench.notebooks import write
from tests.bench.peers import Tool, Turn
from tests.bench.runs import Graded, Round, Runs
from tests.bench.seams import Seen

STEPS = 60
_TRIES = 3
_CROWD = 6
"""Slots of the run that weighs memory against a run with one slot."""


@dataclass(frozen=True)
class Bench:
    """`count` notebooks of one lesson in `folder`, `jobs` at a time; slow tools run `few` of them."""

    lesson: Lesson
    folder: Path
    account: Account
    jobs: int
    count: int
    few: int
    profile: bool

    def measure(self, rounds: int, tools: Mapping[Tool, Environment], *, weigh: bool = True) -> Runs:
        """Everything `rounds` times, in turn. weigh: memory is measured, too."""
        many, crowd = self.folder / "many", self.folder / "crowd"
        for place, number in ((many, self.count), (crowd, 2 * _CROWD)):
            place.mkdir(parents=True)
            write(self.lesson, place, number, STEPS)
        (self.folder / "secret").write_text("a secret for the bench alone, of no course\n")
        few = {tool.name: min(self.few, self.count) for tool in tools}
        runs = Runs(self.lesson.name, self.count, self.jobs, few)
        for turn in range(rounds):
            runs.rounds.append(self._round(turn, many, tools))
            print(f"{self.lesson.name}: round {turn + 1} of {rounds} done", file=sys.stderr)
        if not weigh:
            return runs
        alone, together = (self._grade(crowd, jobs, weigh=True).cost.peak for jobs in (1, _CROWD))
        runs.memory = (together - alone) / (_CROWD - 1)
        return runs

    def _round(self, turn: int, many: Path, tools: Mapping[Tool, Environment]) -> Round:
        todo: dict[str, Callable[[], Any]] = {
            "bare": lambda: self._of_bare(str(self.count), str(self.jobs)),
            "probes": lambda: self._of_bare("1", "probes"),
            "graded": lambda: self._grade(many, self.jobs),
        }
        for tool, where in tools.items():
            todo[tool.name] = lambda tool=tool, where=where: self._peer(tool, where)  # type: ignore[misc]
        done = {name: todo[name]() for name in rotated(list(todo), turn)}
        wall, cpu = map(float, done.pop("bare").split())
        probes, graded = float(done.pop("probes")), done.pop("graded")
        return Round(Cost(wall, cpu), probes, graded, done)

    def _of_bare(self, count: str, what: str) -> str:
        """The cells alone, imports left out: seconds of wall clock and CPU. Or of the probes: CPU."""
        command = [sys.executable, "-m", "tests.bench.bare", self.lesson.folder, str(STEPS), count, what]
        return self.account.run(command).output

    def _peer(self, tool: Tool, where: Environment) -> Cost:
        """One turn; where the tool fails, another: kernels started side by side may choose the same port.

        Raises `SystemExit` where it fails three times.
        """
        few = min(self.few, self.count)
        turn = Turn(self.account, where, self.lesson, STEPS, few, self.jobs, self.folder / "peer")
        for _ in range(_TRIES - 1):
            try:
                return peers.run(tool, turn)
            except SystemExit as error:
                print(f"{tool.name} is run once more: {str(error)[-300:]}", file=sys.stderr)
        return peers.run(tool, turn)

    def _grade(self, place: Path, jobs: int, *, weigh: bool = False) -> Graded:
        out, seen = self.folder / "out", self.folder / "seen.json"
        shutil.rmtree(out, ignore_errors=True)
        parts = "parts" if self.profile else "whole"
        begin = [sys.executable, "-m", "tests.bench.graded", seen, parts, "grade", place]
        more = ["--lesson", self.lesson.folder, "--out", out, "--jobs", str(jobs)]
        full = ["--secret", self.folder / "secret", "--fail-under", "100"]
        cost = self.account.run([*begin, *more, *full], weigh=weigh)
        records = [decode(path.read_bytes()) for path in sorted((out / self.lesson.name).glob("*.json"))]
        return Graded(cost, Seen.read(seen), mean(map(_cells, records)), mean(map(_requests, records)))


def rotated(names: list[str], turn: int) -> list[str]:
    """The names in their order, beginning with another in every turn."""
    at = turn % len(names)
    return names[at:] + names[:at]


def _cells(record: Record) -> float:
    return record.run.cpu_seconds or 0.0


def _requests(record: Record) -> float:
    return sum(check.cpu_seconds or 0.0 for check in record.checks)
