from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.lesson import Lesson
from grader.solutions import Variant, variants
from tests.live.kernel import Kernel, kernel

ROOT = Path(__file__).resolve().parents[2]
THREAD = """
import threading
_over = threading.Event()
def _wait():
    _over.wait()
threading.Thread(target=_wait, daemon=True).start()
"""


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel that may be forked."""
    with kernel(tmp_path_factory.mktemp("live"), LC_ALL="C.UTF-8") as made:
        yield made


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel that has a thread of the notebook's own, so that it is asked on copies."""
    with kernel(tmp_path_factory.mktemp("live"), LC_ALL="C.UTF-8") as made:
        made.run(THREAD)
        yield made


@pytest.fixture(scope="session")
def solved() -> dict[str, dict[str, Variant]]:
    """What is known to be right and wrong, by lesson and name."""
    return {
        name: {one.name: one for one in variants(Lesson.open(ROOT / "assignments" / name))}
        for name in ("rnn_basics", "packed_sequence")
    }


def hanging_lesson(folder: Path) -> Path:
    """A lesson of our own whose calls may take two seconds. Returns its folder."""
    made = folder / "과제 하나"
    (made / "checks").mkdir(parents=True)
    lines = ('lesson = "과제 하나"', "number = 1", 'names = ["f", "g"]', "[limits]", "request_cpu = 0.7", "")
    (made / "lesson.toml").write_bytes("\r\n".join(lines).encode())
    (made / "checks" / "test_f.py").write_bytes(
        b"import pytest\r\n\r\n\r\n@pytest.mark.points(2)\r\ndef test_f_adds_one(student):\r\n"
        b"    assert student.f(1) == 2\r\n\r\n\r\n@pytest.mark.points(1)\r\ndef test_g_adds_two(student):\r\n"
        b"    assert student.g(1) == 3\r\n"
    )
    (made / "words").mkdir()
    for lang, title in (("en", "One lesson"), ("ko", "과제 하나")):
        text = f'title = "{title}"\r\n[checks.test_f_adds_one]\r\ntitle = "`f` + 1"\r\n'
        (made / "words" / f"{lang}.toml").write_bytes(text.encode())
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": "def f(x):\r\n    return x + 1\r\n"}
    ]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    (made / "과제 하나.ipynb").write_bytes(notebook.replace("\n", "\r\n").encode())
    return made
