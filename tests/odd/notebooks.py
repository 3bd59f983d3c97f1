"""The odd notebooks: each is a lesson's reference, changed in one way that says nothing about the answers."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Notebook = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]

COLAB = {
    "colab": {"provenance": [], "collapsed_sections": ["x"], "toc_visible": True},
    "kernelspec": {"name": "python3", "display_name": "Python 3"},
    "accelerator": "GPU",
    "language_info": {"name": "python"},
}


def reference(lesson: str) -> Notebook:
    found: Notebook = json.loads((ROOT / "solutions" / lesson / "reference.ipynb").read_bytes())
    return found


def cell(source: str, **more: Any) -> Notebook:
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
        **more,
    }


def first(source: str) -> Callable[[Notebook], None]:
    """A cell before all others."""
    return lambda notebook: notebook["cells"].insert(0, cell(source))


def last(source: str) -> Callable[[Notebook], None]:
    """A cell after all others."""
    return lambda notebook: notebook["cells"].append(cell(source))


def around(before: str, after: str) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        first(before)(notebook)
        last(after)(notebook)

    return change


def replaced(*edits: tuple[str, str]) -> Callable[[Notebook], None]:
    """Each text, which stands in a code cell exactly once, replaced."""

    def change(notebook: Notebook) -> None:
        for find, put in edits:
            code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
            (found,) = [c for c in code if find in "".join(c["source"])]
            found["source"] = "".join(found["source"]).replace(find, put)

    return change


def each_cell(change_cell: Callable[[Notebook], None]) -> Callable[[Notebook], None]:
    def change(notebook: Notebook) -> None:
        for found in notebook["cells"]:
            change_cell(found)

    return change


def written(lesson: str, change: Callable[[Notebook], None]) -> bytes:
    """The reference of `lesson`, changed, as the bytes of a file. The lesson stays named in the metadata
    unless `change` takes it away."""
    notebook = copy.deepcopy(reference(lesson))
    notebook["metadata"].setdefault("grader", {"lesson": lesson})
    change(notebook)
    return json.dumps(notebook, ensure_ascii=False).encode("utf-8")


def as_worksheets(notebook: Notebook) -> None:
    """nbformat 3: cells below worksheets, `input` for `source`."""
    cells = notebook.pop("cells")
    for found in cells:
        if found["cell_type"] == "code":
            found["input"] = found.pop("source")
            found["prompt_number"] = found.pop("execution_count", None)
            found["language"] = "python"
        found.pop("id", None)
    notebook["worksheets"] = [{"cells": cells, "metadata": {}}]
    notebook["nbformat"], notebook["nbformat_minor"] = 3, 0


def as_first_minor(notebook: Notebook) -> None:
    """nbformat 4.0: no ids."""
    notebook["nbformat_minor"] = 0
    for found in notebook["cells"]:
        found.pop("id", None)


def of_colab(notebook: Notebook) -> None:
    notebook["metadata"] = {**COLAB, "grader": notebook["metadata"]["grader"]}
    for number, found in enumerate(notebook["cells"]):
        found["metadata"] = {"id": f"x{number}", "colab": {"base_uri": "https://localhost/", "height": 35}}


def without_metadata(notebook: Notebook) -> None:
    notebook["metadata"] = {}
    for found in notebook["cells"]:
        found.pop("metadata", None)


def of_another_kernel(notebook: Notebook) -> None:
    notebook["metadata"]["kernelspec"] = {"name": "my-env", "display_name": "내 환경", "language": "python"}


def counted_backwards(notebook: Notebook) -> None:
    for number, found in enumerate(reversed(notebook["cells"])):
        if found["cell_type"] == "code":
            found["execution_count"] = number + 7


def with_huge_outputs(notebook: Notebook) -> None:
    text = ["x" * 1000 + "\n"] * 200
    for found in notebook["cells"]:
        if found["cell_type"] == "code":
            found["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]


def in_one_cell(notebook: Notebook) -> None:
    code = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    notebook["cells"] = [cell("\n\n".join(code))]


def with_empty_and_raw_cells(notebook: Notebook) -> None:
    between: list[Notebook] = []
    for found in notebook["cells"]:
        raw = {"cell_type": "raw", "metadata": {"format": "text/x-rst"}, "source": ".. raw\n"}
        between += [found, cell(""), cell("   \n\t\n# 나중에\n"), raw]
    notebook["cells"] = between


def with_late_definitions(notebook: Notebook) -> None:
    """The cell that uses a name stands before the one that makes it, and is there once more at the end."""
    using = next(c for c in notebook["cells"] if "make_batch([" in "".join(c["source"]))
    notebook["cells"].insert(2, copy.deepcopy(using))


def with_windows_lines(found: Notebook) -> None:
    found["source"] = "".join(found["source"]).replace("\n", "\r\n")


def with_tabs(found: Notebook) -> None:
    if found["cell_type"] == "code":
        found["source"] = "".join(found["source"]).replace("    ", "\t")
