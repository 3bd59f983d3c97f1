"""The zip: the same bytes each time, all that it needs, nothing that it does not."""

from __future__ import annotations

import io
import stat
import subprocess
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.autograder.zipped import requirements, secret_for, zipped
from grader.cli import main
from grader.errors import UsageError
from grader.lesson import Lesson

ROOT = Path(__file__).resolve().parent.parent.parent
LESSON = ROOT / "assignments" / "rnn_basics"
SECRET = b"a secret of this test alone"


@pytest.fixture(scope="module")
def content() -> bytes:
    return zipped(Lesson.open(LESSON), SECRET)


@pytest.fixture(scope="module")
def unpacked(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


def test_the_scripts_lie_at_its_root_and_can_be_run(content, unpacked):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        modes = {info.filename: info.external_attr >> 16 for info in archive.infolist()}
    for name in ("setup.sh", "run_autograder"):
        assert modes[name] & stat.S_IXUSR
        assert (unpacked / name).read_text("utf-8").startswith("#!/usr/bin/env bash\n")
        assert subprocess.run(["bash", "-n", str(unpacked / name)], check=False).returncode == 0
    assert modes["secret"] & 0o077 == 0


def test_it_holds_the_lesson_with_its_hidden_checks_and_reference(unpacked):
    lesson = Lesson.open(unpacked / "course" / "assignments" / "rnn_basics")
    assert lesson.expected_checks(hidden=True) == Lesson.open(LESSON).expected_checks(hidden=True)
    assert (lesson.solutions / "reference.ipynb").is_file()
    assert not (lesson.solutions / "mistakes").exists()
    assert (unpacked / "grader" / "autograder" / "__main__.py").is_file()
    assert (unpacked / "grader" / "report" / "words" / "ko" / "ui.toml").is_file()
    assert not list(unpacked.rglob("__pycache__"))


def test_the_secret_is_made_for_this_lesson_and_does_not_tell_the_courses(content, unpacked):
    assert (unpacked / "secret").read_bytes().strip() == secret_for("rnn_basics", SECRET)
    assert secret_for("rnn_basics", SECRET) != secret_for("cnn", SECRET)
    assert not [path for path in unpacked.rglob("*") if path.is_file() and SECRET in path.read_bytes()]
    assert zipped(Lesson.open(LESSON), SECRET) == content
    assert zipped(Lesson.open(LESSON), SECRET + b"!") != content


def test_versions_are_those_that_the_lesson_was_proved_with():
    pins = dict(line.split("==") for line in requirements().splitlines())
    assert {"torch", "numpy", "pytest", "ipython", "msgspec"} <= set(pins)
    assert all(pin and "+" not in pin for pin in pins.values())
    assert "ruff" not in pins


def test_an_index_is_an_address_and_no_code():
    lesson = Lesson.open(LESSON)
    with zipfile.ZipFile(io.BytesIO(zipped(lesson, SECRET, "https://wheels.example/cpu"))) as archive:
        assert "\nTORCH_INDEX='https://wheels.example/cpu'\n" in archive.read("setup.sh").decode()
    for code in ("x'; id; '", "$(id)", "a b", "`id`", "a\nb"):
        with pytest.raises(UsageError, match="TORCH_INDEX"):
            zipped(lesson, SECRET, code)


def test_the_command_writes_a_file_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADER_SECRET", str(tmp_path / "secret"))
    monkeypatch.delenv("TORCH_INDEX", raising=False)
    (tmp_path / "secret").write_bytes(SECRET)
    out = tmp_path / "autograder.zip"
    told = CliRunner().invoke(main, ["gradescope", str(LESSON), "--out", str(out)])
    assert told.exit_code == 0, told.output
    assert zipfile.is_zipfile(out)
    assert out.stat().st_mode & 0o777 == 0o600
    assert "hidden" in told.output
    for wrong, said in ((tmp_path, "is a folder"), (tmp_path / "no" / "x.zip", "There is no folder")):
        told = CliRunner().invoke(main, ["gradescope", str(LESSON), "--out", str(wrong)])
        assert told.exit_code == 2
        assert said in told.output
