"""The judge's process collects a lesson's checks once and forks for each request: what may go wrong there."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from grader import warm
from grader.judge.brief import Brief
from grader.judge.outcome import Verdict
from tests.judge.lessons import lesson

TWO = """
    def test_one(): pass
    @pytest.mark.points(2)
    def test_two(): pass
"""


@pytest.fixture(scope="module")
def judge() -> Iterator[warm.Room]:
    with warm.Room("grader.judge.server") as room:
        yield room


def listed(judge: warm.Room, folder: Path, digest: str = "", *, hidden: bool = True) -> Verdict:
    request = msgspec.json.encode(Brief(str(folder), b"", hidden, digest=digest))
    return msgspec.json.decode(judge.ask("collect", request, seconds=60), type=Verdict)


def names(verdict: Verdict) -> list[str]:
    assert verdict.trouble is None, verdict.trouble
    return [one.id for one in verdict.listed]


def test_every_request_gets_the_checks_of_its_own_lesson(judge: warm.Room, tmp_path: Path) -> None:
    first = lesson(tmp_path / "a", TWO).folder
    others = [lesson(tmp_path / f"b{n}", f"def test_of_{n}(): pass").folder for n in range(6)]
    for _ in range(2):
        assert names(listed(judge, first)) == ["test_one", "test_two"]
        for n, other in enumerate(others):
            assert names(listed(judge, other)) == [f"test_of_{n}"]


def test_hidden_checks_are_another_matter(judge: warm.Room, tmp_path: Path) -> None:
    folder = lesson(tmp_path, "def test_seen(): pass", "def test_unseen(): pass").folder
    assert names(listed(judge, folder, hidden=True)) == ["test_seen", "test_unseen"]
    assert names(listed(judge, folder, hidden=False)) == ["test_seen"]
    assert names(listed(judge, folder, hidden=True)) == ["test_seen", "test_unseen"]


def test_a_lesson_that_was_edited_is_collected_again(judge: warm.Room, tmp_path: Path) -> None:
    before = lesson(tmp_path, TWO)
    assert names(listed(judge, before.folder, before.digest)) == ["test_one", "test_two"]
    after = lesson(tmp_path, "def test_other(): pass")
    assert after.digest != before.digest
    assert names(listed(judge, after.folder, after.digest)) == ["test_other"]


def test_a_stage_keeps_no_descriptor_of_the_request_that_made_it(judge: warm.Room, tmp_path: Path) -> None:
    request = msgspec.json.encode(Brief(str(lesson(tmp_path, TWO).folder), b"", True))
    reader, writer = os.pipe()
    judge.ask("collect", request, seconds=60, fds=[writer])
    os.close(writer)
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    assert poll.poll(30_000), (
        "whoever reads what the request writes would wait for as long as the stage lives"
    )
    assert os.read(reader, 1) == b""
    os.close(reader)


def test_checks_that_cannot_be_collected_are_the_authors(judge: warm.Room, tmp_path: Path) -> None:
    folder = lesson(tmp_path, "import no_such_module_anywhere\ndef test_one(): pass").folder
    for _ in range(2):
        verdict = listed(judge, folder)
        assert verdict.blame == "author"
        assert "no_such_module_anywhere" in (verdict.trouble or "")


def test_a_lesson_that_cannot_be_opened_says_why(judge: warm.Room, tmp_path: Path) -> None:
    folder = lesson(tmp_path, TWO).folder
    (folder / "lesson.toml").write_text("lesson = ", "utf-8")
    with pytest.raises(warm.JobFailed, match="cannot be read"):
        listed(judge, folder)


def test_checks_that_end_the_process_cost_their_own_lesson_only(judge: warm.Room, tmp_path: Path) -> None:
    deadly = lesson(tmp_path / "a", "import os\nos._exit(0)\ndef test_never(): pass").folder
    harmless = lesson(tmp_path / "b", TWO).folder
    for _ in range(2):
        with pytest.raises(warm.JobFailed, match="could not be made ready"):
            listed(judge, deadly)
        assert names(listed(judge, harmless)) == ["test_one", "test_two"]
