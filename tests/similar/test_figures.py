"""Disguises are seen through, solutions written apart are not listed, and docs/similar.md says so."""

from __future__ import annotations

import ast
import random

import pytest

from tests.similar.code import alternatives, code, contract
from tests.similar.disguises import DISGUISES
from tests.similar.figures import same, strangers, tables, written


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguise_is_still_python_and_other_code(disguise: str) -> None:
    before = alternatives("rnn_basics")["cells_and_loops"]
    after = DISGUISES[disguise](before, contract("rnn_basics"), random.Random(1))
    assert after != before
    for cell in after:
        ast.parse(cell)
    assert all(any(name in cell for cell in after) for name in contract("rnn_basics"))


def test_every_disguise_is_seen_through_and_nobody_is_listed_without_reason() -> None:
    """On two lessons, a short and a long one."""
    lessons = ["cross_entropy", "time_series"]
    for row in same(lessons)[:-1]:
        assert row.listed == len(row.shares), row.what
    for row in strangers(lessons):
        assert row.listed == 0 < len(row.shares), row.what


@pytest.mark.slow
def test_the_page_says_what_is_measured() -> None:
    assert tables() == written()


def test_what_the_reference_says_is_nobody_s_own() -> None:
    from tests.similar.code import reference

    for lesson in ("time_series", "lstm"):
        assert code(reference(lesson), lesson).own == 0
