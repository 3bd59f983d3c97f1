"""Annotations: at the line of the cell, ten at most, and nothing of a student's is a workflow command."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from grader.ci.annotations import MOST, annotated
from grader.ci.places import code_lines
from grader.ci.summary import MOST_BYTES, escaped, summary
from grader.report.words import Words
from tests.ci_action.records import HOSTILE, ONLY_HIDDEN, check, passed, record, stopped, wrong

SOURCES = ["import torch\n", "x = 1\ny = '\\\\ \" \\u2028'\n\nz = 3"]


WORDS = Words.load(None)


def notebook(sources: list[str], *, listed: bool = True, **layout: object) -> str:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": ['# ] } "source": [\n', "two"]}]
    for source in sources:
        lines = lines_of(source)
        made = {"cell_type": "code", "metadata": {"source": ["no"]}, "outputs": [{"source": "no"}]}
        cells.append({**made, "source": lines if listed else source})
    return json.dumps({"metadata": {"cells": [1]}, "cells": cells, "nbformat": 4}, **layout)


def lines_of(source: str) -> list[str]:
    """Lines as Python counts those of a cell, each with its end."""
    return [line for line in re.split(r"(?<=\n)", source) if line]


def command_of(line: str) -> tuple[str, dict[str, str], str]:
    """A line as the runner reads it: up to the next `::`, properties by commas, then unescaped."""
    found = re.fullmatch(r"::([a-z]+) ([^\r\n]*?)::(.*)", line)
    assert found, line
    properties = dict(part.split("=", 1) for part in found[2].split(","))
    unescaped = {name: unescape(value) for name, value in properties.items()}
    return found[1], unescaped, unescape(found[3])


def unescape(text: str) -> str:
    for code, mark in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, mark)
    return text


@pytest.mark.parametrize("layout", [{"indent": 1}, {"indent": 4}, {"indent": 1, "ensure_ascii": False}])
def test_lines_of_cells_are_those_of_the_file(layout):
    text = notebook(SOURCES, **layout)
    lines = text.split("\n")
    found = code_lines(text)
    assert [len(cell) for cell in found] == [1, 4]
    for cell, source in zip(found, SOURCES, strict=True):
        for number, line in zip(cell, source.splitlines(keepends=True), strict=True):
            assert json.loads(lines[number - 1].strip().removesuffix(",")) == line


def test_a_source_on_one_line_of_the_file_has_that_line():
    text = notebook(SOURCES, listed=False, indent=1)
    found = code_lines(text)
    assert [len(set(cell)) for cell in found] == [1, 1]
    assert "import torch" in text.split("\n")[found[0][0] - 1]
    assert code_lines(notebook(SOURCES)) == [[1], [1, 1, 1, 1]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=4), st.booleans(), st.sampled_from([None, 1, 4]))
def test_any_sources_have_as_many_lines_as_they_have(sources, listed, indent):
    text = notebook(sources, listed=listed, indent=indent)
    assert [len(cell) for cell in code_lines(text)] == [len(lines_of(source)) for source in sources]


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet='{}[]",:\\ \n', max_size=200))
def test_what_is_no_notebook_has_no_places_and_breaks_nothing(text):
    assert all(isinstance(cell, list) for cell in code_lines(text))


def test_reading_takes_time_in_proportion():
    assert code_lines('{"cells": [' + '"' * 1_000_001) == []
    assert code_lines("[" * 500_000) == []
    assert code_lines('{"cells": ["' + '\\"' * 500_000) == []


def test_an_annotation_stands_at_the_marked_line():
    text = notebook(SOURCES, indent=1)
    found = annotated(record(), "work/kim.ipynb", text.encode(), WORDS, "en")
    kind, properties, message = command_of(found[0].command())
    assert (kind, properties["file"]) == ("error", "work/kim.ipynb")
    assert int(properties["line"]) == code_lines(text)[1][1]
    assert properties["title"] == WORDS.said(
        "call.failed", {"name": "Net", "type": "ValueError"}, "en"
    ).headline.replace("`", "")
    assert "call (0 of 3 points)" in message


def test_a_stopped_notebook_comes_first_and_its_echoes_do_not_come():
    text = notebook(SOURCES, indent=1)
    found = annotated(stopped("Boom"), "kim.ipynb", text.encode(), WORDS, "en")
    assert len(found) == 2
    assert found[0].line == code_lines(text)[1][0]


def test_there_are_ten_at_most_and_the_last_says_what_is_left():
    many = record(checks=[check(f"test_{n}", "failed", findings=[wrong("Net")]) for n in range(14)])
    found = annotated(many, "kim.ipynb", b"", WORDS, "en")
    assert len(found) == MOST
    assert "5" in found[-1].message
    assert annotated(passed(), "kim.ipynb", b"", WORDS, "en") == []


def test_of_hidden_checks_our_own_words_alone():
    said = "".join(one.command() for one in annotated(record(), "kim.ipynb", b"", WORDS, "en"))
    assert ONLY_HIDDEN not in said
    assert ONLY_HIDDEN not in summary([(record(), WORDS)], "en")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_nothing_of_a_student_is_a_command(text):
    text += HOSTILE
    for made in (record(text), stopped(text)):
        for one in annotated(made, f"{text}.ipynb", text.encode(), WORDS, "en"):
            line = one.command()
            assert "\n" not in line
            assert "\r" not in line
            assert "##[" not in line
            kind, properties, _ = command_of(line)
            assert kind == "error"
            assert set(properties) == {"file", "line", "title"}
            assert not [c for c in line if (ord(c) < 32 and c != "\t") or 127 <= ord(c) < 160]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_nothing_of_a_student_is_markup_in_the_summary(text):
    shown = escaped(text + HOSTILE)
    assert not set("`*_[]<>|~@\n\r\x1b") & set(shown)
    assert "www." not in shown
    assert not re.search(r"(?<!&)#", shown)
    made = record(text + HOSTILE, student=text + HOSTILE)
    told = summary([(made, WORDS)], "en")
    outside = re.sub(r"(?ms)^(`{3,})text\n.*?\n\1$", "", told)
    assert "<img" not in outside
    assert "](" not in outside
    assert "```" not in outside
    assert summary([(made, WORDS), (passed(), WORDS)], "ko").count("\n|") == 3


def test_a_summary_stays_below_the_limit_of_the_runner():
    many = [(replace(passed(), student="홍길동" * 40 + str(n)), WORDS) for n in range(6000)]
    told = summary(many, "en")
    assert len(told.encode()) < MOST_BYTES
    assert WORDS.ui("ci.cut", "en") in told
