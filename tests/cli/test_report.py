"""`grader report`: pages again from records, whatever somebody did to them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.making import once, run


def pages(folder: Path) -> dict[str, bytes]:
    """Everything but records, by its place."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def again(base: Path, course: Path) -> Path:
    """The class's records alone, rendered again; some broken records beside them."""

    def make(folder: Path) -> None:
        (folder / "out" / "tiny").mkdir(parents=True)
        (folder / "out" / "spoilt").mkdir()
        for path in (course / "out" / "tiny").glob("*.json"):
            shutil.copy(path, folder / "out" / "tiny")
        spoil(course / "out" / "tiny" / "right.json", folder / "out" / "spoilt")
        done = run(course, "report", folder / "out")
        (folder / "stderr").write_text(done.stderr, "utf-8")
        (folder / "stdout").write_text(done.stdout, "utf-8")
        (folder / "status").write_text(str(done.returncode))

    return once(base, "again", make)


def mark_beyond(record: dict[str, Any]) -> None:
    where = {"cell": 1, "first_line": 1, "lines": ["x"], "marked": 7, "token": ""}
    finding = {"code": "shape.wrong", "message": "", "facts": {}, "evidence": [], "where": where}
    record["checks"][0] |= {"state": "failed", "findings": [finding]}


def fact_beyond(record: dict[str, Any]) -> None:
    finding = {"code": "shape.wrong", "message": "", "facts": {"got": 10**400}, "evidence": []}
    record["checks"][0] |= {"state": "failed", "findings": [finding]}


CHANGED: dict[str, Callable[[dict[str, Any]], None]] = {
    "yesterday": lambda record: record.update(submitted="yesterday"),
    "year_one": lambda record: record.update(submitted="0001-01-01T00:00:00+14:00"),
    "due_one": lambda record: record.update(deadline={"due": "0001-01-01T00:00:00+14:00"}),
    "due_bare": lambda record: record.update(deadline={"due": "2026-01-01T00:00:00"}),
    "grace": lambda record: record.update(deadline={"due": "2026-01-01T00:00:00Z", "grace": 1e300}),
    "mark": mark_beyond,
    "fact": fact_beyond,
    "note": lambda record: record["notes"].append({"code": "note.x", "message": "", "facts": {"n": 10**400}}),
    "seconds": lambda record: record["run"].update(seconds=1e308),
    "seed": lambda record: record["environment"].update(seed=10**400),
}
"""Records that are whole in form, and that nobody could render."""


def spoil(path: Path, folder: Path) -> None:
    """Records as people and accidents leave them, beside one that is sound."""
    sound = path.read_text("utf-8")
    (folder / "sound.json").write_text(sound, "utf-8")
    (folder / "cut.json").write_text(sound[: len(sound) // 2], "utf-8")
    (folder / "list.json").write_text("[]")
    (folder / "bytes.json").write_bytes(b"\xff\xfe\x00")
    (folder / "deep.json").write_text("[" * 100_000)
    (folder / "number.json").write_text(sound.replace('"score": 6.0', '"score": 1e999'), "utf-8")
    (folder / "schema.json").write_text(sound.replace("grader/record/1", "grader/record/9"), "utf-8")
    for name, change in CHANGED.items():
        changed = json.loads(sound)
        change(changed)
        (folder / f"{name}.json").write_text(json.dumps(changed), "utf-8")
    edited = json.loads(sound)
    edited |= {"student": "<script>alert(1)</script>", "student_id": "edited", "score": 1e9}
    edited["checks"][0]["title"] = "<img src=x onerror=alert(1)>"
    (folder / "edited.json").write_text(json.dumps(edited), "utf-8")


def test_pages_are_the_same_to_the_byte(course: Path, again: Path) -> None:
    before, after = pages(course / "out" / "tiny"), pages(again / "out" / "tiny")
    assert sorted(before) == sorted(after)
    assert [name for name in before if before[name] != after[name]] == []


def test_records_are_left_as_they_are(course: Path, again: Path) -> None:
    for path in (course / "out" / "tiny").glob("*.json"):
        assert (again / "out" / "tiny" / path.name).read_bytes() == path.read_bytes()


def test_a_broken_record_is_named_and_the_others_are_rendered(again: Path) -> None:
    said = (again / "stderr").read_text("utf-8")
    assert (again / "status").read_text() == "0"
    assert "Traceback" not in said
    for name in ("cut", "list", "bytes", "deep", "number", "schema", *CHANGED):
        assert f"spoilt/{name}.json is no record" in said, name
        assert not (again / "out" / "spoilt" / f"{name}.html").exists()
    assert (again / "out" / "spoilt" / "sound.html").is_file()
    assert len(said.splitlines()) == 6 + len(CHANGED)


def test_an_edited_record_cannot_put_anything_alive_into_pages(again: Path) -> None:
    folder = again / "out" / "spoilt"
    for path in (folder / "edited.html", folder / "instructor" / "edited.html", folder / "index.html"):
        text = path.read_text("utf-8")
        assert "<script>alert" not in text
        assert "<img src=x" not in text


@pytest.mark.parametrize("to", ["csv", "gradescope", "nbgrader", "junit"])
def test_an_export_names_what_was_changed_and_goes_on(again: Path, to: str) -> None:
    done = run(again, "export", "out/spoilt", "--to", to, "--out", f"exported-{to}")
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    for name in CHANGED:
        assert f"{name}.json is no record" in done.stderr
    assert "sound.json" not in done.stderr
