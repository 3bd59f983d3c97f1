"""Libraries that test code uses: which of them the judge has, and why others keep a test weak."""

from __future__ import annotations

import ast

ALLOWED = frozenset((
    "math", "cmath", "random", "itertools", "functools", "collections", "operator", "string", "re", "copy",
    "statistics", "typing", "json", "torch", "numpy", "pytest", "unittest", "nose", "fractions", "decimal",
    "__future__",
))  # fmt: skip
_REASONS = {
    "plots": ("matplotlib", "seaborn", "plotly", "IPython", "PIL", "pylab"),
    "files": ("os", "pathlib", "shutil", "glob", "tempfile", "pickle", "csv", "urllib", "zipfile"),
    "process": ("sys", "subprocess", "threading", "multiprocessing", "signal", "gc", "ctypes", "asyncio"),
    "timing": ("time", "timeit", "datetime"),
    "source": ("inspect", "ast", "dis", "tokenize"),
    "output": ("contextlib", "io"),
    "namespace": ("importlib", "builtins", "__main__"),
    "patching": ("mock",),
    "warnings": ("warnings", "logging"),
}  # fmt: skip


def refused(statement: ast.stmt) -> str | None:
    """The reason why a test with this import is weak; None where it need not be."""
    for module in _modules(statement):
        first = module.partition(".")[0]
        if module.startswith("unittest.mock"):
            return "patching"
        if first in ALLOWED:
            continue
        return next((reason for reason, names in _REASONS.items() if first in names), "library")
    star = isinstance(statement, ast.ImportFrom) and any(alias.name == "*" for alias in statement.names)
    return "star" if star else None


def _modules(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    if isinstance(statement, ast.ImportFrom):
        return [statement.module or "", *(f"{statement.module}.{alias.name}" for alias in statement.names)]
    return []
