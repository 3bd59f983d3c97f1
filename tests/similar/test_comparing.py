"""A class compared where some of it cannot be: nobody is taken along, and what is lost is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from grader import warm
from grader.similar import comparing
from grader.similar.comparing import Found, Given, compare
from tests.similar.classes import LESSON, changed
from tests.similar.code import ROOT, alternatives, notebook

DEADLY = "this_notebook_ends_its_reader"
GIVEN = Given(ROOT / "assignments" / LESSON / f"{LESSON}.ipynb", None)


class Dying(warm.Room):
    """A room whose forks end where they are given a certain notebook; it counts what it is asked."""

    def ask(self, job: str, request: bytes, *, seconds: float, fds: Sequence[int] = ()) -> bytes:
        if DEADLY.encode() in request:
            raise warm.JobFailed("ended")
        return super().ask(job, request, seconds=seconds, fds=fds)


class Alone(warm.Room):
    """A room in which no two notebooks can be laid side by side."""

    def ask(self, job: str, request: bytes, *, seconds: float, fds: Sequence[int] = ()) -> bytes:
        if job == "pair":
            raise warm.JobFailed("ended")
        return super().ask(job, request, seconds=seconds, fds=fds)


def compared(cells: Sequence[Sequence[str] | None]) -> Found:
    def content(of: Sequence[str]) -> Callable[[], bytes]:
        return lambda: notebook(of, LESSON)

    class_ = ["empty" if of is None else content(of) for of in cells]
    return compare(class_, [f"s{at}" for at in range(len(cells))], GIVEN, 2)


def some() -> list[list[str]]:
    names = list(alternatives(LESSON))
    return [alternatives(LESSON)[names[0]], changed(names[0]), alternatives(LESSON)[names[1]]]


def test_a_notebook_that_ends_its_reader_takes_nobody_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "Room", Dying)
    found = compared([*some(), [f"{DEADLY} = 1"], None])
    assert found.unread == [(3, "limits"), (4, "empty")]
    assert [(one.left, one.right) for one in found.likenesses] == [(0, 1)]
    assert found.lost == 0


def test_a_pair_that_cannot_be_laid_side_by_side_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "Room", Alone)
    found = compared(some())
    assert found.likenesses == []
    assert found.lost == 1


def test_what_the_whole_class_shares_lists_nobody() -> None:
    """The lecture's own code, which everybody took over, in a class large enough to know it for that."""
    names = list(alternatives(LESSON))
    lecture = alternatives(LESSON)[names[0]]
    own = [[*lecture, f"def f{at}(x):\n    return x + {at}\n"] for at in range(30)]
    found = compared(own)
    assert found.likenesses == []
    assert compared(own[:2]).likenesses != []


def test_more_than_a_page_holds_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "MOST_LISTED", 2)
    monkeypatch.setattr(comparing, "MOST_LOOKED_AT", 3)
    found = compared([some()[0]] * 3)
    assert (len(found.likenesses), found.more, found.looked_at) == (2, 1, 3)
    shares = [max(one.left_share, one.right_share) for one in found.likenesses]
    assert shares == [1.0, 1.0]
