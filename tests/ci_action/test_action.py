"""The action's own scripts, run one after another as a runner runs them, without user namespaces."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest

from tests.ci_action.conftest import Runner
from tests.ci_action.stepping import ROOT, Job, run_action
from tests.ci_action.test_annotations import command_of

NAME = "a%0A::set-output name=x::1,line=2 ##[group]\n::error::b.ipynb"
PRINTS = (
    "print('::set-output name=stolen::1')\n"
    "print('##[error]mine')\n"
    "print('\\x1b[31m::error::mine')\n"
    "raise ValueError(']]> %0A::error::mine\\n::add-path::/tmp\\r##[command]')\n"
)


def public_lesson(workspace: Path) -> None:
    shutil.copytree(
        ROOT / "assignments" / "rnn_basics",
        workspace / "lesson" / "rnn_basics",
        ignore=shutil.ignore_patterns("hidden", "__pycache__"),
    )


def put_notebook(workspace: Path, name: str, sample: str, first: str = "") -> None:
    notebook = json.loads((ROOT / "docs/sample/class/rnn_basics" / sample).read_text("utf-8"))
    if first:
        cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": first}
        notebook["cells"].append(cell)
        notebook["nbformat_minor"] = 4
    (workspace / name).write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def commands(job: Job) -> list[tuple[str, dict[str, str], str]]:
    lines = [line for line in job.log.splitlines() if line.lstrip().startswith("::")]
    assert "##[" not in job.log
    assert not [c for c in job.log if ord(c) < 32 and c not in "\n\t"]
    return [command_of(line) for line in lines]


@pytest.mark.slow
def test_a_students_check_is_annotated_summed_up_and_fails_under_the_mark(runner: Runner):
    public_lesson(runner.workspace)
    put_notebook(runner.workspace, NAME, "s08.ipynb", PRINTS)
    job = run_action(
        {"notebook": NAME, "lesson": "lesson/rnn_basics", "sandbox": "landlock", "fail-under": "90"},
        temp=runner.temp,
        workspace=runner.workspace,
        prefix=runner.prefix,
    )
    assert job.failed == "Is it enough?", job.log
    assert job.outputs["run"]["status"] == "1"

    said = commands(job)
    assert 1 <= len(said) <= 10
    assert {kind for kind, _, _ in said} == {"error"}
    assert all(set(properties) == {"file", "line", "title"} for _, properties, _ in said)
    lines = (runner.workspace / NAME).read_text("utf-8").split("\n")
    marked = [lines[int(properties["line"]) - 1] for _, properties, _ in said]
    assert any("self.rnn(x.view(T, B, -1))" in line for line in marked), said
    assert "stolen" not in job.log

    assert "| ✗ |" in job.summary
    assert "[error]mine" not in job.log
    reports = Path(job.outputs["run"]["reports"])
    record = json.loads(next(reports.rglob("*.json")).read_text("utf-8"))
    assert record["environment"]["sandbox"] == "landlock"
    assert {check["visibility"] for check in record["checks"]} == {"public"}
    suite = Tree.parse(reports / "junit.xml").getroot()[0]
    assert suite.get("tests") == str(len(record["checks"]))
    assert list(reports.rglob("*.html"))


@pytest.mark.slow
def test_a_teachers_run_takes_the_secret_and_leaves_nothing_of_it(runner: Runner):
    shutil.copytree(ROOT / "assignments" / "rnn_basics", runner.workspace / "assignments" / "rnn_basics")
    folder = runner.workspace / "submissions"
    folder.mkdir()
    put_notebook(folder, "kim.ipynb", "s01.ipynb")
    secret = "0123456789abcdef-of-a-test"
    job = run_action(
        {"command": "grade", "notebook": "submissions", "lesson": "rnn_basics", "secret": secret,
         "sandbox": "landlock", "fail-under": "100"},
        temp=runner.temp, workspace=runner.workspace, prefix=runner.prefix,
    )  # fmt: skip
    assert job.failed is None, job.log
    assert "20/20" in job.summary
    assert commands(job) == []
    assert secret not in job.log
    kept = [path for path in runner.temp.rglob("*") if path.is_file() and path.parts[-2] != "bin"]
    assert not [path for path in kept if runner.temp / "grader" not in path.parents and secret in _text(path)]


def test_a_wrong_setting_ends_the_job_with_a_word(runner: Runner):
    folder = runner.workspace
    put_notebook(folder, "kim.ipynb", "s01.ipynb")
    for inputs, said in (
        ({"command": "grade", "notebook": "kim.ipynb"}, "grade needs the input secret"),
        ({"command": "chk", "notebook": "kim.ipynb"}, "check, grade or prove"),
    ):
        job = run_action(inputs, temp=runner.temp, workspace=folder, prefix=runner.prefix)
        assert job.failed == "Run the notebook behind the wall"
        assert said in job.log
        assert job.ran == ["Install the grader", "Run the notebook behind the wall"]


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


@pytest.mark.slow
def test_a_repository_of_lessons_is_proved_and_a_starter_out_of_step_is_told(runner: Runner):
    workspace = runner.workspace
    shutil.copytree(ROOT / "assignments" / "rnn_basics", workspace / "assignments" / "rnn_basics")
    solutions = workspace / "solutions" / "rnn_basics"
    (solutions / "mistakes").mkdir(parents=True)
    for name in ("reference.ipynb", "mistakes/batch_by_view.toml"):
        shutil.copyfile(ROOT / "solutions" / "rnn_basics" / name, solutions / name)
    inputs = {"command": "prove", "sandbox": "landlock"}
    job = run_action(inputs, temp=runner.temp, workspace=workspace, prefix=runner.prefix)
    assert job.failed is None, job.log
    assert "3 of 3 notebooks are graded as they should be" in job.summary
    released = Path(job.outputs["prove"]["reports"]) / "released"
    assert list(released.rglob("*.ipynb"))
    assert not list(released.rglob("hidden"))

    starter = workspace / "assignments" / "rnn_basics" / "rnn_basics.ipynb"
    starter.write_text(starter.read_text("utf-8").replace("import torch", "import torch "), encoding="utf-8")
    (workspace / "assignments/rnn_basics/hidden/test_6_modules.py").unlink()
    (workspace / "assignments/rnn_basics/hidden/test_5_rnn.py").write_text("", encoding="utf-8")
    job = run_action(inputs, temp=runner.temp, workspace=workspace, prefix=runner.prefix)
    assert job.failed == "Prove the lessons"
    assert "is not the starter of" in job.log
