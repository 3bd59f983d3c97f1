"""When something was handed in: who is believed about it, and what is late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.exchange.times import moment
from tests.exchange.making import found, notebook, put, reasons, zipped

ONE = notebook()
WHEN = datetime(2026, 11, 2, 1, 21, 7, 346000, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-02 01:21:07.346000 UTC",
        "2026-11-02 01:21:07.346000",
        "2026-11-02 10:21:07.346000 Asia/Seoul\n",
        "2026-11-02 10:21:07.346000 +0900",
        "2026-11-02T10:21:07.346+09:00",
        "2026-11-01 20:21:07.346000000 -05:00",
        "2026-11-02 01:21:07.346000000 Z",
    ],
)
def test_times_as_nbgrader_ruby_and_iso_write_them(text: str) -> None:
    assert moment(text) == WHEN


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-13-02 01:21:07", "2026-11-02 01:21:07 KST", "2026-11-02 01:21:07 ../../etc/passwd",
     "0001-01-01 00:00:00 +0900", "9999-12-31 23:59:59 -2300", "2026-11-02 01:21:07 +9900", "1" * 300],
)  # fmt: skip
def test_what_is_no_time_is_none(text: str) -> None:
    assert moment(text) is None


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_every_time_with_an_offset_comes_back(when: datetime, minutes: int) -> None:
    sign, rest = "-" if minutes < 0 else "+", abs(minutes)
    text = f"{when:%Y-%m-%d %H:%M:%S.%f} {sign}{rest // 60:02}{rest % 60:02}"
    assert moment(text) == when.replace(tzinfo=UTC) - timedelta(minutes=minutes)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("0129-: .TZ+UC/"), max_size=40))
def test_whatever_it_says_it_is_a_time_with_a_zone_or_none(text: str) -> None:
    when = moment(text)
    assert when is None or when.utcoffset() == timedelta(0)


def test_nbgraders_timestamp_counts_in_its_own_place_alone(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "submitted/kim/cnn/nb.ipynb": ONE,
            "submitted/kim/cnn/timestamp.txt": b"2026-11-02 10:21:07.346000 Asia/Seoul",
            "submitted/kim/lstm/nb.ipynb": ONE,
            "submitted/lee/cnn/nb.ipynb": ONE,
            "submitted/lee/timestamp.txt": b"1999-01-01 00:00:00",
            "submitted/park/cnn/nb.ipynb": ONE,
            "submitted/park/cnn/timestamp.txt": b"yesterday",
            "submitted/choi/cnn/timestamp.txt": b"2026-11-02 01:21:07.346",
        },
    )
    submissions = found(tmp_path, "cnn")
    assert {s.student: s.submitted for s in submissions} == {
        "choi": WHEN, "kim": WHEN, "lee": None, "park": None,
    }  # fmt: skip
    # Whoever nbgrader has a folder of has handed something in, even where no notebook is left.
    assert reasons(submissions) == {"choi": "no_notebook", "kim": None, "lee": None, "park": None}


def test_a_student_cannot_turn_the_clock_back_with_a_file_of_that_name(tmp_path: Path) -> None:
    stamp = b"1999-01-01 00:00:00 UTC"
    folder = "Kim Mina_101_assignsubmission_file"
    put(
        tmp_path,
        {
            f"{folder}/lab.ipynb": ONE,
            f"{folder}/timestamp.txt": stamp,
            f"{folder}/cnn/timestamp.txt": stamp,
            f"{folder}/cnn/lab.ipynb": ONE,
        },
    )
    assert [s.submitted for s in found(tmp_path)] == [None]


def test_late_is_what_canvas_marked_on_the_attempt_that_counts(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "kim_LATE_101_5001_lab.ipynb": ONE,
            "lee_LATE_102_5001_lab.ipynb": ONE,
            "lee_102_5003_lab-1.ipynb": ONE,
        },
    )
    assert {s.student: (s.late, s.submitted) for s in found(tmp_path)} == {
        "kim": (True, None), "lee": (False, None),
    }  # fmt: skip


@pytest.mark.parametrize("packed", [True, False])
def test_a_platforms_empty_folder_is_a_student_too(tmp_path: Path, packed: bool) -> None:
    folders = ("Kim_101_assignsubmission_file", "Lee_102_assignsubmission_file_")
    files = {f"{folders[0]}/lab.ipynb": ONE, f"{folders[1]}/.DS_Store": b"", "Park/.DS_Store": b""}
    if packed:
        submissions = found(zipped(tmp_path / "class.zip", {**files, f"{folders[1]}/": b""}))
    else:
        submissions = found(put(tmp_path / "class", files))
    assert reasons(submissions) == {"Kim": None, "Lee": "no_notebook"}
    assert [s.folder for s in submissions] == list(folders)
