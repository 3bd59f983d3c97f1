"""Each operator makes the mistakes that it is named for, and finds nothing where there is nothing to make."""

from __future__ import annotations

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from grader.mutation.free import RULES
from grader.mutation.names import ROLES, role
from grader.mutation.operators import OPERATORS
from tests.mutation.snippets import cell, changed, edits

ROOT = Path(__file__).resolve().parents[2]
CASES = tomllib.loads((Path(__file__).parent / "operators.toml").read_text("utf-8"))
BY_NAME = {operator.name: operator for operator in OPERATORS}


def codes() -> set[str]:
    """Every name that docs/findings.md lists."""
    return set(
        re.findall(r"^\| `([a-z0-9_]+\.[a-z0-9_]+)` ", (ROOT / "docs/findings.md").read_text("utf-8"), re.M)
    )


def test_every_operator_has_a_case_and_no_case_is_left_over():
    assert set(CASES) == set(BY_NAME)
    assert len(BY_NAME) == len(OPERATORS), "two operators have one name"


@pytest.mark.parametrize("name", CASES)
def test_operator_makes_its_edits(name):
    case = CASES[name]
    code = cell(case["on"].strip("\n"), case["about"])
    made = [changed(code.source, source) for _, source in edits(BY_NAME[name], code)]
    assert made == case["gives"]


@pytest.mark.parametrize("name", CASES)
def test_operator_finds_nothing_where_nothing_is(name):
    case = CASES[name]
    code = cell(case["not_on"].strip("\n"), case["about"])
    assert [source for _, source in edits(BY_NAME[name], code)] == []


@pytest.mark.parametrize("name", CASES)
def test_names_of_an_operator_exist_and_are_not_all_names(name):
    known = codes()
    assert len(known) > 150
    code = cell(CASES[name]["on"].strip("\n"), CASES[name]["about"])
    for edit, _ in edits(BY_NAME[name], code):
        names = edit.names if edit.names is not None else BY_NAME[name].names
        names = role((CASES[name]["about"],)).names if names is None else names
        assert edit.free in (None, *RULES)
        for pattern in names:
            if not pattern.startswith(("check.", "notebook.")):
                assert any(fnmatch(code, pattern) for code in known), f"no finding is called {pattern}"
        assert names or edit.free, "a wrong edit needs a name that would be true"
        assert "*" not in names


def test_roles_name_findings_that_exist():
    known = codes()
    for promised, one in ROLES.items():
        for pattern in one.names:
            assert any(fnmatch(code, pattern) for code in known), (
                f"{promised}: no finding is called {pattern}"
            )


def test_code_of_no_lesson_here_may_be_called_anything():
    assert "*" in role(("attend",)).names
    assert "*" not in role(("masked_loss",)).names


def test_an_edit_of_a_loss_is_not_accused_of_the_training_loop():
    names = role(("masked_loss",)).names
    assert not any(fnmatch("train.zero_grad_missing", pattern) for pattern in names)
    assert any(fnmatch("loss.counts_padding", pattern) for pattern in names)


def test_docstrings_say_what_each_operator_does():
    assert all(operator.make.__doc__ for operator in OPERATORS)
