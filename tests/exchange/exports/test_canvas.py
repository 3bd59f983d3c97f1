"""Canvas's gradebook comes back with points in it, and says nothing else than it said before."""

from __future__ import annotations

import pytest

from grader.errors import UsageError
from grader.exchange.exports.canvas import written
from tests.exchange.exports.making import canvas_roster, made, ordered, read_back, table
from tests.exchange.exports.platforms import canvas

PEOPLE = [("Kim, Mina", "101"), ("Lee, Jun", "0102"), ("홍, 길동", "103"), ("Student, Test", "999")]
USERS = {one for _, one in PEOPLE}
TITLES = {"cnn": ["Convolution", "합성곱"], "lstm": ["LSTM"]}


def test_points_go_to_the_assignments_own_column_and_nothing_else_changes() -> None:
    roster = canvas_roster(PEOPLE, [("Essay (7)", "5"), ("Homework 3: Convolution (4242)", "20")])
    done = written(ordered([made("kimmina", "101", 18.5), made("홍길동", "103", 0)], roster, titles=TITLES))
    assert done.content is not None
    upload = canvas(done.content, USERS, {})
    assert upload.changed == {("101", "4242"): "18.5", ("103", "4242"): "0"}
    assert (upload.new_assignments, upload.new_students, upload.deleted) == ({}, [], [])
    before, after = roster.splitlines(), done.content.splitlines()
    assert [line for old, line in zip(before, after, strict=True) if old != line] == [
        b'"Kim, Mina",101,00101,login101,DL-01,,18.5,0.0',
        '"홍, 길동",103,00103,login103,DL-01,,0,0.0'.encode(),
    ]
    assert [(one.who, one.fate) for one in done.outcomes] == [
        ("kimmina (101)", "written"), ("홍길동 (103)", "written"), ("Lee, Jun (0102)", "missing"),
    ]  # fmt: skip


@pytest.mark.parametrize("points", [True, False])
def test_lessons_without_an_assignment_get_new_columns_with_what_they_are_worth(points: bool) -> None:
    roster = canvas_roster(PEOPLE, [("Essay (7)", "5")], points=points)
    class_ = [
        made("kimmina", "101", 5),
        made("leejun", "0102", 7),
        made("kimmina", "101", 3, lesson="lstm", most=10),
    ]
    done = written(ordered(class_, roster, titles=TITLES))
    assert done.content is not None
    upload = canvas(done.content, USERS, {})
    assert upload.new_assignments == {"Convolution": 20, "LSTM": 10}
    assert upload.changed == {
        ("101", "Convolution"): "5", ("0102", "Convolution"): "7", ("101", "LSTM"): "3",
    }  # fmt: skip
    rows = read_back(done.content)
    assert len({len(row) for row in rows if row[1]}) == 1
    assert [row[1] for row in rows if row[1] not in ("", "ID")] == [one for _, one in PEOPLE]
    assert any("offer to make a new one" in remark for remark in done.remarks)


def test_points_are_scaled_to_what_the_assignment_is_worth_and_that_is_said() -> None:
    roster = canvas_roster(PEOPLE, [("cnn (1)", "50")])
    class_ = [made("kimmina", "101", 15), made("홍길동", "103", 9, most=18)]
    done = written(ordered(class_, roster))
    assert done.content is not None
    assert canvas(done.content, USERS, {}).changed == {("101", "1"): "37.5", ("103", "1"): "25"}
    said = " ".join(done.remarks)
    assert "multiplied by 2.5" in said
    assert "1 with a check that broke" in said


def test_what_a_person_has_to_look_at_stays_blank_and_deletes_nothing() -> None:
    rows = read_back(canvas_roster(PEOPLE, [("cnn (1)", "20")]))
    rows[2][5] = "11"
    roster = table(rows)
    class_ = [
        made("kimmina", "101", 15, state="needs_review"),
        made("leejun", "0102", 9, held=3),
        made("홍길동", "103", 4),
    ]
    done = written(ordered(class_, roster))
    assert done.content is not None
    upload = canvas(done.content, USERS, {("101", "1"): "11"})
    assert (upload.changed, upload.deleted) == ({("103", "1"): "4"}, [])
    whys = {one.who: one.why for one in done.outcomes if one.fate == "blank"}
    assert whys["kimmina (101)"] == "It needs a person's look at test_it. The roster's 11 stays."
    assert whys["leejun (0102)"] == "3 of its points are held until a person has looked."
    provisional = written(ordered(class_, roster, provisional=True))
    assert provisional.content is not None
    assert set(canvas(provisional.content, USERS, {}).changed.values()) == {"15", "9", "4"}


def test_records_that_the_roster_lacks_are_named_and_written_nowhere() -> None:
    done = written(ordered([made("Zoe", "555", 20), made("kimmina", "101", 1)], canvas_roster(PEOPLE)))
    assert done.content is not None
    assert canvas(done.content, USERS, {}).new_students == []
    assert b"20" not in done.content.replace(b",20\n", b",")
    assert [(one.who, one.fate) for one in done.outcomes if one.fate == "unmatched"] == [
        ("Zoe (555)", "unmatched")
    ]


def test_two_columns_or_one_for_two_lessons_or_a_read_only_one_are_refused() -> None:
    class_ = [made("kimmina", "101"), made("kimmina", "101", lesson="lstm")]
    for titles, points, message in (
        (["Convolution 1 (1)", "Convolution 2 (2)"], "20", "Several columns"),
        (["Convolution and LSTM (1)"], "20", "could be of cnn and of lstm"),
        (["Convolution (1)"], "20 (read only)", "read only"),
    ):
        roster = canvas_roster(PEOPLE, [(title, points) for title in titles])
        with pytest.raises(UsageError, match=message):
            written(ordered(class_, roster, titles=TITLES))


def test_without_a_gradebook_it_says_which_one_it_needs() -> None:
    with pytest.raises(UsageError, match="--roster"):
        written(ordered([made("a")]))
    with pytest.raises(UsageError, match="no gradebook of Canvas"):
        written(ordered([made("a")], b"id,name\n1,x\n"))


def test_a_title_like_a_formula_is_quoted_and_semicolons_and_other_rows_stay() -> None:
    rows = read_back(canvas_roster(PEOPLE))
    rows.insert(2, ["", "", "", "", "", "Manual Posting"])
    rows.append([])
    roster = table(rows, "\r\n", delimiter=";")
    done = written(ordered([made("kimmina", "101", 5)], roster, titles={"cnn": ["=cmd()"]}))
    assert done.content is not None
    upload = canvas(done.content, USERS, {})
    assert upload.changed == {("101", "'=cmd()"): "5"}
    assert done.content.splitlines()[2] == b";;;;;Manual Posting;"
    assert done.content.count(b"\r\n") == roster.count(b"\r\n")
