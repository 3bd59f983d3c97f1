"""Small notebooks and archives for the tests."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader.exchange.folders import find
from grader.submission import Submission

LESSONS = ("cnn", "lstm", "rnn_basics", "seq2seq")


def notebook(source: str = "x = 1", lesson: str | None = None) -> bytes:
    metadata = {"grader": {"lesson": lesson}} if lesson else {}
    cells = [{"cell_type": "code", "metadata": {}, "source": source, "outputs": []}]
    return json.dumps({"nbformat": 4, "metadata": metadata, "cells": cells}).encode()


def put(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Files by relative path, each a second later than the one before."""
    for number, (name, content) in enumerate(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    return folder


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def found(path: Path, lesson: str | None = "cnn") -> list[Submission]:
    return find(path, lesson=lesson, lessons=LESSONS)


def who(submissions: list[Submission]) -> list[tuple[str, str, str, str]]:
    """lesson, student, id and file, for short."""
    return [(s.lesson, s.student, s.student_id, s.notebook) for s in submissions]


def reasons(submissions: list[Submission]) -> dict[str, object]:
    """Why nothing can be run, by student; None where something can."""
    return {s.student: s.problem.facts["reason"] if s.problem else None for s in submissions}
