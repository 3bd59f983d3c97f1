"""The lesson in a notebook's metadata is read by a limited process: never by the one that grades."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.desk.lessons import LessonReader
from grader.exchange import choosing
from grader.exchange.folders import find
from tests.exchange.making import LESSONS, notebook, put, reasons

MB = 1 << 20
GREEDY = b"[" + b"{}," * (2 * MB) + b"1]"
"""6 MB that take 150 MB to parse."""


@pytest.fixture(scope="module")
def told() -> Iterator[LessonReader]:
    with LessonReader(cpu_seconds=5, memory=160 * MB) as reader:
        yield reader


def test_the_reader_says_what_the_metadata_say(told: LessonReader) -> None:
    contents = [notebook(lesson="cnn"), notebook(), b"{", b"", notebook(lesson="없는 과제")]
    assert told(contents) == ["cnn", None, None, None, "없는 과제"]


def test_what_cannot_be_read_within_the_limits_takes_nobody_along(told: LessonReader) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert told([notebook(lesson="cnn"), GREEDY, notebook(lesson="lstm")]) == ["cnn", None, "lstm"]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 60 << 10, "nothing of it was parsed here (KiB)"


def test_the_limits_are_what_stops_it() -> None:
    metadata = {"grader": {"lesson": "cnn"}}
    deep = json.dumps({"metadata": metadata, "cells": [], "more": [{}] * (2 * MB)}).encode()
    with LessonReader() as enough, LessonReader(memory=160 * MB) as little:
        assert (enough([deep]), little([deep])) == (["cnn"], [None])


def test_finding_submissions_parses_nothing_in_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: LessonReader
) -> None:
    put(tmp_path, {"kim.ipynb": notebook(lesson="cnn"), "lee.ipynb": notebook(lesson="lstm")})

    def never(*_: object, **__: object) -> None:
        raise AssertionError("parsed in the process that grades")

    monkeypatch.setattr(json, "loads", never)
    found = find(tmp_path, lesson=None, lessons=LESSONS, told=told)
    assert [(one.student, one.lesson) for one in found] == [("kim", "cnn"), ("lee", "lstm")]


def test_one_student_s_many_large_notebooks_are_not_all_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: LessonReader
) -> None:
    monkeypatch.setattr(choosing, "_MOST_BYTES", 10_000)
    large = notebook("#" * 3_000)
    put(tmp_path, {f"kim/{n}.ipynb": large for n in range(5)} | {f"lee/{n}.ipynb": large for n in range(3)})
    found = find(tmp_path, lesson="cnn", lessons=LESSONS, told=told)
    assert reasons(found) == {"kim": "too_many_files", "lee": None}


def test_a_batch_is_asked_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "_BATCH_BYTES", 2 * len(notebook(lesson="cnn")))
    put(tmp_path, {f"student{n}.ipynb": notebook(lesson="cnn") for n in range(5)})
    sizes: list[int] = []

    def counted(contents: object) -> list[str | None]:
        assert isinstance(contents, list)
        sizes.append(len(contents))
        return ["cnn"] * len(contents)

    assert len(find(tmp_path, lesson=None, lessons=LESSONS, told=counted)) == 5
    assert sizes == [2, 2, 1]
