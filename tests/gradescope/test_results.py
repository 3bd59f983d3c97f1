"""`results.json` of a record: the documented form, the table of states, and what a student may read."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import record as records
from grader.exchange.exports import Filed, Order
from grader.exchange.exports.gradescope import results, written
from grader.record import Showing
from grader.report.words import Words
from tests.ci_action.records import DUE, HOSTILE, ONLY_HIDDEN, passed, record, stopped
from tests.gradescope.results_schema import SCHEMA

WORDS = Words.load(None)


def read(content: bytes) -> dict:
    told = json.loads(content)
    jsonschema.validate(told, SCHEMA)
    return told


def by_id(told: dict) -> dict[str, dict]:
    return {test["tags"][0]: test for test in told["tests"]}


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("made", [record(), passed(), stopped("ValueError"), record(HOSTILE)])
def test_every_record_has_the_documented_form(made, lang):
    told = read(results(made, WORDS, lang))
    assert told["score"] == made.score
    assert told["extra_data"]["max_score"] == made.max_score
    assert told["stdout_visibility"] == "hidden"


def test_states_are_those_of_the_table():
    tests = by_id(read(results(record(), WORDS, "en")))
    assert (tests["test_names"]["status"], tests["test_names"]["score"]) == ("passed", 1.0)
    assert (tests["test_call"]["status"], tests["test_call"]["score"]) == ("failed", 0.0)
    assert (tests["test_waits"]["status"], tests["test_waits"]["score"]) == ("failed", 0.0)
    assert "call" in tests["test_waits"]["output"]
    assert "status" not in tests["test_unclear"]
    assert "status" not in tests["test_by_hand"]
    assert "test_ours" not in tests
    assert (tests["test_half"]["score"], tests["test_half"]["max_score"]) == (1.0, 2.0)
    assert "Half: Net" in tests["test_half"]["output"]


def test_what_broke_on_our_side_is_said_and_not_counted():
    told = read(results(record(), WORDS, "en"))
    assert told["extra_data"]["broken"] == ["test_ours"]
    assert set(told["extra_data"]["undecided"]) == {"test_unclear", "test_by_hand"}
    assert "Something of ours broke" in told["output"]
    assert sum(test["max_score"] for test in told["tests"]) == record().max_score


def test_rows_that_need_review_have_no_total_unless_asked_for():
    blank = read(results(record(), WORDS, "en", provisional=False))
    assert "score" not in blank
    assert "score" not in by_id(blank)["test_unclear"]
    assert by_id(blank)["test_names"]["score"] == 1.0
    assert read(results(record(), WORDS, "en"))["score"] == 2.0


@pytest.mark.parametrize(
    ("showing", "visibility", "said"),
    [
        (Showing(), "visible", True),
        (Showing("after_due", DUE), "after_due_date", True),
        (Showing("never"), "visible", False),
    ],
)
def test_hidden_findings_follow_the_lesson(showing, visibility, said):
    content = results(record(showing=showing), WORDS, "en")
    assert ONLY_HIDDEN.encode() not in content
    assert b"abba" not in content
    test = by_id(read(content))["test_secret[#1]"]
    assert test["visibility"] == visibility
    headline = WORDS.said("call.failed", {}, "en").headline.replace("`", "")
    assert (headline in test["output"]) is said
    assert by_id(read(content))["test_call"]["visibility"] == "visible"


def test_no_control_character_reaches_the_file():
    content = results(record(HOSTILE), WORDS, "en").decode()
    told = [told for told in strings(json.loads(content)) if any(c in told for c in "\x1b\x00\u202e\r")]
    assert not told
    assert "set-output" in content


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80), st.text(min_size=1, max_size=20))
def test_any_text_gives_a_file_of_the_documented_form(text, name):
    made = record(text, student=name, student_id=name, notebook=name)
    read(results(made, WORDS, "en"))
    read(results(stopped(text), WORDS, "ko"))


def test_one_record_is_a_file_and_several_are_a_folder():
    filed = [
        Filed(Path("kim.json"), passed()),
        Filed(Path("x.json"), record(student="../x", student_id="../x")),
    ]
    one = written(Order(filed[:1]))
    assert one.content is not None
    assert read(one.content)["score"] == 4.0
    both = written(Order(filed))
    assert both.content is None
    assert set(both.parts) == {"tiny/kim.json", *[p for p in both.parts if p.startswith("tiny/x-")]}
    assert len(both.parts) == len(both.outcomes) == 2
    assert "score" not in read(next(c for p, c in both.parts.items() if p != "tiny/kim.json"))


def test_a_record_that_was_read_back_gives_the_same_bytes():
    again = records.decode(records.encode(record()))
    assert results(again, WORDS, "en") == results(record(), WORDS, "en")


def strings(value: object) -> list[str]:
    if isinstance(value, dict):
        return [found for one in [*value, *value.values()] for found in strings(one)]
    if isinstance(value, list):
        return [found for one in value for found in strings(one)]
    return [value] if isinstance(value, str) else []
