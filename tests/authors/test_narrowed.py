"""What `--check` and `--mistake` pick, and what is advised where a variant does not fare as it has to."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.advice import advice
from grader.errors import UsageError
from grader.lesson import Lesson
from grader.prove import judge
from grader.record import Check, Environment, Finding, Note, Record, Run
from grader.solutions import Variant, narrowed, variants

PUBLIC, HIDDEN = "test_carry_reads_each_row_in_time_order", "test_carry_follows_the_formula"


@pytest.fixture
def found(fresh: Path) -> list[Variant]:
    return list(variants(Lesson.open(fresh / "assignments" / "base")))


def names(picked: list[Variant]) -> list[str]:
    return [variant.name for variant in picked]


def test_a_check_takes_what_is_right_and_its_own_mistakes(found: list[Variant]) -> None:
    right = ["reference", "layer_with_set_weights", "starter"]
    assert names(narrowed(found, check=HIDDEN, mistakes=[])) == [*right, "tanh_missing"]
    wrong = ["batch_and_time_swapped", "state_forgotten"]
    assert names(narrowed(found, check=PUBLIC, mistakes=[])) == [*right, *wrong]


def test_mistakes_come_alone_and_once(found: list[Variant]) -> None:
    asked = ["tanh_missing", "state_forgotten", "tanh_missing"]
    picked = narrowed(found, check=None, mistakes=asked)
    assert names(picked) == ["tanh_missing", "state_forgotten"]
    assert [variant.check for variant in picked] == [HIDDEN, PUBLIC]


def test_with_both_the_mistakes_are_asked_of_that_check(found: list[Variant]) -> None:
    (picked,) = narrowed(found, check=PUBLIC, mistakes=["tanh_missing"])
    assert (picked.name, picked.check) == ("tanh_missing", PUBLIC)


def test_an_unknown_mistake_is_refused(found: list[Variant]) -> None:
    with pytest.raises(UsageError, match="Did you mean tanh_missing"):
        narrowed(found, check=None, mistakes=["tanh_misses"])


def check(name: str, state: str, *codes: str, points: float = 0.0, waits_for: str | None = None) -> Check:
    findings = [Finding(code, "What is said.", {"name": "carry", "got": 3}) for code in codes]
    return Check(name, "", "public", state, None, points, 2.0, findings, 0.0, waits_for)  # type: ignore[arg-type]


def record(*checks: Check, state: str = "finished", notes: list[Note] | None = None) -> Record:
    run = Run(state, 3, "NameError: x", 0.0)  # type: ignore[arg-type]
    top, score = 2.0 * len(checks), sum(one.points for one in checks)
    environment = Environment("", "", "", "none", 0, "")
    return Record(
        "base",
        "s",
        "s",
        "s.ipynb",
        "",
        score,
        top,
        "graded",
        score,
        run,
        list(checks),
        notes or [],
        environment,
    )


@pytest.mark.parametrize(
    ("kind", "of", "said"),
    [
        ("reference", record(check("test_a", "failed", "shape.wrong")), "look at got = 3"),
        ("alternative", record(check("test_a", "blocked"), state="cell_failed"), "in cell 3: NameError: x"),
        ("starter", record(check("test_a", "passed", points=2.0)), "test_a: passed by the empty starter"),
        ("mistake", record(check("test_a", "passed", points=2.0)), "Nobody finds it: test_a passes"),
        ("mistake", record(check("test_a", "failed", "rnn.no_tanh")), "finds it as rnn.no_tanh"),
        (
            "mistake",
            record(check("test_b", "failed", "a.b"), check("test_a", "passed", points=2.0)),
            "Found by test_b",
        ),
        (
            "mistake",
            record(check("test_b", "failed", "a.b"), check("test_a", "blocked", waits_for="test_b")),
            "waits for test_b",
        ),
        (
            "reference",
            record(
                check("test_a", "broken"),
                notes=[Note("note.grader_broken", "", {"check": "test_a", "trouble": "KeyError: 1 (x.py)"})],
            ),
            "broke: KeyError: 1 (x.py)",
        ),
    ],
)  # fmt: skip
def test_what_does_not_hold_comes_with_advice(kind: str, of: Record, said: str) -> None:
    variant = Variant("base", kind, "one", b"", ("rnn.differs",), "test_a", path=Path("one.toml"))  # type: ignore[arg-type]
    proof = judge(variant, of)
    assert not proof.ok
    assert said in proof.advice
    assert proof.advice == advice(variant, of)


def test_what_holds_comes_without() -> None:
    variant = Variant("base", "mistake", "one", b"", ("rnn.differs",), "test_a")
    proof = judge(variant, record(check("test_a", "failed", "rnn.differs")))
    assert (proof.ok, proof.advice) == (True, "")
