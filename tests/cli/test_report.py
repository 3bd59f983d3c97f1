"""`grader report`: pages again from records, whatever somebody did to them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

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
    for name in ("cut", "list", "bytes", "deep", "number", "schema"):
        assert f"spoilt/{name}.json is no record" in said, name
        assert not (again / "out" / "spoilt" / f"{name}.html").exists()
    assert (again / "out" / "spoilt" / "sound.html").is_file()
    assert len(said.splitlines()) == 6


def test_an_edited_record_cannot_put_anything_alive_into_pages(again: Path) -> None:
    folder = again / "out" / "spoilt"
    for path in (folder / "edited.html", folder / "instructor" / "edited.html", folder / "index.html"):
        text = path.read_text("utf-8")
        assert "<script>alert" not in text
        assert "<img src=x" not in text
