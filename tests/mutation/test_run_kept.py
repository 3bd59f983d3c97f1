"""What is kept between runs, what a trial may take, and times as options."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

import click
import pytest

from grader.cli.durations import Duration
from grader.lesson import Lesson
from grader.mutation.kept import Kept
from grader.mutation.messages import Told
from grader.mutation.trial import Trial
from grader.mutation.trying import draws, scaled
from grader.running import run_cells
from grader.sandbox import choose
from grader.sandbox.limits import Limits
from grader.workshop import Workshop
from tests.cli.making import lesson, notebook

TRIAL = Trial("full", remarks=["packing.never_packed"], told=Told(4, 5, "test_a", "f(1)", "off by 2", True))


def test_a_trial_comes_back_as_it_was(tmp_path: Path) -> None:
    kept = Kept(b"base", tmp_path)
    key = kept.key([b"notebook", b"reference"])
    assert kept.look(key) is None
    kept.keep(key, TRIAL)
    assert kept.look(key) == TRIAL
    assert Kept(b"base", tmp_path).look(key) == TRIAL


def test_a_key_is_of_all_that_a_trial_depends_on(tmp_path: Path) -> None:
    kept, other = Kept(b"base", tmp_path), Kept(b"other", tmp_path)
    keys = [
        kept.key([b"notebook", b"reference"]),
        kept.key([b"notebook", b""]),
        kept.key([b"notebookreference"]),
        kept.key([b"notebook"]),
        other.key([b"notebook", b"reference"]),
    ]
    assert len(set(keys)) == len(keys)


def test_what_is_damaged_is_tried_again(tmp_path: Path) -> None:
    kept = Kept(b"base", tmp_path)
    key = kept.key([b"notebook"])
    kept.keep(key, TRIAL)
    (path,) = tmp_path.rglob("*.json")
    for content in (b"", path.read_bytes()[:-3], b'{"fate": "immortal"}'):
        path.write_bytes(content)
        assert kept.look(key) is None


def test_what_nobody_asks_for_goes(tmp_path: Path) -> None:
    kept = Kept(b"base", tmp_path)
    old, asked = kept.key([b"old"]), kept.key([b"asked"])
    for key in (old, asked):
        kept.keep(key, TRIAL)
    for path in tmp_path.rglob("*.json"):
        os.utime(path, (0, 0))
    assert kept.look(asked) == TRIAL
    kept.tidy()
    assert (kept.look(old), kept.look(asked)) == (None, TRIAL)


def test_a_disk_that_refuses_costs_time_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    kept = Kept(b"base", tmp_path / "file")
    kept.keep(kept.key([b"notebook"]), TRIAL)
    assert kept.look(kept.key([b"notebook"])) is None


def test_limits_follow_the_original_and_never_pass_those_of_the_lesson() -> None:
    limits = Limits()
    quick = scaled(limits, Trial("full", cells_cpu=0.1, checks_cpu=2.0, check_cpu=1.0))
    assert (quick.cells_cpu, quick.cell_cpu) == pytest.approx((5.4, 5.4))
    assert (quick.request_cpu, quick.requests_cpu) == pytest.approx((9.0, 18.0))
    assert quick.requests_wall == pytest.approx(54.0)
    slow = scaled(limits, Trial("full", cells_cpu=100, checks_cpu=100, check_cpu=50))
    assert slow == limits
    assert quick.memory == limits.memory


def test_dear_conversations_are_fewer_and_never_none() -> None:
    assert [draws(Trial("full", checks_cpu=cpu)) for cpu in (0.0, 3.9, 4.1, 7, 300)] == [3, 3, 2, 1, 1]


def test_the_judge_keeps_to_the_limits_it_is_given(tmp_path: Path) -> None:
    checks = "def test_f_ends(student):\n    student.f(1)\n"
    of = Lesson.open(lesson(tmp_path, checks=checks))
    hurried = replace(of, limits=replace(of.limits, request_cpu=0.5))
    with Workshop.open(choose(None), [of], slots=1, pages=False) as workshop:
        book = workshop.read(notebook("def f(x):\n    while True: pass"))
        with contextlib.closing(workshop.house.guest(0)) as room:
            run_cells(room, book, of.limits, seed=0, data=None)
            verdict = workshop.judged(room, hurried, b"key", hidden=True, only=None)
    (outcome,) = verdict.outcomes
    assert outcome.found[0].code == "call.out_of_time"
    assert outcome.found[0].facts["detail"] == "0.5 s of CPU"


@pytest.mark.parametrize(
    ("said", "seconds"), [("60s", 60), ("60", 60), ("10m", 600), ("1.5h", 5400), (" 2 m", 120)]
)
def test_a_time_is_read(said: str, seconds: float) -> None:
    assert Duration().convert(said, None, None) == seconds


@pytest.mark.parametrize("said", ["", "s", "-3s", "0m", "1d", "1m30s", "nan"])
def test_what_is_no_time_is_told(said: str) -> None:
    with pytest.raises(click.BadParameter, match="is no time: write 60s, 10m or 1h"):
        Duration().convert(said, None, None)
