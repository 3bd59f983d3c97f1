"""What the action and the workflows to copy may do: read, and nothing else."""

from __future__ import annotations

import re

import pytest

from tests.ci_action.stepping import ACTION, ROOT, load

WORKFLOWS = sorted((ROOT / "docs" / "ci").glob("*.yml"))
SCRIPTS = sorted((ROOT / "packaging" / "action").glob("*.sh"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@(v\d+|[0-9a-f]{40})")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_job_may_write_and_no_pull_request_gets_at_more(path):
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in path.read_text("utf-8")
    assert "workflow_run" not in workflow["on"]
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        assert job["timeout-minutes"] > 0
        for step in job["steps"]:
            assert PINNED.fullmatch(step["uses"])
            if step["uses"].startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_secret_is_told_only_where_somebody_starts_the_run_by_hand(path):
    workflow = load(path)
    if "secrets." in path.read_text("utf-8"):
        assert set(workflow["on"]) == {"workflow_dispatch"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_give_the_action_what_it_takes(path):
    inputs = load(ACTION)["inputs"]
    used = [s for job in load(path)["jobs"].values() for s in job["steps"] if "sequence-grader" in s["uses"]]
    assert used
    for step in used:
        assert set(step["with"]) <= set(inputs)
        assert step["with"].get("command", "check") in ("check", "grade", "prove")


def test_the_action_pins_what_it_uses_and_hands_inputs_over_by_environment():
    action = load(ACTION)
    assert action["runs"]["using"] == "composite"
    for step in action["runs"]["steps"]:
        if "uses" in step:
            assert PINNED.fullmatch(step["uses"])
        else:
            assert step["shell"] == "bash"
            assert "${{" not in step["run"]
            assert re.fullmatch(r'bash "\$GITHUB_ACTION_PATH/(packaging/action/\w+\.sh)"', step["run"])


def test_every_script_belongs_to_a_step():
    named = {
        step["run"].split("/")[-1].rstrip('"') for step in load(ACTION)["runs"]["steps"] if "run" in step
    }
    assert named == {path.name for path in SCRIPTS}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_python_of_a_step_imports_from_the_repository_that_is_graded(path):
    text = path.read_text("utf-8")
    assert "set -euo pipefail" in text
    for line in text.splitlines():
        if not line.lstrip().startswith("#"):
            assert line.count(" -m ") == line.count(" -I -m "), line
