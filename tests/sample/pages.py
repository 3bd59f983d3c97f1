"""Changes to a notebook (nbformat 4, as JSON gives it): each takes one and returns another."""

from __future__ import annotations

import copy
import json
from typing import Any

from grader.starter import BEGIN, END

Notebook = dict[str, Any]


def read(content: bytes) -> Notebook:
    """The notebook in `content`, sources joined to one text, without the marks around solutions."""
    notebook: Notebook = json.loads(content)
    for cell in notebook["cells"]:
        lines = "".join(cell["source"]).splitlines(keepends=True)
        cell["source"] = "".join(line for line in lines if line.strip() not in (BEGIN, END)).rstrip("\n")
    return notebook


def written(notebook: Notebook) -> bytes:
    """The same bytes for the same notebook."""
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()


def edited(notebook: Notebook, find: str, replace: str) -> Notebook:
    """`find` replaced in the one code cell that holds it; `ValueError` where it does not stand there once."""
    changed = copy.deepcopy(notebook)
    code = [cell for cell in changed["cells"] if cell["cell_type"] == "code"]
    count = sum(cell["source"].count(find) for cell in code)
    if count != 1:
        raise ValueError(f"{find!r} stands {count} times in the code cells; an edit needs it once")
    for cell in code:
        cell["source"] = cell["source"].replace(find, replace)
    return changed


def with_cell(notebook: Notebook, source: str, *, after: str | None = None) -> Notebook:
    """A code cell more: at the end, or after the first code cell that holds `after`."""
    changed = copy.deepcopy(notebook)
    cells = changed["cells"]
    holding = [
        n for n, cell in enumerate(cells) if cell["cell_type"] == "code" and after and after in cell["source"]
    ]
    if after is not None and not holding:
        raise ValueError(f"no code cell holds {after!r}")
    place = holding[0] + 1 if holding else len(cells)
    cells.insert(
        place,
        {
            "cell_type": "code",
            "execution_count": None,
            "id": "own-cell",
            "metadata": {},
            "outputs": [],
            "source": source,
        },
    )
    return changed


def commented(notebook: Notebook, comments: dict[str, str]) -> Notebook:
    """Each comment as a line above the code line that begins (after its indent) with the given words."""
    changed = copy.deepcopy(notebook)
    left = dict(comments)
    for cell in changed["cells"]:
        if cell["cell_type"] != "code":
            continue
        lines = []
        for line in cell["source"].split("\n"):
            for words in [words for words in left if line.strip().startswith(words)]:
                lines.append(f"{line[: len(line) - len(line.lstrip())]}# {left.pop(words)}")
            lines.append(line)
        cell["source"] = "\n".join(lines)
    if left:
        raise ValueError(f"no line begins with {', '.join(left)}")
    return changed
