"""`grader doctor` and `grader prove` from outside."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.making import lesson, notebook, run

CHECK = """
@pytest.mark.points(2)
def test_adds_one(student):
    assert student.f(3) == 4

@pytest.mark.needs("test_adds_one")
def test_large(student):
    assert student.f(10**6) == 10**6 + 1
"""
REFERENCE = "def f(x):\n    return x + 1"
MISTAKE = """
finding = ["{finding}"]
check = "{check}"

[[edit]]
find = "return x + 1"
replace = "return x + 2"
"""


def test_doctor_tells_of_every_level_and_package(tmp_path: Path) -> None:
    done = run(tmp_path, "doctor")
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("grader ")
    walled = [any(line.startswith(f"✓ {level}") for line in lines) for level in ("bubblewrap", "landlock")]
    assert done.returncode == (0 if any(walled) else 1)
    for package in ("torch", "numpy", "pytest"):
        assert any(line.split()[:1] == [package] for line in lines), package
    assert any("submissions at once" in line for line in lines)


def test_prove_is_green_where_all_holds(tmp_path: Path) -> None:
    wrong = MISTAKE.format(finding="check.assertion", check="test_adds_one")
    lesson(tmp_path, checks=CHECK, reference=notebook(REFERENCE), mistakes={"adds_two": wrong})
    done = run(tmp_path, "prove", "tiny", "--json", "proof.json", "--sandbox", "none")
    assert done.returncode == 0, done.stdout + done.stderr
    proofs = json.loads((tmp_path / "proof.json").read_bytes())
    assert [(p["kind"], p["ok"]) for p in proofs] == [
        ("reference", True),
        ("starter", True),
        ("mistake", True),
    ]
    assert "mistakes caught 1 of 1" in " ".join(done.stdout.split())


def test_prove_is_red_where_anything_does_not_hold(tmp_path: Path) -> None:
    """The first check passes whatever the notebook does, so the starter earns and a mistake is missed."""
    empty = CHECK.replace("assert student.f(3) == 4", "pass")
    wrong = {
        "missed": MISTAKE.format(finding="check.assertion", check="test_adds_one"),
        "misnamed": MISTAKE.format(finding="rnn.no_tanh", check="test_large"),
    }
    lesson(tmp_path, checks=empty, reference=notebook(REFERENCE), mistakes=wrong)
    done = run(tmp_path, "prove", "--json", "proof.json", "--sandbox", "none")
    assert done.returncode == 1, done.stdout + done.stderr
    proofs = json.loads((tmp_path / "proof.json").read_bytes())
    assert {p["name"]: p["ok"] for p in proofs} == {
        "reference": True,
        "starter": False,
        "missed": False,
        "misnamed": False,
    }
    assert "starter NOT zero" in " ".join(done.stdout.split())
