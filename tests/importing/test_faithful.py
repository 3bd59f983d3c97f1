"""A translated test says what the test itself says beside the student's code, of right answers and wrong."""

from __future__ import annotations

import pytest

from grader.importing.setting import Setting
from grader.importing.translating import translate
from tests.importing.corpus import GIVEN, PLAIN, TESTS, TORCH
from tests.importing.playing import natively, translated_passes

EVERY = {**TORCH, **PLAIN}
SETTING = Setting((GIVEN,), tuple(answers[0] for answers in EVERY.values()))


def notebooks() -> list[tuple[str, list[str]]]:
    """The right notebook, and one for each other answer."""
    right = {name: answers[0] for name, answers in EVERY.items()}
    found = [("right", [GIVEN, *right.values()])]
    for name, answers in EVERY.items():
        for number, answer in enumerate(answers[1:], start=1):
            found.append((f"{name} {number}", [GIVEN, *{**right, name: answer}.values()]))
        found.append((f"{name} missing", [GIVEN, *{**right, name: "pass"}.values()]))
    return found


@pytest.mark.parametrize("test", TESTS)
def test_it_says_what_the_test_says(test: str) -> None:
    translated = translate(test, SETTING)
    wrong = []
    for name, cells in notebooks():
        native = natively(cells, _runnable(test))
        if translated_passes(cells, translated) != native:
            wrong.append(f"{name}: natively {native}")
    assert not wrong, f"{translated.weak}: {wrong}\n{translated.body}"


def test_most_of_them_are_judged_on_our_side() -> None:
    weak = [test for test in TESTS if translate(test, SETTING).weak is not None]
    assert len(weak) < len(TESTS) / 4


def _runnable(test: str) -> str:
    """`nose` itself runs on no Python of today."""
    return test.replace(
        "from nose.tools import assert_equal, assert_raises",
        "import unittest\nassert_equal = unittest.TestCase().assertEqual\n"
        "assert_raises = unittest.TestCase().assertRaises",
    )
