"""The student's page: what stands where, in which order, and that it is well formed."""

from __future__ import annotations

import re

import msgspec
import pytest
from hostile_records import hostile_record
from outline import Outline
from sample_cells import png
from sample_evidence import EVERY_KIND
from sample_records import (
    check,
    packed_record,
    padding_finding,
    passed_record,
    stopped_record,
    unreadable_record,
    untouched_record,
)

from grader.record import Finding, Record, Where
from grader.report.page import instructor_page, student_page
from grader.report.view import groups, openings, run_place, underlined, waits
from grader.report.words import Words


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    "make",
    [packed_record, passed_record, stopped_record, unreadable_record, untouched_record, hostile_record],
)
def test_every_page_is_well_formed_and_its_links_lead_somewhere(
    make: object, lang: str, words: Words
) -> None:
    record: Record = make()  # type: ignore[operator]
    for render in (student_page, instructor_page):
        outline = Outline(render(record, words, lang), lang)
        ids = outline.ids()
        assert len(ids) == len(set(ids))
        for tag, attrs in outline.tags:
            if tag == "a":
                assert str(attrs["href"]).startswith("#")
                assert str(attrs["href"])[1:] in ids


def test_the_verdict_says_what_to_fix_first_and_what_it_opens(words: Words) -> None:
    text = " ".join(Outline(student_page(packed_record(), words, "en"), "en").text.split())
    assert "Four things to fix." in text
    assert "Start with Padding changes nothing. 2 more checks wait for it, so it opens 6 points." in text
    korean = " ".join(Outline(student_page(packed_record(), words, "ko"), "ko").text.split())
    assert "네 가지를 고치면 됩니다." in korean
    assert "6점" in korean


def test_points_of_checks_that_wait_in_turn_are_opened_too() -> None:
    record = packed_record()
    assert openings(record)["test_padding_changes_nothing"].points == 3 + 2 + 1
    assert openings(record)["test_padding_changes_nothing"].waiting == 2
    assert groups(record).failed[0].id == "test_padding_changes_nothing"


def test_what_waits_is_said_once_for_each_thing_it_waits_for(words: Words) -> None:
    record = untouched_record()
    found = [(root.id if root else None, [one.id for one in checks]) for root, checks in waits(record)]
    assert found == [
        ("test_shapes", ["test_any_batch_size", "test_deterministic"]),
        ("test_tagger_shapes", ["test_tagger_is_causal"]),
    ]
    page = student_page(record, words, "en")
    assert page.count("We will check these once") == 1
    assert page.count("We will check this once") == 1


def test_a_card_that_says_what_an_earlier_one_said_is_folded(words: Words) -> None:
    page = student_page(untouched_record(), words, "en")
    assert len(re.findall(r'<article class="check failed" id="[^"]*"><details open>', page)) == 1
    assert len(re.findall(r'<article class="check failed" id="[^"]*"><details>', page)) == 2


@pytest.mark.parametrize(
    ("token", "seen"), [("self.rnn(", "self.rnn"), ("view(-1)", "view(-1)"), (" x[0]", "x[0]"), ("", "")]
)
def test_the_part_to_look_at_ends_where_its_name_ends(token: str, seen: str) -> None:
    assert underlined(Where(1, 1, ["out, _ = self.rnn(x)"], 0, token)) == seen


def test_checks_that_wait_for_one_another_do_not_hang_us() -> None:
    circle = [
        check("test_a", "blocked", 1, waits_for="test_b"),
        check("test_b", "blocked", 1, waits_for="test_a"),
    ]
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
    page = student_page(
        packed_record(checks=[check("test_shapes", "failed", findings=[finding])]), words, "en"
    )
    text = Outline(page, "en").text
    for said in (
        "0.77",
        "1.13",
        "고프다",
        "Largest relative difference anywhere: 0.5",
        "[0, 2]",
        "weight_hh_l0",
        "net2",
    ):
        assert said in text
    # One more for the losses that the notebook printed.
    assert page.count("<figure") == len(EVERY_KIND) + 1
    assert 'aria-label="The loss over 60 steps: from 2.7 to 0.105."' in page
    assert re.search(r'<td class="bad"><b class="x"[^>]*>✗</b><span class="sr">', page)


def test_a_stopped_notebook_comes_first_and_shows_its_line(words: Words) -> None:
    text = " ".join(Outline(student_page(stopped_record(), words, "en"), "en").text.split())
    assert "Start with cell 6, where your notebook stops" in text
    assert text.index("Your notebook stops in cell 6") < text.index("Your notebook defines no Net")
    assert "NameError: name 'nn' is not defined" in text


def test_a_file_that_cannot_be_read_still_has_a_page(words: Words) -> None:
    text = Outline(student_page(unreadable_record(), words, "en"), "en").text
    assert "Nothing in this file can be graded." in text
    assert "JSON. The place is line 1, column 1." in text
    assert text.count("This file cannot be read as a notebook") == 1


def test_all_passed_says_so_without_praise(words: Words) -> None:
    text = Outline(student_page(passed_record(), words, "en"), "en").text
    assert "All 14 checks pass." in text
    assert "Needs work" not in text


def test_a_person_s_word_is_shown_and_counts(words: Words) -> None:
    text = " ".join(Outline(student_page(packed_record(), words, "en"), "en").text.split())
    assert "Points given by a person: 1 point. The idea is right: half of the points." in text


def test_cards_link_to_the_cell_they_are_about(words: Words) -> None:
    page = student_page(packed_record(), words, "en")
    assert 'href="#cell-6"' in page
    assert 'id="cell-6"' in page


def test_the_notebook_is_readable(words: Words) -> None:
    page = student_page(packed_record(), words, "en")
    assert '<i class="k">def</i> <i class="d">pad_batch</i>' in page
    assert "<strong>결과를 바꾸지 않도록</strong>" in page
    assert f'src="data:image/png;base64,{png()}"' in page
    assert "UserWarning: the epoch is long" in page
    assert "\x1b" not in page
    assert "dataframe" not in page
    assert "<td>hello</td>" in page


def test_a_failed_check_without_a_finding_still_has_a_card(words: Words) -> None:
    page = student_page(packed_record(checks=[check("test_shapes", "failed")]), words, "en")
    assert "This check does not hold for your code" in Outline(page, "en").text


def test_the_record_s_own_titles_serve_where_the_lesson_has_no_words() -> None:
    text = Outline(student_page(packed_record(), Words.load(None), "en"), "en").text
    assert "padding changes nothing" in text
    assert "packed_sequence" in text


def test_the_same_record_gives_the_same_page(words: Words) -> None:
    again = msgspec.json.decode(msgspec.json.encode(packed_record()), type=Record)
    assert student_page(again, words, "ko") == student_page(packed_record(), words, "ko")


def test_the_line_at_which_a_notebook_stopped_is_quoted_from_its_cell() -> None:
    place = run_place(stopped_record())
    assert place is not None
    assert (place.cell, place.first_line, place.lines[place.marked]) == (6, 1, "class Net(nn.Module):")
    assert run_place(packed_record()) is None
    assert run_place(unreadable_record()) is None


def test_what_failed_for_nothing_but_the_run_is_said_once() -> None:
    found = groups(unreadable_record())
    assert found.failed == []
    assert len(found.echoes) == 14


def test_a_cell_links_back_to_the_card_that_shows_its_lines(words: Words) -> None:
    page = student_page(packed_record(), words, "en")
    cell = page[page.index('id="cell-6"') : page.index('id="cell-7"')]
    assert 'href="#check-test_padding_changes_nothing"' in cell
    assert 'href="#check-' not in page[page.index('id="cell-5"') : page.index('id="cell-6"')]


def test_a_cell_says_nothing_of_a_hidden_check(words: Words) -> None:
    hidden = check("test_learns_hidden_words", "failed", visibility="hidden", findings=[padding_finding()])
    for render, told in ((student_page, False), (instructor_page, True)):
        page = render(packed_record(checks=[hidden]), words, "en")
        cell = page[page.index('id="cell-6"') : page.index('id="cell-7"')]
        assert ("check-test_learns_hidden_words" in cell) is told
