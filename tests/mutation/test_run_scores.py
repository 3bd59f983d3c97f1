"""From trials to classes, rates, goals and tables."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from grader.errors import LessonError, UsageError
from grader.goals import Goals
from grader.lesson import Lesson
from grader.mutation import listing, page
from grader.mutation.marks import Mark, marks, stale
from grader.mutation.messages import Told
from grader.mutation.mutant import Mutant, Rewrite
from grader.mutation.sampling import Made, kind, picked
from grader.mutation.scores import Result, Score, Tally
from grader.mutation.tables import show, summary
from grader.mutation.trial import Fate, Trial, tried
from grader.record import Record
from tests.authors.test_narrowed import check, record
from tests.cli.making import ROOT

DIFF = "--- cell 3\n+++ cell 3\n@@ -1,2 +1,2 @@\n-    return torch.tanh(x)\n+    return x\n"


def mutant(
    digest: str, operator: str = "tanh_dropped", base: str = "reference", free: str | None = None
) -> Mutant:
    names = ("rnn.no_tanh", "axis.*")
    return Mutant("tiny", base, operator, "layers", "recurrence", names, 3, 2, DIFF, b"", free, digest)


def rewrite(digest: str, base: str = "reference") -> Rewrite:
    return Rewrite("tiny", base, "names_changed", DIFF, b"", digest)


def trial(fate: Fate, finding: str = "", told: Told | None = None) -> Trial:
    return Trial(fate, "test_formula" if fate != "full" else "", finding, told=told)


EQUAL, APART = Told(40, 360), Told(12, 3, "test_formula", "f(tensor([-1]))", "off by 2", True)
KILLED = Result(mutant("a"), trial("killed", "rnn.no_tanh"))
BY_PATTERN = Result(mutant("b"), trial("killed", "axis.batch_time_swapped"))
MISNAMED = Result(mutant("c"), trial("killed", "loss.wrong"))
STOPPED = Result(mutant("d"), trial("stopped", "call.failed"))
HELD = Result(mutant("e"), trial("held"))
SURVIVED = Result(mutant("f"), trial("full", told=APART))
EQUIVALENT = Result(mutant("g"), trial("full", told=EQUAL))
MARKED = Result(mutant("h"), trial("full", told=EQUAL), Mark("h", "a rounding that nobody sees"))
UNCOMPARED = Result(mutant("i"), trial("full", told=Told(trouble="it died")))
FREE = Result(mutant("j", free="the size is the student's choice"), trial("full"))
FREE_LOST = Result(mutant("k", free="the size is the student's choice"), trial("killed", "shape.wrong"))
REWRITTEN = Result(rewrite("l"), trial("full"))
REWRITTEN_LOST = Result(rewrite("m"), trial("killed", "shape.wrong"))
ALL = (
    KILLED, BY_PATTERN, MISNAMED, STOPPED, HELD, SURVIVED, EQUIVALENT, MARKED, UNCOMPARED, FREE, FREE_LOST,
    REWRITTEN, REWRITTEN_LOST,
)  # fmt: skip


CLASSES = (
    "killed", "killed", "killed", "stopped", "held", "survived", "equivalent", "survived", "survived",
    "still right", "alarm", "kept", "alarm",
)  # fmt: skip


def score(*results: Result, goals: Goals | None = None, made: int | None = None) -> Score:
    tally = Tally(results)
    count = len(results) if made is None else made
    return Score("tiny", tally, count, 10.0, goals or Goals(), (), 12.0, ("test_first", "test_formula"))


@pytest.mark.parametrize(
    ("result", "wanted"),
    list(zip(ALL, CLASSES, strict=True)),
)
def test_each_result_has_its_class(result: Result, wanted: str) -> None:
    assert result.kind == wanted


def test_rates_leave_out_what_is_no_mutant_to_kill() -> None:
    tally = Tally(ALL)
    assert tally.counted == 8  # three killed, one stopped, one held, three survivors
    assert tally.killed_percent == pytest.approx(50)
    assert (tally.named, tally.named_percent) == (2, pytest.approx(200 / 3))
    assert (tally.alarms, tally.right, tally.alarm_percent) == (2, 4, pytest.approx(50))
    assert Tally(()).killed_percent == Tally(()).named_percent == 100
    assert Tally(()).alarm_percent == 0


def test_goals_are_met_or_said_to_be_missed() -> None:
    good = (KILLED, BY_PATTERN, STOPPED, EQUIVALENT, FREE, REWRITTEN)
    assert score(*good).misses() == []
    assert "80 % of the mutants lose points; the goal is 97 %" in score(*good, SURVIVED, MISNAMED).misses()[0]
    assert score(*good, SURVIVED, MISNAMED, goals=Goals(80, 66)).misses() == []
    assert "66.6 % of those that a finding killed" in score(*good, MISNAMED, goals=Goals(0, 67)).misses()[0]
    for alarming in (FREE_LOST, REWRITTEN_LOST):
        assert score(*good, alarming, goals=Goals(0, 0)).misses() == [
            "Right code lost points 1 times; it never may."
        ]
    for nothing in ((), (EQUIVALENT, FREE, REWRITTEN)):
        (said,) = score(*nothing).misses()
        assert "nothing is known of these checks" in said
    assert "broke on 1 mutants" in score(*good, HELD, goals=Goals(0, 0)).misses()[0]


@pytest.mark.parametrize("width", [80, 120])
def test_tables_fit_and_say_what_to_look_at(width: int) -> None:
    console = Console(width=width, file=io.StringIO())
    show(console, score(*ALL, made=40))
    assert isinstance(console.file, io.StringIO)
    said = console.file.getvalue()
    assert max(map(len, said.splitlines())) <= width
    flat = " ".join(said.split())
    for wanted in (
        "tanh_dropped reference cell 3 line 2",
        "It would get 10 of 10 points.",
        "Probes that could see it: recurrence.",
        "What tells it from the original (a search with other arguments finds it): f(tensor([-1]))",
        "The replies: off by 2",
        "Marked by its author: a rounding that nobody sees",
        "The contract leaves this free: the size is the student's choice",
        "rewrite names_changed",
        "Probably equivalent: 1",
        "tiny: 4 of 8 mutants lose points (50.0 %), 2 of 3 under a true name (66.7 %)",
        "(tried 13 of 40)",
    ):
        assert wanted in flat, wanted
    rows = [line.split() for line in said.splitlines()]
    assert ["test_formula", "3", "1", "2", "of", "3"] in rows
    assert "test_first" in flat


def test_the_page_keeps_what_a_person_wrote(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"# Title\n\nProse.\n\n{page.BEGIN}\nold\n{page.END}\n\nMore.\n", "utf-8")
    for _ in range(2):
        page.write(path, [score(*ALL)])
    text = path.read_text("utf-8")
    assert text.startswith(f"# Title\n\nProse.\n\n{page.BEGIN}\n| lesson |")
    assert text.endswith(f"{page.END}\n\nMore.\n")
    assert "| `tiny` | 8 | 4 (50.0 %) | 2 of 3 (66.7 %) | 1 | 1 | 2 of 4 |" in text
    assert "old" not in text
    assert text.count("```diff") == 5  # three survivors and two alarms
    path.write_text(f"{page.LIST}\n{page.LIST_END}\n{page.BEGIN}\n{page.END}\n", "utf-8")
    page.write(path, [score(*ALL)])
    assert "| `batch_first_dropped` | `batch_first=True` left out. |" in path.read_text("utf-8")
    path.write_text("no marks", "utf-8")
    with pytest.raises(UsageError, match="no place for the tables"):
        page.write(path, [score(*ALL)])
    with pytest.raises(UsageError, match="cannot be read"):
        page.write(tmp_path / "none.md", [score(*ALL)])


def test_a_page_keeps_what_it_says_of_lessons_that_were_not_scored(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(f"{page.BEGIN}\n{page.END}\n", "utf-8")
    first, second, third = (replace(score(*ALL), lesson=name) for name in ("one", "two", "three"))
    page.write(path, [first, second])
    both = path.read_text("utf-8")
    page.write(path, [second])
    assert path.read_text("utf-8") == both
    page.write(path, [third, replace(score(KILLED), lesson="one")])
    text = path.read_text("utf-8")
    assert re.findall(r"^(?:\| |### )`(\w+)`$|^\| `(one|two|three)` ", text, re.MULTILINE) == [
        ("", "one"), ("", "two"), ("", "three"), ("one", ""), ("two", ""), ("three", ""),
    ]  # fmt: skip
    assert "| `one` | 1 | 1 (100.0 %) | 1 of 1 (100.0 %) | 0 | 0 | 0 of 0 |" in text
    assert "| all | 17 | 9 (52.9 %) | 5 of 7 (71.4 %) | 2 | 2 | 4 of 8 |" in text
    assert text.count("```diff") == 10
    page.write(path, [first, second, third])
    whole = path.read_text("utf-8")
    path.write_text(f"{page.BEGIN}\n{page.END}\n", "utf-8")
    page.write(path, [first, second, third])
    assert path.read_text("utf-8") == whole


def test_plain_data_holds_every_result() -> None:
    said = json.loads(json.dumps(page.plain(score(*ALL))))
    assert [one["class"] for one in said["results"]] == [one.kind for one in ALL]
    assert said["counted"] == said["killed"] + said["stopped"] + said["held"] + said["survived"] == 8
    assert said["results"][5]["trial"]["told"]["request"] == "f(tensor([-1]))"
    assert summary(score(*ALL)).startswith("tiny: ")


def test_a_sample_takes_each_operator_in_turn_and_is_the_same_each_time() -> None:
    made: list[Made] = [mutant(f"r{n}", f"op{n % 3}") for n in range(30)]
    made += [mutant(f"a{n}", f"op{n % 3}", f"alternatives/{n % 5}") for n in range(45)]
    made += [rewrite(f"w{n}", f"alternatives/{n % 5}" if n else "reference") for n in range(9)]
    first = picked(made, everything=False)
    assert first == picked(made[::-1], everything=False)
    assert {kind(one) for one in first[:7]} == {"op0", "op1", "op2", "rewrite names_changed"}
    others = [one for one in first if one.base != "reference"]
    assert len(others) == 2 * 4
    assert len(first) == 30 + 1 + 8
    for name in ("op0", "op1", "op2"):
        assert len({one.base for one in others if kind(one) == name}) == 2
    assert len(picked(made, everything=True)) == len(made)
    fewer = picked([one for one in made if one.digest != "r7"], everything=False)
    assert [one for one in first if one.digest != "r7"] == fewer or {one.digest for one in fewer} == {
        one.digest for one in first
    } - {"r7"}


PASSED = check("test_a", "passed", points=2.0)


@pytest.mark.parametrize(
    ("of", "fate", "name", "finding"),
    [
        (record(PASSED), "full", "", ""),
        (record(check("test_a", "manual")), "full", "", ""),
        (record(PASSED, state="cell_failed"), "full", "", ""),
        (record(PASSED, check("test_b", "failed", "rnn.no_tanh")), "killed", "test_b", "rnn.no_tanh"),
        (record(check("test_a", "failed", "name.missing")), "killed", "test_a", "name.missing"),
        (record(PASSED, check("test_b", "blocked", waits_for="test_c")), "killed", "test_b", ""),
        (record(check("test_a", "failed", "call.failed")), "stopped", "test_a", "call.failed"),
        (record(check("test_a", "failed", "call.out_of_time")), "stopped", "test_a", "call.out_of_time"),
        (
            record(check("test_a", "failed", "name.missing"), state="cell_failed"),
            "stopped",
            "test_a",
            "name.missing",
        ),
        (record(check("test_a", "broken")), "held", "test_a", ""),
        (record(check("test_a", "undecided", "note.undecided")), "held", "test_a", "note.undecided"),
    ],
)
def test_a_record_becomes_a_trial(of: Record, fate: str, name: str, finding: str) -> None:
    found = tried(of)
    assert (found.fate, found.check, found.finding) == (fate, name, finding)
    assert found.run == of.run.state


def test_marks_are_read_and_their_mistakes_told(fresh: Path) -> None:
    lesson = Lesson.open(fresh / "assignments" / "base")
    path = fresh / "solutions" / "base" / "mutants.toml"
    assert marks(lesson) == []
    path.write_text('[[mutant]]\ndigest = "abc"\nreason = "a constant of the print-out"\n')
    (mark,) = marks(lesson)
    assert mark == Mark("abc", "a constant of the print-out")
    assert stale([mark], ["abc"]) == []
    assert stale([mark], ["other"]) == [mark]
    for wrong, said in (
        ("[[mutant", "cannot be read"),
        ('[[mutants]]\ndigest = "abc"', r"holds tables \[\[mutant\]\]"),
        ('[[mutant]]\ndigest = "abc"', "needs digest"),
        ('[[mutant]]\ndigest = "abc"\nreason = " "', "needs digest"),
        ('[[mutant]]\ndigest = "abc"\nreasons = "x"', "Did you mean reason"),
        ("mutant = [3]", "needs digest"),
    ):
        path.write_text(wrong)
        with pytest.raises(LessonError, match=said):
            marks(lesson)


@pytest.mark.parametrize(
    ("table", "goals"),
    [
        ("", Goals(97, 90)),
        ("[mutation]\nkilled = 80\n", Goals(80, 90)),
        ("[mutation]\nkilled = 99.5\nnamed = 0", Goals(99.5, 0)),
    ],
)
def test_a_lesson_sets_its_goals(fresh: Path, table: str, goals: Goals) -> None:
    path = fresh / "assignments" / "base" / "lesson.toml"
    path.write_text(path.read_text("utf-8") + "\n" + table, "utf-8")
    assert Lesson.open(path.parent).goals == goals


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("killd = 80", "no goal named 'killd'. Did you mean killed"),
        ("killed = 101", "from 0 to 100"),
        ("named = true", "from 0 to 100"),
        ('named = "90"', "from 0 to 100"),
    ],
)
def test_goals_that_make_no_sense_are_told(fresh: Path, table: str, said: str) -> None:
    path = fresh / "assignments" / "base" / "lesson.toml"
    path.write_text(f"{path.read_text('utf-8')}\n[mutation]\n{table}\n", "utf-8")
    with pytest.raises(LessonError, match=said):
        Lesson.open(path.parent)


def test_the_page_lists_the_operators_that_there_are() -> None:
    text = (ROOT / "docs" / "are-the-checks-any-good.md").read_text("utf-8")
    listed = text.partition(page.LIST)[2].partition(page.LIST_END)[0].strip()
    assert listed == listing.markdown(), "write it again: grader prove LESSON --mutate --write PAGE"
    assert not re.search(r"\|  \|", listed), "an operator without a docstring"
