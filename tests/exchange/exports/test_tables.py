"""Our own table over lessons and nbgrader's, read back by Python's csv module."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.exchange.exports import Written, gradebook, nbgrader
from grader.record import Deadline, Record
from grader.report.gradebook import FORMULA
from tests.exchange.exports.making import canvas_roster, made, ordered, read_back, table, worksheet

NBGRADER = (
    "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,"
    "score,max_score"
)


def rows(done: Written) -> list[list[str]]:
    assert done.content is not None
    return read_back(done.content)


def test_one_row_a_student_over_lessons_with_totals() -> None:
    class_ = [
        made("Kim Mina", "101", 12.5),
        made("Kim Mina", "101", 8, lesson="lstm", most=10),
        made("Kim Mina", "102", 20),
        made("Lee", "9", 3, lesson="lstm", most=10, state="needs_review"),
    ]
    done = gradebook.written(ordered(class_))
    assert rows(done) == [
        ["student", "student_id", "cnn", "cnn max", "cnn state", "lstm", "lstm max", "lstm state", "total",
         "total max"],
        ["Kim Mina", "101", "12.5", "20", "graded", "8", "10", "graded", "20.5", "30"],
        ["Kim Mina", "102", "20", "20", "graded", "", "", "", "20", "30"],
        ["Lee", "9", "", "", "", "", "10", "needs_review", "", "30"],
    ]  # fmt: skip
    assert [(one.who, one.lesson, one.fate) for one in done.outcomes] == [
        ("Kim Mina (101)", "cnn", "written"), ("Kim Mina (102)", "cnn", "written"),
        ("Kim Mina (101)", "lstm", "written"), ("Lee (9)", "lstm", "blank"),
    ]  # fmt: skip
    provisional = rows(gradebook.written(ordered(class_, provisional=True)))
    assert provisional[3] == ["Lee", "9", "", "", "", "3", "10", "needs_review", "3", "30"]


def test_one_id_under_two_names_is_two_people_and_one_id_twice_two_rows() -> None:
    class_ = [made("Kim", "101", 1), made("Lee", "101", 2, lesson="lstm"), made("Kim", "101", 3)]
    assert [row[:2] for row in rows(gradebook.written(ordered(class_)))[1:]] == [
        ["Kim", "101"], ["Kim", "101"], ["Lee", "101"],
    ]  # fmt: skip


def test_with_a_roster_its_people_come_first_and_those_without_a_record_are_blank() -> None:
    people = [("Lee, Jun", "102"), ("Kim, Mina", "101"), ("Student, Test", "999")]
    done = gradebook.written(ordered([made("kimmina", "101", 5), made("Zoe", "7", 6)], canvas_roster(people)))
    assert [row[:3] for row in rows(done)[1:]] == [
        ["Lee, Jun", "102", ""], ["Kim, Mina", "101", "5"], ["Zoe", "7", "6"],
    ]  # fmt: skip
    assert [(one.who, one.fate) for one in done.outcomes if one.fate == "missing"] == [
        ("Lee, Jun (102)", "missing")
    ]


def test_nbgraders_columns_and_times() -> None:
    seoul = timezone(timedelta(hours=9))
    due = Deadline(datetime(2026, 11, 2, 23, 59, tzinfo=seoul))
    record = msgspec.structs.replace(
        made("kim", "kim", 8.0),
        raw_score=10.0,
        late_penalty=2.0,
        deadline=due,
        submitted="2026-11-03T00:00:00.500000+00:00",
    )
    students = table(
        [
            ["id", "last_name", "first_name", "email"],
            ["kim", "Kim", "Mina", "m@x.kr"],
            ["lee", "Lee", "J", ""],
        ]
    )
    done = nbgrader.written(ordered([record, made("lee", score=1, held=1), made("Zoe", "z", 3)], students))
    assert done.content is not None
    assert done.content.splitlines()[0].decode() == NBGRADER
    assert rows(done)[1:] == [
        ["cnn", "", "", "z", "Zoe", "", "", "3", "0", "3", "20"],
        ["cnn", "2026-11-02 14:59:00", "2026-11-03 00:00:00.500000", "kim", "Kim", "Mina", "m@x.kr",
         "10", "2", "8", "20"],
        ["cnn", "", "", "lee", "Lee", "J", "", "", "", "", "20"],
    ]  # fmt: skip
    alone = nbgrader.written(ordered([record], worksheet([("Lee Jun", "102")])))
    assert rows(alone)[2] == ["cnn", "", "", "102", "Lee Jun", "", "s102@example.com", "", "", "", "20"]
    assert [(one.who, one.fate) for one in alone.outcomes] == [
        ("kim", "written"),
        ("Lee Jun (102)", "missing"),
    ]


STRANGE = st.text(st.sampled_from("=+-@\t\r\n\"',;|ab홍\x1b\u202e＝ "), min_size=1, max_size=12)


@settings(max_examples=300, deadline=None)
@given(st.lists(STRANGE, min_size=1, max_size=4, unique=True))
def test_no_name_becomes_a_formula_or_breaks_a_row(names: list[str]) -> None:
    class_: list[Record] = [made(name, f"{name}{number}") for number, name in enumerate(names)]
    for write in (gradebook.written, nbgrader.written):
        got = rows(write(ordered(class_)))
        assert len(got) == len(names) + 1
        assert len({len(row) for row in got}) == 1
        cells = [cell for row in got for cell in row]
        assert not [cell for cell in cells if cell.startswith(FORMULA) or "\x1b" in cell or "\n" in cell]
