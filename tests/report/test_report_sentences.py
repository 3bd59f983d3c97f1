"""Sentences: facts in, numbers as a reader wants them, nothing that could harm a reader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.sentences import (
    clean,
    fill,
    one_line,
    placeholders,
    said_number,
    said_seconds,
    short_number,
)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3, "3"),
        (3.0, "3"),
        (12345, "12,345"),
        (0.123456, "0.123"),
        (1.13, "1.13"),
        (1234.5, "1234"),
        (12345.6, "12,346"),
        (1e-5, "10⁻⁵"),
        (2.5e-7, "2.5·10⁻⁷"),
        (1e300, "10³⁰⁰"),
        (10**300, "10³⁰⁰"),
        (-(10**400), "-inf"),
        (True, "true"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_numbers_are_said_shortly(value: float, said: str) -> None:
    assert said_number(value) == said


def test_a_small_cell_keeps_two_decimals_and_tiny_numbers_stay_visible() -> None:
    assert [short_number(value) for value in (0.0, 0.4, 113.2, 2e-6)] == ["0", "0.40", "113", "2·10⁻⁶"]


def test_seconds_keep_their_tenths_while_they_are_few() -> None:
    assert [said_seconds(value) for value in (0.04, 3.14, 9.96, 41.4, 12345.0)] == [
        *("0.0", "3.1", "10", "41", "12,345"),
    ]


def test_a_format_says_a_fraction_as_a_percentage() -> None:
    assert fill("Up to {worst:.0%} of {of} rows.", {"worst": 1.13, "of": 4}) == "Up to 113% of 4 rows."


def test_a_sentence_without_its_fact_is_dropped_and_the_others_stay() -> None:
    template = "Cell {cell} stopped. The nearest name is `{nearest}`. The rest ran."
    assert fill(template, {"cell": 3}) == "Cell 3 stopped. The rest ran."
    assert fill("{nothing}", {}) == ""


def test_a_format_that_does_not_fit_the_fact_never_raises() -> None:
    assert fill("{n:.0%} and {m:d}.", {"n": "many", "m": 0.5}) == "many and 0.5."


@pytest.mark.parametrize("template", ["{facts.__class__}", "{facts[0]}", "{0}", "{}", "{name!r}"])
def test_a_placeholder_is_a_plain_name(template: str) -> None:
    with pytest.raises(ValueError, match="plain name"):
        placeholders(template)


def test_a_fact_cannot_open_a_code_span_or_a_placeholder_of_its_own() -> None:
    assert fill("We called `{call}`.", {"call": "a`b{cell}", "cell": 1}) == "We called `a'b{cell}`."


def test_escape_sequences_and_marks_that_reorder_are_gone() -> None:
    assert clean("\x1b[31mred\x1b[0m \x1b]0;title\x07\x9b1m a\u202eb\u2066c\u200b\x00\ufeff") == "red 1m abc"


@given(st.text(max_size=400))
def test_no_text_keeps_a_control_character(text: str) -> None:
    kept = clean(text)
    assert not any((ord(letter) < 32 and letter not in "\t\n") or 127 <= ord(letter) < 160 for letter in kept)
    assert "\n" not in one_line(text)
    kept.encode()


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text() | st.floats() | st.integers() | st.booleans()))
def test_filling_never_raises(facts: dict[str, str | float | int | bool]) -> None:
    assert isinstance(fill("A {a:.2f} is. B {b} is {a:,}!", facts), str)
