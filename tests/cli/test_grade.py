"""`grader grade` on a folder, from outside: what it writes, says and returns."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from grader.filenames import is_ordinary
from grader.record import Record
from tests.cli.classes import CELLS, FULL_MARKS, HANGUL, ORDINARY, STRANGE
from tests.cli.making import codes, states

REFUSED = ["text", "folder", "link"]
STUDENTS = [*ORDINARY, *CELLS, *REFUSED]


class Links(HTMLParser):
    """Addresses that a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def test_everyone_has_a_record_and_pages(course: Path, graded: dict[str, Record]) -> None:
    # Blanks in a row are one blank in a name.
    assert sorted(graded) == sorted(
        " ".join(name.split(" ")) if "  " not in name else name for name in STUDENTS
    )
    out = course / "out" / "tiny"
    stems = sorted(path.stem for path in out.glob("*.json"))
    assert stems == sorted(path.stem for path in out.glob("*.html") if path.name != "index.html")
    assert stems == sorted(path.stem for path in (out / "instructor").glob("*.html"))
    assert sorted(path.name for path in out.iterdir() if path.suffix not in (".json", ".html")) == [
        "gradebook.csv",
        "instructor",
    ]
    assert len(stems) == len(STUDENTS)


def test_the_status_is_0_when_all_is_graded(course: Path, graded: dict[str, Record]) -> None:
    assert {record.state for record in graded.values()} == {"graded"}
    assert (course / "status").read_text() == "0"
    assert (course / "stderr").read_text() == ""


def test_scores_are_what_was_earned(graded: dict[str, Record]) -> None:
    assert graded["right"].score == graded["right"].max_score == FULL_MARKS
    for name in ("wrong", "blank", *REFUSED):
        assert (graded[name].score, graded[name].max_score) == (0, FULL_MARKS), name
    for name in (HANGUL, *STRANGE):
        assert graded[name].score == FULL_MARKS, name


def test_states_and_findings_have_the_right_names(graded: dict[str, Record]) -> None:
    first, second, large = (
        "test_adds_one",
        "test_adds_one_to_negative_numbers",
        "test_adds_one_to_large_numbers",
    )
    assert states(graded["right"]) == {first: "passed", second: "passed", large: "passed"}
    for name, code in (("wrong", "check.assertion"), ("blank", "notebook.not_attempted")):
        assert states(graded[name]) == {first: "failed", second: "blocked", large: "failed"}
        assert codes(graded[name]) == {first: code, large: code}
        assert {c.id: c.waits_for for c in graded[name].checks}[second] == first
    for name in REFUSED:
        assert set(states(graded[name]).values()) == {"failed"}
        assert set(codes(graded[name]).values()) == {"notebook.unreadable"}


@pytest.mark.parametrize(("name", "reason"), [("text", "not_json"), ("folder", "folder"), ("link", "link")])
def test_what_is_no_notebook_is_refused_with_a_record(
    graded: dict[str, Record], name: str, reason: str
) -> None:
    record = graded[name]
    assert record.run.state == "unreadable"
    assert record.run.finding is not None
    assert record.run.finding.facts["reason"] == reason
    assert record.run.cells == []


def test_a_record_has_the_fields_of_the_interface(course: Path) -> None:
    path = course / "out" / "tiny" / "right.json"
    found = json.loads(path.read_bytes())
    expected = {
        "schema": "grader/record/1",
        "lesson": "tiny",
        "student": "right",
        "student_id": "right",
        "notebook": "right.ipynb",
        "digest": hashlib.sha256((course / "class" / "right.ipynb").read_bytes()).hexdigest(),
        "score": 6.0,
        "max_score": 6.0,
        "state": "graded",
        "submitted": None,
        "raw_score": 6.0,
        "late_penalty": 0.0,
        "held": 0.0,
        "notes": [],
    }
    assert {name: found[name] for name in expected} == expected
    assert {"state", "cell", "message", "seconds"} <= set(found["run"])
    check = found["checks"][0]
    fields = {"id", "title", "visibility", "state", "override", "points", "max_points", "findings", "seconds"}
    assert fields <= set(check)
    assert [c["visibility"] for c in found["checks"]] == ["public", "public", "hidden"]
    environment = found["environment"]
    assert {"grader", "python", "torch", "sandbox", "seed", "secret"} <= set(environment)
    assert environment["sandbox"] in ("bubblewrap", "landlock")
    assert re.fullmatch("[0-9a-f]{16}", environment["secret"])
    assert environment["walls"]


def test_the_secret_stands_nowhere(course: Path) -> None:
    secret = (course / "secret").read_bytes()
    for path in (course / "out").rglob("*"):
        assert path.is_dir() or secret not in path.read_bytes(), path


def test_ordinary_names_name_files_and_others_get_slugs(course: Path, graded: dict[str, Record]) -> None:
    out = course / "out" / "tiny"
    for name in ("right", HANGUL):
        assert json.loads((out / f"{name}.json").read_bytes())["student"] == name
    for path in out.glob("*.json"):
        assert is_ordinary(path.stem)
        student = json.loads(path.read_bytes())["student"]
        if student in STRANGE:
            assert re.search("-[0-9a-f]{8}$", path.stem), path


def test_the_gradebook_has_a_row_each_and_no_formula(course: Path, graded: dict[str, Record]) -> None:
    text = (course / "out" / "tiny" / "gradebook.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == len(STUDENTS)
    by_name = {row["student"]: row for row in rows}
    assert by_name["right"]["score"] == "6"
    assert by_name["right"]["test_adds_one_to_large_numbers"] == "3"
    assert by_name["wrong"]["score"] == "0"
    assert by_name["text"]["run"] == "unreadable"
    assert "'=1+1" in by_name
    assert "'-rf" in by_name
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert "\x1b" not in text


def test_the_class_page_leads_to_the_instructor_s_page_of_every_student(course: Path) -> None:
    out = course / "out" / "tiny"
    links = Links()
    links.feed((out / "index.html").read_text("utf-8"))
    pages = {unquote(link.partition("#")[0]) for link in links.found}
    assert {f"instructor/{path.name}" for path in (out / "instructor").glob("*.html")} <= pages
    assert [page for page in pages if page and not (out / page).is_file()] == []


def test_pages_reach_for_nothing_outside(course: Path) -> None:
    for path in (course / "out").rglob("*.html"):
        text = path.read_text("utf-8")
        links = Links()
        links.feed(text)
        assert not [link for link in links.found if re.match("(https?:)?//|javascript:", link)], path
        assert text.count("<script") == (path.name == "index.html"), path
        assert "Content-Security-Policy" in text


def test_students_pages_say_nothing_of_hidden_checks_inputs(course: Path, graded: dict[str, Record]) -> None:
    hidden = next(c for c in graded["wrong"].checks if c.visibility == "hidden")
    drawn = re.search(r"\d{7}", str(hidden.findings[0].facts["text"]))
    assert drawn is not None
    out = course / "out" / "tiny"
    assert drawn.group() not in (out / "wrong.html").read_text("utf-8")
    assert drawn.group() in (out / "instructor" / "wrong.html").read_text("utf-8")


def test_without_a_terminal_every_student_has_a_plain_line(course: Path) -> None:
    said = (course / "stdout").read_text("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", said)
    lines = said.splitlines()
    assert lines[0] == f"tiny   {len(STUDENTS)} submissions, 2 at a time"
    for name in ("right", "wrong", HANGUL, "endless", "text"):
        assert len([line for line in lines if re.match(rf"  [✓✗] {name} ", line)]) == 1, name
    assert any("out/tiny/index.html" in line for line in lines)
