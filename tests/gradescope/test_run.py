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
