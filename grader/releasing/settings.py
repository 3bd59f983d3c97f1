"""lesson.toml as students get it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

from grader.lesson import Lesson
from grader.reading import toml


def public_settings(lesson: Lesson, files: Mapping[str, bytes], hidden_points: float) -> dict[str, Any]:
    """What a student's own check needs: which lesson, the names, the seed, the limits, and what hidden checks
    are worth. Of the options those that a public check names.

    Left out: comments (a teacher's notes), the due date and what lateness costs (the course's page says so,
    and a copy would grow stale), and when hidden findings are shown.
    """
    said = toml(files["lesson.toml"])
    kept: dict[str, Any] = {key: said[key] for key in ("lesson", "number", "names", "seed") if key in said}
    kept["hidden_points"] = int(hidden_points) if hidden_points == int(hidden_points) else hidden_points
    checks = [content for name, content in files.items() if name.startswith("checks/")]
    named = {
        node.value
        for content in checks
        for node in ast.walk(ast.parse(content))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    kept["limits"] = said.get("limits", {})
    kept["options"] = {key: value for key, value in said.get("options", {}).items() if key in named}
    return kept
