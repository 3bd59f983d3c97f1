from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.sandbox import Examined, House, Room, examine
from tests.sandbox.rooms import LEVELS, house_of


@pytest.fixture(scope="session")
def examined() -> dict[str, Examined]:
    return {found.level: found for found in examine()}


@pytest.fixture(scope="module", params=LEVELS)
def house(
    request: pytest.FixtureRequest, examined: dict[str, Examined], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A bare house at each level that works here."""
    _skip_unless_works(examined, request.param)
    with house_of(request.param, tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="module", params=["bubblewrap", "landlock"])
def walled_house(
    request: pytest.FixtureRequest, examined: dict[str, Examined], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A bare house at each level with walls that works here."""
    _skip_unless_works(examined, request.param)
    with house_of(request.param, tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture
def room(house: House) -> Iterator[Room]:
    with house.guest(0) as room:
        room.go()
        yield room


@pytest.fixture
def walled(walled_house: House) -> Iterator[Room]:
    with walled_house.guest(0) as room:
        room.go()
        yield room


def _skip_unless_works(examined: dict[str, Examined], level: str) -> None:
    if not examined[level].works:
        pytest.skip(f"the level {level} does not work here: {examined[level].detail}")
