"""Zips of otter-grader: the notebook in each is read, the pickled log beside it never."""

from __future__ import annotations

import io
import pickle
import random
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader.exchange.archives import Caps
from grader.exchange.folders import find
from tests.exchange.making import LESSONS, found, notebook, put, reasons, who, zipped

EARLY = "lab_2026_11_01T10_20_30_123456.zip"
LATE = "lab_2026_11_02T09_00_00_000000.zip"


class Trap:
    """Unpickling this would raise."""

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (exec, ("raise SystemExit('unpickled')",))


def packed(files: Mapping[str, bytes] | None = None) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (files or {"lab.ipynb": notebook()}).items():
            archive.writestr(name, content)
        archive.writestr(".OTTER_LOG", pickle.dumps(Trap()))
        archive.writestr("__zip_filename__", EARLY)
    return memory.getvalue()


def test_alone_in_folders_and_in_the_downloads_of_platforms(tmp_path: Path) -> None:
    flat = put(tmp_path / "flat", {EARLY: packed(), LATE: packed({"lab.ipynb": notebook("two")})})
    assert who(found(flat)) == [
        ("cnn", EARLY.removesuffix(".zip"), EARLY.removesuffix(".zip"), EARLY),
        ("cnn", LATE.removesuffix(".zip"), LATE.removesuffix(".zip"), LATE),
    ]
    assert [one.content for one in found(flat)] == [notebook(), notebook("two")]
    [alone] = found(flat / EARLY)
    assert (alone.student, alone.content) == (EARLY.removesuffix(".zip"), notebook())
    files = {
        f"kimmina_101_5001_{EARLY}": packed(),
        f"leejun_LATE_102_5002_{LATE[:-4]}-1.zip": packed(),
        f"Kim Mina_103_assignsubmission_file/{EARLY}": packed(),
    }
    for submissions in (found(put(tmp_path / "lms", files)), found(zipped(tmp_path / "lms.zip", files))):
        assert [(s.student, s.student_id, s.late) for s in submissions] == [
            ("Kim Mina", "103", False), ("kimmina", "101", False), ("leejun", "102", True),
        ]  # fmt: skip
        assert all(one.content == notebook() for one in submissions)


def test_the_latest_of_one_student_counts_by_otters_own_clock(tmp_path: Path) -> None:
    put(tmp_path, {f"kim/{LATE}": packed({"lab.ipynb": notebook("late")}), f"kim/{EARLY}": packed()})
    [kim] = found(tmp_path)
    assert (kim.notebook, kim.content) == (LATE, notebook("late"))
    assert kim.notes[0].facts == {"what": f"kim/{EARLY}"}
    # The student's own clock is no time that a late policy may believe.
    assert kim.submitted is None


def test_the_notebook_of_the_name_is_meant_and_the_lesson_is_in_it(tmp_path: Path) -> None:
    both = {"other.ipynb": b"{}", "sub/lab.ipynb": notebook(lesson="lstm"), "lab.pdf": b"%PDF"}
    [one] = found(put(tmp_path, {EARLY: packed(both)}), None)
    assert (one.lesson, one.content) == ("lstm", notebook(lesson="lstm"))


def test_what_is_wrong_inside_is_said_of_that_student_alone(tmp_path: Path) -> None:
    huge = random.Random(0).randbytes(90_000)
    put(
        tmp_path,
        {
            f"a/{EARLY}": b"no zip at all",
            f"b/{EARLY}": packed({"readme.txt": b""}),
            f"c/{EARLY}": packed({"x.ipynb": b"", "y.ipynb": b""}),
            f"d/{EARLY}": packed({"lab.ipynb": bytes(60_000)}),
            f"e/{EARLY}": packed({"lab.ipynb": huge[:70_000], "more.bin": huge}),
            f"f/{EARLY}": packed({"../lab.ipynb": notebook()}),
            f"g/{EARLY}": packed({EARLY: packed()}),
            f"h/{EARLY}": packed(),
            "i/work.zip": packed(),
        },
    )
    caps = Caps(file=80_000, ratio=100, small=1_000)
    assert reasons(find(tmp_path, lesson="cnn", lessons=LESSONS, caps=caps, max_bytes=150_000)) == {
        "a": "bad_archive",
        "b": "no_notebook",
        "c": "too_many_files",
        "d": "compression",
        "e": "too_large",
        "f": "bad_path",
        "g": "no_notebook",
        "h": None,
        "i": "archive",
    }
