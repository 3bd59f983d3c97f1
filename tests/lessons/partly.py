"""Notebooks with one answer filled in and every other blank left as it is handed out."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from grader.blanks import BLANK
from grader.lesson import Lesson
from grader.starter import BEGIN, END

OWN = {"fit", "generate"}
"""Functions that may ask a model or vocabulary for more than the contract says: they get the own one."""
STAND_INS = {"hihello", "longseq", "time_series", "seq2seq", "lstm", "cnn"}
"""Lessons that judge `train` with a layer of ours where the notebook has no model that works."""


def only(lesson: Lesson, *names: str) -> bytes:
    """The lesson's reference, in which the answers outside the definitions of `names` are blank again."""
    notebook: dict[str, Any] = json.loads((lesson.solutions / "reference.ipynb").read_bytes())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = _blanked("".join(cell["source"]), names)
            cell["outputs"] = []
    notebook["metadata"]["grader"] = {"lesson": lesson.name}
    return json.dumps(notebook, ensure_ascii=False).encode("utf-8")


def leans_on(lesson: Lesson, name: str) -> set[str]:
    """The other names of the contract that the reference's definition of `name` speaks of; for what is
    judged with models of the notebook's own, all."""
    own = name in OWN or (name == "train" and lesson.name not in STAND_INS)
    text = " ".join(lesson.names) if own else ""
    for source in _sources(lesson.solutions / "reference.ipynb"):
        for node in _definitions(source):
            if node.name == name:
                text += "\n".join(source.splitlines()[node.lineno : node.end_lineno])
    return {other for other in lesson.names if other != name and re.search(rf"\b{other}\b", text)}


def _sources(path: Path) -> list[str]:
    notebook = json.loads(path.read_bytes())
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]


def _definitions(source: str) -> list[ast.FunctionDef | ast.ClassDef]:
    plain = "\n".join("" if line.startswith(("%", "!")) else line for line in source.splitlines())
    return [node for node in ast.parse(plain).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def _blanked(source: str, names: Collection[str]) -> str:
    if BEGIN not in source:
        return source
    spans = [(n.lineno, n.end_lineno or n.lineno) for n in _definitions(source) if n.name in names]
    kept: list[str] = []
    inside = False
    for number, line in enumerate(source.splitlines(), start=1):
        mark = line.strip()
        if any(first <= number <= last for first, last in spans):
            kept.append(line)
        elif mark == BEGIN:
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + blank for blank in BLANK]
        elif mark == END:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)
