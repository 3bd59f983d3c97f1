"""CPU stands beside the clock where it was measured, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.record import Record
from grader.report.overview import class_page
from grader.report.page import student_page
from grader.report.sentences import said_seconds
from grader.report.terminal import check_screen
from grader.report.words import Words
from tests.report.sample_records import packed_record


@pytest.fixture
def words() -> Words:
    return Words.load(Path("assignments/packed_sequence/words"))


def measured(record: Record) -> Record:
    checks = [replace(check, cpu_seconds=1.25) for check in record.checks]
    return replace(record, run=replace(record.run, cpu_seconds=7.25), checks=checks)


def test_the_students_page_and_the_terminal_say_it(words: Words) -> None:
    record = packed_record()
    assert "of CPU" not in student_page(record, words, "en")
    page = student_page(measured(record), words, "en")
    assert "The cells used 7.2 s of CPU." in page
    assert "CPU 시간은 7.2초입니다" in page
    assert "7.2 s of CPU" in check_screen(measured(record), words, "en").plain
    assert "CPU 시간 7.2초" in check_screen(measured(record), words, "ko").plain
    assert "CPU" not in check_screen(record, words, "en").plain


def test_the_class_page_says_it_of_the_slowest(words: Words) -> None:
    record = measured(packed_record())
    page = class_page([record], words, "en")
    assert "7.2 s of CPU" in page
    assert f"{said_seconds(1.25 * len(record.checks))} s of CPU" in page
    assert "s of CPU" not in class_page([packed_record()], words, "en")
