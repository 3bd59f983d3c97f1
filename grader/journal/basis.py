"""All that a result depends on beside the notebook, as one digest; and what a page is made of.

The language is no part of it: findings are kept by code and said anew. Nor is what belongs to a student.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

import grader
from grader.digests import below, digest_below
from grader.lesson import Lesson
from grader.reading import toml
from grader.record import SCHEMA
from grader.sandbox.closure import PACKAGES
from grader.submission import Submission

_FORM = 1
"""Counts up where what is kept, or how, changes."""
_OURS = ("pytest", "nbformat", "safetensors", "torchvision")
_NO_RESULT = ("due", "late", "hidden_findings", "mutation")
"""Keys of lesson.toml that change what is made of a result, and no result."""
_NOT_JUDGED = ("README.md", "words", "lesson.toml", "__pycache__", ".ipynb_checkpoints")
_PAGES = "report"


@dataclass(frozen=True)
class Source:
    """Digests of the grader's own files: of those that judge, and of those that make pages.

    A version number alone would answer from before what a developer has changed since.
    """

    judging: str
    pages: str

    @classmethod
    def read(cls) -> Source:
        root = Path(grader.__file__).parent
        files = [path for path in below(root) if path.relative_to(root).parts[0] != "assignments"]
        judging = [path for path in files if path.relative_to(root).parts[0] != _PAGES]
        return cls(digest_below(root, judging), digest_below(root, files))


def basis(lesson: Lesson, *, level: str, walls: Sequence[str], fingerprint: str, source: Source) -> bytes:
    """What all results of a lesson in one run depend on.

    level, walls: of the sandbox, as they were seen to stand
    fingerprint: of the course's secret
    """
    said = {
        "form": _FORM,
        "schema": SCHEMA,
        "lesson": lesson.name,
        "asked": _judged(lesson),
        "limits": repr(lesson.limits),
        "seed": lesson.seed,
        "level": level,
        "walls": sorted(walls),
        "secret": fingerprint,
        "grader": grader.__version__,
        "source": source.judging,
        "python": [sys.version, platform.machine()],
        "packages": [[name, _version(name)] for name in sorted({*PACKAGES, *_OURS})],
    }
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).digest()


def key_of(submission: Submission, base: bytes) -> bytes:
    """Under which the result of this submission is kept. Equal notebooks have equal keys."""
    problem = submission.problem
    said = [problem.code, sorted(problem.facts.items()), problem.message] if problem else submission.digest
    return hashlib.sha256(base + msgspec.json.encode(said)).digest()


def words_digest(lesson: Lesson, source: Source) -> bytes:
    """What the pages of a lesson are made of beside their records: its words, and the grader that renders."""
    return hashlib.sha256((source.pages + digest_below(lesson.folder, below(lesson.words))).encode()).digest()


def _judged(lesson: Lesson) -> str:
    """Everything in the lesson's folder but words, a description and dates."""
    table = toml((lesson.folder / "lesson.toml").read_bytes())
    asked = {key: value for key, value in table.items() if key not in _NO_RESULT}
    files = [
        path
        for path in below(lesson.folder)
        if not set(path.relative_to(lesson.folder).parts) & set(_NOT_JUDGED)
    ]
    said = msgspec.json.encode(asked, order="deterministic").decode()
    return hashlib.sha256((said + digest_below(lesson.folder, files)).encode()).hexdigest()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
