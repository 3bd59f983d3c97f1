"""Whose row a record's is: nobody is merged with anybody, and whoever is left over is named."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.exchange.exports import Filed
from grader.exchange.exports.matching import Match, matched
from grader.exchange.exports.roster import Person, Roster, roster_in
from grader.record import Record
from tests.exchange.exports.making import KOREAN, canvas_roster, made, table, worksheet


def match(class_: list[Record], people: list[tuple[str, str]]) -> Match:
    persons = [Person(row, name, (one,)) for row, (name, one) in enumerate(people, start=1)]
    return matched([Filed(Path(f"{n}.json"), record) for n, record in enumerate(class_)], persons)


def ids(found: Match) -> dict[int, str]:
    return {row: filed.record.student_id for row, filed in found.rows.items()}


def test_by_id_whatever_the_name_looks_like() -> None:
    found = match(
        [made("kimmina", "101"), made(unicodedata.normalize("NFD", "홍 길동"), "0102"), made("103")],
        [("Kim, Mina", "101"), ("길동, 홍", "0102"), ("Lee, Jun", "103"), ("Park", "102")],
    )
    assert ids(found) == {1: "101", 2: "0102", 3: "103"}
    assert [person.name for person in found.missing] == ["Park"]
    assert not found.unmatched
    assert not found.by_name


def test_leading_zeros_tell_ids_apart() -> None:
    found = match([made("007")], [("Bond", "7")])
    assert (ids(found), len(found.unmatched)) == ({}, 1)


def test_an_id_of_another_platform_is_not_taken_for_the_same() -> None:
    found = match([made("Kim Mina", "101")], [("Lee Jun", "101"), ("Choi", "5")])
    assert ids(found) == {}
    assert "Lee Jun" in found.unmatched[0][1]


def test_a_groups_name_before_the_students_does_not_contradict() -> None:
    assert ids(match([made("Group 1-Kim Mina", "101")], [("Kim Mina", "101")])) == {1: "101"}


def test_by_name_alone_only_where_it_is_one_on_both_sides_and_it_is_said() -> None:
    people = [("Kim, Mina", "1"), ("Lee, Jun", "2"), ("Lee, Jun", "3"), ("Choi, Ara", "4")]
    found = match([made("Mina Kim"), made("Jun Lee"), made("choi ara"), made("Ara Choi", "77")], people)
    assert ids(found) == {1: "Mina Kim", 4: "choi ara"} or ids(found) == {1: "Mina Kim"}
    assert set(found.by_name) == set(found.rows)
    assert {one.record.student_id for one, _ in found.unmatched} >= {"Jun Lee"}
    assert any("2 of its rows" in why for _, why in found.unmatched)


def test_homonyms_among_records_are_not_matched_by_name() -> None:
    found = match([made("Kim Mina", "a"), made("Kim Mina", "b")], [("Kim Mina", "1")])
    assert ids(found) == {}
    assert all("2 records have this name" in why for _, why in found.unmatched)


def test_an_id_comes_before_a_name_and_two_claims_are_none() -> None:
    found = match([made("Kim Mina", "1"), made("kim mina")], [("Kim Mina", "1")])
    assert ids(found) in ({1: "1"}, {1: "1"})
    assert len(found.unmatched) == 1
    twice = match([made("a", "1"), made("a", "1")], [("a", "1")])
    assert (ids(twice), len(twice.unmatched), len(twice.missing)) == ({}, 2, 1)


PEOPLE = st.lists(
    st.tuples(st.sampled_from(["Kim Mina", "Lee, Jun", "홍길동", "Park"]), st.sampled_from("123456")),
    max_size=6,
    unique_by=lambda person: person[1],
)


@settings(max_examples=300, deadline=None)
@given(PEOPLE, PEOPLE)
def test_everybody_is_somewhere_and_nobody_twice(
    handed: list[tuple[str, str]], people: list[tuple[str, str]]
) -> None:
    found = match([made(name, one) for name, one in handed], people)
    taken = [filed.record for filed in found.rows.values()]
    left = [filed.record for filed, _ in found.unmatched]
    assert sorted(r.student_id for r in taken + left) == sorted(one for _, one in handed)
    assert len(found.rows) + len(found.missing) == len(people)
    by_row = dict(enumerate(people, start=1))
    for row, filed in found.rows.items():
        name, one = by_row[row]
        if row in found.by_name:
            assert sum(name == other for other, _ in people) == 1
            assert one != filed.record.student_id
        else:
            assert one == filed.record.student_id


def test_rosters_of_every_kind_are_told_apart() -> None:
    def kind(content: bytes) -> tuple[str, list[tuple[str, ...]]]:
        roster: Roster = roster_in(content)
        return roster.kind, [(person.name, *person.ids) for person in roster.people]

    assert kind(canvas_roster([("Kim, Mina", "101")])) == (
        "canvas",
        [("Kim, Mina", "101", "00101", "login101")],
    )
    assert kind(worksheet([("Kim Mina", "101")])) == ("moodle", [("Kim Mina", "101", "s101@example.com")])
    assert kind(worksheet([("김 미나", "101")], KOREAN, word="참여자"))[0] == "moodle"
    assert kind(worksheet([("김 미나", "101"), ("x", "7")], [f"?{n}" for n in range(10)], word="Người"))[
        1
    ] == [("", "101"), ("", "7")]
    students = table([["id", "last_name", "first_name", "email"], ["s001", "Kim", "Mina", "m@example.com"]])
    assert kind(students) == ("plain", [("Mina Kim", "s001", "m@example.com")])
    six = [["username", "last", "first", "email", "section", "group"], ["s001", "K", "M", "a@b.c", "1", "2"]]
    assert kind(table(six))[0] == "plain"
    with pytest.raises(UsageError, match="its columns are: a, b"):
        roster_in(b"a,b\n1,2\n")
