"""From outside: a new lesson, the one that the page walks to and the example prove, whole and in parts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.cli.making import ROOT, notebook, once, run

FILE = re.compile(r"^`((?:assignments|solutions)/\S+)`.*\n\n((?:(?: {4}.*)?\n)+)", re.MULTILINE)
EXAMPLE = ROOT / "docs" / "example"


def walk(root: Path) -> None:
    """What docs/writing-a-lesson.md tells to do after `grader new attention`, as far as it is a walk."""
    page = (ROOT / "docs" / "writing-a-lesson.md").read_text("utf-8").partition("\n## lesson.toml")[0]
    said = re.search(r"^    rm (.+)$", page, re.MULTILINE)
    assert said is not None
    for pattern in said[1].split():
        for path in root.glob(pattern):
            path.unlink()
    files = {name: textwrap.dedent(block).strip() + "\n" for name, block in FILE.findall(page)}
    assert len(files) == 9
    for name, content in files.items():
        path = root / name
        path.write_bytes(
            notebook(content, lesson="attention") if path.suffix == ".ipynb" else content.encode()
        )


@pytest.fixture(scope="module")
def proved(base: Path) -> Path:
    """A folder with two lessons and `proofs.json`, which one run of `prove` has written of both."""

    def make(root: Path) -> None:
        for name in ("attention", "fresh"):
            done = run(root, "new", name)
            assert done.returncode == 0, done.stderr
        walk(root)
        for _ in range(2):
            command = [sys.executable, "-m", "grader.starter", "assignments/attention"]
            written = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        assert "nothing to write" in written.stdout
        done = run(root, "prove", "--json", "proofs.json")
        (root / "said").write_text(done.stdout + done.stderr, "utf-8")
        (root / "status").write_text(str(done.returncode))

    return once(base, "authors", make)


def test_a_new_lesson_and_that_of_the_page_prove(proved: Path) -> None:
    assert (proved / "status").read_text() == "0", (proved / "said").read_text("utf-8")
    proofs = json.loads((proved / "proofs.json").read_text("utf-8"))
    kinds = {(p["lesson"], p["kind"], p["max_score"]) for p in proofs if p["kind"] != "mistake"}
    right = ("reference", "alternative", "starter")
    assert kinds == {("fresh", kind, 10.0) for kind in right} | {("attention", kind, 5.0) for kind in right}
    assert {p["name"] for p in proofs if p["kind"] == "mistake"} == {
        "batch_and_time_swapped",
        "state_forgotten",
        "tanh_missing",
        "scale_missing",
        "softmax_over_queries",
    }
    assert all(p["ok"] and p["advice"] == "" for p in proofs)


def test_the_example_proves_from_any_folder(tmp_path: Path) -> None:
    done = run(tmp_path, "prove", EXAMPLE / "assignments" / "attention", "--json", "proofs.json")
    proofs = json.loads((tmp_path / "proofs.json").read_text("utf-8"))
    assert [proof for proof in proofs if not proof["ok"]] == []
    assert done.returncode == 0, done.stdout + done.stderr
    kinds = [proof["kind"] for proof in proofs]
    assert kinds.count("alternative") >= 4
    assert kinds.count("mistake") >= 12
    found = {code for proof in proofs for code in proof["expected"] if code.startswith("attention.")}
    words = (EXAMPLE / "assignments/attention/words/en.toml").read_text("utf-8")
    assert found == set(re.findall(r'^\[findings\."(attention\.\w+)"\]', words, re.MULTILINE))


def test_one_check_is_asked_alone_and_what_does_not_hold_is_told(tmp_path: Path, proved: Path) -> None:
    for part in ("assignments", "solutions"):
        shutil.copytree(proved / part / "fresh", tmp_path / part / "fresh")
    mistake = tmp_path / "solutions/fresh/mistakes/tanh_missing.toml"
    mistake.write_text(mistake.read_text("utf-8").replace("rnn.no_tanh", "rnn.relu_for_tanh"), "utf-8")
    check = "test_carry_follows_the_formula"
    folder = tmp_path / "assignments" / "fresh"
    done = run(tmp_path, "prove", folder, "--check", check, "--json", "check.json", "--sandbox", "none")
    proofs = json.loads((tmp_path / "check.json").read_text("utf-8"))
    assert done.returncode == 1, done.stdout + done.stderr
    assert {proof["name"]: proof["ok"] for proof in proofs} == {
        "reference": True,
        "layer_with_set_weights": True,
        "starter": True,
        "tanh_missing": False,
    }
    assert f"{check} finds it as rnn.no_tanh" in proofs[-1]["advice"]
    assert str(mistake) in done.stdout
