"""`grader prove` is green, with every mistake at its own check: two of the ten lessons a day.

`make prove` asks all ten.
"""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from tests.cli.making import ROOT, run
from tests.lessons.test_partly import LESSONS

TODAY = sorted(LESSONS)[datetime.date.today().toordinal() % 5 :: 5]


@pytest.mark.parametrize("lesson", TODAY)
def test_the_lesson_proves(tmp_path: Path, lesson: str) -> None:
    done = run(ROOT, "prove", lesson, "--json", tmp_path / "proofs.json")
    proofs = json.loads((tmp_path / "proofs.json").read_bytes())
    kinds = [proof["kind"] for proof in proofs]
    assert [proof for proof in proofs if not proof["ok"]] == []
    assert done.returncode == 0, done.stderr
    assert kinds.count("alternative") >= 5
    assert kinds.count("mistake") >= 12
    assert {proof["max_score"] for proof in proofs if proof["kind"] != "mistake"} == {20}
