"""A submission that searches all that it can see finds nothing that was not given to it."""

from __future__ import annotations

import ast

from tests.canary.planting import OPENS, Course
from tests.cli.making import printed, record

OWN = "cnry0123456789abcdef"
LEAST_MEMORY = 100_000_000


def told(course: Course, where: str) -> list[str]:
    if where == "cells":
        path = course.out / "tiny" / f"{course.planted['seeker']}.json"
        return printed(record(path), 3).split("\n")
    found: list[str] = ast.literal_eval((course.report / f"{where}.json").read_text())
    return found


def beyond(course: Course, found: list[str]) -> list[str]:
    """What was found, by what it is of, less what the seeker may see."""
    given = {OWN, course.planted["data for students"]}
    tokens = {token: what for what, token in course.planted.of.items()}
    said = [line.rpartition(" ") for line in found if "cnry" in line]
    return [f"{tokens.get(token, token)} in {place}" for place, _, token in said if token not in given]


def read(found: list[str]) -> int:
    return sum(int(line.split()[1]) for line in found if line.startswith("read "))


def test_the_search_works(course: Course) -> None:
    found = told(course, "cells")
    assert f"memory {OWN}" in found
    assert f"environment {OWN}" in found
    data = course.planted["data for students"]
    assert any(line.startswith("file:") and line.endswith(data) for line in found), found
    for where in ("cells", "public", "hidden"):
        assert any(OWN in line for line in told(course, where)), where
        assert (read(told(course, where)) > LEAST_MEMORY) == (where != "public")


def test_cells_see_nothing_of_the_operator_or_of_others(course: Course) -> None:
    assert beyond(course, told(course, "cells")) == []


def test_calls_of_public_checks_see_nothing(course: Course) -> None:
    assert beyond(course, told(course, "public")) == []


def test_calls_of_hidden_checks_see_nothing(course: Course) -> None:
    assert beyond(course, told(course, "hidden")) == []


def test_what_is_known_to_be_there_can_be_neither_opened_nor_changed(course: Course) -> None:
    of = record(course.out / "tiny" / f"{course.planted[OPENS]}.json")
    assert printed(of).strip() == "opened []"
    assert len(list(course.root.glob("class_*/*.ipynb"))) == len(list((course.out / "tiny").glob("*.json")))
