"""What `grader doctor` says where no wall stands, and that it says nothing of it elsewhere."""

from __future__ import annotations

import pytest

from grader.commands import doctor
from grader.sandbox.levels import Examined

WORD = "JupyterHub"


def levels(bubblewrap: bool, landlock: bool) -> list[Examined]:
    return [
        Examined("bubblewrap", bubblewrap, "as a test has it"),
        Examined("landlock", landlock, "as a test has it"),
        Examined("none", True, "core"),
    ]


@pytest.mark.parametrize("stands", [(True, True), (False, True), (True, False)])
def test_where_a_wall_stands_no_container_is_spoken_of(stands, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "examine", lambda: levels(*stands))
    assert doctor.run() == 0
    told = capsys.readouterr().out
    assert "docker" not in told
    assert WORD not in told


def test_where_none_stands_there_is_one_command_to_copy(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "examine", lambda: levels(False, False))
    monkeypatch.setenv("COLUMNS", "60")
    assert doctor.run() == 1
    told = capsys.readouterr().out
    lines = [line.strip() for line in told.splitlines() if "docker run" in line]
    assert lines == [doctor.CONTAINER]
    assert WORD in told
    assert "grade refuses" in told


def test_the_command_gives_no_privilege_and_writes_nothing_but_reports():
    words = doctor.CONTAINER.split()
    assert words[words.index("--network") + 1] == "none"
    assert not [word for word in words if "privileged" in word or "cap-add" in word or "security-opt" in word]
    mounts = [words[at + 1].split(":") for at, word in enumerate(words) if word == "-v"]
    writable = [mount[1] for mount in mounts if mount[2:] != ["ro"]]
    assert writable == ["/course/reports", "/secret"]
