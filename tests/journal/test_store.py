"""The journal's file: first results count, and whatever befalls it is said and ends no run."""

from __future__ import annotations

import os
import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from grader.journal.store import Journal
from grader.record import Environment, Note, Record, Run

KEY = b"k" * 32


def result(score: float = 1.0) -> Record:
    environment = Environment("", "", "", "bubblewrap", 0, "")
    run = Run("finished", None, None, 0.1)
    return Record("tiny", "", "", "", "", score, 2.0, "graded", score, run, [], [], environment)


def test_the_first_result_counts_unless_it_is_replaced(tmp_path: Path) -> None:
    said: list[str] = []
    with closing(Journal(tmp_path, said.append)) as journal:
        assert journal.look(KEY) is None
        first = result()
        assert journal.keep(KEY, first) is first
        assert journal.keep(KEY, result(2.0)) == first
    with closing(Journal(tmp_path, said.append)) as journal:
        assert journal.look(KEY) == first
        journal.keep(KEY, result(2.0), anew=True)
        assert journal.look(KEY) == result(2.0)
        journal.drop(KEY)
        assert journal.look(KEY) is None
    assert said == []


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to be one" * 100, b"SQLite format 3\0" * 300]
)
def test_a_damaged_file_is_moved_aside_and_said_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "results.sqlite"
    path.write_bytes(content)
    said: list[str] = []
    with closing(Journal(tmp_path, said.append)) as journal:
        journal.keep(KEY, result())
        assert journal.look(KEY) == result()
    (sentence,) = said
    assert str(tmp_path / "results.damaged") in sentence
    assert (tmp_path / "results.damaged").read_bytes() == content


def test_damage_that_is_met_later_ends_the_journal_and_not_the_run(tmp_path: Path) -> None:
    said: list[str] = []
    with closing(Journal(tmp_path, said.append)) as journal:
        for number in range(200):
            journal.keep(bytes([number]) * 32, replace(result(), student=os.urandom(500).hex()))
    path = tmp_path / "results.sqlite"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + os.urandom(len(content) - 4096))
    with closing(Journal(tmp_path, said.append)) as journal:
        found = [journal.look(bytes([number]) * 32) for number in range(200)]
        assert found == [None] * 200
        assert journal.keep(KEY, result()) == result()
    assert len(said) == 1
    with closing(Journal(tmp_path, said.append)) as journal:
        journal.keep(KEY, result())
        assert journal.look(KEY) == result()
    assert len(said) == 1


def beyond() -> bytes:
    """A result with a number that no page can show, which nobody but a person writes."""
    note = msgspec.json.encode(replace(result(), notes=[Note("note.x", "", {"count": 7})]))
    return zlib.compress(note.replace(b'"count":7', b'"count":1' + b"0" * 400))


@pytest.mark.parametrize(
    "content", [b"\0", "text", 5, 2.5, "", zlib.compress(b"[]"), zlib.compress(b"[" * 100_000), beyond()]
)
def test_a_row_that_was_changed_is_no_result(tmp_path: Path, content: object) -> None:
    with closing(Journal(tmp_path, pytest.fail)) as journal:
        journal.keep(KEY, result())
        journal.begin(b"what lay there")
    with closing(sqlite3.connect(tmp_path / "results.sqlite")) as other:
        other.execute("UPDATE result SET content = ?", [content])
        other.execute("UPDATE run SET before = ?", [content])
        other.commit()
    with closing(Journal(tmp_path, pytest.fail)) as journal:
        assert journal.look(KEY) is None
        assert isinstance(journal.begin(b""), bytes)
        assert journal.keep(KEY, result()) == result()
        assert journal.look(KEY) == result()


def test_runs_beyond_what_can_be_counted_are_said_in_one_line(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, pytest.fail)) as journal:
        journal.begin(b"")
    with closing(sqlite3.connect(tmp_path / "results.sqlite")) as other:
        other.execute("UPDATE run SET number = ?", [2**63 - 1])
        other.commit()
    said: list[str] = []
    with closing(Journal(tmp_path, said.append)) as journal:
        assert journal.keep(KEY, result()) == result()
    (sentence,) = said
    assert "goes on without it" in sentence


def test_a_full_disk_is_said_once(tmp_path: Path) -> None:
    said: list[str] = []
    with closing(Journal(tmp_path, said.append)) as journal:
        assert journal._db is not None
        journal._db.execute("PRAGMA max_page_count = 10")
        kept = [replace(result(), student=os.urandom(20_000).hex()) for _ in range(4)]
        assert [journal.keep(bytes([at]) * 32, one) for at, one in enumerate(kept)] == kept
    (sentence,) = said
    assert "full" in sentence
    assert "goes on without it" in sentence


def test_a_folder_that_cannot_be_written_to_is_said_once(tmp_path: Path) -> None:
    said: list[str] = []
    with closing(Journal(tmp_path / "missing", said.append)) as journal:
        assert journal.keep(KEY, result()) == result()
        assert journal.look(KEY) is None
    assert len(said) == 1


def test_a_run_goes_on_with_those_that_were_ended_early(tmp_path: Path) -> None:
    with closing(Journal(tmp_path, pytest.fail)) as journal:
        assert journal.begin(b"what lay there") == b"what lay there"
    with closing(Journal(tmp_path, pytest.fail)) as journal:
        assert journal.begin(b"half of a run") == b"what lay there"
        journal.end()
    with closing(Journal(tmp_path, pytest.fail)) as journal:
        assert journal.begin(b"a whole run") == b"a whole run"


def test_what_no_run_has_used_for_long_is_dropped(tmp_path: Path) -> None:
    used = b"u" * 32
    for run in range(25):
        with closing(Journal(tmp_path, pytest.fail)) as journal:
            journal.begin(b"")
            if run == 0:
                journal.keep(KEY, result())
                journal.keep(used, result())
            journal.used([used], [])
            journal.end()
    with closing(Journal(tmp_path, pytest.fail)) as journal:
        assert journal.look(used) == result()
        assert journal.look(KEY) is None
