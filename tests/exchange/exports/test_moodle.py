"""Moodle's worksheet comes back with grades in it, and the reports in the folders that they came from."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.exchange.exports.moodle import written
from tests.exchange.exports.making import KOREAN, keep, made, order_of, ordered, read_back, worksheet
from tests.exchange.exports.platforms import moodle, moodle_feedback

PEOPLE = [("Kim Mina", "101"), ("Lee Jun", "102"), ("홍 길동", "103"), ("Kim Mina", "104")]
ENGLISH = ("Identifier", "Grade")


def test_only_the_grades_change_in_english_in_korean_and_under_any_headers() -> None:
    class_ = [made("Kim Mina", "101", 15), made("홍 길동", "103", 0)]
    strange = [f"?{number}" for number in range(10)]
    for header, word in ((None, "Participant"), (KOREAN, "참여자"), (strange, "Người")):
        roster = worksheet(PEOPLE, header, word=word) if header else worksheet(PEOPLE)
        done = written(ordered(class_, roster))
        assert done.content is not None
        names = (header[0], header[4]) if header else ENGLISH
        assert moodle(done.content, 100, word, names=names) == {"101": 75, "103": 0}
        changed = [
            (old, new)
            for old, new in zip(roster.split(b"\r\n"), done.content.split(b"\r\n"), strict=True)
            if old != new
        ]
        assert len(changed) == 2
        assert all(new.replace(b",75,", b",,").replace(b",0,100", b",,100") == old for old, new in changed)
        assert any("multiplied by 5" in remark for remark in done.remarks)
        assert any("by their place" in remark for remark in done.remarks) == (header is strange)


def test_homonyms_get_their_own_grades_and_reports(tmp_path: Path) -> None:
    class_ = [
        made("Kim Mina", "104", 20, folder="Kim Mina_104_assignsubmission_file_"),
        made("Kim Mina", "101", 10, folder="Kim Mina_101_assignsubmission_file"),
        made("홍 길동", "103", 5),
    ]
    done = written(order_of(keep(tmp_path, class_), worksheet(PEOPLE, most="20.00")))
    assert done.content is not None
    assert moodle(done.content, 20, names=ENGLISH) == {"104": 20, "101": 10, "103": 5}
    archive = done.beside["-feedback.zip"]
    got = moodle_feedback(archive, {one for _, one in PEOPLE})
    assert {one: len(files) for one, files in got.items()} == {"101": 1, "103": 1, "104": 1}
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        names = opened.namelist()
        assert {name.split("/")[0] for name in names} == {
            "Kim Mina_101_assignsubmission_file",
            "Kim Mina_104_assignsubmission_file_",
            "홍 길동_103_assignsubmission_file",
        }
        for name in names:
            assert opened.read(name).decode() == f"<p>{name.split('_')[1]}"
    assert done.beside == written(order_of(tmp_path, worksheet(PEOPLE, most="20.00"))).beside


def test_a_record_that_lies_about_its_folder_stays_in_the_archive(tmp_path: Path) -> None:
    class_ = [
        made("../../Kim\u202e_Mina", "101", folder="../../x_101_assignsubmission_file"),
        made("Lee Jun", "102", folder="Kim Mina_101_assignsubmission_file"),
        made("..", "103", folder="a\\b_103_assignsubmission_file"),
    ]
    people = [("", "101"), ("", "102"), ("", "103")]
    done = written(order_of(keep(tmp_path, class_), worksheet(people)))
    archive = done.beside["-feedback.zip"]
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        folders = sorted(name.split("/")[0] for name in opened.namelist())
        assert all(name.count("/") == 1 for name in opened.namelist())
    assert folders == [
        "Kim Mina_101_assignsubmission_file",
        "Lee Jun_102_assignsubmission_file",
        "student_103_assignsubmission_file",
    ]


def test_what_waits_is_left_as_it_stands_and_its_report_is_not_sent(tmp_path: Path) -> None:
    roster = worksheet(PEOPLE).replace(
        b'"Submitted for grading - ",,', b'"Submitted for grading - ",12.00,', 1
    )
    class_ = [made("Kim Mina", "101", 15, state="needs_review"), made("Lee Jun", "102", 9, held=2)]
    folder = keep(tmp_path, class_)
    done = written(order_of(folder, roster))
    assert done.content == roster
    assert done.beside == {}
    assert [one.why for one in done.outcomes if one.fate == "blank"] == [
        "It needs a person's look at test_it. The worksheet's 12.00 stays.",
        "2 of its points are held until a person has looked.",
    ]
    asked = written(order_of(folder, roster, provisional=True))
    assert asked.content is not None
    assert moodle(asked.content, 100, names=ENGLISH) == {"101": 75, "102": 45}
    assert len(moodle_feedback(asked.beside["-feedback.zip"], {"101", "102"})) == 2


def test_locked_rows_and_scales_of_words_are_named() -> None:
    locked = worksheet(PEOPLE).replace(b"100.00,Yes", b"100.00,No", 1)
    done = written(ordered([made("Kim Mina", "101", 15), made("Lee Jun", "102", 5)], locked))
    assert done.content is not None
    assert moodle(done.content, 100, names=ENGLISH) == {"102": 25}
    assert "cannot be changed" in done.outcomes[0].why
    words = worksheet(PEOPLE, most="Excellent")
    assert written(ordered([made("Kim Mina", "101", 15)], words)).content == words


def test_a_comma_for_the_decimals_and_old_grades_are_understood() -> None:
    roster = worksheet(PEOPLE, most="20,00")
    done = written(ordered([made("Kim Mina", "101", 12.5)], roster))
    assert done.content is not None
    assert read_back(done.content)[1][4] == "12.5"


def test_pages_that_are_missing_are_named(tmp_path: Path) -> None:
    folder = keep(tmp_path, [made("Kim Mina", "101")])
    next(folder.glob("cnn/*.html")).unlink()
    done = written(order_of(folder, worksheet(PEOPLE)))
    assert done.beside == {}
    assert any("cannot be read" in remark for remark in done.remarks)


def test_several_lessons_no_worksheet_and_another_file_are_refused() -> None:
    two = [made("a", "101"), made("a", "101", lesson="lstm")]
    for class_, roster, message in (
        (two, worksheet(PEOPLE), "2 lessons: cnn, lstm"),
        (two[:1], None, "--roster"),
        (two[:1], b"student_id,name\n1,x\n", "no grading worksheet"),
    ):
        with pytest.raises(UsageError, match=message):
            written(ordered(class_, roster))
