"""Late work: what lesson.toml says, how late something is, what it costs."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import LessonError
from grader.late import deadline, lateness
from grader.record import Deadline, Excuse
from grader.report.lateness import short, span
from grader.report.words import Words
from tests.people.making import DUE, LATE, after, check, record

TABLE = """
due = 2026-12-01T23:59:00+09:00
[late]
grace = "15 min"
per_day = 10
most = 50
closed_after = "7 days"
"""
TEN = [check("test_a", "passed", 8.0), check("test_b", "failed", 2.0)]


def test_the_table_is_read() -> None:
    assert deadline(tomllib.loads(TABLE), "lesson.toml") == LATE
    assert deadline({"due": DUE}, "lesson.toml") == Deadline(DUE)
    assert deadline({}, "lesson.toml") is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('grace = "15 minuts"', '"15 min"'),
        ("grace = 15", '"15 min"'),
        ('closed_after = "900 days"', "a year"),
        ("per_day = true", "percent"),
        ("per_day = 101", "between 0 and 100"),
        ("per_day = -1", "between 0 and 100"),
        ("per_day = nan", "percent"),
        ("per_days = 10", "Known are"),
        ("per_day = 10\nmost = 5", "the most"),
        ('grace = "1 h"', "costs nothing"),
        ('grace = "3 h"\nclosed_after = "2 h"', "before its grace"),
    ],
)
def test_what_makes_no_sense_is_refused(line: str, said: str) -> None:
    content = tomllib.loads(f"due = 2026-12-01T23:59:00+09:00\n[late]\n{line}\n")
    with pytest.raises(LessonError, match=said):
        deadline(content, "lesson.toml")


def test_a_table_needs_a_due_date_with_an_offset() -> None:
    with pytest.raises(LessonError, match="due date above it"):
        deadline({"late": {"per_day": 10}}, "lesson.toml")
    with pytest.raises(LessonError, match="offset"):
        deadline({"due": datetime(2026, 12, 1), "late": {"per_day": 10}}, "lesson.toml")
    with pytest.raises(LessonError, match="is a table"):
        deadline({"due": DUE, "late": 10}, "lesson.toml")


@pytest.mark.parametrize(
    ("came", "off"),
    [
        (after(hours=-1), 0.0),
        (after(minutes=15), 0.0),
        (after(minutes=15, seconds=1), 1.0),
        (after(days=1), 1.0),
        (after(days=1, microseconds=1), 2.0),
        (after(days=6), 5.0),
        (after(days=7), 5.0),
        (after(days=7, seconds=1), 8.0),
        (None, 0.0),
    ],
)
def test_what_lateness_costs(came: str | None, off: float) -> None:
    found = record(*TEN, deadline=LATE, submitted=came)
    assert (found.raw_score, found.late_penalty, found.score) == (8.0, off, 8.0 - off)


def test_a_score_never_falls_below_zero() -> None:
    found = record(check("test_a", "failed", 9.0), check("test_b", "passed", 1.0), deadline=LATE)
    late = record(*found.checks, deadline=LATE, submitted=after(days=5))
    assert (late.raw_score, late.late_penalty, late.score) == (1.0, 1.0, 0.0)


def test_a_mark_without_a_time_costs_what_the_lesson_says() -> None:
    assert record(*TEN, deadline=LATE, marked_late=True).late_penalty == 0.0
    marked = Deadline(DUE, marked=20)
    assert record(*TEN, deadline=marked, marked_late=True).late_penalty == 2.0
    # A time says more than a mark.
    assert record(*TEN, deadline=marked, marked_late=True, submitted=after(hours=-1)).late_penalty == 0.0


def test_a_person_s_word_on_time_comes_first() -> None:
    moved = Excuse(due=DUE + timedelta(days=9))
    assert record(*TEN, deadline=LATE, submitted=after(days=8), excuse=moved).late_penalty == 0.0
    told = Excuse(submitted=DUE + timedelta(hours=30))
    assert record(*TEN, deadline=LATE, marked_late=True, excuse=told).late_penalty == 2.0


def test_a_time_without_an_offset_is_no_time() -> None:
    assert lateness(record(*TEN, deadline=LATE, submitted="2027-01-01T00:00:00")) is None


@given(
    by=st.timedeltas(timedelta(days=-3), timedelta(days=30)),
    zone=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    due_zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Seoul", "UTC"]).map(ZoneInfo),
    due=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
)
def test_moments_are_compared_whatever_their_zones(
    by: timedelta, zone: timezone, due_zone: ZoneInfo, due: datetime
) -> None:
    """Also over the night in which a country changes its clocks, with both moments in its zone."""
    moment = due.replace(tzinfo=due_zone).astimezone(UTC)
    said = Deadline(moment.astimezone(due_zone), per_day=7, most=60)
    own, other = (moment + by).astimezone(due_zone), (moment + by).astimezone(zone)
    found = [
        record(*TEN, deadline=said, excuse=Excuse(submitted=own)),
        record(*TEN, deadline=said, submitted=other.isoformat()),
    ]
    days = -(-by // timedelta(days=1)) if by > timedelta(0) else 0
    expected = min(8.0, round(10 * min(7 * days, 60) / 100, 6))
    assert [one.late_penalty for one in found] == [expected, expected]


@given(st.timedeltas(timedelta(0), timedelta(days=30)), st.timedeltas(timedelta(0), timedelta(days=30)))
def test_later_never_costs_less(one: timedelta, other: timedelta) -> None:
    costs = [
        record(*TEN, deadline=LATE, submitted=(DUE + by).isoformat()).late_penalty
        for by in sorted((one, other))
    ]
    assert costs == sorted(costs)
    assert all(0 <= cost <= 8 for cost in costs)


def test_lateness_in_words() -> None:
    words = Words.load(None)
    said = record(*TEN, deadline=LATE, submitted=after(days=2, hours=3, minutes=4))
    assert short(said, words, "en") == "2 days 3 h late, 3 points off"
    assert short(said, words, "ko") == "2일 3시간 늦음, 3점 감점"
    assert short(record(*TEN, deadline=LATE), words, "en") == ""
    lengths = {"seconds": 20}, {"minutes": 61}, {"days": 1, "minutes": 5}, {"hours": 2}
    told = [span(timedelta(**length), words, "en") for length in lengths]
    assert told == ["less than a minute", "1 h 1 min", "1 day", "2 h"]
