"""What deserves a look stands on the class page, and nowhere that a student reads."""

from __future__ import annotations

import msgspec
from outline import Outline
from sample_records import passed_record

from grader.record import Note, Record
from grader.report.class_view import broken_for_few, needing
from grader.report.overview import class_page
from grader.report.page import instructor_page, student_page
from grader.report.words import Words

SEEN = Note("note.suspicion", "", {"what": "reply_twice", "count": 3, "evidence": "<b>&"})


def noted(name: str) -> Record:
    return msgspec.structs.replace(passed_record(name), notes=[SEEN])


def broken(name: str, *places: int) -> Record:
    record = passed_record(name)
    checks = [
        msgspec.structs.replace(one, state="broken", points=0.0) if at in places else one
        for at, one in enumerate(record.checks)
    ]
    return msgspec.structs.replace(record, checks=checks, state="needs_review")


def said(records: list[Record], words: Words) -> str:
    return " ".join(Outline(class_page(records, words, "en"), "en").text.split())


def test_a_suspicion_is_listed_among_who_needs_a_person(words: Words) -> None:
    records = [passed_record("a"), noted("b")]
    assert [record.student for record in needing(records)] == ["b"]
    text = said(records, words)
    assert "b Something about this submission deserves a look: a request was answered twice." in text
    assert "How often: 3. What was seen: <b>&." in text


def test_only_so_many_suspicions_of_one_submission_are_listed(words: Words) -> None:
    record = msgspec.structs.replace(passed_record("b"), notes=[SEEN] * 30)
    assert said([record], words).count("deserves a look") == 5


def test_students_are_told_of_no_suspicion(words: Words) -> None:
    assert "deserves a look" not in student_page(noted("b"), words)
    assert "deserves a look" in instructor_page(noted("b"), words)


def test_several_broken_checks_in_one_record_are_suspicious(words: Words) -> None:
    assert "2 checks broke in this one submission." in said([broken("b", 1, 2), passed_record()], words)
    assert "broke in this one submission" not in said([broken("b", 1), passed_record()], words)


def test_a_check_that_broke_for_few_is_suspicious_and_one_that_broke_for_many_is_ours(words: Words) -> None:
    good = [passed_record(f"s{at}") for at in range(12)]
    assert list(broken_for_few([*good, broken("b", 1)]).values()) == [1]
    assert "Only 1 of the class met this." in said([*good, broken("b", 1)], words)
    many = [broken(f"b{at}", 1) for at in range(4)]
    assert broken_for_few([*good, *many]) == {}
    assert broken_for_few([broken("b", 1)]) == {}
