"""The forms in which classes come: whose each file is, by folder, file name and platform."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.exchange import names
from tests.exchange.making import found, notebook, put, who

ONE = notebook()


def test_a_single_file_is_the_student_of_its_name(tmp_path: Path) -> None:
    put(tmp_path, {"김 민아.ipynb": ONE})
    [one] = found(tmp_path / "김 민아.ipynb")
    assert who([one]) == [("cnn", "김 민아", "김 민아", "김 민아.ipynb")]
    assert (one.content, one.problem, one.notes) == (ONE, None, [])
    assert one.digest == hashlib.sha256(ONE).hexdigest()


def test_files_and_folders_of_students_side_by_side(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "kim.ipynb": ONE,
            "lee/hw final (2).IPYNB": ONE,
            "lee/conftest.py": b"",
            "park/deep/er/x.ipynb": ONE,
            "data/table.csv": b"",
            "README.md": b"",
            "old.zip": b"",
        },
    )
    assert who(found(tmp_path)) == [
        ("cnn", "kim", "kim", "kim.ipynb"),
        ("cnn", "lee", "lee", "hw final (2).IPYNB"),
        ("cnn", "park", "park", "x.ipynb"),
    ]


def test_nbgrader_from_the_course_from_submitted_and_from_one_student(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "submitted/kim/seq2seq/nb.ipynb": ONE,
            "submitted/kim/seq2seq/timestamp.txt": b"1999-01-01",
            "submitted/kim/cnn/nb.ipynb": ONE,
            "submitted/lee/cnn/nb.ipynb": ONE,
            "source/cnn/nb.ipynb": ONE,
        },
    )
    everybody = [
        ("cnn", "kim", "kim", "nb.ipynb"),
        ("cnn", "lee", "lee", "nb.ipynb"),
        ("seq2seq", "kim", "kim", "nb.ipynb"),
    ]
    assert who(found(tmp_path, None)) == everybody
    assert who(found(tmp_path / "submitted", None)) == everybody
    assert who(found(tmp_path / "submitted" / "kim", None)) == [everybody[0], everybody[2]]
    assert who(found(tmp_path, "seq2seq")) == [everybody[2]]


def test_moodle_folders_with_and_without_the_trailing_underscore(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "Kim Mina_101_assignsubmission_file/lab.ipynb": ONE,
            "A_B Lee_102_assignsubmission_file_/sub/lab.ipynb": ONE,
            "Kim Mina_103_assignsubmission_file_/lab.ipynb": ONE,
            "Only_Text_104_assignsubmission_onlinetext/onlinetext.html": b"",
            "Wrong_105_assignsubmission_file/lab.py": b"",
        },
    )
    submissions = found(tmp_path)
    assert who(submissions) == [
        ("cnn", "A_B Lee", "102", "lab.ipynb"),
        ("cnn", "Kim Mina", "101", "lab.ipynb"),
        ("cnn", "Kim Mina", "103", "lab.ipynb"),
        ("cnn", "Only_Text", "104", "onlinetext.html"),
        ("cnn", "Wrong", "105", "lab.py"),
    ]
    assert [s.problem.facts["reason"] if s.problem else None for s in submissions] == [
        None, None, None, "no_notebook", "no_notebook",
    ]  # fmt: skip


def test_moodle_without_folders(tmp_path: Path) -> None:
    put(tmp_path, {"Kim_Mina_101_assignsubmission_file_x_7_assignsubmission_file_.ipynb": ONE})
    assert [entry[1:3] for entry in who(found(tmp_path))] == [("Kim_Mina", "101")]


def test_canvas_names_late_and_anonymous(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "kimmina_101_5001_lab.ipynb": ONE,
            "leejun_LATE_102_5002_my_9_9_lab.ipynb": ONE,
            "anon_x7Kz_5003_lab.ipynb": ONE,
            "anon_LATE_y8_5004_lab.ipynb": ONE,
            "parksu_105_5005_report.pdf": b"%PDF",
        },
    )
    submissions = found(tmp_path)
    assert [entry[1:3] for entry in who(submissions)] == [
        ("anon_x7Kz", "x7Kz"), ("anon_y8", "y8"), ("kimmina", "101"), ("leejun", "102"), ("parksu", "105"),
    ]  # fmt: skip
    assert [[note.code for note in s.notes] for s in submissions] == [
        [],
        ["note.late"],
        [],
        ["note.late"],
        [],
    ]
    assert [s.problem is None for s in submissions] == [True, True, True, True, False]


def test_a_resubmission_on_canvas_counts_whatever_the_times_say(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "kim_101_5009_lab-2.ipynb": notebook("third"),
            "kim_101_5005_lab-10.ipynb": notebook("second"),
            "kim_LATE_101_5001_lab.ipynb": notebook("first"),
        },
    )
    [one] = found(tmp_path)
    assert one.notebook == "kim_101_5009_lab-2.ipynb"
    assert [(note.code, note.facts) for note in one.notes] == [
        ("note.resubmitted", {"what": "kim_101_5005_lab-10.ipynb, kim_LATE_101_5001_lab.ipynb"})
    ]


def test_names_that_only_look_like_canvas_make_nobody_share_an_id(tmp_path: Path) -> None:
    put(tmp_path, {"kim_2024_01_lab.ipynb": ONE, "lee_2024_01_lab.ipynb": ONE})
    assert [entry[1:3] for entry in who(found(tmp_path))] == [
        ("kim_2024_01_lab", "kim_2024_01_lab"),
        ("lee_2024_01_lab", "lee_2024_01_lab"),
    ]


def test_names_of_which_only_the_end_differs_are_nobodys_attachments(tmp_path: Path) -> None:
    put(tmp_path, {"lab_1_2_kim.ipynb": ONE, "lab_1_2_lee.ipynb": ONE})
    assert {s.student_id for s in found(tmp_path)} == {"lab_1_2_kim", "lab_1_2_lee"}


def test_a_file_inside_a_students_folder_names_nobody_else(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "kim_101_5001_lab.ipynb": ONE,
            "eve/kim_101_9999_lab.ipynb": ONE,
            "eve/x/lee_101_9999_lab.ipynb": ONE,
            "eve/Kim_101_assignsubmission_file/lab.ipynb": ONE,
        },
    )
    assert [entry[1:3] for entry in who(found(tmp_path))] == [("eve", "eve"), ("kim", "101")]


def test_rubbish_is_skipped(tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "kim/hw.ipynb": ONE,
            "kim/.ipynb_checkpoints/hw-checkpoint.ipynb": ONE,
            "__MACOSX/lee/._hw.ipynb": b"",
            "._kim.ipynb": b"",
            ".DS_Store": b"",
            ".ipynb": ONE,
        },
    )
    [one] = found(tmp_path)
    assert (one.student, one.notes) == ("kim", [])


def test_composed_and_decomposed_names_are_two_students_and_stay_as_they_are(tmp_path: Path) -> None:
    composed, decomposed = "김", "\u1100\u1175\u11b7"
    put(tmp_path, {f"{composed}.ipynb": ONE, f"{decomposed}.ipynb": ONE, "\u202e[x] 🎉.ipynb": ONE})
    assert {s.student for s in found(tmp_path)} == {composed, decomposed, "\u202e[x] 🎉"}


def test_a_name_whose_bytes_are_no_utf_8_becomes_text(tmp_path: Path) -> None:
    (Path(tmp_path) / "x").mkdir()
    for raw in ("김.ipynb".encode("cp949"), b"\xff\xfe\x80.ipynb"):
        with open(bytes(tmp_path) + b"/" + raw, "wb") as file:
            file.write(ONE)
    assert {s.student for s in found(tmp_path)} == {"김", r"\xff\xfe\x80"}


def test_names_of_the_longest_kind(tmp_path: Path) -> None:
    put(tmp_path, {"k" * 249 + ".ipynb": ONE})
    assert found(tmp_path)[0].student == "k" * 249


def test_nothing_to_grade_is_an_error_of_usage(tmp_path: Path) -> None:
    put(tmp_path, {"kim/readme.txt": b"", "x.py": b""})
    for path, said in (
        (tmp_path, "No notebook"),
        (tmp_path / "none", "cannot be opened"),
        (tmp_path / "x.py", "is no notebook"),
    ):
        with pytest.raises(UsageError, match=said):
            found(path)


def test_lessons_in_names_are_whole_words_and_only_one() -> None:
    lessons = ("rnn", "rnn_basics", "cnn", "seq2seq")
    assert names.lesson_in("Kim RNN-Basics (1)", lessons) == "rnn_basics"
    assert names.lesson_in("rnn.kim", lessons) == "rnn"
    assert names.lesson_in("mcnnaly", lessons) is None
    assert names.lesson_in("cnn and seq2seq", lessons) is None
    assert names.lesson_called("Seq2Seq", lessons) == "seq2seq"
    assert names.lesson_called("seq2seq kim", lessons) is None
