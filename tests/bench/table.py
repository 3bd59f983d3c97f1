"""What was measured, as the page `docs/benchmarks.md`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.bench.accounts import Cost


@dataclass(frozen=True)
class Runs:
    """One lesson's rounds. `count` notebooks a run, `few` of them by nbclient, `jobs` at a time.

    `bare`: (wall, CPU) seconds of the cells. `booted`: `grader grade` of `jobs` notebooks only, so that the
    difference to `graded` leaves the start out. `probes`: CPU seconds of one submission's probes.
    `memory`: bytes that one more submission in flight takes.
    """

    lesson: str
    count: int
    few: int
    jobs: int
    how: str
    bare: list[tuple[float, float]] = field(default_factory=list)
    client: list[Cost] = field(default_factory=list)
    booted: list[Cost] = field(default_factory=list)
    graded: list[Cost] = field(default_factory=list)
    probes: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def slope(self) -> list[float]:
        """CPU seconds of one more submission, per round."""
        more = self.count - self.jobs
        return [(g.cpu - b.cpu) / more for g, b in zip(self.graded, self.booted, strict=True)]

    @property
    def beyond(self) -> list[float]:
        """CPU seconds of a submission beyond its cells and its probes' arithmetic, per round."""
        pairs = zip(self.slope, self.bare, self.probes, strict=True)
        return [slope - cpu / self.count - probes for slope, (_, cpu), probes in pairs]

    @property
    def times(self) -> list[float]:
        """How many times the notebooks a minute of nbclient, start included, per round."""
        pairs = zip(self.graded, self.client, strict=True)
        return [(self.count / graded.wall) / (self.few / client.wall) for graded, client in pairs]


def page(measured: Sequence[Runs], machine: str) -> str:
    """The whole page, in Markdown."""
    first = measured[0]
    head = [
        "# Benchmarks",
        "",
        "Made by `make bench`; not edited by hand.",
        "",
        f"{first.count} copies of a lesson's reference with a training cell, {len(first.graded)} rounds in "
        f"turn, {first.jobs} at a time, on {machine}. nbclient ran {first.few} of them a round, with the "
        "threads that torch takes by itself; the others have one thread each. CPU is that of all processes, "
        f"by {first.how}. "
        "Each figure is a median (least to most).",
        "",
    ]
    return "\n".join(head + [line for runs in measured for line in _section(runs)])


def _section(runs: Runs) -> list[str]:
    count, few, more = runs.count, runs.few, runs.count - runs.jobs
    steady = [g.wall - b.wall for g, b in zip(runs.graded, runs.booted, strict=True)]
    rows = [
        ("the cells alone", [60 * count / wall for wall, _ in runs.bare], [c / count for _, c in runs.bare]),
        (
            "nbclient as it comes",
            [60 * few / cost.wall for cost in runs.client],
            [cost.cpu / few for cost in runs.client],
        ),
        (
            "grader grade",
            [60 * count / cost.wall for cost in runs.graded],
            [cost.cpu / count for cost in runs.graded],
        ),
        ("grader grade, its start left out", [60 * more / wall for wall in steady], runs.slope),
    ]
    return [
        f"## {runs.lesson}",
        "",
        "| | notebooks a minute | CPU seconds a notebook |",
        "|---|---|---|",
        *(f"| {name} | {_spread(rate, 0)} | {_spread(cpu, 3)} |" for name, rate, cpu in rows),
        "",
        f"- `grader grade` does {_spread(runs.times, 1)} times the notebooks a minute of nbclient, its "
        "start, every check and every page included.",
        f"- The cells cost {median(cpu for _, cpu in runs.bare) / count:.3f} s of CPU, the probes' own "
        f"arithmetic {_spread(runs.probes, 3)} s.",
        f"- **Beyond cells and probes a submission costs {_spread(runs.beyond, 3)} s of CPU**: fork, walls, "
        "snapshots, pytest, record, pages.",
        f"- One more submission in flight takes {median(runs.memory) / 1e6:.0f} MB (proportional set size).",
        "",
    ]


def _spread(values: Sequence[float], digits: int) -> str:
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"
