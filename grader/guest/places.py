"""Which cell a piece of code is from, in a notebook that we run and in one that is live."""

from __future__ import annotations

import linecache
import re
import sys
from typing import Any

_CELL = re.compile(r"^cell_(\d+)$")


def cell_of(file: str) -> int | None:
    """The number of the cell whose code has this file name: ours (`cell_3`), or the `In [3]` of a live
    notebook, which IPython keeps beside the names that it gives. None for code of no cell."""
    found = _CELL.search(file)
    if found:
        return int(found.group(1))
    number = _of_live_notebook().get(file)
    return number if type(number) is int and number > 0 else None


def files_of_cells() -> list[tuple[int, str]]:
    """(cell, file name) of every cell whose source is known, the newest first."""
    known = [(number, file) for file in list(linecache.cache) if (number := cell_of(file)) is not None]
    return sorted(known, reverse=True)


def live_shell() -> Any:
    """The shell of the IPython that runs here; None in plain Python."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None


def _of_live_notebook() -> dict[str, Any]:
    names = getattr(getattr(live_shell(), "compile", None), "_filename_map", None)
    return names if isinstance(names, dict) else {}
