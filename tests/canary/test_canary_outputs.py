"""What comes out of a grading: nothing of hidden checks, of the operator or of others on anybody's page."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from grader.journal.store import Journal
from grader.record import decode
from grader.report.page import student_page
from grader.report.words import Words
from tests.canary.betraying import BETRAYERS
from tests.canary.planting import NEIGHBOURS, OPENS, Course
from tests.cli.making import ROOT

WHO = ["seeker", OPENS, *NEIGHBOURS, *BETRAYERS]
NEVER = (
    "hidden",
    "solution",
    "mistake",
    "name of a mistake",
    "environment",
    "home",
    "secret",
    "metadata",
    "saved",
)
GIVEN = ("data for students",)
"""The seeker prints it: it is the lesson's public data."""


def beyond(course: Course, text: str, who: str) -> list[str]:
    """Tokens in `text` that are not the student's own."""
    return [what for what in course.planted.names(text, but=GIVEN) if what not in (who, f"work of {who}")]


def texts(path: Path) -> Iterator[str]:
    """All that a file says; of the journal's tables every value, unpacked."""
    if path.suffix != ".sqlite":
        yield path.read_bytes().decode("utf-8")
        return
    with contextlib.closing(sqlite3.connect(path)) as db:
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in db.execute(f"SELECT * FROM {table}"):
                for value in row:
                    if isinstance(value, bytes):
                        with contextlib.suppress(zlib.error):
                            value = zlib.decompress(value)
                        value = value.decode("utf-8", "replace")
                    yield str(value)


def record(course: Course, who: str) -> dict[str, Any]:
    path = course.out / "tiny" / f"{course.planted[who]}.json"
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


@pytest.mark.parametrize("who", WHO)
def test_a_student_s_page_holds_what_is_the_student_s_own(course: Course, who: str) -> None:
    page = course.page(who)
    assert course.planted[who] in page
    assert beyond(course, page, who) == []


@pytest.mark.parametrize("who", WHO)
def test_what_a_record_says_to_a_student_holds_no_more(course: Course, who: str) -> None:
    of = record(course, who)
    for check in of["checks"]:
        if check["visibility"] == "hidden":
            check["findings"], check["id"], check["title"] = [], "", ""
    of["notes"] = []
    assert beyond(course, json.dumps(of, ensure_ascii=False), who) == []


def test_hidden_checks_were_asked_and_did_find_something(course: Course) -> None:
    """Else the pages would be clean for want of anything to hide."""
    states = {one["id"].partition("[")[0]: one for one in record(course, "the raiser")["checks"]}
    assert states["test_hidden_word"]["findings"][0]["facts"]["message"] == course.planted["hidden input"]
    assert (
        states["test_hidden_words"]["findings"][0]["facts"]["message"] == course.planted["hidden parameter"]
    )
    assert states["test_hidden_trouble"]["state"] == "broken"
    assert "hidden message" in course.planted.names(json.dumps(record(course, "another neighbour")))
    instructor = course.out / "tiny" / "instructor" / f"{course.planted['the raiser']}.html"
    assert course.planted["hidden input"] in instructor.read_text("utf-8")


def test_what_was_kept_of_public_calls_is_all_that_was_kept_before_public_checks(course: Course) -> None:
    """Public checks come first: what a hidden one gives away later cannot stand in their findings."""
    of = record(course, "the keeper")
    assert [one["visibility"] for one in of["checks"]] == sorted(
        (one["visibility"] for one in of["checks"]), reverse=True
    )
    public = next(one for one in of["checks"] if one["id"] == "test_public_word")
    assert public["findings"][0]["facts"]["message"].startswith("kept so far: a plain word")


def test_no_page_tells_how_long_a_hidden_check_took(course: Course) -> None:
    """Rendered again with seconds that stand nowhere else."""
    path = course.out / "tiny" / f"{course.planted['the raiser']}.json"
    of = decode(path.read_bytes())
    checks = [replace(one, seconds=7654.321) if one.visibility == "hidden" else one for one in of.checks]
    page = student_page(
        replace(of, checks=checks), Words.load(course.root / "assignments" / "tiny" / "words")
    )
    assert not re.search(r"7[.,]?654|7,?655", re.sub(r"<style>.*?</style>|[0-9a-f]{16,}", "", page))
    assert beyond(course, page, "the raiser") == []


def test_the_class_s_files_hold_names_and_nothing_hidden(course: Course) -> None:
    class_page = (course.out / "tiny" / "index.html").read_text("utf-8")
    book = (course.out / "tiny" / "gradebook.csv").read_text("utf-8")
    for text in (class_page, book, course.said):
        found = course.planted.names(text)
        assert set(WHO) <= set(found)
        assert [what for what in found if what.startswith(NEVER) and what != "hidden parameter"] == []
    assert course.planted["secret"] not in class_page + book + course.said


def test_nothing_that_was_written_holds_the_operator_s_own(course: Course) -> None:
    """Records, instructors' pages and all else: the secret, the environment, the home folder, solutions."""
    never = ("secret", "environment", "python environment", "home", "solution", "locale", "file beside")
    for path in filter(Path.is_file, course.out.rglob("*")):
        for text in texts(path):
            assert [what for what in course.planted.names(text) if what.startswith(never)] == [], path.name


def test_what_a_journal_keeps_can_be_read(course: Course, tmp_path: Path) -> None:
    """Else a journal would be clean for want of anything that can be read."""
    of = decode((course.out / "tiny" / f"{course.planted['the raiser']}.json").read_bytes())
    journal = Journal(tmp_path, pytest.fail)
    journal.keep(b"key", of)
    journal.close()
    (path,) = tmp_path.glob("*.sqlite")
    assert "hidden input" in course.planted.names("".join(texts(path)))


def test_a_path_of_ours_stands_on_no_student_s_page(course: Course) -> None:
    for who in WHO[1:]:
        page = course.page(who)
        assert str(course.root) not in page
        assert not re.search(rf"site-packages|/grader-\w+|{ROOT}|/home/(?!student)|{Path.home()}", page), who


def test_the_run_said_nothing_but_its_lines(course: Course) -> None:
    assert course.status == 1, "a check of ours breaks on purpose, so a person has to look"
    assert "Traceback" not in course.said
