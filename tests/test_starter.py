"""Starters: answers leave no trace, everything else stays, broken regions are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.errors import LessonError
from grader.starter import BEGIN, END, starter_of, strip, write_all

SOURCE = """def f(x):
    \"\"\"Double.\"\"\"
    ### BEGIN SOLUTION
    secret = x
    return secret + secret
    ### END SOLUTION

def g(x):
    y = x
    ### BEGIN SOLUTION
    y = secret_of(y)
    ### END SOLUTION
    return y"""


def notebook(source: str | list[str], kind: str = "code") -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": "a", "metadata": {}, "source": source}
    if kind == "code":
        output = {"output_type": "stream", "name": "stdout", "text": "secret"}
        cell |= {"execution_count": 3, "outputs": [output]}
    return {"cells": [cell], "metadata": {"grader": {"lesson": "demo"}}, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize("source", [SOURCE, SOURCE.splitlines(keepends=True)])
def test_regions_become_blanks_at_their_own_indentation(source: str | list[str]) -> None:
    original = notebook(source)
    before = json.dumps(original)
    (cell,) = strip(original)["cells"]
    text = "".join(cell["source"])
    assert (
        text
        == """def f(x):
    \"\"\"Double.\"\"\"
    # YOUR CODE HERE
    raise NotImplementedError()

def g(x):
    y = x
    # YOUR CODE HERE
    raise NotImplementedError()
    return y"""
    )
    compile(text, "cell", "exec")
    assert "secret" not in json.dumps(cell)
    assert cell["execution_count"] is None
    assert json.dumps(original) == before


def test_markdown_stays_as_it_is() -> None:
    shown = notebook("### BEGIN SOLUTION\nis how a region begins", "markdown")
    assert strip(shown) == shown


@pytest.mark.parametrize(
    "source",
    [f"{BEGIN}\nx = 1", END, f"{BEGIN}\n{BEGIN}\n{END}"],
)
def test_regions_out_of_order_are_the_authors_error(source: str, tmp_path: Path) -> None:
    path = tmp_path / "reference.ipynb"
    path.write_text(json.dumps(notebook(source)))
    with pytest.raises(LessonError, match="reference"):
        starter_of(path)


def test_what_is_no_notebook_is_the_authors_error(tmp_path: Path) -> None:
    path = tmp_path / "reference.ipynb"
    for content in ("{", "[]", '{"cells": [1]}'):
        path.write_text(content)
        with pytest.raises(LessonError, match="no notebook"):
            starter_of(path)


def test_all_starters_are_written_once(tmp_path: Path) -> None:
    folder = tmp_path / "solutions" / "demo"
    folder.mkdir(parents=True)
    (folder / "reference.ipynb").write_text(json.dumps(notebook("한글 = 1\n" + SOURCE)))
    (written,) = write_all(tmp_path)
    assert written == tmp_path / "assignments" / "demo" / "demo.ipynb"
    assert "한글" in written.read_text("utf-8")
    assert written.read_bytes() == starter_of(folder / "reference.ipynb")
    assert write_all(tmp_path) == []


def test_starters_in_the_project_are_those_of_their_references() -> None:
    root = Path(__file__).parent.parent
    references = sorted(root.glob("solutions/*/reference.ipynb"))
    assert references
    for reference in references:
        lesson = reference.parent.name
        starter = root / "assignments" / lesson / f"{lesson}.ipynb"
        assert starter.read_bytes() == starter_of(reference), f"run python -m grader.starter for {lesson}"


@pytest.mark.parametrize(
    ("source", "kind", "shown"),
    [
        (f"{BEGIN}\n### PROMPT x = ...\nx = 3\n{END}\ny = 1", "code", "x = ...\ny = 1"),
        (
            f"def f():\n    {BEGIN}\n    ### PROMPT if x:\n    ### PROMPT     ...\n    return 3\n    {END}",
            "code",
            "def f():\n    if x:\n        ...",
        ),
        (f"{BEGIN} NO PROMPT\nseed(3)\n{END}\ny = 1", "code", "y = 1"),
        (f"# Why?\n{BEGIN}\nBecause.\n{END}", "markdown", "# Why?\nYOUR ANSWER HERE"),
        (f"{BEGIN}\n### PROMPT *Say why.*\nBecause.\n{END}", "markdown", "*Say why.*"),
    ],
)
def test_a_region_can_say_its_own_blank(source: str, kind: str, shown: str) -> None:
    (cell,) = strip(notebook(source, kind))["cells"]
    assert "".join(cell["source"]) == shown
