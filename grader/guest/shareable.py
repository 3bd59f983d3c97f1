"""Which cells of a starter may run once for all: those whose outcome no clock, place or chance decides.

Read from the source, so only as far as a cell says it itself; what a cell leaves behind is looked at once it
has run (`residue`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

_NAMED = frozenset([
    # The room's own places, and who runs in it.
    "NamedTemporaryFile", "TemporaryDirectory", "TemporaryFile", "__file__", "absolute", "abspath", "cwd",
    "environ", "environb", "expanduser", "getcwd", "getcwdb", "getenv", "getpid", "getppid", "gettempdir",
    "home", "mkdtemp", "mkstemp", "realpath", "resolve",
    # Other processes, and what lies outside.
    "aiohttp", "download", "fork", "ftplib", "get_ipython", "http", "httpx", "hub", "multiprocessing",
    "popen", "register_at_fork", "requests", "socket", "subprocess", "system", "urllib", "urlopen",
    "urlretrieve",
])  # fmt: skip
_CALLED = frozenset([
    # Clocks.
    "ctime", "date", "datetime", "gmtime", "localtime", "monotonic", "monotonic_ns", "now", "perf_counter",
    "perf_counter_ns", "process_time", "process_time_ns", "strftime", "thread_time", "time", "time_ns",
    "timeit", "today", "utcnow",
    # The system's chance.
    "SystemRandom", "secrets", "token_bytes", "token_hex", "urandom", "uuid", "uuid1", "uuid4",
])  # fmt: skip
_SEEDED = frozenset(["Random", "RandomState", "SeedSequence", "default_rng", "seed"])
"""Called without a number, these ask the system for one."""
_FIGURES = re.compile(r"^[ \t]*%matplotlib[ \t]+inline[ \t]*$", re.MULTILINE)


def shareable(source: str, transformed: Callable[[str], str]) -> bool:
    """Whether the cell would do the same in every room, and at every time.

    transformed: what IPython makes of a cell's source
    """
    try:
        tree = ast.parse(transformed(_FIGURES.sub("", source)))
    except (SyntaxError, ValueError):
        return False
    return not any(name in _NAMED for name in _names(tree)) and not any(map(_by_chance, ast.walk(tree)))


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
            case ast.alias(name=name):
                yield from name.split(".")
            case ast.ImportFrom(module=str(name)):
                yield from name.split(".")


def _by_chance(node: ast.AST) -> bool:
    """Whether this is a call that a clock or the system's own chance answers."""
    if not isinstance(node, ast.Call):
        return False
    parts = list(_dotted(node.func))
    unseeded = bool(parts) and parts[0] in _SEEDED and not node.args and not node.keywords
    return unseeded or any(part in _CALLED for part in parts)


def _dotted(function: ast.expr) -> Iterator[str]:
    """The names in `a.b.c`, the last first."""
    while isinstance(function, ast.Attribute):
        yield function.attr
        function = function.value
    if isinstance(function, ast.Name):
        yield function.id
