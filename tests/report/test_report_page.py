"""The student's page and the instructor's: what stands where, what stays hidden, what survives hostility."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest
from grader.record import Cell, Finding, Output, Record, Run
from grader.report.page import LARGEST, instructor_page, student_page
from grader.report.view import groups, openings
from grader.report.words import Words

from hostile_records import hostile_record
from sample_cells import png
from sample_records import (
    EVERY_KIND,
    SECRET_FACT,
    SECRET_TOKEN,
    check,
    packed_record,
    passed_record,
    stopped_record,
    unreadable_record,
)

VOID = {"meta", "img", "input", "br", "hr", "path"}


class Outline(HTMLParser):
    """Tags, ids, links and visible text of one language; asserts that every tag is closed in order."""

    def __init__(self, page: str, lang: str) -> None:
        super().__init__()
        self.lang, self.open, self.hidden = lang, [], 0
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            other = dict(attrs).get("lang") not in (None, self.lang) and tag != "html"
            self.open.append((tag, other or tag == "style"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open[-1][0] == tag, (self.open[-5:], tag)
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(other for _, other in self.open):
            self.text += data

    def ids(self) -> list[str]:
        return [str(attrs["id"]) for _, attrs in self.tags if "id" in attrs]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("make", [packed_record, passed_record, stopped_record, unreadable_record, hostile_record])
def test_every_page_is_well_formed_and_its_links_lead_somewhere(make: object, lang: str, words: Words) -> None:
    record: Record = make()  # type: ignore[operator]
    for render in (student_page, instructor_page):
        outline = Outline(render(record, words, lang), lang)
        ids = outline.ids()
        assert len(ids) == len(set(ids))
        for tag, attrs in outline.tags:
            if tag == "a":
                assert str(attrs["href"]).startswith("#") and str(attrs["href"])[1:] in ids


def test_the_verdict_says_what_to_fix_first_and_what_it_opens(words: Words) -> None:
    text = " ".join(Outline(student_page(packed_record(), words, "en"), "en").text.split())
    assert "Four things to fix." in text
    assert "Start with Padding changes nothing. 2 more checks wait for it, so it opens 6 points." in text
    korean = " ".join(Outline(student_page(packed_record(), words, "ko"), "ko").text.split())
    assert "네 가지를 고치면 됩니다." in korean and "6점" in korean


def test_points_of_checks_that_wait_in_turn_are_opened_too() -> None:
    record = packed_record()
    assert openings(record)["test_padding_changes_nothing"].points == 3 + 2 + 1
    assert openings(record)["test_padding_changes_nothing"].waiting == 2
    assert groups(record).failed[0].id == "test_padding_changes_nothing"


def test_checks_that_wait_for_one_another_do_not_hang_us() -> None:
    circle = [check("test_a", "blocked", 1, waits_for="test_b"), check("test_b", "blocked", 1, waits_for="test_a")]
    assert openings(packed_record(checks=circle)) == {}


def test_a_failed_card_has_its_seven_parts(words: Words) -> None:
    text = Outline(student_page(packed_record(), words, "en", source="my notebook.ipynb"), "en").text
    for part in (
        "Padding changes what your network says",
        "We ran 4 words alone",
        "The same answer for each word either way",
        "3 of 4 words changed",
        "How strongly each word",
        "output[:, -1]",
        "depending on who sits next to it",
        "What tells it where each word ends?",
        "grader check 'my notebook.ipynb' --only test_padding_changes_nothing",
    ):
        assert part in text
    assert "<mark>output[:, -1]</mark>" in student_page(packed_record(), words, "en")


def test_every_kind_of_evidence_is_drawn_with_its_numbers(words: Words) -> None:
    finding = Finding("shape.wrong", "", {}, EVERY_KIND)
    page = student_page(packed_record(checks=[check("test_shapes", "failed", findings=[finding])]), words, "en")
    text = Outline(page, "en").text
    for said in ("0.77", "1.13", "고프다", "Largest relative difference anywhere: 0.5", "[0, 2]", "weight_hh_l0", "net2"):
        assert said in text
    assert page.count("<figure") == len(EVERY_KIND)
    assert 'aria-label="loss over 60 steps, from 2.7 to 0.105."' in page
    assert re.search(r'<td class="bad"><b class="x"[^>]*>✗</b><span class="sr">', page)


def test_a_hidden_check_shows_students_our_words_alone(words: Words) -> None:
    record = packed_record()
    for lang in ("en", "ko"):
        page = student_page(record, words, lang)
        assert SECRET_TOKEN not in page and str(SECRET_FACT) not in page and "0.873" not in page
        assert "11 of 60" not in page and "60개 중" not in page
        assert "--only test_learns_hidden_words" not in page
    text = Outline(student_page(record, words, "en"), "en").text
    assert "The network learns words it has not seen" in text
    assert "Your network does not learn the words" in text
    assert "learned the old ones by heart" in text and "What of the word reaches the last layer?" in text
    hidden = text[text.index("Your network does not learn the words") : text.index("Your tagger returns another")]
    assert "We saw" not in hidden and "output[:, -1]" not in hidden


def test_the_facts_of_hidden_checks_stay_hidden_in_every_state(words: Words) -> None:
    for state in ("failed", "undecided", "broken", "passed", "blocked", "manual"):
        facts = {"error": SECRET_TOKEN, "call": SECRET_TOKEN, "text": SECRET_TOKEN, "name": SECRET_TOKEN}
        found = [
            Finding(code, SECRET_TOKEN, facts, EVERY_KIND) for code in ("call.failed", "check.assertion", "name.missing")
        ]
        record = packed_record(checks=[check("test_shapes", state, visibility="hidden", findings=found)])
        page = student_page(record, words, "en")
        assert SECRET_TOKEN not in page and "weight_hh_l0" not in page, state
        if state != "blocked":
            assert SECRET_TOKEN in instructor_page(record, words, "en"), state


def test_the_instructor_sees_everything_and_the_notes(words: Words) -> None:
    page = instructor_page(packed_record(), words, "en")
    text = Outline(page, "en").text
    assert SECRET_TOKEN in text and "11 of 60 hidden words were right." in text
    assert "Cell 4 had printed something else." in text and "A note without words: 김민지" in text
    assert "7f3a9c21" * 8 in text
    assert "Cell 4 had printed" not in student_page(packed_record(), words, "en")


def test_our_fault_shows_the_student_no_internals(words: Words) -> None:
    assert "KeyError" not in student_page(packed_record(), words, "en")
    assert "KeyError" in instructor_page(packed_record(), words, "en")


def test_a_stopped_notebook_comes_first_and_shows_its_line(words: Words) -> None:
    text = " ".join(Outline(student_page(stopped_record(), words, "en"), "en").text.split())
    assert "Start with cell 6, where your notebook stops" in text
    assert text.index("Your notebook stops in cell 6") < text.index("Your notebook defines no Net")
    assert "NameError: name 'nn' is not defined" in text


def test_a_file_that_cannot_be_read_still_has_a_page(words: Words) -> None:
    text = Outline(student_page(unreadable_record(), words, "en"), "en").text
    assert "Nothing in this file can be graded." in text and "no JSON at line 1, column 1" in text


def test_all_passed_says_so_without_praise(words: Words) -> None:
    text = Outline(student_page(passed_record(), words, "en"), "en").text
    assert "All 14 checks pass." in text and "Needs work" not in text


def test_a_person_s_word_is_shown_and_counts(words: Words) -> None:
    text = " ".join(Outline(student_page(packed_record(), words, "en"), "en").text.split())
    assert "Set by a person: 1 point. The idea is right: half of the points." in text


def test_cards_link_to_the_cell_they_are_about(words: Words) -> None:
    page = student_page(packed_record(), words, "en")
    assert 'href="#cell-6"' in page and 'id="cell-6"' in page


def test_the_notebook_is_readable(words: Words) -> None:
    page = student_page(packed_record(), words, "en")
    assert '<i class="k">def</i> <i class="d">pad_batch</i>' in page
    assert "<strong>결과를 바꾸지 않도록</strong>" in page
    assert f'src="data:image/png;base64,{png()}"' in page
    assert "UserWarning: the epoch is long" in page and "\x1b" not in page
    assert "dataframe" not in page and "<td>hello</td>" in page


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
        assert page.count("<style>") == 1 and "http-equiv=refresh" not in page
        styles = {str(attrs["style"]) for _, attrs in outline.tags if "style" in attrs}
        assert all(re.fullmatch(r"--[nv]:[\d.e+]+", style) for style in styles), styles


def test_the_page_forbids_scripts_and_every_remote_address(words: Words) -> None:
    page = student_page(packed_record(), words, "en")
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" in page
    assert "script" not in page and "http:" not in page and "https:" not in page


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
    assert len(page.encode()) <= LARGEST and "Four things to fix." in page


def test_a_failed_check_without_a_finding_still_has_a_card(words: Words) -> None:
    page = student_page(packed_record(checks=[check("test_shapes", "failed")]), words, "en")
    assert "This check does not hold for your code" in Outline(page, "en").text


def test_the_record_s_own_titles_serve_where_the_lesson_has_no_words() -> None:
    text = Outline(student_page(packed_record(), Words.load(None), "en"), "en").text
    assert "padding changes nothing" in text and "packed_sequence" in text


def test_the_same_record_gives_the_same_page(words: Words) -> None:
    again = msgspec.json.decode(msgspec.json.encode(packed_record()), type=Record)
    assert student_page(again, words, "ko") == student_page(packed_record(), words, "ko")
