"""The corpus is whole: each row of the threats has a notebook, a file or a test that names it."""

from __future__ import annotations

from pathlib import Path

from tests.hostile.case import rows_of
from tests.hostile.files_archives import DOWNLOADED, PLATFORM
from tests.hostile.files_names import NAMES, PLACES
from tests.hostile.files_notebooks import BROKEN, ODD
from tests.hostile.levels import ALL
from tests.hostile.test_marks import CHEATS

HERE = Path(__file__).parent
CHEATING = {f"T{number}" for number in range(1, 25)}
HARMING = {f"A{number}" for number in range(1, 20)}
FILING = {f"F{number}" for number in range(1, 24)}

OF_FILES = {row for file in (*BROKEN.values(), *ODD.values()) for row in file.rows.split()}
OF_NAMES = {row for rows in NAMES.values() for row in rows.split()} | {row for row, _, _ in PLACES.values()}
BY_TESTS = {
    "T22": "test_lessons.py",
    "T23": "test_lessons.py",
    "F4": "test_files.py",
    "F13": "test_files.py",
    "F14": "test_files.py",
    "F15": "test_files.py",
    "F16": "test_files.py",
    "F17": "test_levels.py",
}
"""Rows that no single notebook can show, and the file whose docstrings name them."""


def test_every_row_has_its_own() -> None:
    shown = rows_of(CHEATS) | rows_of(ALL) | OF_FILES | OF_NAMES | set(BY_TESTS)
    assert (CHEATING | HARMING | FILING) - shown == set()
    assert shown - (CHEATING | HARMING | FILING) == set()


def test_what_is_shown_by_a_test_is_named_by_it() -> None:
    for row, file in BY_TESTS.items():
        assert row in (HERE / file).read_text("utf-8"), row


def test_there_are_many() -> None:
    notebooks = len(CHEATS) + len(ALL) + len(BROKEN) + len(ODD)
    assert notebooks >= 80
    assert notebooks + len(NAMES) + len(PLACES) + len(DOWNLOADED) + len(PLATFORM) >= 150
