"""What a page must never show or do: hidden facts, our internals, scripts, remote addresses, endless size."""

from __future__ import annotations

import re

import pytest
from hostile_records import hostile_record
from outline import Outline
from sample_evidence import EVERY_KIND
from sample_records import SECRET_FACT, SECRET_TOKEN, check, packed_record, passed_record, stopped_record

from grader.record import Cell, Finding, Output, Run
from grader.report.page import LARGEST, instructor_page, student_page
from grader.report.words import Words


def test_a_hidden_check_shows_students_our_words_alone(words: Words) -> None:
    record = packed_record()
    for lang in ("en", "ko"):
        page = student_page(record, words, lang)
        assert SECRET_TOKEN not in page
        assert str(SECRET_FACT) not in page
        assert "0.873" not in page
        assert "11 of 60" not in page
        assert "60개 중" not in page
        assert "--only test_learns_hidden_words" not in page
    text = Outline(student_page(record, words, "en"), "en").text
    assert "The network learns words it has not seen" in text
    assert "Your network does not learn the words" in text
    assert "learned the old ones by heart" in text
    assert "What of the word reaches the last layer?" in text
    hidden = text[
        text.index("Your network does not learn the words") : text.index("Your tagger returns another")
    ]
    assert "We saw" not in hidden
    assert "output[:, -1]" not in hidden


def test_the_facts_of_hidden_checks_stay_hidden_in_every_state(words: Words) -> None:
    for state in ("failed", "undecided", "broken", "passed", "blocked", "manual"):
        facts = {"error": SECRET_TOKEN, "call": SECRET_TOKEN, "text": SECRET_TOKEN, "name": SECRET_TOKEN}
        found = [
            Finding(code, SECRET_TOKEN, facts, EVERY_KIND)
            for code in ("call.failed", "check.assertion", "name.missing")
        ]
        record = packed_record(checks=[check("test_shapes", state, visibility="hidden", findings=found)])
        page = student_page(record, words, "en")
        assert SECRET_TOKEN not in page, state
        assert "weight_hh_l0" not in page, state
        if state != "blocked":
            assert SECRET_TOKEN in instructor_page(record, words, "en"), state


def test_the_instructor_sees_everything_and_the_notes(words: Words) -> None:
    page = instructor_page(packed_record(), words, "en")
    text = Outline(page, "en").text
    assert SECRET_TOKEN in text
    assert "11 of 60 hidden words were right." in text
    assert "Cell 4 had printed something else." in text
    assert "A note without words: 김민지" in text
    assert "7f3a9c21" * 8 in text
    assert "Cell 4 had printed" not in student_page(packed_record(), words, "en")


def test_our_fault_shows_the_student_no_internals(words: Words) -> None:
    assert "KeyError" not in student_page(packed_record(), words, "en")
    assert "KeyError" in instructor_page(packed_record(), words, "en")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_nothing_hostile_survives(lang: str, words: Words) -> None:
    for render in (student_page, instructor_page):
        page = render(hostile_record(), words, lang)
        outline = Outline(page, lang)
        for tag, attrs in outline.tags:
            assert tag not in {"script", "iframe", "form", "base", "link", "object", "embed"}
            for name, value in attrs.items():
                assert not name.startswith("on"), (tag, name)
                if name in {"href", "src", "action"}:
                    assert str(value).startswith(("#", "data:image/")), (tag, value)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
        assert page.count("<style>") == 1
        assert "http-equiv=refresh" not in page
        styles = {str(attrs["style"]) for _, attrs in outline.tags if "style" in attrs}
        assert all(re.fullmatch(r"--[nv]:[\d.e+]+", style) for style in styles), styles


def test_the_page_forbids_scripts_and_every_remote_address(words: Words) -> None:
    page = student_page(packed_record(), words, "en")
    assert (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        in page
    )
    assert "script" not in page
    assert "http:" not in page
    assert "https:" not in page


def test_a_typical_page_fits_its_budget(words: Words) -> None:
    for record in (packed_record(), stopped_record(), passed_record()):
        assert len(student_page(record, words, "en").encode()) <= 100 * 1024


def test_no_page_grows_without_bounds(words: Words) -> None:
    loud = Output("stream", "stdout", {"text/plain": "&" * 200_000})
    rich = Output("display", "", {"text/html": "<b>&</b>" * 25_000})
    many = [Cell("code", "print()", at + 1, outputs=[loud, rich] * 5) for at in range(40)]
    record = packed_record(run=Run("finished", None, None, 1.0, None, many))
    page = student_page(record, words, "en")
    assert len(page.encode()) <= LARGEST
    assert "Further outputs were left out" in page


def test_sources_too_long_for_a_page_are_left_out(words: Words) -> None:
    many = [Cell("code", "&" * 30_000, at + 1) for at in range(200)]
    page = student_page(packed_record(run=Run("finished", None, None, 1.0, None, many)), words, "en")
    assert len(page.encode()) <= LARGEST
    assert "Four things to fix." in page
