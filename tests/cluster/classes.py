"""A small class of many kinds of notebooks, graded on this machine for comparison."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.classes import CHECKS, HIDDEN, RANDOM, F
from tests.cli.making import lesson, notebook, run

KINDS: dict[str, list[str]] = {
    "right": [F],
    "wrong": ["def f(x):\n    return x"],
    "blank": ["def f(x):\n    raise NotImplementedError()"],
    "random": [F, RANDOM],
    "failing": [F, "1 / 0", "print('later')"],
    "left": [F, "import os\nos._exit(0)"],
    "flood": [F, "for n in range(20000):\n    print('line', n)"],
    "기말_김하늘": [F],
    "a b  c!": [F],
}
LIMITS = "output = 20000"


def made(root: Path, **more: list[str]) -> None:
    """A course and its class below `root`; `more` notebooks beside the usual kinds."""
    lesson(root, checks=CHECKS, hidden=HIDDEN, limits=LIMITS, reference=notebook(F))
    folder = root / "class"
    folder.mkdir()
    for name, cells in {**KINDS, **more}.items():
        (folder / f"{name}.ipynb").write_bytes(notebook(*cells, f"# {name}"))
    (folder / "text.ipynb").write_text("no notebook")


def graded_here(root: Path) -> dict[str, Any]:
    """What this machine makes of the class, less times."""
    done = run(root, "grade", "class", "--out", "here", "--jobs", "2")
    assert done.returncode in (0, 1), done.stderr
    return timeless(root / "here" / "tiny")


def timeless(folder: Path) -> dict[str, Any]:
    """The records in a folder by file name, without what a clock said."""
    return {path.name: _less(json.loads(path.read_bytes())) for path in folder.glob("*.json")}


def _less(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _less(one) for key, one in value.items() if not key.endswith("seconds")}
    return [_less(one) for one in value] if isinstance(value, list) else value
