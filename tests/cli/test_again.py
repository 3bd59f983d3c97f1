"""A class that is graded again: what has not changed is taken as it was, and what has is graded."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.cli.making import codes, environment, lesson, notebook, once, printed, records, run, states

F = "def f(x):\n    return x + 1"
WRONG = "def f(x):\n    return x"
CLOCK = "import time\nprint(time.time_ns())"
"""Tells whether the cells ran another time."""
CHECK = "def test_f(student):\n    assert student.f(1) == 2\n"
OTHER_CHECK = "def test_f(student):\n    assert student.f(1) == 1\n"
BROKEN = "\n@pytest.mark.points(2)\ndef test_ours(student):\n    raise RuntimeError('ours')\n"
WORDS = '[checks.test_f]\ntitle = "{}"\n'

STEPS = ("first", "again", "one", "korean", "page", "fresh", "checks", "broken")


def story(root: Path) -> None:
    """Grades one class again and again, and keeps what lies there after each step."""
    of = lesson(root, checks=CHECK, reference=notebook(F))
    (of / "words").mkdir()
    (of / "words" / "en.toml").write_text(WORDS.format("It adds one"), "utf-8")
    (of / "words" / "ko.toml").write_text(WORDS.format("하나를 더합니다"), "utf-8")
    class_ = root / "class"
    class_.mkdir()
    for name in ("kim", "lee", "park"):
        (class_ / f"{name}.ipynb").write_bytes(notebook(WRONG if name == "lee" else F, CLOCK, f"# {name}"))
    (class_ / "same.ipynb").write_bytes(notebook(WRONG, CLOCK, "# lee"))
    (class_ / "link.ipynb").symlink_to(class_ / "kim.ipynb")
    out = root / "out" / "tiny"

    def step(name: str, *arguments: str) -> None:
        done = run(root, "grade", "class", "--out", "out", "--jobs", "2", *arguments)
        (root / f"{name}.said").write_text(f"{done.stdout}{done.stderr}[{done.returncode}]", "utf-8")
        shutil.copytree(out, root / name)

    step("first")
    step("again")
    (class_ / "park.ipynb").write_bytes(notebook(F, CLOCK, "# park", "# a second thought"))
    step("one")
    step("korean", "--lang", "ko")
    (out / "kim.html").unlink()
    (out / "instructor" / "lee.html").write_text("somebody's")
    (out / "lee.json").unlink()
    step("page")
    step("fresh", "--fresh")
    lesson(root, checks=OTHER_CHECK, reference=notebook(F))
    step("checks")
    lesson(root, checks=OTHER_CHECK + BROKEN, reference=notebook(F))
    step("broken")
    step("still")


@pytest.fixture(scope="module")
def steps(base: Path) -> Path:
    return once(base, "graded-again", story)


def files(folder: Path) -> dict[str, bytes]:
    """The records and the pages of students."""
    found = [path for path in folder.rglob("*") if path.suffix in (".json", ".html")]
    kept = [path for path in found if path.stem not in ("index", "regrade")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


def clocks(folder: Path) -> dict[str, str]:
    return {name: printed(of, 2).strip() for name, of in records(folder).items() if of.run.cells}


def test_what_has_not_changed_is_the_same_to_the_byte(steps: Path) -> None:
    first, again = files(steps / "first"), files(steps / "again")
    assert len(first) == 5 * 3
    assert first == again
    said = (steps / "again.said").read_text("utf-8")
    assert "nothing new to grade, 5 unchanged" in said
    assert "✓" not in said
    assert said.endswith("[0]")
    books = [(steps / name / "gradebook.csv").read_bytes() for name in ("first", "again")]
    assert books[0] == books[1]


def test_a_file_that_cannot_be_read_is_none_that_is_graded_again(steps: Path) -> None:
    for name in ("first", "again"):
        link = records(steps / name)["link"]
        assert (link.run.state, link.score) == ("unreadable", 0.0)


def test_equal_notebooks_share_a_result_and_no_name(steps: Path) -> None:
    found = records(steps / "first")
    assert (found["same"].student_id, found["lee"].student_id) == ("same", "lee")
    assert clocks(steps / "again")["same"] == clocks(steps / "again")["lee"]


def test_of_a_class_in_which_one_has_changed_that_one_is_graded(steps: Path) -> None:
    before, after = files(steps / "again"), files(steps / "one")
    changed = sorted(name for name in before if before[name] != after[name])
    assert changed == ["instructor/park.html", "park.html", "park.json"]
    assert clocks(steps / "one")["park"] != clocks(steps / "again")["park"]
    assert "1 graded in" in (steps / "one.said").read_text("utf-8")
    assert "4 unchanged" in (steps / "one.said").read_text("utf-8")


def test_another_language_is_said_and_nothing_is_run(steps: Path) -> None:
    assert clocks(steps / "korean") == clocks(steps / "one")
    found = records(steps / "korean")
    assert found["kim"].checks[0].title == "하나를 더합니다"
    assert codes(found["lee"]) == codes(records(steps / "one")["lee"])
    pages = files(steps / "korean")
    assert all('lang="ko"' in pages[f"{name}.html"].decode() for name in found)
    assert "5개는 그대로" in (steps / "korean.said").read_text("utf-8")


def test_what_is_missing_or_was_touched_is_made_again(steps: Path) -> None:
    """And the language of this run is that of all records and pages."""
    assert files(steps / "page") == files(steps / "one")
    assert "nothing new to grade, 5 unchanged" in (steps / "page.said").read_text("utf-8")


def test_fresh_grades_everything(steps: Path) -> None:
    before, after = clocks(steps / "page"), clocks(steps / "fresh")
    assert [name for name in before if before[name] == after[name]] == []
    assert "unchanged" not in (steps / "fresh.said").read_text("utf-8")


def test_a_changed_check_judges_all_again(steps: Path) -> None:
    found = {name: states(of) for name, of in records(steps / "checks").items() if name != "link"}
    assert {name for name, of in found.items() if of["test_f"] == "passed"} == {"lee", "same"}
    assert "unchanged" not in (steps / "checks.said").read_text("utf-8")


def test_what_broke_is_asked_again(steps: Path) -> None:
    """In every run, because the reason may be gone; what could be told is not."""
    for name in ("broken", "still"):
        found = records(steps / name)
        assert states(found["kim"])["test_ours"] == "broken"
        said = (steps / f"{name}.said").read_text("utf-8")
        assert said.endswith("[1]")
    assert clocks(steps / "broken")["kim"] != clocks(steps / "still")["kim"]


def test_the_journal_belongs_to_its_owner_and_names_nobody(steps: Path) -> None:
    folder = steps / "out" / ".journal" / "tiny"
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600, path
    with sqlite3.connect(folder / "results.sqlite") as journal:
        assert journal.execute("SELECT count(*) FROM result").fetchone()[0] > 5
    journal.close()
    content = (folder / "results.sqlite").read_bytes()
    assert b"park" not in content


def test_only_one_run_at_a_time_grades_into_a_folder(tmp_path: Path) -> None:
    lesson(tmp_path, checks=CHECK, reference=notebook(F))
    (tmp_path / "kim.ipynb").write_bytes(notebook(F))
    folder = tmp_path / "out" / ".journal" / "tiny"
    folder.mkdir(parents=True)
    command = ["flock", str(folder / "lock"), "python3", "-c", "print('held', flush=True); input()"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(tmp_path)
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        refused = run(tmp_path, "grade", "kim.ipynb", "--out", "out")
        other.communicate("\n")
    assert refused.returncode == 2
    assert "Another run is grading into out/tiny." in refused.stderr
    assert not list((tmp_path / "out" / "tiny").glob("*.json"))
