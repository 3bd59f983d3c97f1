"""A tiny course on disk, notebooks for it, and the real command line run on them."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import msgspec
import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.record import Record, decode

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret of these tests, long enough"
_TIMES = ("seconds", "cpu_seconds")
SECONDS = 900
"""Within which any command ends, or hangs."""


def notebook(*cells: str, lesson: str | None = "tiny") -> bytes:
    """An .ipynb with these cells; one that begins with `#md ` is a text cell."""
    made = [
        new_markdown_cell(cell.removeprefix("#md ")) if cell.startswith("#md ") else new_code_cell(cell)
        for cell in (dedent(cell).strip("\n") for cell in cells)
    ]
    for number, cell in enumerate(made):
        cell["id"] = f"cell-{number}"
    metadata = {"grader": {"lesson": lesson}} if lesson is not None else {}
    text: str = nbformat.writes(new_notebook(cells=made, metadata=metadata))
    return text.encode()


def lesson(
    root: Path,
    *,
    checks: str,
    hidden: str = "",
    limits: str = "",
    starter: bytes = b"",
    reference: bytes = b"",
    mistakes: Mapping[str, str] | None = None,
    name: str = "tiny",
) -> Path:
    """A lesson below `root`, which then is a folder to run the command line in. Returns its folder."""
    folder = root / "assignments" / name
    for place, source in (("checks", checks), ("hidden", hidden)):
        (folder / place).mkdir(parents=True, exist_ok=True)
        if source:
            (folder / place / f"test_{place}.py").write_text("import pytest\n" + dedent(source), "utf-8")
    (folder / "lesson.toml").write_text(
        f'lesson = "{name}"\nnumber = 99\nnames = ["f"]\nseed = 0\n[limits]\n{dedent(limits)}\n[options]\n'
    )
    (folder / f"{name}.ipynb").write_bytes(starter or notebook("def f(x):\n    raise NotImplementedError()"))
    solutions = root / "solutions" / name
    (solutions / "mistakes").mkdir(parents=True, exist_ok=True)
    (solutions / "reference.ipynb").write_bytes(reference)
    for title, content in (mistakes or {}).items():
        (solutions / "mistakes" / f"{title}.toml").write_text(dedent(content), "utf-8")
    (root / "secret").write_text(SECRET)
    return folder


def environment(root: Path, **more: str) -> dict[str, str]:
    """What a person's shell would have, less what could disturb; `more` is added."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    home = root / "home"
    home.mkdir(exist_ok=True)
    return {
        **kept,
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "GRADER_SECRET": str(root / "secret"),
        **more,
    }


def run(
    root: Path, *arguments: str | Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """`grader ARGUMENTS` in `root`, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *map(str, arguments)],
        cwd=root,
        env=environment(root) if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


def record(path: Path) -> Record:
    return decode(path.read_bytes())


def records(folder: Path) -> dict[str, Record]:
    """The records in `folder` by the exact name of the student."""
    return {one.student: one for one in map(record, sorted(folder.glob("*.json")))}


def states(of: Record) -> dict[str, str]:
    return {check.id: check.state for check in of.checks}


def codes(of: Record) -> dict[str, str]:
    """The first finding of each check that has one."""
    return {check.id: check.findings[0].code for check in of.checks if check.findings}


def printed(of: Record, cell: int = 1) -> str:
    """All text that code cell `cell` left: streams, results, tracebacks."""
    outputs = [out for one in of.run.cells if one.number == cell for out in one.outputs]
    return "".join(out.data.get("text/plain", "") for out in outputs)


def timeless(of: Record) -> object:
    """The record as plain data with every time set to 0."""
    return _still(msgspec.to_builtins(of))


def _still(value: object) -> object:
    if isinstance(value, dict):
        return {key: 0 if key in _TIMES else _still(one) for key, one in value.items()}
    return [_still(one) for one in value] if isinstance(value, list) else value


def once(base: Path, name: str, make: Callable[[Path], None]) -> Path:
    """A folder below `base` that `make` has filled, once for all processes of a test run."""
    folder, done = base / name, base / f"{name}.done"
    with open(base / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
