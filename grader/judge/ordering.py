"""What a check says of itself, and the order in which checks run: each after what it needs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from grader.errors import LessonError
from grader.lesson import Option


def identity(item: pytest.Item) -> str:
    """A check's id: the function's name and its parameters."""
    return item.name


def points(item: pytest.Item, options: Mapping[str, Option]) -> float:
    """What the check is worth; without the marker 1.

    `@pytest.mark.points(1, option="name")` counts only where that option of lesson.toml is set, and else
    makes a check that can say something and costs nothing. Raises `LessonError` for an unknown option.
    """
    marker = item.get_closest_marker("points")
    if marker is None:
        return 1.0
    name = marker.kwargs.get("option")
    if name is not None and name not in options:
        raise LessonError(f"The points of {item.name} depend on {name}, which [options] does not have.")
    counts = name is None or bool(options[name])
    return float(marker.args[0] if marker.args else 1) if counts else 0.0


def needs(item: pytest.Item) -> list[str]:
    """Ids that the check waits for."""
    return [str(name) for marker in item.iter_markers("needs") for name in marker.args]


def prefers(item: pytest.Item) -> list[str]:
    """Ids that the check comes after. It runs whatever they said, with a stand-in for what they are about;
    where one of them has not passed it can pass, but not fail: then it waits, too."""
    return [str(name) for marker in item.iter_markers("prefers") for name in marker.args]


def certifiers(item: pytest.Item) -> list[str]:
    """Ids of which one has to pass, whenever it runs: what this check rests on is the guest's word, and they
    show that it is true. None of them is asked for where none was collected."""
    return [str(name) for marker in item.iter_markers("certified_by") for name in marker.args]


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
