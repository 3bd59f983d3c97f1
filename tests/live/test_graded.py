"""A notebook that calls the checks of its own grader is graded like any other."""

from __future__ import annotations

from pathlib import Path

from tests.cli.making import lesson, notebook, record, run, states

CALLS = """
import grader
from grader import check
grader.check()
grader.check("test_adds_one")
check("x", lesson="tiny", lang="ko", all=True)
grader.check(anything=1)
%load_ext grader
grader.check().shown["a"]
grader.check()
"""


def test_calling_the_checks_in_a_graded_notebook_does_nothing_and_costs_nothing(tmp_path: Path) -> None:
    checks = "@pytest.mark.points(2)\ndef test_adds_one(student):\n    assert student.f(1) == 2\n"
    f = "def f(x):\n    return x + 1"
    lesson(tmp_path, checks=checks, reference=notebook(f))
    (tmp_path / "kim.ipynb").write_bytes(notebook(f, CALLS.strip()))
    done = run(tmp_path, "grade", "kim.ipynb", "--sandbox", "none")
    assert done.returncode == 0, done.stderr
    found = record(tmp_path / "reports" / "tiny" / "kim.json")
    assert states(found) == {"test_adds_one": "passed"}
    assert (found.run.state, found.score, found.notes) == ("finished", 2.0, [])
