"""The comparison's own arithmetic, and that the README says what was measured."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

from grader import __version__, lesson
from tests.bench.asserts import ASSERTS
from tests.beside.__main__ import PAGE, placed, table
from tests.beside.tricks import TRICKS

ROOT = Path(__file__).resolve().parents[2]


def cells(text: str, begins: str) -> list[str]:
    """The cells of the one row of a table whose first cell begins so, the first left out."""
    (row,) = [line for line in text.splitlines() if line.startswith(f"| {begins}")]
    return [cell.strip() for cell in row.strip("|").split("|")][1:]


def test_a_row_for_each_notebook_and_a_word_where_there_is_no_result() -> None:
    scores = {trick.name: (1.0, 14.0) for trick in TRICKS}
    text = table({"here": scores, "another": scores | {"ends": None}})
    assert len(text.splitlines()) == 2 + len(TRICKS)
    assert cells(text, "the reference, and") == ["1 of 14", "no result"]


def test_the_table_is_put_between_its_marks_and_nothing_else_moves() -> None:
    page = (ROOT / PAGE).read_text("utf-8")
    once = placed(page, "| new |\n")
    assert "| new |" in once
    assert placed(once, "| new |\n") == once
    assert once.partition("<!-- scores: made")[0] == page.partition("<!-- scores: made")[0]
    assert once.partition("<!-- scores: end")[2] == page.partition("<!-- scores: end")[2]


def test_every_trick_is_a_notebook_of_the_lesson() -> None:
    one = lesson.find("rnn_basics")
    assert one.name in ASSERTS
    for trick in TRICKS:
        sources = ["".join(cell["source"]) for cell in trick.notebook(one)["cells"]]
        assert sources[len(sources) - len(trick.cells) :] == list(trick.cells)
        for source in trick.cells:
            compile(source, trick.name, "exec")


def test_the_readme_says_what_was_measured() -> None:
    readme, page = (ROOT / "README.md").read_text("utf-8"), (ROOT / PAGE).read_text("utf-8")
    assert cells(readme, "[a notebook of zeros]")[:3] == cells(page, "the same, and `torch.allclose`")
    bench = (ROOT / "docs" / "benchmarks.md").read_text("utf-8").partition("## packed_sequence")[0]
    measured = [
        cells(bench, f"{tool} |")[0].split()[0]
        for tool in ("**grader grade**, all of it", "nbgrader", "otter")
    ]
    said = [re.sub(r"\[(\d+)\]\(.*\)", r"\1", cell) for cell in cells(readme, "notebooks a minute")[:3]]
    assert said == measured


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert citation["version"] == __version__ == project["version"]
    assert citation["license"] == "MIT"
