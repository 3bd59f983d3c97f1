"""The class page and the gradebook."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re

import msgspec
import pytest
from class_records import class_records
from hostile_records import hostile_record
from invented_class import MISTAKES, invented_class
from outline import Outline
from sample_records import packed_record, passed_record, stopped_record, unreadable_record

from grader.record import Finding
from grader.report.causes import causes
from grader.report.class_view import Cluster, clusters, health, histogram, needing
from grader.report.gradebook import gradebook_csv, quoted
from grader.report.overview import class_page
from grader.report.page import instructor_page, student_page
from grader.report.prose import Prose
from grader.report.sentences import Fact
from grader.report.teaching import headline
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
    assert outside == {"instructor/%EA%B9%80%EB%AF%BC%EC%A7%80.html", "instructor/a%20b%23c%3F.html"}


def test_every_link_within_leads_somewhere(words: Words) -> None:
    outline = Outline(class_page(class_records(), words, "ko"), "ko")
    assert {str(attrs["href"])[1:] for tag, attrs in outline.tags if tag == "a"} <= set(outline.ids())


def test_the_matrix_has_a_row_for_each_student_and_a_column_for_each_check(words: Words) -> None:
    page = class_page(class_records(), words, "en")
    matrix = page[page.index('<table class="matrix">') :]
    body = matrix[matrix.index("<tbody>") : matrix.index("</tbody>")]
    assert body.count("<tr>") == body.count("</tr>") == 24
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


@pytest.mark.parametrize(("size", "most"), [(200, 300), (1000, 1000)])
def test_a_large_class_fits_its_budget(size: int, most: int, words: Words) -> None:
    records = invented_class(size)
    files = {record.student_id: f"{record.student}-{record.student_id}" for record in records}
    page = class_page(records, words, "ko", files)
    assert page.count("<tr>") > size
    assert len(page.encode()) <= most * 1024


def test_a_long_table_is_cut_into_groups_that_say_their_size(words: Words) -> None:
    for size, said in ((100, []), (101, [50, 50, 1]), (230, [50, 50, 50, 50, 30])):
        outline = Outline(class_page(invented_class(size), words, "en"), "en")
        groups = [attrs.get("style") for tag, attrs in outline.tags if tag == "tbody"]
        assert [one for one in groups if one] == [f"--rows:{rows}" for rows in said]
        (table,) = [attrs for _, attrs in outline.tags if "matrix" in str(attrs.get("class"))]
        assert table.get("style") == ("--checks:14" if said else None)


def test_a_row_has_no_element_but_its_cells_and_one_link(words: Words) -> None:
    records = invented_class(150)
    files = {record.student_id: record.student_id for record in records}
    page = class_page(records, words, "en", files)
    body = page[page.index("<tbody", page.index('<table class="matrix')) : page.index("<tfoot>")]
    assert len(re.findall(r"<(?:td|th|tr|a)\b", body)) == 150 * (14 + 3 + 1 + 1 + 1)
    others = set(re.findall(r"<(\w+)", body)) - {"td", "th", "tr", "a", "tbody"}
    assert others <= {"span"}, "what is said in two languages, of the few that did not finish"
    assert set(re.findall(r"<td class=\"p\">.*?</td>", body)) == {'<td class="p">✓</td>'}


def test_an_invented_class_is_the_same_every_time_and_makes_every_mistake() -> None:
    assert invented_class(30) == invented_class(30)
    records = invented_class(200)
    found = {one.code for one in clusters(records)}
    assert {code for _, _, ways in MISTAKES for code, _ in ways} <= found
    assert {one.state for record in records for one in record.checks} >= {"broken", "undecided", "blocked"}
    assert {record.run.state for record in records} >= {
        "finished",
        "cell_failed",
        "out_of_time",
        "unreadable",
    }


def test_who_share_a_mistake_are_told_apart_by_how_they_made_it(words: Words) -> None:
    prose = Prose(words, "en")
    met = {one.code: one for one in clusters(invented_class(200))}

    def said(code: str) -> list[tuple[str, int]]:
        return [(Outline(str(way.said), "en").text, way.count) for way in causes(met[code], prose)]

    kinds = dict(said("call.failed"))
    assert set(kinds) <= {"RuntimeError", "TypeError", "IndexError"}
    assert sum(kinds.values()) == len(met["call.failed"].records)
    assert {name for name, _ in said("axis.batch_time_swapped")} == {"Net", "Tagger"}
    assert said("packing.reads_padding") == [], "all are alike"
    counts = [count for _, count in said("call.failed")]
    assert counts == sorted(counts, reverse=True)


def test_causes_hold_nothing_that_a_student_named(words: Words) -> None:
    odd = [
        Finding("call.failed", "", {"name": name, "type": kind})
        for name, kind in [("f", "<b>Evil"), ("f", "Evil"), ("<i>x", "TypeError"), ("f", "TypeError")]
    ]
    check = passed_record().checks[0]
    cluster = Cluster("call.failed", check, [passed_record()] * 4, odd, [check] * 4)
    ways = causes(cluster, Prose(words, "en"))
    assert [(Outline(str(way.said), "en").text, way.count) for way in ways] == [
        ("TypeError", 2),
        ("otherwise", 2),
    ]


def test_a_headline_is_that_of_the_variant_which_all_share_and_says_no_fact(words: Words) -> None:
    def of(*facts: dict[str, Fact]) -> str:
        return headline([Finding("output.cut_at_zero", "", one) for one in facts], words, "en")

    general, answers = "Scores below 0 are cut off", "With some weights the answer is 0, whatever goes in"
    assert of({"cut": "answer"}) == of({"cut": "answer", "name": "Net"}, {"cut": "answer"}) == answers
    assert of({}) == of({"cut": "answer"}, {}) == of({"cut": "<b>odd"}) == general


def test_where_no_mistake_is_shared_the_check_that_most_fail_is_what_to_teach(words: Words) -> None:
    codes = ["loss.differs", "loss.counts_padding", "loss.sum_not_mean"]
    records = []
    for code in codes:
        record = passed_record(code)
        checks = [
            msgspec.structs.replace(one, state="failed", findings=[Finding(code, "")])
            if one.id == "test_masked_loss"
            else one
            for one in record.checks
        ]
        records.append(msgspec.structs.replace(record, checks=checks))
    text = " ".join(Outline(class_page(records, words, "en"), "en").text.split())
    assert "What to teach next: “The loss counts valid steps only”" in text
    assert "3 of 3 do not pass this check" in text


def test_a_long_list_of_who_needs_a_person_is_folded(words: Words) -> None:
    page = class_page([stopped_record(f"s{at}") for at in range(25)], words, "en")
    assert "15 more submissions need you" in Outline(page, "en").text
    shown, folded = page.split('<ul class="todo">')[1:]
    assert shown.partition("</ul>")[0].count("<li") == 10
    assert folded.partition("</ul>")[0].count("<li") == 15


def test_students_of_one_name_are_told_apart(words: Words) -> None:
    twins = [passed_record("김민지", student_id=number) for number in ("1001", "1002")]
    text = Outline(class_page([*twins, passed_record("이준")], words, "en"), "en").text
    assert "김민지 (1001)" in text
    assert "김민지 (1002)" in text
    assert "이준 (" not in text


def test_the_script_is_the_one_that_the_page_s_policy_admits(words: Words) -> None:
    page = class_page(class_records(), words, "en")
    script = page[page.index("<script>") + len("<script>") : page.index("</script>")]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in page
    assert page.count("<script") == page.count("sha256-") == 1
    assert "innerHTML" not in script
    assert class_page(class_records(3), words, "ko").count(script) == 1, "the same for every class"


def test_students_pages_have_no_script_and_allow_none(words: Words) -> None:
    for page in (student_page(packed_record(), words), instructor_page(packed_record(), words)):
        assert "<script" not in page
        assert "script-src" not in page
        assert "default-src 'none'" in page


def test_hostile_names_are_only_text(words: Words) -> None:
    page = class_page([hostile_record(), packed_record()], words, "en", {hostile_record().student_id: "x-1"})
    tags = [tag for tag, _ in Outline(page, "en").tags]
    assert not {"svg", "iframe", "img"} & set(tags)
    assert tags.count("script") == 1


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
