"""The house keeps its layers: who may import whom, and what no module may hold.

`ALLOWED` is the map of the house. A unit may import what stands in its row and itself, nothing else;
rows only ever point down, so that no two units can come to need each other.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from grader.sandbox.closure import needed

ROOT = Path(__file__).resolve().parent.parent / "grader"
MOST_LINES = 250

UNITS = {
    "limits": ("grader.sandbox.limits",),
    "processes": ("grader.sandbox.kernel_files", "grader.sandbox.processes"),
    "clock": ("grader.sandbox.clock",),
    "usage": ("grader.sandbox.usage",),
    "words": ("grader.report.words", "grader.report.sentences"),
    "messages": ("grader.desk.messages", "grader.desk.pages"),
    "lessons_told": ("grader.desk.lessons",),
}
"""Units that are smaller than a folder; every other unit is the first name below `grader`."""

ALLOWED: dict[str, set[str]] = {
    # May cross the wall.
    "wire": set(),
    "guest": {"wire"},
    # What everything rests on.
    "errors": set(),
    "bounds": set(),
    "evidence": {"bounds"},
    "inert_json": set(),
    "reading": set(),
    "record": {"bounds", "evidence", "inert_json"},
    "slim": {"record"},
    "limits": {"errors"},
    "late": {"bounds", "errors", "record"},
    "totals": {"late", "record"},
    "regrade": {"record"},
    "clock": set(),
    "processes": {"clock"},
    "usage": set(),
    "observed": set(),
    "untrusted_json": {"errors"},
    "filenames": set(),
    "secret": {"errors"},
    "output": {"errors"},
    "blanks": set(),
    "starter": {"blanks", "errors", "reading"},
    "near": set(),
    "digests": set(),
    "notebook": {"errors", "record", "untrusted_json"},
    "submission": {"errors", "notebook", "record"},
    "goals": {"errors", "near"},
    "lesson": {"errors", "goals", "late", "limits", "near", "reading", "record"},
    "solutions": {"errors", "lesson", "near", "reading", "submission"},
    "advice": {"record", "solutions"},
    "new": {"errors", "lesson", "starter"},
    "warm": {"errors", "wire"},
    "serving": {"warm", "wire"},
    "sandbox": {"clock", "errors", "limits", "processes", "usage", "wire"},
    # Judging, and saying what came of it.
    "judge": {
        "clock", "errors", "evidence", "lesson", "limits", "near", "observed", "processes", "record",
        "serving", "wire",
    },
    "words": {"errors", "reading"},
    "report": {"errors", "evidence", "late", "record", "regrade", "totals", "words"},
    "similar": {"engines", "errors", "notebook", "report", "serving", "warm", "words"},
    "people": {"bounds", "errors", "late", "near", "output", "reading", "record", "totals", "words"},
    "messages": {"notebook", "record", "slim", "warm", "words"},
    "lessons_told": {"notebook", "serving", "warm"},
    "desk": {
        "errors", "evidence", "lesson", "messages", "notebook", "record", "report", "serving", "words",
    },
    # The story of one submission.
    "workshop": {
        "blanks", "clock", "errors", "judge", "lesson", "limits", "messages", "notebook", "sandbox", "warm",
    },
    "ended": {"record", "usage"},
    "transcript": {"notebook", "observed", "record"},
    "observing": {"observed", "processes", "sandbox", "wire"},
    "cell_run": {
        "bounds", "clock", "ended", "limits", "observed", "observing", "record", "transcript", "usage",
        "wire",
    },
    "running": {
        "cell_run", "ended", "limits", "notebook", "observing", "sandbox", "transcript", "wire",
    },
    "scoring": {"errors", "judge", "lesson", "record", "submission", "totals", "transcript", "words"},
    "grade": {
        "errors", "judge", "lesson", "notebook", "observed", "observing", "record", "running", "sandbox",
        "scoring", "submission", "transcript", "warm", "words", "workshop",
    },
    "work": {
        "errors", "grade", "messages", "people", "record", "scoring", "submission", "transcript", "warm",
        "words",
    },
    # Without walls: a student's own notebook, live or where nothing can be forked.
    "live": {
        "cell_run", "errors", "judge", "lesson", "limits", "notebook", "observed", "processes", "record",
        "report", "running", "scoring", "secret", "submission", "transcript", "usage", "wire", "words",
    },
    # Many submissions.
    "journal": {
        "digests", "errors", "lesson", "output", "people", "reading", "record", "sandbox", "submission",
        "totals", "words",
    },
    "engines": {"limits"},
    "cluster": {
        "digests", "engines", "errors", "grade", "judge", "lesson", "notebook", "people", "record",
        "sandbox", "scoring", "submission", "transcript", "warm", "words", "work", "workshop",
    },
    "exchange": {"errors", "filenames", "notebook", "record", "report", "submission", "totals", "words"},
    "mutation": {
        "clock", "digests", "engines", "errors", "goals", "grade", "judge", "lesson", "limits", "near",
        "output", "reading", "record", "running", "sandbox", "secret", "serving", "solutions", "submission",
        "warm", "wire",
    },
    "proofreading": {"errors", "judge", "lesson", "near", "solutions", "starter", "words"},
    "prove": {"advice", "engines", "grade", "record", "secret", "solutions"},
    "releasing": {"errors", "judge", "lesson", "reading", "starter", "warm"},
    "autograder": {
        "errors", "exchange", "grade", "judge", "lesson", "lessons_told", "limits", "output", "reading",
        "report", "sandbox", "secret", "submission", "words", "workshop",
    },
    "pytorch": set(),
    "importing": {"errors", "new", "releasing", "sandbox", "starter", "untrusted_json"},
    "commands": {
        "autograder", "cluster", "engines", "errors", "exchange", "filenames", "grade", "importing",
        "journal", "late", "lesson", "lessons_told", "limits", "live", "messages", "mutation", "near",
        "new", "output", "people", "processes", "proofreading", "prove", "pytorch", "record", "regrade",
        "releasing", "report", "sandbox", "scoring", "secret", "similar", "slim", "solutions",
        "submission", "totals", "warm", "words", "work", "workshop",
    },
    "ci": {
        "cli", "commands", "errors", "exchange", "lesson", "notebook", "reading", "record", "report",
        "starter", "words",
    },
    "cli": {"commands", "errors", "words"},
    "__main__": {"cli"},
}  # fmt: skip

NEVER_IMPORTED = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
NEVER_CALLED = {"eval", "exec", "torch.load", "np.load", "numpy.load"}
OPEN_KEYWORDS = {
    # A handle stands for a function of the notebook: its keywords are the check's to choose.
    ("judge/student.py", "__call__"),
    ("judge/student.py", "model"),
    ("judge/student.py", "calls"),
    # The signature is that of the method it overrides.
    ("report/markdown.py", "heading"),
    ("cluster/executor.py", "submit"),
    # Wraps a command, whose keywords click makes of its options.
    ("cli/told.py", "run"),
    # Wraps a verb, whose arguments it looks at and hands on.
    ("judge/probes/verbs.py", "asking"),
}


@cache
def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def trusted() -> list[Path]:
    """All but the guest's: student code never runs in these."""
    return [path for path in modules().values() if ROOT / "guest" not in path.parents]


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import anywhere in a module, those inside functions too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively; write the whole name"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield node.lineno, whole if whole in modules() else str(node.module)


def unit(module: str) -> str | None:
    """The unit that a module of ours belongs to; None for the package itself, which holds its version."""
    for name, members in UNITS.items():
        if module in members:
            return name
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else None


def where(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT.parent)}:{line}"


def test_imports_go_one_way():
    astray = []
    for module, path in modules().items():
        by = unit(module)
        if by is None:
            continue
        assert by in ALLOWED, f"{module} belongs to no unit of ALLOWED: give {by} a row there"
        for line, name in imported(path):
            target = unit(name) if name.split(".")[0] == "grader" else None
            if target not in (None, by) and target not in ALLOWED[by]:
                astray.append(f"{where(path, line)}: {by} may not import {target} ({name})")
    assert not astray, "\n".join(astray)


def test_rows_of_the_map_only_point_down():
    known = set(ALLOWED)
    assert {name for row in ALLOWED.values() for name in row} <= known
    tuple(TopologicalSorter(ALLOWED).static_order())  # raises CycleError where two units need each other


def test_every_row_of_the_map_is_a_unit_that_exists():
    assert set(ALLOWED) == {unit(module) for module in modules()} - {None}


@pytest.mark.parametrize("folder", ["wire", "guest"])
def test_what_crosses_the_wall_imports_only_what_is_mounted_there(folder):
    mounted = {Path(part).stem for part in needed()} | {"grader"} | set(sys.stdlib_module_names)
    strange = [
        f"{where(path, line)}: {name}"
        for path in sorted((ROOT / folder).glob("*.py"))
        for line, name in imported(path)
        if name.split(".")[0] not in mounted
    ]
    assert not strange, "\n".join(strange)


def test_no_trusted_module_imports_the_guest():
    """But the package's own front door, through which a live notebook calls what runs in its own process."""
    doors = {(ROOT / "__init__.py", "grader.guest.front")}
    found = [
        f"{where(path, line)}: {name}"
        for path in trusted()
        for line, name in imported(path)
        if name.startswith("grader.guest") and (path, name) not in doors
    ]
    assert not found, "\n".join(found)


def test_no_file_is_longer_than_250_lines():
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in modules().values()}
    long = [f"{where(path, 1)} has {n} lines; split it" for path, n in lengths.items() if n > MOST_LINES]
    assert not long, "\n".join(long)


def test_no_file_is_called_utils():
    vague = {"utils", "util", "helpers", "common", "misc"}
    assert not [str(path) for path in modules().values() if {path.stem, path.parent.name} & vague]


def test_no_module_keeps_state():
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    makers = {"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict", "bytearray"}

    def holds_state(value: ast.expr) -> bool:
        made = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in makers
        return made or isinstance(value, displays)

    kept = []
    for path in modules().values():
        for node in tree(path).body:
            if isinstance(node, ast.Assign):
                targets, value = node.targets, node.value
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                targets, value = [node.target], node.value
            else:
                continue
            names = [t.id for t in targets if isinstance(t, ast.Name) and t.id != "__all__"]
            if holds_state(value) and any(name != name.upper() for name in names):
                kept.append(f"{where(path, node.lineno)}: {', '.join(names)}")
        kept += [
            f"{where(path, node.lineno)}: global {', '.join(node.names)}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Global)
        ]
    assert not kept, "\n".join(kept)


def test_trusted_modules_neither_unpickle_nor_evaluate():
    found = []
    for path in trusted():
        found += [
            f"{where(path, line)}: import {name}"
            for line, name in imported(path)
            if name.split(".")[0] in NEVER_IMPORTED
        ]
        spoken = [ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
        found += [f"{where(path, 1)} calls {name}" for name in spoken if name in NEVER_CALLED]
    assert not found, "\n".join(found)


def test_no_function_takes_any_keyword():
    found = []
    for path in trusted():
        for node in ast.walk(tree(path)):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.args.kwarg is None:
                continue
            note = node.args.kwarg.annotation
            place = (path.relative_to(ROOT).as_posix(), node.name)
            if (note is None or ast.unparse(note) == "Any") and place not in OPEN_KEYWORDS:
                found.append(f"{where(path, node.lineno)}: {node.name}(**{node.args.kwarg.arg})")
    assert not found, "\n".join(found)
