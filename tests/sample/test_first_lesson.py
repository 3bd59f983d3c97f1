"""The first lesson of docs/writing-a-lesson.md, written from that page, proves."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE = re.compile(r"^`((?:assignments|solutions)/\S+)`.*\n\n((?:(?: {4}.*)?\n)+)", re.MULTILINE)


def notebook(source: str) -> str:
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "cell",
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.slow
def test_the_first_lesson_of_the_document_proves(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "writing-a-lesson.md").read_text("utf-8")
    files = {name: textwrap.dedent(block).strip() + "\n" for name, block in FILE.findall(page)}
    assert len(files) == 7
    for name, content in files.items():
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(notebook(content) if place.suffix == ".ipynb" else content, "utf-8")
    for command in (["grader.starter"], ["grader", "prove", "smooth", "--json", "proofs.json"]):
        ran = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    proofs = json.loads((tmp_path / "proofs.json").read_text("utf-8"))
    kinds = ["alternative", "mistake", "reference", "starter"]
    assert sorted(proof["kind"] for proof in proofs if proof["ok"]) == kinds
