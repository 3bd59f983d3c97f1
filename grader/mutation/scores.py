"""From trials to rates: which mutants count, which are set aside, and what right code lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from grader.goals import Goals
from grader.mutation.marks import Mark
from grader.mutation.mutant import Mutant
from grader.mutation.sampling import Made
from grader.mutation.trial import Trial

Class = Literal["killed", "stopped", "held", "survived", "equivalent", "still right", "kept", "alarm"]


@dataclass(frozen=True)
class Result:
    """One notebook that was tried. `mark`: what its author says of it."""

    made: Made
    trial: Trial
    mark: Mark | None = None

    @property
    def kind(self) -> Class:
        """`survived`: it kept all points and a reply of it differed, or it could not be compared.
        `alarm`: right code that lost points."""
        full = self.trial.fate == "full"
        if not isinstance(self.made, Mutant):
            return "kept" if full else "alarm"
        if self.made.free is not None:
            return "still right" if full else "alarm"
        if self.trial.fate != "full":
            return self.trial.fate
        told = self.trial.told
        return "survived" if self.mark or told is None or told.differs or told.trouble else "equivalent"

    @property
    def named(self) -> bool:
        """Whether the first finding of the check that killed it is a true name of it."""
        return isinstance(self.made, Mutant) and any(
            fnmatchcase(self.trial.finding, pattern) for pattern in self.made.names
        )


@dataclass(frozen=True)
class Tally:
    """Counts of some results."""

    results: tuple[Result, ...]

    def count(self, *kinds: Class) -> int:
        return sum(result.kind in kinds for result in self.results)

    @property
    def counted(self) -> int:
        """Mutants that could be killed: neither probably equivalent nor still right."""
        return self.count("killed", "stopped", "held", "survived")

    @property
    def named(self) -> int:
        """Of those that a finding killed, those that it named truly."""
        return sum(result.kind == "killed" and result.named for result in self.results)

    @property
    def killed_percent(self) -> float:
        return percent(self.count("killed", "stopped"), self.counted)

    @property
    def named_percent(self) -> float:
        return percent(self.named, self.count("killed"))

    @property
    def alarms(self) -> int:
        return self.count("alarm")

    @property
    def right(self) -> int:
        """Right code that was tried: rewrites, and mutants of what the contract leaves free."""
        return self.count("kept", "still right", "alarm")

    @property
    def alarm_percent(self) -> float:
        return percent(self.alarms, self.right, nothing=0.0)

    def by_group(self) -> dict[str, Tally]:
        """Tallies of the mutants of each group of operators, by its name."""
        return _parted(self.results, lambda one: one.made.group if isinstance(one.made, Mutant) else None)

    def by_check(self) -> dict[str, Tally]:
        """Tallies of what each check was the first to find."""
        return _parted(self.results, lambda one: one.trial.check or None)


@dataclass(frozen=True)
class Score:
    """What one lesson's run gave.

    made: how many mutants and rewrites there are, of which `tally` tried some
    max_score: what a survivor would get; stale: marks of mutants that are made no more
    """

    lesson: str
    tally: Tally
    made: int
    max_score: float
    goals: Goals
    stale: tuple[Mark, ...]
    seconds: float
    order: tuple[str, ...]
    """Ids of the checks as they run."""

    def misses(self) -> list[str]:
        """What falls short, a sentence each; nothing where the goals are met."""
        tally, said = self.tally, []
        if not tally.counted:
            said.append(
                f"No mutant was counted ({self.made} could be made), so nothing is known of these checks. "
                "Mark the students' part of the reference with BEGIN SOLUTION, or give more time."
            )
        if tally.killed_percent < self.goals.killed:
            said.append(
                f"{_rate(tally.killed_percent)} of the mutants lose points; "
                f"the goal is {self.goals.killed:g} %."
            )
        if tally.named_percent < self.goals.named:
            said.append(
                f"{_rate(tally.named_percent)} of those that a finding killed have a true name; "
                f"the goal is {self.goals.named:g} %."
            )
        if tally.alarms:
            said.append(f"Right code lost points {tally.alarms} times; it never may.")
        if held := tally.count("held"):
            said.append(f"Checks of ours broke on {held} mutants; a check has to say failed.")
        said += [f"The mark {mark.digest} in mutants.toml fits no mutant: remove it." for mark in self.stale]
        return said


def _rate(percent: float) -> str:
    """Never rounded up to a goal that was missed."""
    return f"{int(percent * 10) / 10:g} %"


def percent(part: int, whole: int, nothing: float = 100.0) -> float:
    """`nothing` where there is no whole."""
    return 100.0 * part / whole if whole else nothing


def _parted(results: Sequence[Result], name_of: Callable[[Result], str | None]) -> dict[str, Tally]:
    found: dict[str, list[Result]] = {}
    for result in results:
        if (name := name_of(result)) is not None:
            found.setdefault(name, []).append(result)
    return {name: Tally(tuple(found[name])) for name in sorted(found)}
