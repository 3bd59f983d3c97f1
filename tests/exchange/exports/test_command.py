"""`grader export` as a teacher runs it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from grader.commands.export import run
from grader.errors import UsageError
from tests.exchange.exports.making import canvas_roster, export, keep, made, read_back, worksheet

PEOPLE = [("Kim, Mina", "101"), ("Lee, Jun", "102"), ("Park, Su", "103")]
CLASS = [
    made("kimmina", "101", 18, lesson="rnn_basics"),
    made("leejun", "102", 9, lesson="rnn_basics", state="needs_review"),
    made("Zo\x1b[31me", "555", 20, lesson="rnn_basics"),
]


def test_into_a_pipe_goes_the_file_alone_and_all_that_is_said_beside_it(tmp_path: Path) -> None:
    folder = keep(tmp_path / "reports", CLASS)
    roster = tmp_path / "roster.csv"
    roster.write_bytes(canvas_roster(PEOPLE, [("RNN basics (42)", "20")]))
    done = export(folder, "--to", "canvas", "--roster", roster)
    assert done.status == 1
    assert [row[5] for row in read_back(done.out)] == ["RNN basics (42)", "20", "18", "", ""]
    assert "1 written, 1 left blank, 1 no record, 1 not matched" in done.said
    assert "\x1b" not in done.said
    for name, why in (
        ("leejun (102)", "test_it"),
        ("Park, Su (103)", ""),
        ("Zoe (555)", "neither its id nor its name"),
    ):
        assert name in done.said
        assert why in done.said


def test_a_terminal_gets_the_preview_and_no_file(tmp_path: Path) -> None:
    folder = keep(tmp_path / "reports", CLASS[:1])
    screen, side = pty.openpty()
    command = [sys.executable, "-m", "grader", "export", str(folder), "--to", "csv"]
    subprocess.run(command, stdin=side, stdout=side, stderr=side, check=True, timeout=120)
    os.close(side)
    said = b""
    # The end of a terminal whose other side is closed is an error on Linux.
    try:
        while piece := os.read(screen, 4096):
            said += piece
    except OSError:
        pass
    os.close(screen)
    assert b"1 written" in said
    assert b"--out FILE" in said
    assert b"student_id" not in said
    assert not list(tmp_path.rglob("*.csv"))


def test_files_go_where_out_says_the_feedback_beside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = keep(tmp_path / "reports", CLASS)
    roster = tmp_path / "worksheet.csv"
    roster.write_bytes(worksheet([("Kim Mina", "101")], most="20.00"))
    out = tmp_path / "up" / "grades.csv"
    assert run(folder / "rnn_basics", "moodle", roster, False, out) == 1
    assert sorted(path.name for path in out.parent.iterdir()) == ["grades-feedback.zip", "grades.csv"]
    assert str(out) in capsys.readouterr().out.replace("\n", "")
    assert read_back(out.read_bytes())[1][4] == "18"


def test_nothing_that_was_downloaded_or_graded_is_written_over(tmp_path: Path) -> None:
    folder = keep(tmp_path / "reports", CLASS)
    roster = tmp_path / "roster.csv"
    roster.write_bytes(canvas_roster(PEOPLE))
    link = tmp_path / "link.csv"
    link.symlink_to(roster)
    record = next(folder.glob("*/*.json"))
    kept = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for out, message in (
        (roster, "the roster itself"),
        (link, "the roster itself"),
        (record, "a record or a report"),
        (record.with_suffix(".html"), "a record or a report"),
        (folder, "is a folder"),
    ):
        with pytest.raises(UsageError, match=message):
            run(folder, "canvas", roster, False, out)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == kept


def test_broken_records_are_named_and_the_others_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = keep(tmp_path / "reports", CLASS[:1])
    place = folder / "rnn_basics"
    good = next(place.glob("*.json")).read_bytes()
    for name, content in {
        "empty.json": b"",
        "deep.json": b"[" * 100_000,
        "strange.json": good.replace(b"grader/record/1", b"grader/record/9"),
        "huge.json": good.replace(b'"score": 18.0', b'"score": 1e999'),
        "less.json": good.replace(b'"max_score": 20.0', b'"max_score": -20.0'),
        "list.json": b"[1]",
    }.items():
        (place / name).write_bytes(content)
    (place / "ours.json").write_bytes(b'{"schema": "grader/overrides/1"}')
    (place / "link.json").symlink_to("/etc/passwd")
    os.mkfifo(place / "pipe.json")
    out = tmp_path / "out.csv"
    assert run(folder, "csv", None, False, out) == 1
    said = capsys.readouterr().err
    for name in ("empty", "deep", "strange", "huge", "less", "list", "link", "pipe"):
        assert f"{name}.json" in said
    assert "ours.json" not in said
    assert [row[:3] for row in read_back(out.read_bytes())[1:]] == [["kimmina", "101", "18"]]


def test_a_folder_without_records_and_a_roster_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no record"):
        run(tmp_path, "csv", None, False, None)
    folder = keep(tmp_path / "reports", CLASS[:1])
    for roster, message in ((tmp_path / "nowhere.csv", "There is no roster"), (folder, "cannot be read")):
        with pytest.raises(UsageError, match=message):
            run(folder, "canvas", roster, False, None)


def test_all_written_is_status_0_whoever_else_is_on_the_roster(tmp_path: Path) -> None:
    folder = keep(tmp_path / "reports", CLASS[:1])
    roster = tmp_path / "roster.csv"
    roster.write_bytes(canvas_roster(PEOPLE))
    assert run(folder, "canvas", roster, False, tmp_path / "out.csv") == 0
