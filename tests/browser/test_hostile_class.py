"""Names and texts that would act on whoever reads a table, a terminal, a log or a folder."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from pathlib import Path

from hostile_class import HONEST, HOSTILE, Graded
from hostile_pieces import NAMES

from grader.filenames import is_ordinary
from tests.cli.making import notebook, run

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")


def test_everybody_has_a_record_under_a_safe_name(hostile: Graded) -> None:
    records = sorted((hostile.out / "tiny").glob("*.json"))
    students = {json.loads(path.read_bytes())["student"] for path in records}
    assert len(records) == len(NAMES) + 2
    assert students >= set(NAMES)
    for path in records:
        slug = re.sub(r"-[0-9a-f]{8}$", "", path.stem)
        assert is_ordinary(path.stem), path.stem
        assert is_ordinary(slug) or slug.startswith("student"), path.stem


def test_a_table_holds_no_formula_and_no_control_character(hostile: Graded) -> None:
    text = (hostile.out / "tiny" / "gradebook.csv").read_text("utf-8").removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == len(NAMES) + 3
    assert len({len(row) for row in rows}) == 1
    for cell in (cell for row in rows for cell in row):
        assert not CONTROLS.search(cell), cell
        for part in re.split(r"[;|\t]", cell):
            assert not FORMULA.match(part), cell


def test_a_terminal_is_told_nothing_but_text(hostile: Graded) -> None:
    assert not CONTROLS.search(hostile.said)
    for name in (HONEST, HOSTILE):
        assert name in hostile.said
    assert all(unicodedata.category(c) not in {"Cc", "Cs", "Co"} or c == "\n" for c in hostile.said)


def test_a_log_is_given_no_command(hostile: Graded) -> None:
    for line in hostile.said.splitlines():
        assert not line.strip().startswith("::"), line
        assert "##[" not in line
        assert "##vso[" not in line


def test_an_error_about_files_says_their_names_plainly(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    for name in ("\x1b]0;owned\x07\x1b[31mred", "::error::x", "right\u202eleft", "\x9b31m"):
        (tmp_path / "class" / f"{name}.ipynb").write_bytes(notebook("1", lesson=None))
    (tmp_path / "secret").write_text("a secret of this test, long enough")
    done = run(tmp_path, "grade", "class")
    assert done.returncode == 2
    assert "It cannot be told which lesson" in done.stderr
    assert not CONTROLS.search(done.stdout + done.stderr)
    assert " ::" not in f" {done.stdout} {done.stderr}"


def test_what_check_says_of_a_hostile_notebook_is_text(hostile: Graded) -> None:
    root = hostile.out.parent
    done = run(root, "check", f"class/{HOSTILE}.ipynb", "--lesson", "tiny", "--all")
    assert done.returncode == 1, done.stderr
    assert not CONTROLS.search(done.stdout + done.stderr)
    lines = (done.stdout + done.stderr).splitlines()
    assert not [line for line in lines if line.strip().startswith("::") or "##[" in line]
