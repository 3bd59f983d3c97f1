"""`grader similar` as a teacher calls it, on files, in a shell."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pexpect
import pytest
from rich.cells import cell_len

from tests.cli.making import SECONDS, environment, lesson, notebook, once, run
from tests.similar.classes import HANGUL, LESSON, MARKUP, write

PAGE = Path(LESSON) / "instructor" / "similar" / "index.html"
ROW = re.compile(r"^  (\S+) +(\d+) % +(\S+) +(\d+) %$", re.MULTILINE)
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture(scope="module")
def compared(base: Path) -> Path:
    """A folder with a class, the page in `out`, and what the command said."""

    def make(folder: Path) -> None:
        write(folder / "class")
        done = run(folder, "similar", "class", "--out", "out")
        (folder / "stdout").write_text(done.stdout, "utf-8")
        (folder / "stderr").write_text(done.stderr, "utf-8")
        (folder / "status").write_text(str(done.returncode))

    return once(base, "similar", make)


@pytest.fixture(scope="module")
def said(compared: Path) -> str:
    return (compared / "stdout").read_text("utf-8")


@pytest.fixture(scope="module")
def page(compared: Path) -> str:
    return (compared / "out" / PAGE).read_text("utf-8")


def test_it_lists_who_is_alike_and_nobody_else(said: str, compared: Path) -> None:
    assert {frozenset((one, other)) for one, _, other, _ in ROW.findall(said)} == {
        frozenset(("kim", HANGUL)),
        frozenset(("a&b", "a&c")),
    }
    assert all(int(share) >= 50 for row in ROW.findall(said) for share in (row[1], row[3]))
    assert (compared / "status").read_text() == "0"
    assert (compared / "stderr").read_text() == ""


def test_it_says_how_many_it_could_not_compare_and_where_the_page_is(said: str) -> None:
    assert "8 of 12" not in said
    assert "9 of 12 submissions were compared. 2 pairs are alike beyond what the class shares." in said
    assert "3 not compared" in said
    assert f"out/{PAGE}" in said
    assert "Alike is not copied." in said


def test_nothing_lies_where_students_pages_lie(compared: Path) -> None:
    written = [path.relative_to(compared / "out") for path in (compared / "out").rglob("*") if path.is_file()]
    assert written == [PAGE]


def test_names_and_code_of_students_are_text(page: str) -> None:
    assert "a&amp;b" in page
    assert "&lt;script&gt;alert(1)" in page
    assert MARKUP not in page
    assert "<script" not in page


def test_the_page_says_who_could_not_be_compared_and_why(page: str) -> None:
    listed = page[page.index("Not compared, or not wholly") :]
    assert re.search(r"<li>broken: .*we could not read it", listed, re.IGNORECASE)
    little = next(line for line in listed.splitlines() if "Too little code of their own" in line)
    assert "as_taught" in little
    assert "blank" in little
    assert "kim" not in little
    assert re.search(r"<li>huge: .*more code than is compared", listed)


def test_both_languages_are_in_the_page_and_no_verdict_is(page: str) -> None:
    for text in ("It cannot know why code is alike", "코드가 왜 비슷한지"):
        assert text in page
    assert not re.search(r"cheat|plagiar|dishonest|표절|부정행위", page, re.IGNORECASE)


def test_the_same_class_gives_the_same_page(compared: Path, tmp_path: Path, page: str) -> None:
    done = run(tmp_path, "similar", compared / "class", "--out", "again")
    assert done.returncode == 0
    assert (tmp_path / "again" / PAGE).read_text("utf-8") == page


def test_an_archive_is_taken_as_a_folder_is(compared: Path, tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "class"), "zip", compared / "class")
    done = run(tmp_path, "similar", "class.zip", "--lesson", LESSON, "--lang", "ko")
    assert done.returncode == 0, done.stderr
    assert len(ROW.findall(done.stdout)) == 2
    assert "비슷한 쌍이 2개 있습니다" in done.stdout
    assert (tmp_path / "reports" / PAGE).read_text("utf-8").startswith('<!doctype html>\n<html lang="ko">')


def test_a_terminal_gets_lines_that_fit(compared: Path, tmp_path: Path) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "grader", "similar", str(compared / "class"), "--out", "out", "--lang", "ko"],
        cwd=str(tmp_path),
        env={**environment(tmp_path), "TERM": "xterm-256color"},  # type: ignore[arg-type]
        dimensions=(24, 70),
        encoding="utf-8",
        timeout=SECONDS,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    lines = re.split("[\r\n]+", ESCAPE.sub("", child.before or ""))
    assert max(cell_len(line) for line in lines) <= 70
    assert any(HANGUL in line and "kim" in line for line in lines)


def test_what_cannot_be_compared_is_a_matter_of_usage(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for arguments in (["empty"], ["nowhere"], ["empty", "--lesson", "no_such_lesson"]):
        done = run(tmp_path, "similar", *arguments)
        assert done.returncode == 2, arguments
        assert "Traceback" not in done.stderr
        assert done.stderr


KIM = """
def f(x):
    low = min(x)
    high = max(x)
    return [(one - low) / (high - low + 1) for one in x]

def g(x):
    found = []
    for at in range(len(x) - 1):
        found.append(x[at + 1] - x[at])
    return found
"""
LEE = """
def f(values):
    a = min(values)
    b = max(values)
    return [(v - a) / (b - a + 9) for v in values]

def g(values):
    d = []
    for i in range(len(values) - 1):
        d.append(values[i + 1] - values[i])
    return d
"""
PARK = """
import numpy as np

def f(x):
    x = np.asarray(x, dtype=float)
    x -= x.min()
    return list(x / (np.ptp(x) + 1))

def g(x):
    return list(map(lambda pair: pair[1] - pair[0], zip(x, x[1:])))

print(f([1, 2, 3]), g([3, 4, 8]))
"""
ANSWERS = {"kim": KIM, "lee": LEE, "park": PARK}
CHECKS = "def test_f(student):\n    assert student.f([1, 2]) is not None\n"


@pytest.fixture(scope="module")
def graded(base: Path) -> Path:
    """A class that was graded without a wall, which is enough for records."""

    def make(folder: Path) -> None:
        lesson(
            folder,
            checks=CHECKS,
            reference=notebook("x = 1"),
        )
        (folder / "class").mkdir()
        for name, answer in ANSWERS.items():
            (folder / "class" / f"{name}.ipynb").write_bytes(notebook(answer))
        (folder / "class" / "bad.ipynb").write_text("{")
        done = run(folder, "grade", "class", "--out", "out", "--sandbox", "none")
        assert done.returncode in (0, 1), done.stderr

    return once(base, "similar-graded", make)


def test_records_are_compared_as_the_notebooks_were(graded: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(graded / "out", out)
    records = run(graded, "similar", out)
    notebooks = run(graded, "similar", "class", "--out", tmp_path / "other")
    assert records.returncode == notebooks.returncode == 0, records.stderr + notebooks.stderr
    assert ROW.findall(records.stdout) == ROW.findall(notebooks.stdout)
    assert [{one, other} for one, _, other, _ in ROW.findall(records.stdout)] == [{"kim", "lee"}]
    page = (out / "tiny" / "instructor" / "similar" / "index.html").read_text("utf-8")
    assert 'href="../kim.html"' in page
    assert (out / "tiny" / "instructor" / "kim.html").is_file()


def test_the_class_page_leads_there_once_it_is_there(graded: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(graded / "out", out)
    link = 'href="instructor/similar/index.html"'
    assert link not in (out / "tiny" / "index.html").read_text("utf-8")
    assert run(graded, "similar", out).returncode == 0
    assert run(graded, "report", out).returncode == 0
    assert link in (out / "tiny" / "index.html").read_text("utf-8")


def test_a_record_beside_notebooks_is_no_record(graded: Path, tmp_path: Path) -> None:
    """Students may hand in what they like: it must not turn a class into an earlier one."""
    shutil.copytree(graded / "class", tmp_path / "class")
    shutil.copy(next((graded / "out" / "tiny").glob("park.json")), tmp_path / "class")
    done = run(graded, "similar", tmp_path / "class", "--out", tmp_path / "out")
    assert "3 of 4 submissions were compared" in done.stdout
