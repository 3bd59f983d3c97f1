"""Nothing is lost: whatever is handed in gets a record and pages under a safe name, and the run goes on."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

import pytest

from grader.exchange.folders import find
from grader.filenames import is_ordinary
from grader.record import Record
from tests.cli.making import once, run
from tests.hostile import tiny
from tests.hostile.course import Graded, keep
from tests.hostile.expecting import nothing_is_left
from tests.hostile.files_archives import DOWNLOADED, PEOPLE, PLATFORM, download
from tests.hostile.files_names import BYTES, NAMES, PLACES, put_names
from tests.hostile.files_notebooks import BROKEN, ODD, PRIVATE, WHOLE, File
from tests.hostile.pages import is_safe

FILES: dict[str, File] = {**BROKEN, **ODD}
COMMAND = ("grade", "class", "--lesson", tiny.NAME, "--out", "out", "--jobs", "2")


def make_class(place: Path) -> None:
    tiny.make(place)
    folder = place / "class"
    folder.mkdir()
    for name, file in FILES.items():
        (folder / f"{name}.ipynb").write_bytes(file.bytes())
    put_names(folder)
    for name, (_, _, make) in PLACES.items():
        make(folder / f"{name}.ipynb")
    os.link(folder / "Kim.ipynb", folder / "hard_link.ipynb")
    for name in ("archive", "conftest"):
        (folder / name).mkdir()
    (folder / "archive" / "homework.zip").write_bytes(b"PK\x03\x04")
    (folder / "conftest" / "homework.ipynb").write_bytes(WHOLE)
    for name in ("conftest.py", "sitecustomize.py", "pytest.ini", "setup.cfg", "f.py"):
        (folder / "conftest" / name).write_text("raise SystemExit('loaded')\n")


@pytest.fixture(scope="module")
def graded(base: Path) -> Graded:
    return Graded.kept(once(base, "hostile-files", lambda folder: keep(folder, make_class, *COMMAND)))


@pytest.fixture(scope="module")
def records(graded: Graded) -> dict[str, Record]:
    return graded.records(tiny.NAME)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_or_refused_with_its_reason(records: dict[str, Record], name: str) -> None:
    record, file = records[name], FILES[name]
    assert record.run.state == file.run, record.run.message
    assert (record.score, record.max_score, record.state) == (file.score, tiny.FULL, "graded")
    assert record.digest == hashlib.sha256(file.bytes()).hexdigest() or file.reason == "too_large"
    facts = record.run.finding.facts if record.run.finding else {}
    assert facts.get("reason", "") == file.reason
    assert file.says in (record.run.message or "")
    assert file.facts.items() <= facts.items()
    assert {note.code for note in record.notes} >= set(file.notes), record.notes


@pytest.mark.parametrize("name", NAMES)
def test_a_strange_name_costs_nothing_and_its_files_are_safe(records: dict[str, Record], name: str) -> None:
    assert records[name].score == tiny.FULL
    assert records[name].notebook == f"{name}.ipynb"


def test_a_name_that_is_no_text_has_a_record(records: dict[str, Record]) -> None:
    (found,) = [
        record for name, record in records.items() if "xff" in name or BYTES.decode("cp949", "ignore") == name
    ]
    assert found.score == tiny.FULL


@pytest.mark.parametrize("name", PLACES)
def test_what_is_no_file_is_refused_and_never_followed(records: dict[str, Record], name: str) -> None:
    finding = records[name].run.finding
    assert finding is not None
    assert finding.facts["reason"] == PLACES[name][1]
    assert (records[name].score, records[name].run.state) == (0, "unreadable")


def test_a_hard_link_is_a_file_and_an_archive_is_none(records: dict[str, Record]) -> None:
    assert records["hard_link"].score == tiny.FULL
    refused = records["archive"].run.finding
    assert refused is not None
    assert refused.facts["reason"] == "archive"


def test_what_lies_beside_a_notebook_is_never_loaded(records: dict[str, Record]) -> None:
    assert (records["conftest"].score, records["conftest"].run.state) == (tiny.FULL, "finished")


def test_every_file_has_its_own_names(graded: Graded, records: dict[str, Record]) -> None:
    out = graded.folder / "out" / tiny.NAME
    stems = [path.stem for path in out.glob("*.json")]
    assert len(stems) == len(records) == len(FILES) + len(NAMES) + 1 + len(PLACES) + 3
    assert all(is_ordinary(stem) for stem in stems)
    assert len({stem.casefold() for stem in stems}) == len(stems)
    assert {path.stem for path in out.glob("*.html")} == {*stems, "index"}
    assert {path.stem for path in (out / "instructor").glob("*.html")} == set(stems)


def test_the_run_ends_well_and_says_nothing_that_a_terminal_or_a_log_obeys(graded: Graded) -> None:
    assert (graded.status, graded.stderr) == (0, "")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", graded.stdout)
    assert not re.search("^::", graded.stdout, re.MULTILINE)
    nothing_is_left(graded.processes, graded.files, graded.touched)


def test_private_metadata_stands_nowhere(graded: Graded) -> None:
    for path in (graded.folder / "out").rglob("*"):
        assert path.is_dir() or PRIVATE.encode() not in path.read_bytes(), path


def test_pages_of_strange_names_are_safe(graded: Graded) -> None:
    for path in (graded.folder / "out").rglob("*.html"):
        is_safe(path.read_text("utf-8"))


def test_of_another_lesson_it_is_said(records: dict[str, Record]) -> None:
    """F23. The metadata say `cnn`, and the command says `tiny`."""
    assert any("cnn" in note.message for note in records["another_lesson"].notes)


def test_a_download_full_of_traps(base: Path) -> None:
    """F13. Nothing is unpacked, so nothing can slip out; each entry in a notebook's place is one record."""

    def make(place: Path) -> None:
        tiny.make(place)
        (place / "class.zip").write_bytes(download())

    command = ("grade", "class.zip", *COMMAND[2:])
    graded = Graded.kept(once(base, "hostile-zip", lambda folder: keep(folder, make, *command)))
    found = graded.records(tiny.NAME)
    told = {
        name: (str(record.run.finding.facts["reason"]) if record.run.finding else "", record.score)
        for name, record in found.items()
    }
    assert told == DOWNLOADED
    assert graded.status == 0
    nothing_is_left(graded.processes, graded.files, graded.touched)


def test_downloads_of_learning_platforms(base: Path) -> None:
    """F14, F15, F4. The id says who it is; of two of one student the latest that can be read counts."""

    def make(place: Path) -> None:
        tiny.make(place)
        for number, (name, content) in enumerate(PLATFORM.items()):
            path = place / "class" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (1_000_000 + number, 1_000_000 + number))

    graded = Graded.kept(once(base, "hostile-platform", lambda folder: keep(folder, make, *COMMAND)))
    out = graded.folder / "out" / tiny.NAME
    found = [json.loads(path.read_bytes()) for path in out.glob("*.json")]
    assert {one["student_id"]: (one["student"], one["score"]) for one in found} == {
        key: (name, score) for key, (name, _, score, _) in PEOPLE.items()
    }
    for one in found:
        _, reason, _, notes = PEOPLE[one["student_id"]]
        finding = one["run"]["finding"]
        assert (finding["facts"]["reason"] if finding else "") == reason
        assert {note["code"] for note in one["notes"]} >= set(notes)


def test_what_was_read_once_is_what_counts(tmp_path: Path) -> None:
    """F16. The file may change while it is graded."""
    path = tmp_path / "kim.ipynb"
    path.write_bytes(WHOLE)
    (kim,) = find(tmp_path, lesson="cnn", lessons=["cnn"])
    path.write_bytes(b"changed")
    assert kim.content == WHOLE
    assert kim.digest == hashlib.sha256(WHOLE).hexdigest()


def test_where_nothing_can_be_written_it_is_said_and_nothing_is_run(tmp_path: Path) -> None:
    """F17. A file stands where the folder for the reports should be."""
    tiny.make(tmp_path)
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "kim.ipynb").write_bytes(WHOLE)
    (tmp_path / "out").write_text("a file")
    done = run(tmp_path, *COMMAND)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "out" in done.stderr
    assert "Traceback" not in done.stderr
