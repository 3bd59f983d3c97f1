"""Inside the container: limits that fit it, the file that counts, and a result at every moment."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import jsonschema
import pytest

from grader.autograder.__main__ import Setting
from grader.autograder.container import OURS, copied, lowered, memory
from grader.autograder.handed_in import handed_in
from grader.autograder.progress import Progress
from grader.errors import UsageError
from grader.judge.outcome import Listed
from grader.lesson import Lesson
from grader.report.words import Words
from grader.sandbox.furnish import readable_to_all
from grader.sandbox.limits import Limits
from tests.gradescope.results_schema import SCHEMA

ROOT = Path(__file__).resolve().parent.parent.parent
LESSON = ROOT / "assignments" / "cnn"
NOTEBOOK = '{"cells": [], "metadata": {"grader": {"lesson": "LESSON"}}, "nbformat": 4, "nbformat_minor": 5}'
LISTED = [
    Listed("test_a", "public", 3.0, []),
    Listed("test_b[abba]", "hidden", 2.0, []),
    Listed("test_c", "public", 1.0, []),
]


def read(path: Path) -> dict:
    told = json.loads(path.read_text("utf-8"))
    jsonschema.validate(told, SCHEMA)
    return told


def test_memory_is_that_of_the_control_group(tmp_path):
    (tmp_path / "max").write_text("max\n")
    (tmp_path / "limit").write_text(f"{768 << 20}\n")
    assert memory((tmp_path / "max", tmp_path / "missing", tmp_path / "limit")) == 768 << 20
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert memory((tmp_path / "max",)) == whole


def test_limits_leave_room_and_time_for_the_grader():
    limits = lowered(Limits(), 540, 768 << 20)
    assert limits.memory == (768 << 20) - OURS
    assert limits.cells_wall * 2 + limits.requests_wall < 540
    assert limits.request_wall <= limits.requests_wall
    small = Limits(memory=128 << 20, cells_wall=10.0)
    assert lowered(small, 540, 8 << 30).memory == small.memory
    assert lowered(small, 540, 8 << 30).cells_wall == small.cells_wall
    assert lowered(small, 5400, 8 << 30) == small


def test_the_copy_of_the_lesson_has_the_lowered_limits_and_its_data(tmp_path):
    limits = lowered(Limits(), 300, 1 << 30)
    lesson = copied(LESSON, tmp_path, limits)
    assert lesson.limits == limits
    assert lesson.expected_checks(hidden=True) == Lesson.open(LESSON).expected_checks(hidden=True)
    assert lesson.data is not None
    assert lesson.solutions.joinpath("reference.ipynb").is_file()
    assert lesson.options == Lesson.open(LESSON).options


def test_a_rooms_own_user_can_read_the_data_and_nothing_else_of_the_course(tmp_path):
    source = tmp_path / "source" / "assignments" / "cnn"
    shutil.copytree(LESSON, source)
    for path in source.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    lesson = copied(source, tmp_path / "course", Limits())
    assert lesson.data is not None
    assert readable_to_all([lesson.data, *lesson.data.rglob("*")], parents=False)
    for above in (lesson.folder, lesson.folder.parent, tmp_path / "course"):
        assert above.stat().st_mode & 0o777 == 0o711
    for closed in ("hidden", "checks"):
        assert (lesson.folder / closed).stat().st_mode & 0o077 == 0


def put(folder: Path, name: str, lesson: str, time: int) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(NOTEBOOK.replace("LESSON", lesson), encoding="utf-8")
    os.utime(path, (time, time))


def test_of_several_notebooks_the_latest_for_the_lesson_counts(tmp_path):
    put(tmp_path, "old.ipynb", "cnn", 1_000)
    put(tmp_path, "홍_12_assignsubmission_file/new.ipynb", "cnn", 2_000)
    put(tmp_path, "submitted/x/other.ipynb", "lstm", 3_000)
    (tmp_path / "README.md").write_text("x")
    (tmp_path / "link.ipynb").symlink_to("/etc/passwd")
    found = handed_in(tmp_path, "cnn")
    assert (found.lesson, found.notebook, found.problem) == ("cnn", "new.ipynb", None)
    assert found.student_id == "submission"
    assert [note.code for note in found.notes] == ["note.resubmitted"]


def test_what_holds_no_notebook_says_so(tmp_path):
    assert handed_in(tmp_path, "cnn").problem.facts["reason"] == "no_notebook"
    (tmp_path / "work.zip").write_bytes(b"PK")
    assert handed_in(tmp_path, "cnn").problem.facts["reason"] == "archive"
    (tmp_path / "cnn.ipynb").symlink_to("/etc/passwd")
    assert handed_in(tmp_path, "cnn").problem.facts["reason"] == "link"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_file_is_there_from_the_start_and_fills_as_checks_end(tmp_path, lang):
    path = tmp_path / "results.json"
    words = Words.load(None)
    progress = Progress(path, words, lang)
    progress.say("starting")
    assert read(path)["tests"] == []
    assert "score" not in read(path)
    progress.expect(LISTED)
    progress.ended("test_a", "passed")
    progress.ended("test_b[abba]", "failed")
    progress.ended("test_c", "crashed")
    told = read(path)
    assert [(test["number"], test["score"], test["visibility"]) for test in told["tests"]] == [
        ("1", 3.0, "visible"),
        ("2", 0.0, "hidden"),
    ]
    assert "abba" not in path.read_text("utf-8")
    progress.ended("test_b[abba]", "passed")
    assert [test["score"] for test in read(path)["tests"]] == [3.0, 2.0]
    assert told["output"] == words.ui("exports.partial", lang)


def test_the_last_word_is_spoken_once(tmp_path):
    path = tmp_path / "results.json"
    progress = Progress(path, Words.load(None), "en")
    assert progress.finish(b'{"score": 1, "tests": []}')
    assert not progress.out_of_time()
    progress.ended("test_a", "passed")
    assert read(path)["score"] == 1
    late = Progress(path, Words.load(None), "en")
    late.expect(LISTED)
    late.ended("test_a", "passed")
    assert late.out_of_time()
    assert not late.finish(b"{}")
    assert read(path)["output"] == Words.load(None).ui("exports.out_of_time", "en")
    assert len(read(path)["tests"]) == 1


def test_settings_make_sense_or_are_refused(tmp_path):
    assert Setting.read(tmp_path, {}) == Setting(tmp_path, 540.0, "en")
    assert Setting.read(tmp_path, {"GRADER_SECONDS": "2400", "GRADER_LANG": "ko"}).lang == "ko"
    for wrong in (
        {"GRADER_SECONDS": "ten"},
        {"GRADER_SECONDS": "5"},
        {"GRADER_SECONDS": "nan"},
        {"GRADER_LANG": "de"},
    ):
        with pytest.raises(UsageError, match="run_autograder"):
            Setting.read(tmp_path, wrong)
