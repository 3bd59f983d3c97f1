"""`python -m tests.beside`: what a few notebooks get here, in nbgrader and in otter; `--write` into the page.

The other tools are those of the bench, in their environments; one that cannot be installed is left out with
a word. Each is asked once: scores, unlike times, have no spread.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from grader import lesson as lessons
from tests.bench.environments import Environment, Unavailable, environment
from tests.beside import scoring
from tests.beside.scoring import Given, Notebook
from tests.beside.tricks import TRICKS

PAGE = Path("docs/beside-others.md")
_BEGIN, _END = "<!-- scores: made by python -m tests.beside -->", "<!-- scores: end -->"
_OTHERS: dict[str, Callable[..., Mapping[str, Given]]] = {
    "nbgrader": scoring.nbgrader,
    "otter": scoring.otter,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.beside", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"writes the table into {PAGE}")
    asked = parser.parse_args()
    lesson = lessons.find("rnn_basics")
    notebooks: dict[str, Notebook] = {trick.name: trick.notebook(lesson) for trick in TRICKS}
    columns: dict[str, Mapping[str, Given]] = {}
    with tempfile.TemporaryDirectory(prefix="grader-beside-") as folder:
        columns["here"] = scoring.ours(lesson, notebooks, Path(folder) / "here")
        for name, score in _OTHERS.items():
            try:
                made = environment(name)
            except Unavailable as missing:
                print(f"{name} is left out: {missing}")
                continue
            columns[_versioned(name, made)] = score(lesson, notebooks, Path(folder) / name, made)
    text = table(columns)
    print(text)
    if asked.write:
        PAGE.write_text(placed(PAGE.read_text("utf-8"), text), encoding="utf-8")


def table(columns: Mapping[str, Mapping[str, Given]]) -> str:
    """Markdown: a row for each notebook, a column for each tool."""
    head = ["the notebook", *columns]
    rows = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for trick in TRICKS:
        given = [_said(column[trick.name]) for column in columns.values()]
        rows.append(f"| {' | '.join([trick.says, *given])} |")
    return "\n".join(rows) + "\n"


def placed(page: str, text: str) -> str:
    """The page with `text` between its marks."""
    return re.sub(
        f"(?<={re.escape(_BEGIN)}\n).*(?={re.escape(_END)})", lambda _: f"\n{text}\n", page, flags=re.DOTALL
    )


def _said(given: Given) -> str:
    return "no result" if given is None else f"{given[0]:g} of {given[1]:g}"


def _versioned(name: str, made: Environment) -> str:
    return f"{name} {', '.join(made.versions.values())}"


if __name__ == "__main__":
    main()
