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
    worth = marker.args[0] if marker.args else 1
    if isinstance(worth, bool) or not isinstance(worth, int | float) or not 0 <= worth < 1e6:
        file, line, _ = item.location
        raise LessonError(
            f"{file} line {(line or 0) + 1}: the points of {item.name} are a number from 0 up, as in "
            f"@pytest.mark.points(3); here they are {worth!r}."
        )
    return float(worth) if counts else 0.0


def needs(item: pytest.Item) -> list[str]:
    """Ids that the check waits for."""
    return _named(item, "needs")


def prefers(item: pytest.Item) -> list[str]:
    """Ids that the check comes after. It runs whatever they said, with a stand-in for what they are about;
    where one of them has not passed it can pass, but not fail: then it waits, too."""
    return _named(item, "prefers")


def certifiers(items: Mapping[str, pytest.Item], *, whole: bool) -> dict[str, list[str]]:
    """By id the ids of which one has to pass, whenever it runs: what the check rests on is the guest's word,
    and they show that it is true. None of them is asked for where none was collected.

    A check says whom it is `certified_by`. A hidden one that bears out a public one says itself what it
    `certifies`, because public checks leave the house and name nothing that stays. Raises `LessonError`
    for a check that does not exist, where `whole`: where hidden checks were collected, too.
    """
    found = {name: _named(item, "certified_by") for name, item in items.items()}
    for name, item in items.items():
        for other in _named(item, "certifies"):
            found.setdefault(other, []).append(name)
    for name, others in found.items():
        unknown = [one for one in (name, *others) if one not in items]
        if whole and unknown:
            raise LessonError(f"{others[0]} certifies {name}, and there is no check {unknown[0]}.")
    return found


def _named(item: pytest.Item, marker: str) -> list[str]:
    return [str(name) for mark in item.iter_markers(marker) for name in mark.args]


def held(item: pytest.Item) -> bool:
    """Whether the points of this check are held for a person, once it has run through."""
    return item.get_closest_marker("manual") is not None


def waits(by_id: Mapping[str, pytest.Item]) -> dict[str, list[str]]:
    """For each check the ids that it comes after. Raises `LessonError` where one of them, or one that
    certifies, is marked by a person: it passes only days later, so that nothing can wait for it."""
    by_hand = {name for name, item in by_id.items() if held(item)}
    witnesses = certifiers(by_id, whole=False)
    for name, item in by_id.items():
        for other in [*needs(item), *prefers(item), *witnesses[name]]:
            if other in by_hand:
                raise LessonError(
                    f"The check {name} waits for {other}, which a person marks: no check can wait for that."
                )
    return {name: [*needs(item), *prefers(item)] for name, item in by_id.items()}


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
            raise LessonError(
                f"The checks {' -> '.join([*open_, name])} wait for each other: let one of them go first."
            )
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
