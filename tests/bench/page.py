"""What was measured, as the page `docs/benchmarks.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.peers import TOOLS
from tests.bench.profile import section
from tests.bench.runs import Runs, percent, spread

_SHARE, _BEYOND, _BUSY = 0.80, 0.12, 0.90
"""What we want: of the bound's throughput, CPU seconds a submission beyond it, of the slots' time."""

_OURS = """\
- The cells alone run in forks of a process that has imported all they need, without IPython or walls. Their
  figures are drawn, as under any notebook's cell; what they print goes nowhere. The probes' arithmetic is
  that of the checks' bodies in one process, without walls. Both have one thread. No grader can do with less:
  their sum is the bound.
- `grader grade` runs the cells behind walls, asks every check, and writes records, reports and the class
  page. Its start boots three processes, once for a class of any size: left out, the figures are those between
  the first submission's begin and the last one's end.
"""
_TOLD = {
    "nbconvert": """\
`jupyter nbconvert --execute` for each core, with its share of the notebooks. It checks nothing.""",
    "nbclient": """\
nbclient in a process for each core, each notebook in a kernel of its own. It checks nothing.""",
    "nbclient as it comes": """\
the same with the threads that torch takes by itself, which get in each other's way.""",
    "nbgrader": """\
`nbgrader autograde` and `nbgrader generate_feedback`, a course with its share of the class for each core.
  Its test cells check less: a few asserts on shapes and values, in the student's process.""",
    "otter": """\
`otter.api.grade_submission`, the function behind `otter run` and its fastest way without Docker, in a
  process for each core. Its tests are the same few asserts as nbgrader's, and check as much less.""",
}
_HEAD = """\
{count} copies of a lesson's reference, each with a training cell of its own, {jobs} at a time, on {machine};
{date}. {slow}{rounds} rounds: in each everything runs once, one after another, and each round begins with
another. Ratios are of runs of the same round. CPU is that of all processes of a tool, by {how}.
Each figure is a median (least to most)."""


@dataclass(frozen=True)
class Setting:
    """What the figures were measured with. how: CPU was counted; skipped: by tool, why it is missing."""

    machine: str
    date: str
    how: str
    versions: Mapping[str, str]
    skipped: Mapping[str, str]
    profile: bool


def page(measured: Sequence[Runs], also: Sequence[Runs], setting: Setting) -> str:
    """The whole page, in Markdown. also: lessons that no other tool has run"""
    lines = [*_head(measured[0], setting)]
    for runs in measured:
        lines += _section(runs)
        lines += section(runs) if setting.profile else []
    lines += _others(also)
    return "\n".join([*lines, *_what_is_compared(measured, setting)])


def _head(first: Runs, setting: Setting) -> list[str]:
    few = sorted(set(first.few.values()))
    slow = f"The other tools run {few[0]} of them a round. " if few else ""
    told = _HEAD.format(
        count=first.count,
        jobs=first.jobs,
        machine=setting.machine,
        date=setting.date,
        slow=slow,
        rounds=len(first.rounds),
        how=setting.how,
    )
    return ["# Benchmarks", "", "Made by `make bench`; not edited by hand.", "", *told.splitlines(), ""]


def _section(runs: Runs) -> list[str]:
    count = runs.count
    rows = [
        (
            "the cells alone",
            runs.each(lambda one: 60 * count / one.bare.wall),
            runs.each(runs.cells),
            "",
            "",
        ),
        (
            "the cells and the probes' arithmetic: the bound",
            runs.each(lambda one: 60 * count / runs.bound(one)),
            runs.each(runs.least),
            "",
            "",
        ),
        (
            "**grader grade**, its start left out",
            runs.each(lambda one: 60 * count / one.graded.steady),
            runs.each(runs.cpu),
            "",
            "",
        ),
        (
            "**grader grade**, all of it",
            runs.each(lambda one: 60 * count / one.graded.cost.wall),
            runs.each(lambda one: one.graded.cost.cpu / count),
            "1",
            "1",
        ),
        *(_peer(runs, name) for name in runs.few),
    ]
    return [
        f"## {runs.lesson}",
        "",
        "| | notebooks a minute | CPU seconds a notebook | we are faster, times | and lighter, times |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {spread(rate, 0)} | {spread(cpu, 3)} | {faster} | {lighter} |"
            for name, rate, cpu, faster, lighter in rows
        ),
        "",
        "| | start left out | all of it | wanted |",
        "|---|---|---|---|",
        f"| throughput, of the bound's | {percent(runs.each(runs.share))} | "
        f"{percent(runs.each(runs.share_of_all))} | {100 * _SHARE:.0f} % at least |",
        f"| CPU seconds a submission beyond cells and probes | {spread(runs.each(runs.beyond), 3)} | "
        f"{spread(runs.each(runs.beyond_of_all), 3)} | {_BEYOND:.2f} at most |",
        f"| busy, of the slots' time | {percent(runs.each(runs.busy))} | | {100 * _BUSY:.0f} % at least |",
        "",
        f"One more submission in flight takes {runs.memory / 1e6:.0f} MB (proportional set size).",
        "",
    ]


def _others(also: Sequence[Runs]) -> list[str]:
    if not also:
        return []
    return [
        "## Lessons whose notebooks train, by us alone",
        "",
        "Of the bound's throughput, and CPU seconds a notebook; the start left out.",
        "",
        "| | the cells alone | cells and probes | **grader grade** | beyond these | of the bound's |",
        "|---|---|---|---|---|---|",
        *(_own(runs) for runs in also),
        f"| wanted | | | | {_BEYOND:.2f} at most | {100 * _SHARE:.0f} % at least |",
        "",
    ]


def _own(runs: Runs) -> str:
    figures = [runs.each(figure) for figure in (runs.cells, runs.least, runs.cpu, runs.beyond)]
    cells = [*(spread(figure, 3) for figure in figures), percent(runs.each(runs.share))]
    return f"| {runs.lesson} | {' | '.join(cells)} |"


def _peer(runs: Runs, name: str) -> tuple[str, list[float], list[float], str, str]:
    few = runs.few[name]
    return (
        name,
        runs.each(lambda one: 60 * few / one.peers[name].wall),
        runs.each(lambda one: one.peers[name].cpu / few),
        spread(runs.each(lambda one: runs.times(one, name)), 1),
        spread(runs.each(lambda one: runs.lighter(one, name)), 1),
    )


def _what_is_compared(measured: Sequence[Runs], setting: Setting) -> list[str]:
    ran = [tool for tool in TOOLS if any(tool.name in runs.few for runs in measured)]
    versions = ", ".join(f"{name} {number}" for name, number in sorted(setting.versions.items()))
    lines = ["## What is compared", "", *_OURS.splitlines()]
    lines += [f"- {tool.name}: {_TOLD[tool.name]} Threads: {tool.threads}." for tool in ran]
    if versions:
        lines.append(
            f"- Each in an environment of its own, with the same torch: {versions}. A turn in which one of "
            "their kernels did not start is taken once more, and not counted."
        )
    lines += [f"- {name} is missing here: {why}." for name, why in setting.skipped.items()]
    return [*lines, ""]
