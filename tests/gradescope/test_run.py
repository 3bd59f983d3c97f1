"""One submission from the harness's folder to `results.json`, with a notebook that reaches for both."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import jsonschema
import pytest

from grader.autograder.zipped import zipped
from grader.lesson import Lesson
from tests.gradescope.results_schema import SCHEMA

ROOT = Path(__file__).resolve().parent.parent.parent
REACHES = """
import os
seen = []
hidden = "source/course/assignments/rnn_basics/hidden/test_5_rnn.py"
for path in ("source/secret", hidden, "results/results.json"):
    try:
        seen.append(open(os.path.join(ROOT, path)).read())
    except OSError as error:
        seen.append("")
try:
    open(os.path.join(ROOT, "results/results.json"), "w").write('{"score": 999, "tests": []}')
    seen.append("written")
except OSError:
    pass
if any(seen):
    raise SystemError("the wall is open")
"""


@pytest.mark.slow
def test_a_notebook_that_reaches_for_the_harness_finds_nothing(tmp_path):
    root = tmp_path / "autograder"
    for name in ("source", "submission", "results"):
        (root / name).mkdir(parents=True)
    with zipfile.ZipFile(
        io.BytesIO(zipped(Lesson.open(ROOT / "assignments/rnn_basics"), b"x" * 32))
    ) as archive:
        archive.extractall(root / "source")
    notebook = json.loads((ROOT / "solutions/rnn_basics/reference.ipynb").read_text("utf-8"))
    first = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "id": "first"}
    notebook["cells"].insert(0, {**first, "source": f"ROOT = {str(root)!r}\n{REACHES}"})
    (root / "submission" / "mine.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GRADER_SECONDS": "300"}
    done = subprocess.run(
        [sys.executable, "-I", "-m", "grader.autograder", str(root)],
        env=environment, cwd="/", capture_output=True, text=True, check=False, timeout=170,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads((root / "results" / "results.json").read_text("utf-8"))
    jsonschema.validate(told, SCHEMA)
    assert (told["score"], told["extra_data"]["state"]) == (20.0, "graded")
    assert "SystemError" not in told["output"]
    assert told["output"] == "All 16 checks pass."


def test_without_a_wall_or_a_lesson_nobody_gets_points(tmp_path):
    (tmp_path / "results").mkdir()
    asked = [sys.executable, "-I", "-m", "grader.autograder", str(tmp_path)]
    done = subprocess.run(asked, cwd="/", capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "The zip holds 0 lessons" in done.stdout
    told = json.loads((tmp_path / "results" / "results.json").read_text("utf-8"))
    jsonschema.validate(told, SCHEMA)
    assert "score" not in told
    assert told["tests"] == []


BREAKS = {
    "Recursion": "raise RecursionError('deep')",
    "Memory": "raise MemoryError",
    "Overflow": "raise OverflowError('int too large to convert to float')",
}


def broken(tmp_path: Path, where: str, how: str, lang: str = "en") -> tuple[int, str, dict[str, object]]:
    """One run in which the function `where` of the autograder breaks: status, output, results."""
    (tmp_path / "results").mkdir()
    code = (
        "import sys\nfrom grader.autograder import __main__ as ours\n"
        f"sys.argv = ['x', {str(tmp_path)!r}]\n"
        f"def breaks(*given):\n    {how}\nours.{where} = breaks\n"
        "sys.exit(ours.main())"
    )
    asked = [sys.executable, "-c", code]
    environment = {**os.environ, "GRADER_LANG": lang}
    done = subprocess.run(
        asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, done.stdout, json.loads((tmp_path / "results" / "results.json").read_text())


@pytest.mark.parametrize("how", BREAKS.values(), ids=BREAKS)
def test_whatever_breaks_is_ours_and_costs_nobody_a_point(tmp_path, how):
    status, said, told = broken(tmp_path, "_lesson", how)
    assert status == 1
    jsonschema.validate(told, SCHEMA)
    assert "score" not in told
    assert told["tests"] == []
    assert "not your fault" in str(told["output"])
    assert "Traceback" not in str(told)
    assert "something of ours broke" in said
    assert "Traceback" in said


def test_trouble_is_said_in_the_language_of_the_course(tmp_path):
    assert "채점기에 문제" in str(broken(tmp_path, "_lesson", BREAKS["Memory"], "ko")[2]["output"])


def test_what_breaks_after_the_grading_leaves_it_as_it_is(tmp_path):
    (tmp_path / "results").mkdir()
    lesson = str(ROOT / "assignments" / "rnn_basics")
    asked = (
        "import sys\nfrom pathlib import Path\nfrom grader.autograder import __main__ as ours\n"
        f"sys.argv = ['x', {str(tmp_path)!r}]\n"
        f"ours._lesson = lambda root: ours.Lesson.open(Path({lesson!r}))\n"
        "def breaks(setting, original, words, progress):\n"
        "    progress.finish(b'{\"score\": 7.0}')\n    raise OSError('closing')\n"
        "ours._grade = breaks\nsys.exit(ours.main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "results" / "results.json").read_text()) == {"score": 7.0}
    assert "closing" in done.stdout
