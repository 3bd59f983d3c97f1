"""The name that pytest makes of a hidden check's parameter tells what is asked: students do not see it."""

from __future__ import annotations

from pathlib import Path

from sample_records import check, packed_record

from grader.report.page import instructor_page, student_page
from grader.report.words import Words

TITLES = '[checks.test_cells]\ntitle = "Works with {param}"\n[checks.test_words]\ntitle = "Counts words"\n'


def pages(folder: Path) -> tuple[str, str]:
    """The student's and the instructor's page of a record with parameters."""
    for lang in ("en", "ko"):
        (folder / f"{lang}.toml").write_text(TITLES, "utf-8")
    words = Words.load(folder)
    record = packed_record(
        checks=[
            check("test_words[abba-2]", "failed", 1, visibility="hidden"),
            check("test_words[level-1]", "blocked", 1, visibility="hidden", waits_for="test_words[abba-2]"),
            check("test_unknown[answer]", "passed", 1, visibility="hidden"),
            check("test_cells[gru]", "passed", 1, visibility="hidden"),
            check("test_words[kayak-3]", "passed", 1),
        ]
    )
    return student_page(record, words), instructor_page(record, words)


def test_parameters_of_hidden_checks_are_numbered_for_students(tmp_path: Path) -> None:
    student, instructor = pages(tmp_path)
    for secret in ("abba", "level-1", "answer"):
        assert secret not in student
        assert secret in instructor
    assert "Counts words (#1)" in student
    assert "Counts words (#2)" in student


def test_parameters_that_the_lesson_speaks_of_stay(tmp_path: Path) -> None:
    student, _ = pages(tmp_path)
    assert "Works with gru" in student
    assert "kayak-3" in student


def test_what_waits_still_says_for_what(tmp_path: Path) -> None:
    student, _ = pages(tmp_path)
    assert 'href="#check-test_words--1-"' in student
    assert student.count('id="check-test_words--1-"') == 1
