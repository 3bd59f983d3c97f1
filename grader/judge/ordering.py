"""What a check says of itself, and the order in which checks run: each after what it needs."""

from __future__ import annotations

import pytest

from grader.errors import LessonError


def identity(item: pytest.Item) -> str:
    """A check's id: the function's name and its parameters."""
    return item.name


def points(item: pytest.Item) -> float:
    """What the check is worth; without the marker 1."""
    marker = item.get_closest_marker("points")
    return float(marker.args[0]) if marker is not None and marker.args else 1.0


def needs(item: pytest.Item) -> list[str]:
    """Ids that the check waits for."""
    return [str(name) for marker in item.iter_markers("needs") for name in marker.args]


def ordered(wanted: dict[str, list[str]]) -> list[str]:
    """Ids so that each comes after what it needs, else in the order given. Raises `LessonError` for a
    circle or an id that does not exist."""
    done: list[str] = []
    open_: list[str] = []

    def visit(name: str, by: str) -> None:
        if name in done:
            return
        if name not in wanted:
            raise LessonError(f"The check {by} needs {name}, which does not exist.")
        if name in open_:
            raise LessonError(f"The checks {' -> '.join([*open_, name])} wait for each other in a circle.")
        open_.append(name)
        for other in wanted[name]:
            visit(other, name)
        open_.pop()
        done.append(name)

    for name in wanted:
        visit(name, name)
    return done


def closure(name: str, wanted: dict[str, list[str]], order: list[str]) -> list[str]:
    """`name` and all that it waits for, in order."""
    keep, todo = set[str](), [name]
    while todo:
        current = todo.pop()
        if current not in keep:
            keep.add(current)
            todo += wanted[current]
    return [n for n in order if n in keep]
