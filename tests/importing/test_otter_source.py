"""Otter's source notebooks and test files: questions, points, blanks, and what a broken one is told."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError, LessonError
from grader.importing.assignment import Assignment
from grader.importing.doctests import Refused, compared, statements
from grader.importing.otter_cases import Case, Question, shared_out
from grader.importing.otter_files import question_of
from grader.importing.otter_lines import converted
from grader.importing.sources import assignments_in
from grader.starter import strip
from tests.importing.assignments import code, of_otter, raw, save, text


def read(path: Path) -> Assignment:
    (found,) = assignments_in("otter", path)
    return found


def starter(source: str) -> str:
    cell = {"cell_type": "code", "source": converted(source, "cell 1")}
    return str("".join(strip({"cells": [cell]})["cells"][0]["source"]))


def test_points_are_those_of_otter(tmp_path: Path) -> None:
    found = {piece.id: piece for piece in read(save(tmp_path / "walk.ipynb", of_otter())).pieces}
    assert {name: (piece.points, piece.hidden) for name, piece in found.items()} == {
        "test_q1_1": (0.75, False),
        "test_q1_2": (1.5, False),
        "test_q1_3": (0.75, True),
        "test_q2_1": (0, False),
        "test_q2_2": (2, True),
        "test_q3": (2, False),
        "test_q4_1": (1, False),
        "test_q4_2": (1, True),
    }
    assert found["test_q2_2"].needs == ("test_q2_1",)
    assert found["test_q1_2"].message == "Is nine three times three?"
    assert found["test_q3"].code is None


def test_saved_output_becomes_a_comparison(tmp_path: Path) -> None:
    found = {piece.id: piece.code for piece in read(save(tmp_path / "walk.ipynb", of_otter())).pieces}
    assert found["test_q1_1"] == "assert (square(2) == 4) == True"
    assert found["test_q1_2"] == "assert (nine) == 9"
    assert found["test_q4_1"] == "assert (walk(3)) == [0, 1, 2]"


def test_students_see_the_prompts_of_otter(tmp_path: Path) -> None:
    cells = read(save(tmp_path / "walk.ipynb", of_otter())).cells
    plain = [{"cell_type": cell.kind, "source": cell.source} for cell in cells]
    shown = ["".join(cell["source"]) for cell in strip({"cells": plain})["cells"]]
    assert "def square(x):\n    ...\n\nnine = ..." in shown
    assert "path = ..." in "\n".join(shown)
    assert "def walk(n):\n    ..." in shown
    assert "_Type your answer here, replacing this text._" in shown
    whole = "\n".join(shown)
    assert "SOLUTION" not in whole
    assert "x * x" not in whole
    assert "range" not in whole
    assert "To get there" not in whole


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("x = 3 # SOLUTION", "x = ..."),
        ("a, b = 1, 2  # SOLUTION", "a, b = ..."),
        ("d['k'] = f(1) # SOLUTION", "d['k'] = ..."),
        ("if x == 3: # SOLUTION", "..."),
        ("x += 1 # SOLUTION", "..."),
        ("    return x # SOLUTION", "    ..."),
        ("y = 1 # SOLUTION NO PROMPT\nz = 2", "z = 2"),
        ("np.random.seed(1) # SEED\nz = 2", "z = 2"),
        ("# BEGIN SOLUTION\na\nb\n# END SOLUTION\nc", "...\nc"),
        ("# BEGIN SOLUTION NO PROMPT\na\n# END SOLUTION\nc", "c"),
        ('""" # BEGIN PROMPT\nf(...)\n""" # END PROMPT\nc', "f(...)\nc"),
        ("a = 1 # SOLUTION\nb = 2 # SOLUTION", "a = ...\nb = ..."),
    ],
)
def test_lines_of_a_solution(source: str, shown: str) -> None:
    assert starter(source) == shown


@given(
    st.lists(
        st.sampled_from(
            ["a = 1", "b = 2 # SOLUTION", "    c # SOLUTION NO PROMPT", "# BEGIN SOLUTION", "# END SOLUTION",
             "# BEGIN SOLUTION NO PROMPT", '""" # BEGIN PROMPT', '""" # END PROMPT', "", "    d"]
        ),
        max_size=10,
    )
)  # fmt: skip
def test_any_lines_are_a_starter_or_a_message(lines: list[str]) -> None:
    try:
        shown = starter("\n".join(lines))
    except LessonError:
        return
    assert "SOLUTION" not in shown
    assert "b = 2" not in shown


@pytest.mark.parametrize(
    ("source", "want", "made"),
    [
        ("x", "np.float64(3.5)", "assert (x) == (3.5)"),
        ("f(2)", "np.True_", "assert (f(2)) == True"),
        ("print(x)", "three", "assert str(x) == 'three'"),
        ("arr", "array([1, 2])", "assert repr(arr) == 'array([1, 2])'"),
        ("assert f(1)", "", "assert f(1)"),
        ("y = f(1)\ny", "'a'", "y = f(1)\nassert (y) == 'a'"),
    ],
)
def test_expected_output_is_compared_as_a_value_where_it_is_one(source: str, want: str, made: str) -> None:
    assert compared(source, want).replace("(3.5)", "3.5") == made.replace("(3.5)", "3.5")


def test_what_is_printed_on_the_way_is_compared_as_it_was_printed() -> None:
    made = compared("for i in range(2):\n    print(i)", "0\n1")
    exec(made, {})  # noqa: S102 - the statements are this test's own
    with pytest.raises(AssertionError):
        exec(made.replace("range(2)", "range(3)"), {})  # noqa: S102


def test_doctests_are_statements() -> None:
    made = statements("""
        >>> x = 2
        >>> for i in range(2):
        ...     x = x + i
        >>> x
        3
        >>> {}['k']
        Traceback (most recent call last):
          ...
        KeyError: 'k'
        """)
    exec(made, {})  # noqa: S102
    with pytest.raises(AssertionError):
        exec(made.replace("== 3", "== 4"), {})  # noqa: S102


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (">>> x == 3", "no_output"),
        (">>> f()  # doctest: +ELLIPSIS\na...", "doctest_option"),
        (">>>x", "no_python"),
    ],
)
def test_doctests_that_can_be_no_check_say_why(case: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        statements(case)
    assert refused.value.why.reason == reason


@given(
    st.none() | st.floats(0, 50),
    st.lists(st.none() | st.sampled_from([0.0, 1.0, 2.5]), min_size=1, max_size=6),
)
def test_shares_add_up_to_the_question(total: float | None, own: list[float | None]) -> None:
    cases = tuple(Case("assert x", False, points) for points in own)
    try:
        found = shared_out(Question("q", "cell 1", total, cases=cases), "walk.ipynb")
    except LessonError:
        assert total is not None
        assert sum(points or 0 for points in own) > total
        return
    given_ = [case.points for case in found]
    assert all(points is not None and points >= 0 for points in given_)
    if total is not None and None in own:
        assert sum(points or 0 for points in given_) == pytest.approx(total)


OK_FILE = """\
OK_FORMAT = True
test = {   'name': 'q1', 'points': 2,
    'suites': [{'cases': [{'code': '>>> add(1, 2)\\n3', 'hidden': False},
                          {'code': '>>> assert add(0, 0) == 0', 'hidden': True}],
                'scored': True, 'setup': '', 'teardown': '', 'type': 'doctest'}]}
"""
FUNCTIONS = """\
from otter.test_files import test_case
import math
OK_FORMAT = False
name = "q2"
points = None

def near(a, b):
    return math.isclose(a, b)

@test_case(points=2, hidden=False, failure_message="Add them.")
def test_add(add, env):
    assert near(add(1, 2), 3)
    assert env["nine"] == 9

@test_case(points=1, hidden=True)
def test_more(add):
    for i in range(3):
        if i == 9:
            return
    assert add(2, 2) == 4
"""


def test_ok_files_are_read_as_literals() -> None:
    found = question_of(OK_FILE, "q1.py", "tests/q1.py")
    assert [(case.code, case.hidden) for case in found.cases] == [
        ("assert (add(1, 2)) == 3", False),
        ("assert add(0, 0) == 0", True),
    ]


def test_exception_based_files_give_bodies_with_what_they_use() -> None:
    first, second = question_of(FUNCTIONS, "q2.py", "tests/q2.py").cases
    assert first.points == 2
    assert first.message == "Add them."
    world = {"add": lambda a, b: a + b, "nine": 9}
    exec(first.code, dict(world))  # noqa: S102
    exec(second.code, dict(world))  # noqa: S102
    with pytest.raises(AssertionError):
        exec(first.code, {**world, "nine": 8})  # noqa: S102
    assert second.hidden


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("test = make()", "no plain value, and nothing of a test file is executed"),
        ("test = {'name': 'q'}", "is no OK-format test"),
        ("x = 1", "holds neither"),
        ("def f(:", "is no Python"),
        (
            "from otter.test_files import test_case\n@test_case()\ndef f(x):\n    pass",
            "does not say its name",
        ),
    ],
)
def test_a_broken_test_file_is_named(content: str, said: str) -> None:
    with pytest.raises(LessonError, match=r"q1\.py") as refused:
        question_of(content, "q1.py", "tests/q1.py")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([raw("# BEGIN QUESTION\npoints: 1"), raw("# END QUESTION")], "without a name"),
        ([raw("# BEGIN QUESTION\nname: q1")], "never closed"),
        ([raw("# END QUESTION")], "not the one open"),
        ([raw("# BEGIN TESTS")], "outside of every question"),
        ([raw("# BEGIN QUESTION\nname: [q1")], "no YAML"),
        ([raw("# BEGIN QUESTION\nname: q1"), raw("# BEGIN TESTS"), text("hm"), raw("# END TESTS"),
          raw("# END QUESTION")], "no code, and stands among tests"),
        ([raw("# ASSIGNMENT CONFIG\nconfig_file: gone.yml"), raw("# BEGIN QUESTION\nname: q1"),
          raw("# END QUESTION")], "gone.yml"),
        ([raw("# BEGIN QUESTION\nname: q1\npoints: [1, 2]"), raw("# BEGIN TESTS"), code("assert 1"),
          raw("# END TESTS"), raw("# END QUESTION")], "points for 2 tests and 1"),
        ([text("words")], "has no blocks of otter assign"),
    ],
)  # fmt: skip
def test_a_broken_source_is_told_which_cell_and_what_to_do(tmp_path: Path, cells: list, said: str) -> None:
    path = save(tmp_path / "walk.ipynb", cells)
    with pytest.raises(LessonError) as refused:
        assignments_in("otter", path)
    assert said in str(refused.value)


def test_settings_in_yaml_make_no_object(tmp_path: Path) -> None:
    path = save(tmp_path / "walk.ipynb", [raw("# BEGIN QUESTION\nname: !!python/name:os.system q")])
    with pytest.raises(LessonError, match="no YAML"):
        assignments_in("otter", path)


def test_what_otter_assign_made_is_read_with_its_tests(tmp_path: Path) -> None:
    cells = [
        code("# Initialize Otter\nimport otter\ngrader = otter.Notebook('sum.ipynb')"),
        text("# A sum"),
        code("def add(a, b):\n    # BEGIN SOLUTION\n    return a + b\n    # END SOLUTION",
             tags=["otter_assign_solution_cell"]),
        code("nine = 9 # SOLUTION", tags=["otter_assign_solution_cell"]),
        code('grader.check("q2")'),
        code('grader.check("q1")'),
    ]  # fmt: skip
    save(tmp_path / "autograder" / "sum.ipynb", cells)
    (tmp_path / "autograder" / "tests").mkdir()
    (tmp_path / "autograder" / "tests" / "q1.py").write_text(OK_FILE)
    (tmp_path / "autograder" / "tests" / "q2.py").write_text(FUNCTIONS)
    (tmp_path / "student").mkdir()
    found = read(tmp_path)
    assert [piece.name for piece in found.pieces] == ["q2, test 1", "q2, test 2", "q1, test 1", "q1, test 2"]
    assert not any("grader" in cell.source or "otter" in cell.source for cell in found.cells)
    assert found.title == "A sum"


def test_a_notebook_without_answers_is_refused(tmp_path: Path) -> None:
    path = save(
        tmp_path / "student" / "sum.ipynb", [code("def add(a, b):\n    ..."), code('grader.check("q1")')]
    )
    (path.parent / "tests").mkdir()
    (path.parent / "tests" / "q1.py").write_text(OK_FILE)
    with pytest.raises(LessonError, match="marks no solution"):
        assignments_in("otter", path)


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda inside: (
            st.lists(inside, max_size=3)
            | st.dictionaries(st.sampled_from(["name", "suites", "cases", "code", "points"]), inside)
        ),
    )
)
def test_any_table_is_a_question_or_a_message(table: object) -> None:
    with contextlib.suppress(GraderError):
        question_of(f"test = {table!r}", "q1.py", "tests/q1.py")


def test_tests_in_the_metadata_are_found(tmp_path: Path) -> None:
    solved = code("x = 3 # SOLUTION", tags=["otter_assign_solution_cell"])
    case = {"code": ">>> x\n3", "hidden": False}
    question = {"name": "q1", "points": None, "suites": [{"cases": [case], "type": "doctest"}]}
    path = save(tmp_path / "autograder" / "x.ipynb", [solved], otter={"tests": {"q1": question}})
    (piece,) = read(path).pieces
    assert (piece.code, piece.points) == ("assert (x) == 3", 1)
    assert json.loads(path.read_text())["metadata"]["otter"]
