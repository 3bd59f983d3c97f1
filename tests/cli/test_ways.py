"""Other ways to ask for the same: one file, another level, another language, an archive, no wall."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from grader.record import Record
from tests.cli.classes import CHECKS, FULL_MARKS, HANGUL, HIDDEN, F
from tests.cli.making import codes, lesson, notebook, once, printed, record, records, run, states, timeless


@pytest.fixture(scope="module")
def alone(base: Path, course: Path) -> Record:
    """A student of the class, graded alone, one at a time, into a folder of its own."""

    def make(folder: Path) -> None:
        done = run(course, "grade", "class/random.ipynb", "--out", folder, "--jobs", "1")
        assert done.returncode == 0, done.stderr

    return record(once(base, "alone", make) / "tiny" / "random.json")


@pytest.fixture(scope="module")
def elsewhere(base: Path, course: Path) -> tuple[Path, int]:
    """Three of the class below another level, in Korean, and the command's status."""

    def make(folder: Path) -> None:
        (folder / "class").mkdir()
        for name in ("right", "wrong", "random", HANGUL):
            source = course / "class" / f"{name}.ipynb"
            (folder / "class" / source.name).write_bytes(source.read_bytes())
        done = run(
            course,
            *("grade", folder / "class", "--out", folder / "out", "--lesson", "tiny"),
            *("--sandbox", "landlock", "--lang", "ko", "--fail-under", "50"),
        )
        (folder / "stdout").write_text(done.stdout + done.stderr, "utf-8")
        (folder / "status").write_text(str(done.returncode))

    folder = once(base, "elsewhere", make)
    return folder, int((folder / "status").read_text())


def test_the_record_is_the_same_alone_and_in_company(alone: Record, graded: dict[str, Record]) -> None:
    assert timeless(alone) == timeless(graded["random"])


def test_a_notebook_run_again_draws_the_same_numbers(
    graded: dict[str, Record], elsewhere: tuple[Path, int]
) -> None:
    again = records(elsewhere[0] / "out" / "tiny")["random"]
    for cell in (2, 3, 4):
        assert printed(again, cell) == printed(graded["random"], cell) != ""
    assert printed(again, 2) != printed(again, 3)


def test_another_level_and_language_judge_the_same(
    graded: dict[str, Record], elsewhere: tuple[Path, int]
) -> None:
    for name, found in records(elsewhere[0] / "out" / "tiny").items():
        assert found.environment.sandbox == "landlock"
        assert (found.score, states(found), codes(found)) == (
            graded[name].score,
            states(graded[name]),
            codes(graded[name]),
        )
        facts = [[f.facts for f in check.findings] for check in found.checks]
        assert facts == [[f.facts for f in check.findings] for check in graded[name].checks]


def test_korean_is_spoken_in_records_pages_and_lines(elsewhere: tuple[Path, int]) -> None:
    out = elsewhere[0] / "out" / "tiny"
    finding = records(out)["wrong"].checks[0].findings[0]
    assert any("가" <= letter <= "힣" for letter in finding.message)
    assert '<html lang="ko"' in (out / "wrong.html").read_text("utf-8")
    assert "제출물 4개" in (elsewhere[0] / "stdout").read_text("utf-8")


def test_a_score_below_the_bound_gives_status_1(elsewhere: tuple[Path, int]) -> None:
    assert elsewhere[1] == 1


def test_names_of_two_cells_width_stay_in_their_column(elsewhere: tuple[Path, int]) -> None:
    from rich.cells import cell_len

    lines = [line for line in (elsewhere[0] / "stdout").read_text("utf-8").splitlines() if "/6 " in line]
    ends = {cell_len(line.partition("/6 ")[0]) for line in lines if line.startswith(("  ✓", "  ✗"))}
    assert len(lines) >= 4
    assert len(ends) == 1


@pytest.fixture(scope="module")
def archived(base: Path) -> Path:
    """A download of an LMS, graded without a wall into the default folder."""

    def make(folder: Path) -> None:
        lesson(folder, checks=CHECKS, hidden=HIDDEN, reference=notebook(F))
        with zipfile.ZipFile(folder / "download.zip", "w") as archive:
            for name, cell in (("Kim Minsu_101", F), ("Kim Minsu_102", "def f(x): return 0")):
                member = f"{name}_assignsubmission_file/homework.ipynb"
                archive.writestr(member, notebook(cell, lesson=None))
            archive.writestr("__MACOSX/Kim Minsu_101_assignsubmission_file/._homework.ipynb", b"rubbish")
        arguments = ("grade", "download.zip", "--lesson", "tiny", "--sandbox", "none", "--fail-under", "0")
        done = run(folder, *arguments)
        assert done.returncode == 0, done.stderr
        assert "2 submissions" in done.stdout

    return once(base, "archived", make)


def test_two_students_of_one_name_keep_two_records(archived: Path) -> None:
    out = archived / "reports" / "tiny"
    found = {one.student_id: one for one in map(record, out.glob("*.json"))}
    # A third may have come late, see below.
    assert {key: (one.student, one.score) for key, one in found.items() if key != "late"} == {
        "101": ("Kim Minsu", FULL_MARKS),
        "102": ("Kim Minsu", 0.0),
    }


def test_without_a_wall_the_record_says_so(archived: Path) -> None:
    for path in (archived / "reports" / "tiny").glob("*.json"):
        assert record(path).environment.sandbox == "none"


def test_grading_one_more_keeps_the_class_page_whole(archived: Path, base: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "late.ipynb").write_bytes(notebook(F))
        done = run(archived, "grade", folder / "late.ipynb", "--sandbox", "none")
        assert done.returncode == 0, done.stderr

    once(base, "late", make)
    out = archived / "reports" / "tiny"
    assert len(list(out.glob("*.json"))) == 3
    rows = (out / "gradebook.csv").read_text("utf-8-sig").splitlines()
    assert len(rows) == 4
    assert (out / "index.html").read_text("utf-8").count("Kim Minsu") >= 2
