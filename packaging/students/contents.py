"""Which of our files students get: the code that their checks can reach, and the lessons' public parts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOTS = ("grader", "grader.__main__", "grader.cli.checking", "grader.cli.options")
"""Where a student comes in."""
RESOURCES = (
    "grader/guest/*.py",  # these two folders are shown to notebooks as a whole
    "grader/wire/*.py",
    "grader/judge/checks.ini",
    "grader/report/*.css",
    "grader/report/templates/*",
    "grader/report/words/*/*.toml",
)
NEVER = (
    "grader.prove",
    "grader.proofreading",
    "grader.solutions",
    "grader.starter",
    "grader.releasing",
    "grader.similar",
    "grader.people",
    "grader.importing",
    "grader.exchange.exports",
    "grader.cli.authoring",
    "grader.cli.grading",
    "grader.cli.importing",
    "grader.commands.grade",
    "grader.commands.prove",
    "grader.commands.release",
    "grader.commands.export",
    "grader.commands.override",
    "grader.commands.gradescope",
    "grader.commands.new",
    "grader.commands.importing",
    "grader.commands.trying",
    "grader.commands.similar",
)
"""The teacher's. Nothing that a student runs may come to need them."""


class NotForStudents(Exception):
    """The students' code has come to need a teacher's module."""


def code() -> dict[str, bytes]:
    """Bytes by path of every module that a student's check can reach, and of the files that these read.

    Raises `NotForStudents` where that would take a module of the teacher's along.
    """
    modules = _modules()
    command_line = Path(__file__).with_name("cli.py")
    reached = _reached(modules, command_line)
    for name in sorted(reached):
        if any(name == never or name.startswith(f"{never}.") for never in NEVER):
            raise NotForStudents(f"{name} would go to students: {reached[name]} imports it.")
    paths = [modules[name] for name in reached if name != "grader.cli"]
    paths += [path for pattern in RESOURCES for path in ROOT.glob(pattern)]
    files = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in paths}
    files["grader/cli/__init__.py"] = command_line.read_bytes()
    return dict(sorted(files.items()))


def _modules() -> dict[str, Path]:
    found = {}
    for path in sorted((ROOT / "grader").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _reached(modules: Mapping[str, Path], command_line: Path) -> dict[str, str]:
    """Every module that is reached from `ROOTS`, by one that names it."""
    found: dict[str, str] = {}
    waiting = [(name, "a student") for name in ROOTS]
    while waiting:
        name, by = waiting.pop()
        parts = name.split(".")
        for depth in range(1, len(parts) + 1):  # importing a module imports the packages that it lies in
            one = ".".join(parts[:depth])
            if one not in found:
                found[one] = by
                path = command_line if one == "grader.cli" else modules[one]
                waiting += [(other, one) for other in _named(path, modules)]
    return found


def _named(path: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    """Modules of ours that the file imports anywhere, or names in a text to start them with `python -m`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value] if node.value.startswith("grader.") else []
        yield from (name for name in names if name in modules)
