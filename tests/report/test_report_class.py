"""The class page and the gradebook."""

from __future__ import annotations

import csv
import io

import msgspec
from class_records import class_records
from hostile_records import hostile_record
from outline import Outline
from sample_records import packed_record, passed_record, stopped_record, unreadable_record

from grader.report.class_view import clusters, health, histogram, needing
from grader.report.gradebook import gradebook_csv, quoted
from grader.report.overview import class_page
from grader.report.words import Words


def test_the_class_page_says_what_to_teach_next(words: Words) -> None:
    text = " ".join(Outline(class_page(class_records(), words, "en"), "en").text.split())
    assert "What to teach next: “Your loss divides by padded steps, too”" in text
    assert "24 submissions. 9 of 24 make this mistake." in text
    korean = " ".join(Outline(class_page(class_records(), words, "ko"), "ko").text.split())
    assert "다음 수업에서 다룰 것: “손실을 나눌 때 패딩까지 셉니다”" in korean


def test_a_stopped_notebook_is_nothing_to_teach() -> None:
    records = [stopped_record(f"s{at}") for at in range(5)] + [packed_record()]
    assert [one.code for one in clusters(records) if one.teachable and len(one.records) > 1] == []
    assert clusters(records)[0].code in {"notebook.cell_failed", "name.missing"}


def test_who_needs_a_person_comes_in_order_of_urgency() -> None:
    undecided = msgspec.structs.replace(
        packed_record("u"), checks=[one for one in packed_record().checks if one.state != "broken"]
    )
    records = [passed_record(), stopped_record(), undecided, packed_record("broken")]
    assert [record.student for record in needing(records)] == ["broken", "u", "park-seo"]


def test_students_link_to_the_files_the_caller_names_and_to_no_others(words: Words) -> None:
    page = class_page(class_records(), words, "en", {"20241201": "김민지", "20241200": "a b#c?"})
    links = {str(attrs["href"]) for tag, attrs in Outline(page, "en").tags if tag == "a"}
    outside = {link for link in links if not link.startswith("#")}
    assert outside == {"%EA%B9%80%EB%AF%BC%EC%A7%80.html", "a%20b%23c%3F.html"}


def test_every_link_within_leads_somewhere(words: Words) -> None:
    outline = Outline(class_page(class_records(), words, "ko"), "ko")
    assert {str(attrs["href"])[1:] for tag, attrs in outline.tags if tag == "a"} <= set(outline.ids())


def test_the_matrix_has_a_row_for_each_student_and_a_column_for_each_check(words: Words) -> None:
    page = class_page(class_records(), words, "en")
    matrix = page[page.index('<table class="matrix">') :]
    body = matrix[matrix.index("<tbody>") : matrix.index("</tbody>")]
    assert body.count("<tr>") == 24
    assert body.count("<td") == 24 * (14 + 3)
    assert "8 of 20" in Outline(page, "en").text


def test_health_finds_checks_that_tell_nothing() -> None:
    fared = {one.check.id: one for one in health(class_records())}
    assert fared["test_gradient_reaches"].broken == 1
    assert fared["test_names_are_there"].passed == fared["test_names_are_there"].counted
    assert fared["test_masked_loss"].passed == 11


def test_the_histogram_counts_everybody() -> None:
    assert sum(histogram(class_records())) == 24
    assert histogram([passed_record()])[-1] == 1
    assert histogram([unreadable_record()])[0] == 1


def test_an_empty_class_and_a_class_of_one_have_a_page(words: Words) -> None:
    assert "No submission has been graded yet." in Outline(class_page([], words, "en"), "en").text
    assert "1 submission." in Outline(class_page([packed_record()], words, "en"), "en").text
    Outline(class_page([unreadable_record()], words, "ko"), "ko")


def test_a_class_of_two_hundred_fits_its_budget(words: Words) -> None:
    files = {record.student_id: record.student for record in class_records(200)}
    assert len(class_page(class_records(200), words, "en", files).encode()) <= 300 * 1024


def test_hostile_names_are_only_text(words: Words) -> None:
    page = class_page([hostile_record(), packed_record()], words, "en", {hostile_record().student_id: "x-1"})
    assert not {"script", "svg", "iframe"} & {tag for tag, _ in Outline(page, "en").tags}


def test_the_gradebook_reads_back_with_every_check() -> None:
    text = gradebook_csv(class_records())
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert len(rows) == 24
    kim = next(row for row in rows if row["student"] == "김민지")
    assert (kim["student_id"], kim["score"], kim["max_score"], kim["run"]) == (
        "20241201",
        "8",
        "20",
        "finished",
    )
    assert (kim["test_padding_changes_nothing"], kim["test_pad_batch"]) == ("0", "2")
    assert kim["test_gradient_reaches"] == kim["test_tagger_is_causal"] == ""


def test_no_cell_of_the_gradebook_is_a_formula() -> None:
    for name in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\x00=1"):
        assert quoted(name).startswith("'"), name
    assert quoted("김민지, \x1b[31mA") == "김민지, A"
    rows = list(csv.reader(io.StringIO(gradebook_csv([packed_record("=cmd()")]))))
    assert rows[1][0] == "'=cmd()"
