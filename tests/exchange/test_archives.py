"""Downloads as one .zip: the same rules as for folders, and nothing a zip says about itself is believed."""

from __future__ import annotations

import random
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.exchange.archives import Caps
from grader.exchange.folders import find
from tests.exchange.making import LESSONS, found, notebook, put, reasons, who, zipped

ONE = notebook()


def test_canvas_moodle_nbgrader_and_plain_zips(tmp_path: Path) -> None:
    moodle, older = "101_assignsubmission_file", "102_assignsubmission_file_"
    for name, files, expected in (
        ("canvas.zip", ["kim_101_5001_lab.ipynb", "lee_LATE_102_5002_lab.ipynb"], ["101", "102"]),
        ("moodle.zip", [f"Kim M_{moodle}/x.ipynb", f"A_B_{older}/x.ipynb"], ["101", "102"]),
        ("nbgrader.zip", ["submitted/kim/cnn/nb.ipynb", "submitted/lee/cnn/nb.ipynb"], ["kim", "lee"]),
        ("plain.ZIP", ["kim.ipynb", "lee/hw.ipynb"], ["kim", "lee"]),
        ("autumn.zip", ["autumn/kim.ipynb", "autumn/lee/hw.ipynb"], ["kim", "lee"]),
        ("wrapped.zip", [f"Lab 7/K_{moodle}/x.ipynb", f"Lab 7/L_{older}/y.ipynb"], ["101", "102"]),
        ("windows.zip", ["kim\\hw.ipynb", "lee\\sub\\hw.ipynb"], ["kim", "lee"]),
    ):  # fmt: skip
        submissions = found(zipped(tmp_path / name, dict.fromkeys(files, ONE)))
        assert sorted(s.student_id for s in submissions) == expected, name
        assert all(s.content == ONE and s.problem is None for s in submissions), name


def test_the_later_of_two_entries_counts_and_lessons_come_from_metadata_or_folder(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("lstm/kim/b.ipynb", (2026, 3, 2, 0, 0, 0)), notebook("new"))
        archive.writestr(zipfile.ZipInfo("lstm/kim/a.ipynb", (2026, 3, 1, 0, 0, 0)), notebook("old"))
        archive.writestr(zipfile.ZipInfo("lee.ipynb", (1980, 0, 0, 0, 0, 0)), notebook(lesson="cnn"))
    lee, kim = found(path, None)
    assert who([lee, kim]) == [("cnn", "lee", "lee", "lee.ipynb"), ("lstm", "kim", "kim", "b.ipynb")]
    assert kim.notes[0].facts == {"what": "lstm/kim/a.ipynb"}


def test_paths_that_lead_outside_are_refused_and_write_nothing(tmp_path: Path) -> None:
    hostile = {
        "../up.ipynb": ONE,
        "/absolute.ipynb": ONE,
        "a/../../b/dots.ipynb": ONE,
        "C:\\drive.ipynb": ONE,
        "..\\back.ipynb": ONE,
        "../../etc/cron.d/x": b"",
        "x/" * 600 + "long.ipynb": ONE,
        "kim.ipynb": ONE,
        "../kim.ipynb": notebook("forged"),
    }
    (tmp_path / "in").mkdir()
    submissions = found(zipped(tmp_path / "in/class.zip", hostile))
    refused = ("up", "absolute", "dots", "drive", "back", "long")
    assert reasons(submissions) == {"kim": None} | dict.fromkeys(refused, "bad_path")
    assert next(s for s in submissions if s.student == "kim").content == ONE
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["class.zip", "in"]


def test_links_and_devices_in_archives_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        forms = {"link.ipynb": stat.S_IFLNK, "pipe.ipynb": stat.S_IFIFO, "lib": stat.S_IFLNK}
        for name, form in (forms | {"kim.ipynb": stat.S_IFREG}).items():
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = (form | 0o644) << 16
            archive.writestr(info, ONE if name == "kim.ipynb" else b"/etc/passwd")
        archive.mkdir("folder.ipynb")
        archive.writestr("folder.ipynb/inner.ipynb", ONE)
        archive.writestr("unlisted.ipynb/inner/inner.ipynb", ONE)
    submissions = found(path)
    folders = {"folder": "folder", "unlisted": "folder"}
    assert reasons(submissions) == {"kim": None, "link": "link", "pipe": "not_a_file"} | folders
    assert all(s.notes == [] for s in submissions)


def test_rubbish_and_nested_archives_are_left_out(tmp_path: Path) -> None:
    files = {
        "__MACOSX/kim/._hw.ipynb": b"",
        "kim/.ipynb_checkpoints/hw-checkpoint.ipynb": ONE,
        "kim/.DS_Store": b"",
        "kim/hw.ipynb": ONE,
        "kim/more.zip": b"PK\x05\x06" + bytes(18),
        "lee/all.zip": b"PK",
        "outer.zip": b"PK",
    }
    submissions = found(zipped(tmp_path / "class.zip", files))
    assert reasons(submissions) == {"kim": None, "lee": "archive"}
    assert submissions[0].notes[0].facts == {"what": "kim/more.zip"}


def test_names_of_old_zips_are_read_as_utf_8_or_korean_windows(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    # Of the same lengths as the names that replace them, which zipfile would not write itself.
    stand_ins = {b"AAA.ipynb": "김".encode(), b"BB.ipynb": "이".encode("cp949"), b"C.ipynb": b"\xff"}
    zipped(path, {name.decode(): ONE for name in stand_ins})
    content = path.read_bytes()
    for name, raw in stand_ins.items():
        assert content.count(name) == 2
        content = content.replace(name, raw + b".ipynb")
    path.write_bytes(content)
    assert {s.student for s in found(path)} == {"김", "이", r"\xff"}


def test_bombs_by_ratio_by_size_and_in_total_cost_their_own_record_only(tmp_path: Path) -> None:
    huge = random.Random(0).randbytes(90_000)
    files = {"bomb.ipynb": bytes(60_000), "huge.ipynb": huge, "kim.ipynb": ONE}
    path = zipped(tmp_path / "class.zip", files)
    caps = Caps(file=80_000, ratio=100, small=1_000)
    submissions = find(path, lesson="cnn", lessons=LESSONS, caps=caps)
    assert reasons(submissions) == {"bomb": "compression", "huge": "too_large", "kim": None}
    least = find(path, lesson="cnn", lessons=LESSONS, caps=Caps(total=100_000))
    assert reasons(least) == {"bomb": None, "huge": "too_large", "kim": "too_large"}


def test_too_many_entries_and_too_large_a_table_of_contents_are_one_record(tmp_path: Path) -> None:
    path = zipped(tmp_path / "cnn class.zip", {f"{number}.ipynb": b"" for number in range(2000)})
    for caps, reason in ((Caps(entries=1999), "too_many_files"), (Caps(table=70_000), "bad_archive")):
        assert reasons(find(path, lesson=None, lessons=LESSONS, caps=caps)) == {"cnn class": reason}
    assert len(find(path, lesson="cnn", lessons=LESSONS)) == 2000


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x05\x06" + b"\xff" * 18, b"PK\x03\x04" * 50])
def test_a_broken_archive_is_one_record(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, {"class.zip": content})
    [one] = found(tmp_path / "class.zip")
    assert (one.student, one.notebook, one.problem and one.problem.facts) == (
        "class",
        "class.zip",
        {"reason": "bad_archive"},
    )
    with pytest.raises(UsageError, match="--lesson"):
        found(tmp_path / "class.zip", None)


def test_a_damaged_an_encrypted_and_an_oddly_packed_entry_are_one_record_each(tmp_path: Path) -> None:
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("damaged.ipynb", b"unmistakable content")
        archive.writestr("packed.ipynb", ONE, compress_type=zipfile.ZIP_LZMA)
        archive.writestr("kim.ipynb", ONE)
        archive.writestr("secret.ipynb", ONE)
    content = bytearray(path.read_bytes().replace(b"unmistakable", b"UNMISTAKABLE"))
    flags = content.rindex(b"secret.ipynb") - 46 + 8
    content[flags : flags + 2] = struct.pack("<H", 1)
    path.write_bytes(content)
    assert reasons(found(path)) == {
        "damaged": "bad_archive",
        "packed": "compression",
        "secret": "encrypted",
        "kim": None,
    }


def test_an_empty_archive_has_nothing_to_grade(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No notebook"):
        found(zipped(tmp_path / "class.zip", {"readme.txt": b""}))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_zip_damaged_anywhere_gives_submissions_or_an_error_of_usage(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = zipped(tmp_path_factory.getbasetemp() / "fuzzed.zip", {"kim/a.ipynb": ONE, "lee.ipynb": ONE})
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + 2] = data.draw(st.binary(min_size=1, max_size=3))
    path.write_bytes(content)
    try:
        submissions = found(path)
    except UsageError:
        return
    assert all(s.problem or s.content is not None for s in submissions)
