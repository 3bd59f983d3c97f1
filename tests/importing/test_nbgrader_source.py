"""nbgrader's source notebooks: what becomes of each kind of cell, and what a broken one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError, LessonError
from grader.importing.kinds import checks_of
from grader.importing.nbgrader import assignment
from grader.importing.nbgrader_config import NAME, read
from grader.importing.packages import present
from grader.importing.regions import Delimiters, marked, split
from grader.starter import BEGIN, BEGIN_BARE, END
from tests.importing.assignments import code, graded, of_nbgrader, save, solution, text
from tests.importing.assignments import marked as cell_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return save(tmp_path / "source" / "ps1" / "numbers.ipynb", of_nbgrader())


def test_points_add_up_and_stand_where_the_source_gives_them(path: Path) -> None:
    found = {piece.id: piece for piece in assignment(path).pieces}
    assert {name: (piece.points, piece.hidden) for name, piece in found.items()} == {
        "test_double_small": (2, False),
        "test_mean_right": (0, False),
        "test_mean_right_hidden": (3, True),
        "test_double_kept": (2, True),
        "test_double_free": (0, False),
        "test_why": (3, False),
        "test_picture": (2, False),
    }
    assert found["test_mean_right_hidden"].needs == ("test_mean_right",)
    assert [name for name, piece in found.items() if piece.code is None] == ["test_why", "test_picture"]


def test_a_hidden_part_is_asked_with_what_the_visible_part_sets_up(path: Path) -> None:
    found = {piece.id: piece for piece in assignment(path).pieces}
    public, hidden = found["test_mean_right"].code or "", found["test_mean_right_hidden"].code or ""
    assert "numbers = " in hidden
    assert "[5.0]" in hidden
    assert "[5.0]" not in public
    assert "HIDDEN" not in public + hidden
    assert found["test_mean_right"].title == "The mean of numbers"
    assert found["test_mean_right_hidden"].title == ""


def test_nothing_hidden_stands_in_the_notebook(path: Path) -> None:
    whole = "\n".join(cell.source for cell in assignment(path).cells)
    assert "[5.0]" not in whole
    assert "HIDDEN TESTS" not in whole
    assert "MARK SCHEME" not in whole


def test_a_solution_without_a_region_is_one_region(path: Path) -> None:
    cells = assignment(path).cells
    assert cells[4].source.split("\n")[0] == BEGIN
    assert cells[8].source == f"{BEGIN}\nBecause two halves make a whole.\n{END}"
    assert BEGIN_BARE in cells[9].source


def test_the_setting_tells_given_code_from_solutions(path: Path) -> None:
    setting = assignment(path).setting
    assert setting.given == ("import math\nlimit = 3", "# your picture")
    assert ["def double" in one or "def mean" in one for one in setting.solution] == [True, True]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([text("only words")], "no cell that nbgrader knows"),
        ([cell_of(code("x = 1"), "", solution=True)], "cell 1 has no grade_id"),
        ([solution("x = 1", "a"), graded("assert x", "a", 1)], "has the grade_id `a` that cell 1 has"),
        ([graded("assert x", "a", "many")], "worth 'many' points"),  # type: ignore[arg-type]
        ([cell_of(text("read"), "a", grade=True, points=1)], "text cell marked as tests"),
        ([solution("### BEGIN SOLUTION\nx = 1", "a")], "never closes it"),
        ([solution("### BEGIN SOLUTION\n### BEGIN SOLUTION\n", "a")], "twice"),
        ([graded("### BEGIN HIDDEN TESTS\nassert x", "a", 1)], "never closes it"),
        ([solution("### BEGIN HIDDEN TESTS\nx = 1\n### END HIDDEN TESTS", "a")], "no cell of tests"),
        ([cell_of(code("x = 1"), "a", solution=True, schema_version=9)], "version 9"),
    ],
)
def test_a_broken_source_is_told_which_cell_and_what_to_do(tmp_path: Path, cells: list, said: str) -> None:
    path = save(tmp_path / "ps.ipynb", cells)
    with pytest.raises(LessonError) as refused:
        assignment(path)
    assert said in str(refused.value)
    assert str(path) in str(refused.value)


def test_metadata_of_version_0_are_read(tmp_path: Path) -> None:
    old = code("assert x == 1")
    old["metadata"] = {"nbgrader": {"grade": True, "grade_id": "x_right", "points": "2"}}
    empty = code("")
    empty["metadata"] = {"nbgrader": {"grade": False, "solution": False}}
    path = save(tmp_path / "old.ipynb", [solution("x = 1", "x"), old, empty])
    assert [(piece.name, piece.points) for piece in assignment(path).pieces] == [("x_right", 2.0)]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("### AUTOTEST x", "autotest"),
        ("# nothing is asserted", "tests_nothing"),
        ("score = 0\nscore", "partial_credit"),
        ("score = 0.5 * x\nscore / 2", "partial_credit"),
    ],
)
def test_tests_that_can_be_no_check_say_why(tmp_path: Path, source: str, reason: str) -> None:
    path = save(tmp_path / "ps.ipynb", [solution("x = 1", "x"), graded(source, "t", 1)])
    (piece,) = assignment(path).pieces
    assert piece.refused is not None
    assert piece.refused.reason == reason


def test_delimiters_stubs_and_header_come_from_the_course(tmp_path: Path) -> None:
    save(tmp_path / "head.ipynb", [text("Our course")])
    (tmp_path / NAME).write_text(
        "c = get_config()\n"
        "c.ClearSolutions.begin_solution_delimeter = 'ANSWER FROM HERE'\n"
        "c.ClearSolutions.end_solution_delimeter = 'TO HERE'\n"
        "c.ClearSolutions.code_stub = {'python': '# you\\npass'}\n"
        "c.IncludeHeaderFooter.header = 'head.ipynb'\n"
        "c.ClearHiddenTests.begin_test_delimeter = open('secret').read()\n"
        "raise SystemExit\n"
    )
    source = "def f():\n    # ANSWER FROM HERE\n    return 1\n    # TO HERE"
    path = save(
        tmp_path / "source" / "ps1" / "ps.ipynb", [solution(source, "f"), graded("assert f() == 1", "t", 1)]
    )
    found = assignment(path)
    assert found.cells[0].source == "Our course"
    assert found.cells[1].source == (
        f"def f():\n    {BEGIN}\n    ### PROMPT # you\n    ### PROMPT pass\n    return 1\n    {END}"
    )
    assert any("begin_test_delimeter" in note for note in found.notes)


def test_a_configuration_that_is_no_python_is_named(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("c.ClearSolutions = ")
    with pytest.raises(LessonError, match="is no Python"):
        read(tmp_path / NAME)


@given(st.lists(st.sampled_from(["a = 1", "    b", "# BEGIN X", "x # END X", "END X", ""]), max_size=12))
def test_regions_lose_no_line_and_end_as_they_begin(lines: list[str]) -> None:
    source = "\n".join(lines)
    marks = Delimiters("BEGIN X", "END X")
    try:
        outside, everything, found = split(source, marks, "cell")
        made = marked(source, marks, "cell", None).split("\n")
    except LessonError:
        return
    assert set(outside.split("\n")) <= {*lines, ""}
    assert everything.split("\n") == [
        line for line in lines if "BEGIN X" not in line and "END X" not in line
    ] or (not everything)
    begins = [line.strip() == BEGIN for line in made]
    ends = [line.strip() == END for line in made]
    assert sum(begins) == sum(ends) == sum("BEGIN X" in line for line in lines)
    assert found == any(begins)


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_file_is_an_assignment_or_a_message(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("odd") / "odd.ipynb"
    path.write_bytes(content)
    with pytest.raises(GraderError):
        assignment(path)


def test_a_test_brings_along_what_it_uses_of_earlier_tests(tmp_path: Path) -> None:
    begin, end = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
    first = f"from math import isclose\nlimit = 3\n{begin}\nsecret = 4\nassert f(1)\n{end}"
    second = f"assert isclose(f(limit), 3)\n{begin}\nassert isclose(f(secret), 4)\n{end}"
    cells = [solution("def f(x):\n    return x", "f"), graded(first, "a", 1), graded(second, "b", 1)]
    found = {piece.id: piece for piece in assignment(save(tmp_path / "ps.ipynb", cells)).pieces}
    assert found["test_b"].code == "from math import isclose\nlimit = 3\nassert isclose(f(limit), 3)"
    assert "secret = 4" in (found["test_b_hidden"].code or "")
    assert "secret" not in found["test_b_hidden"].shown
    exec(found["test_b_hidden"].code or "", {"f": lambda x: x})  # noqa: S102


@pytest.mark.parametrize("deep", [150, 400, 700, 3000, 30_000])
@pytest.mark.parametrize("shape", ["assert f(1){}", "assert f(1) == 1{}", "x = 1{}\nassert f(x) == 1"])
def test_code_that_nests_too_deeply_is_a_person_s_and_ends_nothing(
    deep: int, shape: str, tmp_path: Path
) -> None:
    source = shape.format(" + 1" * deep)
    for cells in (
        [solution("def f(x):\n    return x", "f"), graded(source, "t", 1)],
        [solution(source.replace("assert", "y ="), "f"), graded("assert f(1) == 1", "t", 1)],
        [code(source), solution("f = abs", "f"), graded("assert f(1) == 1", "t", 1)],
    ):
        found = assignment(save(tmp_path / "a.ipynb", cells))
        assert [check.piece.id for check in checks_of(found, present())] == ["test_t"]


def test_a_name_of_several_lines_stands_on_one(tmp_path: Path) -> None:
    name = "one\n::error::two\x1b[31m\tthree"
    cells = [solution("f = abs", "f"), graded("assert f(1) == 1", name, 1)]
    (piece,) = assignment(save(tmp_path / "a.ipynb", cells)).pieces
    assert piece.name == "one ::error::two [31m three"
