"""`python -m tests.bench`: the same notebooks by the bare cells, by us and by other tools, in turn.

Every figure is of runs of the same round. `--tools` names the others to run (`none`: no other); what is not
installed is installed first, except with `--no-install`. `--profile` adds where our own time goes. The page
is printed, and written to docs/benchmarks.md with `--write`.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from datetime import date
from pathlib import Path

from grader import lesson as lessons
from tests.bench.accounts import account
from tests.bench.environments import Environment, Unavailable, environment
from tests.bench.measuring import Bench
from tests.bench.page import Setting, page
from tests.bench.peers import TOOLS, Tool, fits

_ALSO = ["hihello", "charseq", "longseq", "time_series"]
"""What their notebooks and their checks do most of the time is train."""
_LEAST_ROUNDS = 5
"""So many rounds a page takes that is to be kept."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--lessons", nargs="+", default=["rnn_basics", "packed_sequence"])
    parser.add_argument("--also", nargs="*", default=_ALSO, help="lessons timed without the other tools")
    parser.add_argument("--tools", nargs="+", default=[tool.name for tool in TOOLS], metavar="TOOL")
    parser.add_argument("--notebooks", type=int, default=40, help="of a class")
    parser.add_argument("--few", type=int, default=4, help="notebooks that a slow tool runs in a round")
    parser.add_argument("--rounds", type=int, default=_LEAST_ROUNDS)
    parser.add_argument("--profile", action="store_true", help="times every part of a submission, too")
    parser.add_argument("--no-install", action="store_true", help="takes only the tools that are there")
    parser.add_argument("--write", action="store_true", help="writes docs/benchmarks.md")
    asked = parser.parse_args()
    if asked.write and asked.rounds < _LEAST_ROUNDS:
        parser.error(f"a page that is kept takes {_LEAST_ROUNDS} rounds")
    jobs = len(os.sched_getaffinity(0))
    made, skipped = _environments(asked.tools, install=not asked.no_install)
    alone = [name for name in asked.also if name not in asked.lessons]
    measured, also = [], []
    with tempfile.TemporaryDirectory(prefix="grader-bench-") as folder, account() as counted:
        classes = {
            name: Bench(
                lessons.find(name),
                Path(folder) / name,
                counted,
                jobs,
                asked.notebooks,
                asked.few,
                asked.profile,
            )
            for name in [*asked.lessons, *alone]
        }
        tools = {tool: made[tool.environment] for tool in _named(asked.tools) if tool.environment in made}
        for name in asked.lessons:
            fitting = {tool: where for tool, where in tools.items() if fits(tool, classes[name].lesson)}
            measured.append(classes[name].measure(asked.rounds, fitting))
        for name in alone:
            also.append(classes[name].measure(asked.rounds, {}, weigh=False))
    text = page(measured, also, _setting(counted.how, made, skipped, profile=asked.profile))
    print(text)
    if asked.write:
        Path("docs/benchmarks.md").write_text(text, encoding="utf-8")


def _named(names: list[str]) -> list[Tool]:
    return [tool for tool in TOOLS if tool.name in names]


def _environments(names: list[str], *, install: bool) -> tuple[dict[str, Environment], dict[str, str]]:
    """The environments that the named tools need, and by tool why one is left out."""
    unknown = set(names) - {tool.name for tool in TOOLS} - {"none"}
    if unknown:
        sys.exit(f"There is no tool {', '.join(sorted(unknown))}. Known: {', '.join(t.name for t in TOOLS)}.")
    made: dict[str, Environment] = {}
    skipped = {tool.name: "it was not asked for" for tool in TOOLS if tool.name not in names}
    for name in dict.fromkeys(tool.environment for tool in _named(names)):
        try:
            made[name] = environment(name, make=install)
        except Unavailable as why:
            skipped |= {tool.name: str(why) for tool in _named(names) if tool.environment == name}
    return made, skipped


def _setting(how: str, made: dict[str, Environment], skipped: dict[str, str], *, profile: bool) -> Setting:
    versions = {name: number for one in made.values() for name, number in one.versions.items()}
    machine = (
        f"{platform.machine()} with {os.cpu_count()} cores, Linux {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}"
    )
    return Setting(machine, date.today().isoformat(), how, versions, skipped, profile)


if __name__ == "__main__":
    main()
