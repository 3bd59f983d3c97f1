"""The judge's pytest plugin: states, blame, order, points, visibility."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import LessonError
from grader.judge.ordering import closure, ordered
from tests.judge.lessons import collected, lesson, verdict

STATES = """
@pytest.mark.points(2)
def test_passes(student):
    assert student.f(1) == 2

def test_bare_assert(student):
    assert student.f(1) == 3, "f(1) should be 3"

def test_missing(student):
    student.g(1)

def test_raises(student):
    student.f("a")

def test_ours(student):
    raise KeyError("a bug of the check")

def test_cannot_tell():
    from grader.judge.finding import Undecided
    raise Undecided(facts={"reason": "no instrument"})

@pytest.mark.needs("test_raises")
def test_child(student):
    pass

@pytest.mark.needs("test_child", "test_passes")
def test_grandchild(student):
    pass
"""

CELLS = "def f(x):\n    return x + 1"


def test_each_way_of_ending_has_its_state_and_blame(tmp_path: Path) -> None:
    outcomes = {o.id: o for o in verdict(lesson(tmp_path, STATES), CELLS).outcomes}
    assert {name: o.state for name, o in outcomes.items()} == {
        "test_passes": "passed",
        "test_bare_assert": "failed",
        "test_missing": "failed",
        "test_raises": "failed",
        "test_ours": "crashed",
        "test_cannot_tell": "undecided",
        "test_child": "blocked",
        "test_grandchild": "blocked",
    }
    codes = {name: [f.code for f in o.found] for name, o in outcomes.items()}
    assert codes["test_bare_assert"] == ["check.assertion"]
    assert codes["test_missing"] == ["name.missing"]
    assert codes["test_raises"] == ["call.failed"]
    assert codes["test_cannot_tell"] == ["note.undecided"]
    assert "a bug of the check" in (outcomes["test_ours"].trouble or "")
    assert outcomes["test_grandchild"].waits_for == "test_raises"
    assert outcomes["test_passes"].max_points == 2
    assert outcomes["test_child"].max_points == 1


def test_a_bare_assert_says_what_was_compared(tmp_path: Path) -> None:
    of = lesson(tmp_path, "def test_sum(student):\n    assert student.f(1) == 3\n")
    (outcome,) = verdict(of, CELLS).outcomes
    assert "2 == 3" in str(outcome.found[0].facts["text"])


def test_the_students_line_is_told(tmp_path: Path) -> None:
    of = lesson(tmp_path, "def test_call(student):\n    student.f('a')\n")
    (outcome,) = verdict(of, "x = 1", "def f(x):\n    y = x\n    return y + 1").outcomes
    where = outcome.found[0].where
    assert where is not None
    assert (where.cell, where.first_line, where.lines) == (2, 3, ["    return y + 1"])


def test_needs_order_checks_across_files(tmp_path: Path) -> None:
    public = '@pytest.mark.needs("test_hidden_first")\ndef test_a():\n    pass\n'
    of = lesson(tmp_path, public, "@pytest.mark.points(3)\ndef test_hidden_first():\n    pass\n")
    listed = collected(of).listed
    assert [(c.id, c.visibility, c.points) for c in listed] == [
        ("test_hidden_first", "hidden", 3.0),
        ("test_a", "public", 1.0),
    ]
    assert [o.id for o in verdict(of, CELLS).outcomes] == ["test_hidden_first", "test_a"]


@pytest.mark.parametrize(("value", "worth"), [("true", 2.0), ("false", 0.0)])
def test_points_may_depend_on_an_option(tmp_path: Path, value: str, worth: float) -> None:
    source = '@pytest.mark.points(2, option="strict")\ndef test_a():\n    assert 1 == 2\n'
    of = lesson(tmp_path, source, options=f"strict = {value}\n")
    (outcome,) = verdict(of, CELLS).outcomes
    assert (outcome.state, outcome.max_points) == ("failed", worth)
    assert [c.points for c in collected(of).listed] == [worth]


def test_hidden_checks_stay_out_where_they_are_not_asked_for(tmp_path: Path) -> None:
    of = lesson(tmp_path, "def test_a():\n    pass\n", "def test_b():\n    pass\n")
    assert [o.id for o in verdict(of, CELLS, hidden=False).outcomes] == ["test_a"]


def test_only_runs_a_check_and_what_it_needs(tmp_path: Path) -> None:
    outcomes = verdict(lesson(tmp_path, STATES), CELLS, only="test_grandchild").outcomes
    assert [o.id for o in outcomes] == ["test_passes", "test_raises", "test_child", "test_grandchild"]


def test_parameters_make_checks_of_their_own(tmp_path: Path) -> None:
    source = '@pytest.mark.parametrize("n", [1, 2])\ndef test_f(student, n):\n    assert student.f(n) == 2\n'
    outcomes = verdict(lesson(tmp_path, source), CELLS).outcomes
    assert [(o.id, o.state) for o in outcomes] == [("test_f[1]", "passed"), ("test_f[2]", "failed")]


def test_every_check_draws_its_own_numbers_and_the_same_again(tmp_path: Path) -> None:
    source = """
    def test_a(draw):
        assert False, draw.integers(0, 10**9, 2).tolist()

    def test_b(draw):
        assert False, draw.integers(0, 10**9, 2).tolist()
    """
    of = lesson(tmp_path, source)
    texts = [
        [str(o.found[0].facts["text"]).splitlines()[0] for o in verdict(of, CELLS, key=key).outcomes]
        for key in (b"1", b"1", b"2")
    ]
    assert texts[0] == texts[1]
    assert len({*texts[0], *texts[2]}) == 4


@pytest.mark.parametrize(
    "source",
    [
        "def test_a(:\n    pass",
        "import nothing_of_this_name\ndef test_a():\n    pass",
        '@pytest.mark.needs("test_nobody")\ndef test_a():\n    pass',
        "def test_a():\n    pass\ndef test_a():\n    pass",
        '@pytest.mark.points(1, option="nowhere")\ndef test_a():\n    pass',
        "",
    ],
)
def test_a_lesson_that_is_none_blames_its_author(tmp_path: Path, source: str) -> None:
    of = lesson(tmp_path, source)
    for found in (verdict(of, CELLS), collected(of)):
        assert found.blame == "author"
        assert found.trouble
        assert found.outcomes == []


def test_a_circle_of_needs_is_named() -> None:
    with pytest.raises(LessonError, match="a -> b -> a"):
        ordered({"a": ["b"], "b": ["a"]})
    assert ordered({"a": ["c"], "b": [], "c": []}) == ["c", "a", "b"]
    assert closure("a", {"a": ["c"], "b": [], "c": []}, ["c", "a", "b"]) == ["c", "a"]


CHANCE = """
from grader.judge.finding import Finding

SEEN = {"lucky": [], "unlucky": [], "wrong": []}

def seen(name, draw):
    SEEN[name].append(draw.seed())
    return SEEN[name]

def test_lucky_at_the_second_time(draw):
    if len(seen("lucky", draw)) == 1:
        raise Finding("accuracy.low", by_chance=True)

def test_had_other_numbers():
    assert len(set(SEEN["lucky"])) == 2

def test_unlucky_twice(draw):
    raise Finding("accuracy.low", facts={"of": len(seen("unlucky", draw))}, by_chance=True)

def test_wrong_whatever_is_drawn(draw):
    raise Finding("shape.wrong", facts={"of": len(seen("wrong", draw))})

@pytest.mark.needs("test_lucky_at_the_second_time")
def test_waits_for_the_lucky_one():
    pass
"""


def test_what_chance_decided_is_drawn_once_more(tmp_path: Path) -> None:
    outcomes = {o.id: o for o in verdict(lesson(tmp_path, CHANCE), CELLS).outcomes}
    states = {name: o.state for name, o in outcomes.items()}
    assert states == {
        "test_lucky_at_the_second_time": "passed",
        "test_had_other_numbers": "passed",
        "test_unlucky_twice": "failed",
        "test_wrong_whatever_is_drawn": "failed",
        "test_waits_for_the_lucky_one": "passed",
    }
    assert outcomes["test_unlucky_twice"].found[0].facts == {"of": 2}
    drawn_again = {name for name, outcome in outcomes.items() if outcome.again}
    assert drawn_again == {"test_lucky_at_the_second_time", "test_unlucky_twice"}
    assert outcomes["test_wrong_whatever_is_drawn"].found[0].facts == {"of": 1}
    assert outcomes["test_lucky_at_the_second_time"].found == []


PREFERS = """
def test_model(student):
    assert student.f(1) == {answer}

@pytest.fixture
def net(student, passed):
    return student.f.stand_in("Linear", 2, 1) if not passed("test_model") else None

@pytest.mark.prefers("test_model")
def test_use_of_it(student, net):
    import torch
    if net is not None:
        given = net.drawn(Draw(b"", "x"))
        ours = given.weights["weight"] @ torch.ones(2).double() + given.weights["bias"]
        assert torch.allclose(given(torch.ones(1, 2).double())[0], ours)
        assert student.use.calls([[given, torch.ones(1, 2).double()]])[0].get().shape == (1, 1)

@pytest.mark.prefers("test_model")
def test_wrong_use_of_it(student, net):
    student.wrong(net)

@pytest.mark.needs("test_use_of_it")
def test_later(student):
    pass

from grader.judge.draws import Draw
"""


@pytest.mark.parametrize(
    ("answer", "wrong"), [(2, ("failed", None)), (3, ("blocked", "test_model"))], ids=["own", "stand-in"]
)
def test_use_of_a_model_is_judged_with_a_stand_in_where_the_model_fails(
    tmp_path: Path, answer: int, wrong: tuple[str, str | None]
) -> None:
    """With a stand-in a check may pass, but not fail: that could be the stand-in's fault."""
    use = "def use(net, x):\n    return net(x)\n\ndef wrong(net):\n    return net.weights_of_mine"
    of = lesson(tmp_path, PREFERS.replace("{answer}", str(answer)))
    outcomes = {o.id: o for o in verdict(of, CELLS, use).outcomes}
    assert outcomes["test_use_of_it"].state == "passed"
    assert outcomes["test_later"].state == "passed"
    assert (outcomes["test_wrong_use_of_it"].state, outcomes["test_wrong_use_of_it"].waits_for) == wrong


CERTIFIED = """
@pytest.mark.certified_by("test_shown", "test_shown_otherwise")
def test_told():
    pass

@pytest.mark.certified_by("test_shown")
def test_told_wrongly():
    assert 1 == 2

@pytest.mark.needs("test_told")
def test_shown(student):
    assert student.f(1) == {one}

@pytest.mark.prefers("test_shown")
def test_shown_otherwise(student):
    assert student.f(2) == {other}
"""


@pytest.mark.parametrize(
    ("one", "other", "state"),
    [(2, 3, "passed"), (2, 0, "passed"), (0, 3, "passed"), (0, 0, "blocked")],
)
def test_a_recording_is_believed_where_one_of_its_certifiers_has_passed(
    tmp_path: Path, one: int, other: int, state: str
) -> None:
    of = lesson(tmp_path, "", CERTIFIED.replace("{one}", str(one)).replace("{other}", str(other)))
    outcomes = {o.id: o for o in verdict(of, CELLS).outcomes}
    assert outcomes["test_told"].state == state
    assert outcomes["test_told"].waits_for == ("test_shown" if state == "blocked" else None)
    assert outcomes["test_told_wrongly"].state == "failed"


UNSURE = """
@pytest.mark.certified_by("test_shown", "test_shown_otherwise")
def test_told():
    pass

def test_shown(student):
    {one}

@pytest.mark.needs("test_shown")
def test_waits():
    pass

def test_shown_otherwise(student):
    assert student.f(2) == {other}
"""
CRASHES = "raise RuntimeError('ours')"


@pytest.mark.parametrize(
    ("one", "other", "state"),
    [
        (CRASHES, 0, "undecided"),
        ("from grader.judge.finding import Undecided; raise Undecided()", 0, "undecided"),
        (CRASHES, 3, "passed"),
        ("assert student.f(1) == 0", 0, "blocked"),
    ],
)
@pytest.mark.parametrize("by", ["test_shown", "test_waits"])
def test_a_recording_is_held_where_what_certifies_it_could_not_be_decided(
    tmp_path: Path, one: str, other: int, state: str, by: str
) -> None:
    source = UNSURE.replace("{one}", one).replace("{other}", str(other))
    of = lesson(tmp_path, "", source.replace('by("test_shown",', f'by("{by}",'))
    told = {o.id: o for o in verdict(of, CELLS).outcomes}["test_told"]
    assert told.state == state
    assert [(f.code, f.facts) for f in told.found] == (
        [("note.undecided", {"check": "test_shown"})] if state == "undecided" else []
    )


def test_what_certifies_may_be_hidden_and_has_to_exist(tmp_path: Path) -> None:
    public = '@pytest.mark.certified_by("test_shown")\ndef test_told():\n    pass\n'
    of = lesson(tmp_path, public, "def test_shown(student):\n    assert student.f(1) == 0\n")
    assert [o.state for o in verdict(of, CELLS, hidden=False).outcomes] == ["passed"]
    assert [o.state for o in verdict(of, CELLS).outcomes] == ["blocked", "failed"]
    wrong = lesson(tmp_path, public.replace("test_shown", "test_nobody"), "def test_a():\n    pass\n")
    assert "test_nobody" in (verdict(wrong, CELLS).trouble or "")


@pytest.mark.parametrize(("answer", "states"), [(2, ["passed"] * 2), (0, ["blocked", "failed"])])
def test_a_hidden_check_says_itself_which_public_one_it_certifies(
    tmp_path: Path, answer: int, states: list[str]
) -> None:
    public = "def test_told():\n    pass\n"
    hidden = '@pytest.mark.certifies("test_told")\ndef test_shown(student):\n    assert student.f(1) == {}\n'
    of = lesson(tmp_path, public, hidden.format(answer))
    assert [o.state for o in verdict(of, CELLS).outcomes] == states
    assert [o.state for o in verdict(of, CELLS, hidden=False).outcomes] == ["passed"]
    wrong = lesson(tmp_path, public, hidden.format(answer).replace("test_told", "test_nobody"))
    assert "test_nobody" in (verdict(wrong, CELLS).trouble or "")
