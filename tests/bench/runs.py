"""What a bench measures of one lesson, and the figures that follow: each from runs of the same round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.bench.accounts import Cost
from tests.bench.seams import Moment, Seen


@dataclass(frozen=True)
class Graded:
    """One `grader grade`. cells, requests: CPU seconds of one submission's as its record tells, the mean."""

    cost: Cost
    seen: Seen
    cells: float
    requests: float

    @property
    def ends(self) -> tuple[Moment, Moment]:
        """The first submission's begin and the last one's end."""
        assert self.seen.first is not None
        assert self.seen.last is not None
        return self.seen.first, self.seen.last

    @property
    def steady(self) -> float:
        """Seconds by the clock between both."""
        first, last = self.ends
        return last.wall - first.wall


@dataclass(frozen=True)
class Round:
    """One turn of everything. bare: of the cells alone; probes: CPU seconds of one submission's."""

    bare: Cost
    probes: float
    graded: Graded
    peers: dict[str, Cost]


@dataclass
class Runs:
    """One lesson's rounds: `count` notebooks, `jobs` at a time. memory: bytes of one more in flight.

    few: by tool, how many of the notebooks it runs a round
    """

    lesson: str
    count: int
    jobs: int
    few: dict[str, int]
    rounds: list[Round] = field(default_factory=list)
    memory: float = 0.0

    def each(self, figure: Callable[[Round], float]) -> list[float]:
        """A figure of every round."""
        return [figure(one) for one in self.rounds]

    def bound(self, one: Round) -> float:
        """Seconds that the bare cells and the probes' arithmetic take, on all slots together."""
        return one.bare.wall + self.count * one.probes / self.jobs

    def share(self, one: Round) -> float:
        """Of the bound's throughput, the start left out."""
        return self.bound(one) / one.graded.steady

    def share_of_all(self, one: Round) -> float:
        """Of the bound's throughput, the start and the class page included."""
        return self.bound(one) / one.graded.cost.wall

    def cells(self, one: Round) -> float:
        """CPU seconds of one submission's cells alone."""
        return one.bare.cpu / self.count

    def least(self, one: Round) -> float:
        """CPU seconds of one submission's cells and its probes' arithmetic."""
        return self.cells(one) + one.probes

    def cpu(self, one: Round) -> float:
        """CPU seconds of one submission, the start left out."""
        first, last = one.graded.ends
        return (last.cpu - first.cpu) / self.count

    def beyond(self, one: Round) -> float:
        """CPU seconds of one submission beyond its cells and its probes' arithmetic, the start left out."""
        return self.cpu(one) - self.least(one)

    def beyond_of_all(self, one: Round) -> float:
        """The same with the start and the class page, shared among all."""
        return one.graded.cost.cpu / self.count - self.least(one)

    def busy(self, one: Round) -> float:
        """Of the slots' time between the first begin and the last end."""
        return one.graded.seen.busy / (one.graded.seen.slots * one.graded.steady)

    def times(self, one: Round, tool: str) -> float:
        """How many times the notebooks a minute of `tool` our own grading does, its start included."""
        return (self.count / one.graded.cost.wall) / (self.few[tool] / one.peers[tool].wall)

    def lighter(self, one: Round, tool: str) -> float:
        """How many times the CPU of our own grading `tool` takes a notebook, both starts included."""
        return (one.peers[tool].cpu / self.few[tool]) / (one.graded.cost.cpu / self.count)


def spread(values: Sequence[float], digits: int) -> str:
    """The median, and between which values the rounds lie."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def percent(values: Sequence[float]) -> str:
    """The same of shares, in percent."""
    return f"{100 * median(values):.0f} % ({100 * min(values):.0f} to {100 * max(values):.0f})"
