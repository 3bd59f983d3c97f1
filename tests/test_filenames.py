"""File names for students: readable where they can be, safe and unique always."""

from __future__ import annotations

import hashlib
import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import filenames


def _one(student: str) -> str:
    return filenames.stems([(student, "1")])["1"]


def _digits(student: str) -> str:
    return hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:8]


@pytest.mark.parametrize(
    "student",
    [
        "kim",
        "Kim Mina",
        "김민아",
        "O.Brien-Lee_2",
        "राम कुमार",
        "2024-001",
        "con-rad",
        "Indexa",
        "a" * 80,
        "x.",
    ],
)
def test_an_ordinary_name_stays_as_it_is(student: str) -> None:
    assert _one(student) == student


def test_a_decomposed_name_is_composed() -> None:
    assert _one(unicodedata.normalize("NFD", "김민아é")) == "김민아é"


@pytest.mark.parametrize(
    ("student", "slug"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("Kim, Mina (2)", "Kim-Mina-2"),
        ("two  blanks", "two-blanks"),
        (" kim", "kim"),
        ("kim\n", "kim"),
        (".hidden", "hidden"),
        ("-rf", "rf"),
        ("index", "index"),
        ("GradeBook", "GradeBook"),
        ("CON", "CON"),
        ("nul.txt", "nul-txt"),
        ("Lpt1 .x", "Lpt1-x"),
        ("🎉", "student"),
        ("", "student"),
        ("\u202egnp.exe", "gnp-exe"),
        ("kim\u3164", "kim"),
        ("\u0301", "student\u0301"),
        ("\udcff\ud800", "student"),
        ("a" * 81, "a" * 71),
        ("가" * 40, "가" * 23),
    ],
)
def test_any_other_name_gets_a_slug_and_eight_digits_of_its_hash(student: str, slug: str) -> None:
    assert _one(student) == f"{slug}-{_digits(student)}"


def test_names_that_differ_in_case_or_form_only_are_told_apart() -> None:
    nfd = unicodedata.normalize("NFD", "김")
    class_ = [
        ("Kim", "Kim"),
        ("kim", "kim"),
        ("김", "김"),
        (nfd, nfd),
        ("ｌｅｅ", "1"),
        ("lee", "2"),
        ("ann", "ann"),
    ]
    assert filenames.stems(class_) == {
        "Kim": f"Kim-{_digits('Kim')}",
        "kim": f"kim-{_digits('kim')}",
        "김": f"김-{_digits('김')}",
        nfd: f"김-{_digits(nfd)}",
        "1": f"ｌｅｅ-{_digits('ｌｅｅ')}",
        "2": f"lee-{_digits('lee')}",
        "ann": "ann",
    }


def test_two_students_of_one_name_are_told_apart_by_their_ids() -> None:
    stems = filenames.stems([("Kim Mina", "101"), ("Kim Mina", "102")])
    assert len(set(stems.values())) == 2
    assert all(stem.startswith("Kim-Mina-") for stem in stems.values())


def test_a_name_that_is_anothers_slug_does_not_take_its_place() -> None:
    thief = f"kim-{_digits('kim?')}"
    stems = filenames.stems([("kim?", "1"), (thief, "2")])
    assert stems["2"] == thief
    assert stems["1"].startswith("kim-")
    assert stems["1"] != thief


def test_names_made_so_that_their_hashes_are_equal_get_different_files() -> None:
    one, other = "???!!!?!!!?!?!?!??!!?", "??!!??????!!?!?!????!"
    assert _digits(one) == _digits(other)
    assert len(set(filenames.stems([(one, "1"), (other, "2")]).values())) == 2


_NAMES = st.text(max_size=60) | st.text(
    alphabet=st.sampled_from("aAbBcCoOnN.-_ /\\\0\u0301\u1100\u1161가ßſK\u212aﬁ\u3164١"), max_size=8
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(_NAMES, st.text(max_size=5)), max_size=12, unique_by=lambda s: s[1]), st.randoms())
def test_any_class_gets_safe_unique_names_in_any_order(
    students: list[tuple[str, str]], chance: random.Random
) -> None:
    stems = filenames.stems(students)
    assert stems.keys() == {student_id for _, student_id in students}
    shuffled = list(students)
    chance.shuffle(shuffled)
    assert filenames.stems(shuffled) == stems
    folded = {
        unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", s).casefold()) for s in stems.values()
    }
    assert len(folded) == len(stems)
    for stem in stems.values():
        assert filenames.is_ordinary(stem)
        assert stem.isprintable()
        assert not set(stem) & set('/\\\0:*?"<>|')
