"""From outside: `grader prove --mutate` on a lesson whose mutants are known."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from grader.mutation import page
from tests.cli.making import SECONDS, environment, lesson, notebook, once, run

pytestmark = pytest.mark.slow

REFERENCE = notebook(
    """
    import torch

    def f(x):
        ### BEGIN SOLUTION
        scale = 7
        total = torch.zeros(x.size(1), dtype=x.dtype)
        for n in range(x.size(0)):
            total = total + torch.relu(x[n])
        return scale * total / scale
        ### END SOLUTION
    """
)
ALTERNATIVE = notebook(
    """
    def f(x):
        return x.clamp(min=0).sum(0)
    """
)
CHECKS = """
    import torch

    @pytest.mark.points(2)
    def test_f_gives_a_number_for_each_column(student, draw):
        {seen}

    @pytest.mark.points(3)
    def test_f_adds_up(student, draw):
        x = draw.normal(4, 3).abs()
        assert torch.allclose(torch.as_tensor(student.f(x), dtype=x.dtype), x.sum(0))
"""
BREAKS = "assert student.f(draw.normal(4, 3).abs()).shape == (3,)"
SOUND = "assert torch.as_tensor(student.f(draw.normal(4, 3).abs())).shape == (3,)"
STRICT = 'assert "total" in student.f.lines().text'
"""Asks for the name of a local variable, as no check should."""


def made(root: Path, *, seen: str = SOUND, table: str = "", alternative: bool = True) -> Path:
    root.mkdir(exist_ok=True)
    folder = lesson(root, checks=CHECKS.format(seen=seen), reference=REFERENCE)
    with (folder / "lesson.toml").open("a", encoding="utf-8") as file:
        file.write(f'[mutation]\nfree = ["scale"]\n{table}')
    if alternative:
        others = root / "solutions" / "tiny" / "alternatives"
        others.mkdir()
        (others / "one_line.ipynb").write_bytes(ALTERNATIVE)
    return root


def mutate(root: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return run(root, "prove", "tiny", "--mutate", *more)


def told(root: Path, *more: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    done = mutate(root, "--json", "out.json", *more)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    (score,) = json.loads((root / "out.json").read_text("utf-8"))
    return done, score


def classes(score: dict[str, Any]) -> dict[str, set[str]]:
    """Of the reference: the classes in which mutants of each operator ended."""
    found: dict[str, set[str]] = {}
    for one in score["results"]:
        if one["base"] == "reference":
            found.setdefault(one.get("operator", "rewrite"), set()).add(one["class"])
    return found


def files(root: Path) -> dict[Path, int]:
    """What is kept, by which file it is: one that is written again is another."""
    found = (root / "home").rglob("mutation/*/*.json")
    return {path: path.stat().st_ino for path in found}


@pytest.fixture(scope="module")
def tried(base: Path) -> Path:
    """The folder of a lesson that has been scored once, in full: `said`, `status` and `out.json` tell."""

    def make(root: Path) -> None:
        made(root, table="killed = 80\n")
        (root / "page.md").write_text(f"Prose.\n{page.BEGIN}\n{page.END}\n", "utf-8")
        done, _ = told(root, "--all", "--write", "page.md")
        (root / "said").write_text(done.stdout + done.stderr, "utf-8")
        (root / "status").write_text(str(done.returncode))

    return once(base, "mutated", make)


@pytest.fixture
def again(tried: Path, tmp_path: Path) -> Path:
    """A copy of it, with all that it keeps."""
    shutil.copytree(tried, tmp_path / "again", copy_function=shutil.copy2)
    return tmp_path / "again"


def test_each_mutant_is_told_for_what_it_is(tried: Path) -> None:
    said = (tried / "said").read_text("utf-8")
    assert (tried / "status").read_text() == "0", said
    (score,) = json.loads((tried / "out.json").read_text("utf-8"))
    found = classes(score)
    assert "killed" in found["sign_changed"] | found["statement_dropped"] | found["term_dropped"]
    assert "survived" in found["activation_changed"]
    assert found["walked_backwards"] == {"equivalent"}
    assert "still right" in found["number_changed"]
    assert found["rewrite"] == {"kept"}
    assert score["tried"] == score["made"] == len(score["results"])
    assert score["counted"] == score["killed"] + score["stopped"] + score["survived"]


def test_a_survivor_comes_with_what_tells_it_apart(tried: Path) -> None:
    (score,) = json.loads((tried / "out.json").read_text("utf-8"))
    alive = [one for one in score["results"] if one["class"] == "survived"]
    (relu,) = [
        one for one in alive if one.get("operator") == "activation_changed" and "+ x[n]" in one["diff"]
    ]
    assert relu["trial"]["told"]["searched"]
    assert "-" in relu["trial"]["told"]["request"]  # only a number below 0 tells
    said = (tried / "said").read_text("utf-8")
    for wanted in ("+        total = total + x[n]", "It would get 5 of 5 points.", relu["digest"], "f("):
        assert wanted in said


def test_the_page_has_the_tables(tried: Path) -> None:
    text = (tried / "page.md").read_text("utf-8")
    assert text.startswith(f"Prose.\n{page.BEGIN}\n| lesson |")
    assert "| `tiny` |" in text
    assert "```diff" in text


def test_what_is_known_is_taken_as_it_is(again: Path) -> None:
    before = files(again)
    assert len(before) > 10
    # One that says something it cannot have found: if it comes back, nothing was tried anew.
    path = next(path for path in before if b'"killed"' in path.read_bytes())
    path.write_bytes(path.read_bytes().replace(b'"finding":"check.assertion"', b'"finding":"made.up"'))
    before = files(again)
    done, score = told(again, "--all")
    assert files(again) == before
    assert done.returncode == 0
    assert sum(one["trial"]["finding"] == "made.up" for one in score["results"]) == 1


def test_a_check_that_changes_is_asked_again(again: Path) -> None:
    path = again / "assignments" / "tiny" / "checks" / "test_checks.py"
    path.write_text(path.read_text("utf-8").replace(".abs()", ""), "utf-8")
    path.write_text(path.read_text("utf-8").replace("x.sum(0)", "x.clamp(min=0).sum(0)"), "utf-8")
    done, score = told(again)
    found = classes(score)
    assert found["activation_changed"] == {"killed"}, done.stdout
    assert score["survived"] == 0


def test_a_marked_survivor_still_counts_and_says_why(again: Path) -> None:
    (score,) = json.loads((again / "out.json").read_text("utf-8"))
    digest = next(one["digest"] for one in score["results"] if one["class"] == "survived")
    path = again / "solutions" / "tiny" / "mutants.toml"
    path.write_text(f'[[mutant]]\ndigest = "{digest}"\nreason = "Nobody hands in less than 0."\n', "utf-8")
    done, marked = told(again, "--all")
    assert (done.returncode, marked["survived"]) == (0, score["survived"])
    assert "Marked by its author: Nobody hands in less than 0." in " ".join(done.stdout.split())
    path.write_text('[[mutant]]\ndigest = "gone"\nreason = "It was there once."\n', "utf-8")
    done = mutate(again, "--all")
    assert done.returncode == 1
    assert "The mark gone in mutants.toml fits no mutant" in " ".join(done.stdout.split())


def test_the_goals_decide_the_status(again: Path) -> None:
    path = again / "assignments" / "tiny" / "lesson.toml"
    before = files(again)
    path.write_text(path.read_text("utf-8").replace("killed = 80", "killed = 99"), "utf-8")
    done = mutate(again, "--all")
    assert done.returncode == 1
    assert "the goal is 99 %" in " ".join(done.stdout.split())
    assert files(again) == before  # a goal changes no verdict


def test_a_run_that_was_killed_goes_on(tmp_path: Path) -> None:
    root = made(tmp_path / "killed", table="killed = 50\n")
    command = [sys.executable, "-m", "grader", "prove", "tiny", "--mutate"]
    with subprocess.Popen(
        command, cwd=root, env=environment(root), stdout=subprocess.DEVNULL, start_new_session=True
    ) as begun:
        until = time.monotonic() + SECONDS
        while len(files(root)) < 5 and begun.poll() is None and time.monotonic() < until:
            with contextlib.suppress(subprocess.TimeoutExpired):
                begun.wait(0.05)
        begun.send_signal(signal.SIGKILL)
    early = files(root)
    assert len(early) >= 5
    done, score = told(root)
    assert done.returncode == 0, done.stdout
    late = files(root)
    assert score["tried"] > len(early)
    assert {path: late[path] for path in early} == early


def test_a_budget_takes_a_sample_and_the_next_run_more(tmp_path: Path) -> None:
    root = made(tmp_path / "budget", table="killed = 0\nnamed = 0\n")
    _, first = told(root, "--budget", "0.01s")
    assert first["tried"] == 0
    whole = first["made"]
    _, second = told(root, "--budget", "30m")
    assert 0 < second["tried"] <= whole
    done, third = told(root, "--budget", "0.01s")
    assert third["tried"] == second["tried"]  # what is known costs no time
    assert f"(tried {third['tried']} of {whole})" in " ".join(done.stdout.split()) or third["tried"] == whole


def test_a_check_that_asks_for_a_style_raises_an_alarm(tmp_path: Path) -> None:
    root = made(tmp_path / "strict", seen=STRICT, table="killed = 0\nnamed = 0\n", alternative=False)
    done, score = told(root)
    assert done.returncode == 1
    lost = [one for one in score["results"] if one["class"] == "alarm"]
    assert lost
    assert all("rewrite" in one for one in lost)
    said = " ".join(done.stdout.split())
    assert f"Right code lost points {len(lost)} times; it never may." in said


def test_a_check_that_breaks_is_no_kill(tmp_path: Path) -> None:
    root = made(tmp_path / "broken", seen=BREAKS, table="killed = 0\nnamed = 0\n", alternative=False)
    done, score = told(root)
    assert done.returncode == 1
    assert score["held"] > 0
    assert "Checks of ours broke" in done.stdout


def test_a_solution_that_loses_points_is_mended_first(tmp_path: Path) -> None:
    root = made(tmp_path / "wrong", alternative=False)
    path = root / "solutions" / "tiny" / "reference.ipynb"
    path.write_bytes(path.read_bytes().replace(b"torch.relu(x[n])", b"2 * torch.relu(x[n])"))
    done = mutate(root)
    assert done.returncode == 2
    assert "does not get full marks (test_f_adds_up: check.assertion)" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--budget", "60s"], "belong to --mutate"),
        (["--write", "page.md"], "belong to --mutate"),
        (["--mutate", "--check", "test_f_adds_up"], "leave them out of --mutate"),
        (["--mutate", "--mistake", "one"], "leave them out of --mutate"),
        (["--mutate", "--budget", "soon"], "'soon' is no time: write 60s, 10m or 1h."),
        (["--mutate", "--budget", "0s"], "is no time"),
    ],
)
def test_options_that_make_no_sense_are_told(tmp_path: Path, arguments: list[str], said: str) -> None:
    done = run(made(tmp_path / "usage", alternative=False), "prove", "tiny", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
