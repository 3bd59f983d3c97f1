"""What students read of hidden checks, by the lesson's setting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from msgspec.structs import replace
from outline import Outline
from sample_records import check, packed_record, padding_finding, stopped_record

from grader.errors import LessonError
from grader.lesson import Lesson
from grader.record import Check, Record, Showing, When, decode, encode
from grader.report.audience import for_student
from grader.report.page import instructor_page, student_page
from grader.report.words import Words

DUE = datetime(2026, 12, 1, 23, 59, tzinfo=timezone(timedelta(hours=9)))
BEFORE, AFTER = DUE - timedelta(minutes=1), (DUE + timedelta(minutes=1)).astimezone(UTC)
HEADLINE = "Padding changes what your network says"


def hidden_check() -> Check:
    return check("test_padding_changes_nothing", "failed", visibility="hidden", findings=[padding_finding()])


def shown(when: When, words: Words, now: datetime | None, lang: str = "en") -> str:
    hidden = hidden_check()
    record = packed_record(checks=[hidden], showing=Showing(when, DUE))
    return " ".join(Outline(student_page(record, words, lang, now=now), lang).text.split())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("when", "now", "told"),
    [
        ("always", None, True),
        ("always", BEFORE, True),
        ("after_due", None, False),
        ("after_due", BEFORE, False),
        ("after_due", AFTER, True),
        ("never", AFTER, False),
    ],
)
def test_what_a_hidden_check_found_is_told_when_the_lesson_says(
    when: When, now: datetime | None, told: bool, words: Words
) -> None:
    text = shown(when, words, now)
    assert (HEADLINE in text) is told
    assert ("is hidden. What it found" in text) is not told
    assert "Padding changes nothing" in text, "the promise is always there"


def test_the_due_date_stands_there_in_both_languages(words: Words) -> None:
    assert "shown after 1 December 2026, 23:59 (UTC+09:00)." in shown("after_due", words, BEFORE)
    assert "마감(2026년 12월 1일 23:59 (UTC+09:00)) 뒤에" in shown("after_due", words, BEFORE, "ko")


def test_a_public_check_is_told_in_any_case(words: Words) -> None:
    record = packed_record(showing=Showing("never"))
    assert HEADLINE in Outline(student_page(record, words, "en", now=AFTER), "en").text


def test_the_instructor_reads_it_in_any_case(words: Words) -> None:
    hidden = hidden_check()
    record = packed_record(checks=[hidden], showing=Showing("never"))
    assert HEADLINE in Outline(instructor_page(record, words, "en"), "en").text


def test_what_is_kept_back_is_not_in_the_file_either(words: Words) -> None:
    hidden = hidden_check()
    kept = for_student(packed_record(checks=[hidden], showing=Showing("never")), words, AFTER)
    assert b"reads_padding" not in encode(kept)


def test_that_the_notebook_stopped_is_no_secret(words: Words) -> None:
    record = stopped_record()
    assert record.run.finding is not None
    code = record.run.finding.code
    hidden = replace(hidden_check(), findings=[record.run.finding])
    kept = for_student(replace(record, checks=[hidden], showing=Showing("never")), words, AFTER)
    assert kept.checks[0].findings[0].code == code


def test_the_setting_is_part_of_the_record() -> None:
    record: Record = packed_record(showing=Showing("after_due", DUE))
    assert decode(encode(record)).showing == Showing("after_due", DUE)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('hidden_findings = "later"', '"always", "after_due", "never"'),
        ('hidden_findings = "after_due"', "needs a due date"),
        ("due = 2026-12-01T23:59:00", "an offset"),
        ("due = 2026-12-01", "an offset"),
        ('due = "tomorrow"', "an offset"),
    ],
)
def test_a_setting_that_means_nothing_is_the_authors_to_mend(lines: str, said: str, tmp_path: Path) -> None:
    folder = tmp_path / "smooth"
    folder.mkdir()
    (folder / "lesson.toml").write_text(f'lesson = "smooth"\nnumber = 1\nnames = []\n{lines}\n', "utf-8")
    with pytest.raises(LessonError, match=said):
        Lesson.open(folder)
