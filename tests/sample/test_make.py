"""The sample class is what its recipe gives, and holds what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader import notebook
from grader.errors import SubmissionError
from tests.sample import make
from tests.sample.pages import commented, edited, read, with_cell, written


@pytest.fixture(scope="module")
def made() -> dict[Path, bytes]:
    return make.files()


def test_the_files_are_what_make_sample_writes(made):
    there = {path.relative_to(make.FOLDER) for path in make.FOLDER.glob("class/*/*")} | {Path("README.md")}
    assert there == set(made), "run make sample"
    stale = [str(place) for place, content in made.items() if (make.FOLDER / place).read_bytes() != content]
    assert not stale, f"run make sample: {', '.join(stale)}"


def test_making_it_twice_gives_the_same_bytes(made):
    assert make.files() == made


@pytest.mark.parametrize("lesson", ["rnn_basics", "packed_sequence"])
def test_a_class_has_at_least_fourteen_different_notebooks(made, lesson):
    class_ = [content for place, content in made.items() if lesson in place.parts]
    assert len(set(class_)) == len(class_) >= 14


def test_only_the_one_that_was_cut_off_cannot_be_read(made):
    refused = []
    for place, content in made.items():
        if place.suffix == ".ipynb":
            try:
                assert notebook.read(content).lesson == place.parent.name
            except SubmissionError:
                refused.append(place.parent.name)
    assert refused == ["rnn_basics", "packed_sequence"]


def test_no_notebook_shows_where_a_solution_begins(made):
    assert not [place for place, content in made.items() if b"BEGIN SOLUTION" in content]


def test_an_edit_that_fits_no_place_or_two_is_refused():
    page = read(written({"cells": [{"cell_type": "code", "source": "a = 1\na = 1"}]}))
    for change in (
        lambda: edited(page, "b", "c"),
        lambda: edited(page, "a = 1", "c"),
        lambda: with_cell(page, "c", after="b"),
        lambda: commented(page, {"b": "c"}),
    ):
        with pytest.raises(ValueError, match=r"stands|holds|begins"):
            change()
