"""What stands in a submission's place and is none: each gets a record, is never followed, never opened."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from grader.exchange import regular
from grader.exchange.folders import find
from grader.submission import Problem
from tests.exchange.making import LESSONS, found, notebook, put, reasons

ONE = notebook()
SECRET = notebook("secret")


def test_links_pipes_sockets_devices_and_folders_are_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    put(tmp_path, {"outside/secret.ipynb": SECRET, "class/kim.ipynb": ONE, "class/zoe/hw.ipynb": ONE})
    folder = tmp_path / "class"
    (folder / "link.ipynb").symlink_to(tmp_path / "outside/secret.ipynb")
    (folder / "dangling.ipynb").symlink_to(tmp_path / "nowhere")
    (folder / "linked_folder").symlink_to(tmp_path / "outside")
    (folder / "folder.ipynb").mkdir()
    put(folder, {"folder.ipynb/inner.ipynb": SECRET})
    os.mkfifo(folder / "pipe.ipynb")
    (folder / "device.ipynb").symlink_to("/dev/zero")
    (folder / "eve").mkdir()
    (folder / "eve/inside.ipynb").symlink_to(folder / "kim.ipynb")
    (folder / "mallory").mkdir()
    (folder / "mallory/sub").symlink_to(tmp_path / "outside")
    put(folder, {"mallory/own.ipynb": ONE})
    bound = os.open(folder, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"/proc/self/fd/{bound}/socket.ipynb")
    os.close(bound)
    submissions = found(folder)
    assert reasons(submissions) == {
        "kim": None,
        "zoe": None,
        "mallory": None,
        "link": "link",
        "dangling": "link",
        "device": "link",
        "linked_folder": "link",
        "eve": "link",
        "folder": "folder",
        "pipe": "not_a_file",
        "socket": "not_a_file",
    }
    assert not any(b"secret" in s.content for s in submissions)
    assert all(s.content == b"" for s in submissions if s.problem)
    assert all(s.problem.message.endswith(".") for s in submissions if s.problem)


def test_a_single_file_that_is_a_link_is_refused_and_a_folder_may_be_named_by_a_link(tmp_path: Path) -> None:
    put(tmp_path, {"class/kim.ipynb": ONE})
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "class/kim.ipynb")
    (tmp_path / "way").symlink_to(tmp_path / "class")
    assert reasons(found(tmp_path / "link.ipynb")) == {"link": "link"}
    assert reasons(found(tmp_path / "way")) == {"kim": None}


def test_a_hard_link_is_a_file(tmp_path: Path) -> None:
    put(tmp_path, {"kim.ipynb": ONE})
    os.link(tmp_path / "kim.ipynb", tmp_path / "lee.ipynb")
    assert reasons(found(tmp_path)) == {"kim": None, "lee": None}


def test_a_file_that_turns_into_a_pipe_between_looking_and_opening_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"kim.ipynb": ONE})
    os.mkfifo(tmp_path / "pipe")
    regular_file = os.lstat(tmp_path / "kim.ipynb")
    (tmp_path / "link").symlink_to(tmp_path / "kim.ipynb")
    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", lambda path: regular_file)
        got = regular.read_regular(tmp_path / "pipe", 100)
        linked = regular.read_regular(tmp_path / "link", 100)
    assert isinstance(got, Problem)
    assert got.facts == {"reason": "not_a_file"}
    assert isinstance(linked, Problem)
    assert linked.facts == {"reason": "read_error"}


def test_files_and_folders_without_permission_are_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"kim.ipynb": ONE, "lee/hw.ipynb": ONE, "zoe.ipynb": ONE})
    opened, scandir = os.open, os.scandir

    def no_kim(path: str, flags: int) -> int:
        if str(path).endswith("kim.ipynb"):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, flags)

    def no_lee(path: Path) -> Any:
        if path.name == "lee":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    with monkeypatch.context() as patch:
        # Root may read everything, so that real permissions would show nothing where tests run as root.
        patch.setattr(os, "open", no_kim)
        patch.setattr(os, "scandir", no_lee)
        submissions = found(tmp_path)
    assert reasons(submissions) == {"kim": "no_permission", "lee": "no_permission", "zoe": None}


def test_a_folder_that_cannot_be_listed_at_all_is_the_operators(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", refuse)
        with pytest.raises(UsageError, match="cannot be listed: Permission denied"):
            found(tmp_path)


def test_caps_on_bytes_on_files_and_on_one_students_notebooks(tmp_path: Path) -> None:
    put(tmp_path, {"kim.ipynb": ONE, "lee.ipynb": ONE + b" "})
    submissions = find(tmp_path, lesson="cnn", lessons=LESSONS, max_bytes=len(ONE))
    assert reasons(submissions) == {"kim": None, "lee": "too_large"}
    with pytest.raises(UsageError, match="more than 1 files"):
        find(tmp_path, lesson="cnn", lessons=LESSONS, max_files=1)
    put(tmp_path, {f"eve/{number}.ipynb": ONE for number in range(41)})
    assert reasons(found(tmp_path)) == {"eve": "too_many_files", "kim": None, "lee": None}


def test_each_file_is_read_once_and_what_was_read_is_what_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, {"kim.ipynb": ONE})
    opened, seen = os.open, []

    def once(path: str, flags: int) -> int:
        seen.append(Path(path).name)
        return opened(path, flags)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", once)
        [kim] = found(tmp_path)
    (tmp_path / "kim.ipynb").write_bytes(SECRET)
    assert seen == ["kim.ipynb"]
    assert kim.content == ONE


def test_an_empty_file_is_a_submission_that_reading_refuses_later(tmp_path: Path) -> None:
    put(tmp_path, {"kim.ipynb": b""})
    [kim] = found(tmp_path)
    assert (kim.content, kim.problem) == (b"", None)


def test_whoever_hands_in_an_archive_gets_a_record_and_one_beside_a_notebook_a_note(tmp_path: Path) -> None:
    put(tmp_path, {"kim/hw.zip": b"PK", "lee/hw.ipynb": ONE, "lee/hw.tar.gz": b"", "docs/notes.txt": b""})
    submissions = found(tmp_path)
    assert reasons(submissions) == {"kim": "archive", "lee": None}
    assert [(note.code, note.facts) for note in submissions[1].notes] == [
        ("note.suspicion", {"what": "lee/hw.tar.gz"})
    ]
