"""Runs the `run:` steps of action.yml as a runner would: one after another, each a file for bash.

Only what the action uses is understood: inputs with defaults, outputs of steps, `==`, `!=`, `&&`, `always()`.
Steps with `uses:` are left out: what they do is not ours.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
ACTION = ROOT / "action.yml"


@dataclass
class Job:
    """What came of a job: the log, the summary, the outputs of steps, and which step failed first."""

    log: str = ""
    summary: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    failed: str | None = None
    ran: list[str] = field(default_factory=list)


def load(path: Path) -> dict[str, Any]:
    """A workflow or action. YAML 1.1 reads the key `on` as true: it gets its name back."""
    told = yaml.safe_load(path.read_text("utf-8"))
    return {("on" if key is True else key): value for key, value in told.items()}


def run_action(
    inputs: Mapping[str, str],
    *,
    temp: Path,
    workspace: Path,
    prefix: Sequence[str] = (),
    seconds: float = 170,
) -> Job:
    """Runs the action in `workspace` with `temp` as the runner's own folder; `prefix` comes before bash."""
    action = load(ACTION)
    known = {name: str(one.get("default", "")) for name, one in action["inputs"].items()}
    assert set(inputs) <= set(known)
    known |= inputs
    job = Job()
    for step in action["runs"]["steps"]:
        if "run" not in step or not _wanted(step.get("if", ""), known, job):
            continue
        assert "${{" not in step["run"], "an input in a script is code: pass it by env"
        job.ran.append(step["name"])
        files = {
            name: temp / f"{name}-{len(job.ran)}"
            for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")
        }
        for path in files.values():
            path.touch()
            path.chmod(0o666)
        script = temp / f"step-{len(job.ran)}.sh"
        script.write_text(step["run"])
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(temp / "home"), "LANG": "C.UTF-8", "CI": "true",
            "GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(workspace), "GITHUB_ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(temp), **{name: str(path) for name, path in files.items()},
            **{name: _filled(str(value), known, job) for name, value in step.get("env", {}).items()},
        }  # fmt: skip
        command = [*prefix, "bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        done = subprocess.run(
            command, cwd=workspace, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, timeout=seconds, check=False, text=True,
        )  # fmt: skip
        job.log += done.stdout
        job.summary += files["GITHUB_STEP_SUMMARY"].read_text("utf-8")
        lines = files["GITHUB_OUTPUT"].read_text("utf-8").splitlines()
        job.outputs[step.get("id", "")] = dict(line.split("=", 1) for line in lines)
        if done.returncode != 0 and job.failed is None:
            job.failed = step["name"]
    return job


def _wanted(condition: str, inputs: Mapping[str, str], job: Job) -> bool:
    parts = [part.strip() for part in condition.split("&&") if part.strip()]
    if job.failed is not None and "always()" not in parts:
        return False
    for part in parts:
        if part == "always()":
            continue
        found = re.fullmatch(r"(\S+) (==|!=) '([^']*)'", part)
        assert found, part
        same = _value(found[1], inputs, job) == found[3]
        if same is not (found[2] == "=="):
            return False
    return True


def _filled(text: str, inputs: Mapping[str, str], job: Job) -> str:
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: _value(found[1], inputs, job), text)


def _value(name: str, inputs: Mapping[str, str], job: Job) -> str:
    parts = name.split(".")
    if parts[0] == "inputs":
        return inputs[parts[1]]
    assert parts[0] == "steps", name
    assert parts[2] == "outputs", name
    return job.outputs.get(parts[1], {}).get(parts[3], "")
