"""Which lesson a notebook is for, and which of several counts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.exchange.folders import find
from tests.exchange.making import LESSONS, found, notebook, put, reasons, who

ONE = notebook()


def test_the_command_line_wins_over_metadata_over_file_over_folder(tmp_path: Path) -> None:
    put(tmp_path, {"lstm/kim_seq2seq.ipynb": notebook(lesson="cnn")})
    [one] = find(tmp_path, lesson="rnn_basics", lessons=LESSONS)
    assert one.lesson == "rnn_basics"
    assert found(tmp_path, None)[0].lesson == "cnn"
    put(tmp_path, {"lstm/kim_seq2seq.ipynb": notebook(lesson="unheard_of")})
    assert found(tmp_path, None)[0].lesson == "seq2seq"
    put(tmp_path, {"lstm/kim_seq2seq.ipynb": b"{"})
    assert found(tmp_path, None)[0].lesson == "seq2seq"
    os.rename(tmp_path / "lstm/kim_seq2seq.ipynb", tmp_path / "lstm/kim.ipynb")
    assert who(found(tmp_path, None)) == [("lstm", "kim", "kim", "kim.ipynb")]


def test_a_folder_called_like_a_lesson_is_the_lessons(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "Seq2Seq/kim.ipynb": ONE,
            "Seq2Seq/lee/hw.ipynb": ONE,
            "cnn/kim_101_5001_x.ipynb": ONE,
            "cnn/cnn.ipynb": ONE,
        },
    )
    assert who(found(tmp_path, None)) == [
        ("cnn", "cnn", "cnn", "cnn.ipynb"),
        ("cnn", "kim", "101", "kim_101_5001_x.ipynb"),
        ("seq2seq", "kim", "kim", "kim.ipynb"),
        ("seq2seq", "lee", "lee", "hw.ipynb"),
    ]
    assert who(found(tmp_path / "Seq2Seq", None)) == who(found(tmp_path, None))[2:]
    assert who(found(tmp_path, "cnn")) == who(found(tmp_path, None))[:2]


def test_the_name_of_the_folder_given_is_the_last_word(tmp_path: Path) -> None:
    put(tmp_path, {"autumn seq2seq/kim.ipynb": ONE})
    assert found(tmp_path / "autumn seq2seq", None)[0].lesson == "seq2seq"


def test_one_student_with_several_lessons(tmp_path: Path) -> None:
    files = {"kim/seq2seq.ipynb": notebook("s"), "kim/CNN (1).ipynb": notebook("c"), "kim/draft.ipynb": ONE}
    put(tmp_path, files)
    cnn, seq2seq = found(tmp_path, None)
    assert (cnn.lesson, cnn.notebook, seq2seq.lesson, seq2seq.notebook) == (
        "cnn",
        "CNN (1).ipynb",
        "seq2seq",
        "seq2seq.ipynb",
    )
    assert [note.facts["what"] for note in cnn.notes] == ["kim/draft.ipynb"]
    [asked] = found(tmp_path, "seq2seq")
    assert asked.content == notebook("s")


def test_a_folder_of_nothing_but_lessons_is_one_students(tmp_path: Path) -> None:
    put(tmp_path, {"kim/seq2seq.ipynb": ONE, "kim/cnn.ipynb": ONE})
    assert who(found(tmp_path / "kim", None)) == [
        ("cnn", "kim", "kim", "cnn.ipynb"),
        ("seq2seq", "kim", "kim", "seq2seq.ipynb"),
    ]


def test_the_latest_counts_by_time_then_by_name_with_a_note(tmp_path: Path) -> None:
    put(
        tmp_path,
        {"kim/b.ipynb": notebook("old"), "kim/a.ipynb": notebook("new"), "kim.ipynb": notebook("newest")},
    )
    [one] = found(tmp_path)
    assert (one.student_id, one.content) == ("kim", notebook("newest"))
    assert [(note.code, note.facts) for note in one.notes] == [
        ("note.resubmitted", {"what": "kim/a.ipynb, kim/b.ipynb"})
    ]
    for name in ("kim/a.ipynb", "kim/b.ipynb", "kim.ipynb"):
        os.utime(tmp_path / name, (5, 5))
    assert found(tmp_path)[0].content == notebook("old")


def test_a_link_that_is_newer_does_not_replace_a_notebook(tmp_path: Path) -> None:
    put(tmp_path, {"kim/a.ipynb": ONE})
    (tmp_path / "kim/b.ipynb").symlink_to(tmp_path / "kim/a.ipynb")
    put(tmp_path, {"kim/cnn.ipynb": ONE})
    (tmp_path / "kim/cnn 2.ipynb").symlink_to(tmp_path / "kim/a.ipynb")
    for lesson in ("seq2seq", None):
        [one] = found(tmp_path, lesson)
        assert one.problem is None
        assert "kim/b.ipynb" in str(one.notes[0].facts["what"])
    assert (one.notebook, one.lesson) == ("cnn.ipynb", "cnn")


def test_with_a_lesson_asked_for_another_lessons_notebook_counts_only_where_nothing_else_is(
    tmp_path: Path,
) -> None:
    put(
        tmp_path,
        {
            "kim/one.ipynb": notebook(lesson="cnn"),
            "kim/two.ipynb": notebook(lesson="lstm"),
            "lee/one.ipynb": ONE,
            "lee/two.ipynb": notebook(lesson="lstm"),
            "park/two.ipynb": notebook(lesson="lstm"),
        },
    )
    assert who(found(tmp_path, "cnn")) == [
        ("cnn", "kim", "kim", "one.ipynb"),
        ("cnn", "lee", "lee", "one.ipynb"),
        ("cnn", "park", "park", "two.ipynb"),
    ]


def test_a_notebook_of_no_lesson_among_one_lesson_is_graded_as_it_with_a_note(tmp_path: Path) -> None:
    put(tmp_path, {"kim.ipynb": notebook(lesson="cnn"), "lee.ipynb": ONE, "park.ipynb": b"{"})
    submissions = found(tmp_path, None)
    assert {s.lesson for s in submissions} == {"cnn"}
    assert reasons(submissions) == {"kim": None, "lee": None, "park": None}
    assert [note.code for note in submissions[1].notes] == ["note.suspicion"]


def test_a_notebook_of_no_lesson_among_several_gets_a_record_that_says_so(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "a.ipynb": notebook(lesson="lstm"),
            "b.ipynb": notebook(lesson="lstm"),
            "c.ipynb": notebook(lesson="cnn"),
            "d.ipynb": ONE,
        },
    )
    submissions = found(tmp_path, None)
    assert reasons(submissions) == {"a": None, "b": None, "c": None, "d": "unknown_lesson"}
    assert (submissions[-1].lesson, submissions[-1].content) == ("lstm", b"")


def test_where_no_lesson_can_be_told_the_error_says_how_to_give_it(tmp_path: Path) -> None:
    put(tmp_path, {"kim.ipynb": ONE})
    with pytest.raises(UsageError, match=r"kim\.ipynb.*--lesson LESSON.*cnn, lstm, rnn_basics, seq2seq"):
        found(tmp_path, None)


def test_metadata_are_read_by_the_reader_given_and_only_where_they_decide(tmp_path: Path) -> None:
    asked: list[bytes] = []

    def told(contents: Sequence[bytes]) -> list[str | None]:
        asked.extend(contents)
        return ["lstm"] * len(contents)

    put(tmp_path, {"kim.ipynb": notebook("k"), "lee.ipynb": notebook("l")})
    assert {s.lesson for s in find(tmp_path, lesson=None, lessons=LESSONS, told=told)} == {"lstm"}
    assert sorted(asked) == [notebook("k"), notebook("l")]
    asked.clear()
    find(tmp_path, lesson="cnn", lessons=LESSONS, told=told)
    assert asked == []


def test_identical_files_of_two_students_are_two_submissions(tmp_path: Path) -> None:
    put(tmp_path, {"kim.ipynb": ONE, "lee.ipynb": ONE})
    kim, lee = found(tmp_path)
    assert kim.digest == lee.digest
    assert (kim.student_id, lee.student_id) == ("kim", "lee")


def test_of_an_assignment_with_several_notebooks_each_is_a_lesson(tmp_path: Path) -> None:
    of = [f"{student}/ps1/{name}.ipynb" for student in ("kim", "lee") for name in ("part1", "part 2")]
    put(tmp_path, dict.fromkeys(of, ONE))
    lessons = [*LESSONS, "ps1_part1", "ps1_part_2"]
    assert [(one.lesson, one.student) for one in find(tmp_path, lesson=None, lessons=lessons)] == [
        ("ps1_part1", "kim"), ("ps1_part1", "lee"), ("ps1_part_2", "kim"), ("ps1_part_2", "lee")
    ]  # fmt: skip
    asked = find(tmp_path, lesson="ps1_part1", lessons=lessons)
    assert [one.notebook for one in asked] == ["part1.ipynb", "part1.ipynb"]
