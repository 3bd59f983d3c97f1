"""The same submission gives the same record: alone, in a crowded machine, and with two threads set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.lesson import Lesson
from grader.record import Record
from grader.solutions import variants
from tests.cli.making import ROOT, SECRET, once, records, run, timeless

CHOSEN = {
    "hihello": ("reference", "learning_rate_far_too_low", "zero_grad_missing"),
    "packed_sequence": ("reference", "net_dropout_at_evaluation", "loss_counts_padding"),
}
THREADS = "import torch\ntorch.set_num_threads(2)\n"


def threaded(content: bytes) -> bytes:
    notebook = json.loads(content)
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    first["source"] = THREADS + "".join(first["source"])
    return json.dumps(notebook).encode()


@pytest.fixture(params=CHOSEN)
def twice(base: Path, request: pytest.FixtureRequest) -> tuple[dict[str, Record], dict[str, Record]]:
    """Records by student: graded six at once, and one at a time."""
    lesson = Lesson.open(ROOT / "assignments" / request.param)

    def make(root: Path) -> None:
        (root / "class").mkdir()
        (root / "secret").write_text(SECRET, "utf-8")
        for found in variants(lesson):
            if found.name in CHOSEN[lesson.name]:
                (root / "class" / f"{found.name}.ipynb").write_bytes(found.content)
                (root / "class" / f"{found.name}-threads.ipynb").write_bytes(threaded(found.content))
        for out, jobs in (("crowd", "6"), ("alone", "1")):
            done = run(root, "grade", "class", "--lesson", lesson.name, "--out", out, "--jobs", jobs)
            assert done.returncode == 0, done.stderr

    root = once(base, f"same-{lesson.name}", make)
    return records(root / "crowd" / lesson.name), records(root / "alone" / lesson.name)


def test_a_crowd_changes_nothing(twice: tuple[dict[str, Record], dict[str, Record]]) -> None:
    crowd, alone = twice
    assert crowd.keys() == alone.keys()
    assert len(crowd) == 6
    for name in crowd:
        assert timeless(crowd[name]) == timeless(alone[name]), name


def test_two_threads_change_no_verdict(twice: tuple[dict[str, Record], dict[str, Record]]) -> None:
    """Their digest differs, so their inputs do; the verdicts and the names of mistakes may not."""
    for name, record in twice[0].items():
        if not name.endswith("-threads"):
            other = twice[0][f"{name}-threads"]
            assert [(c.id, c.state, [f.code for f in c.findings]) for c in record.checks] == [
                (c.id, c.state, [f.code for f in c.findings]) for c in other.checks
            ], name
