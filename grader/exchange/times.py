"""When something was handed in, where somebody who can be believed about it says so.

nbgrader keeps `timestamp.txt` beside the notebook, Gradescope says it in its export. The times of files
say when they were copied, and a time in a file's name comes from the student's own clock: neither counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from grader.exchange.layout import Place

_WHEN = re.compile(
    r"\s*(?P<day>\d{4}-\d\d-\d\d)[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,](?P<part>\d{1,9}))?\d*"
    r"\s*(?P<zone>[A-Za-z0-9_+\-:/]{1,40})?\s*"
)
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>\d\d)")
_LONGEST = 200


def moment(text: str) -> datetime | None:
    """A time as nbgrader, Ruby and ISO 8601 write it, aware; None where `text` is none.

    Without a zone it is UTC, as in nbgrader and Gradescope. A zone that this system does not know gives
    None: hours could be wrong otherwise.
    """
    found = _WHEN.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    try:
        naive = datetime.fromisoformat(f"{found['day']}T{found['time']}")
        naive = naive.replace(microsecond=int((found["part"] or "0").ljust(6, "0")[:6]))
        zone = _zone(found["zone"] or "UTC")
        # A zone may lead out of the years that there are.
        return naive.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError, OSError, KeyError):
        return None


def dated(places: Sequence[Place], handed: Mapping[str, datetime]) -> list[Place]:
    """The same places with their times: from `timestamp.txt` beside them, else from `handed` by folder."""
    times: dict[tuple[str, ...], datetime] = {(folder,): when for folder, when in handed.items()}
    for place in places:
        if place.stamp:
            said = place.entry.read()
            when = (
                moment(said[: _LONGEST + 1].decode("utf-8", "replace")) if isinstance(said, bytes) else None
            )
            if when is not None:
                times[place.entry.parts[:-1]] = when
    found = []
    for place in places:
        parts = place.entry.parts
        when = times.get(parts[:-1]) or times.get(parts[:1])
        found.append(replace(place, submitted=when) if when is not None else place)
    return found


def _zone(name: str) -> timezone | ZoneInfo:
    """Raises `ValueError` or `KeyError` where there is no such zone."""
    if name.upper() in ("Z", "UTC", "GMT"):
        return UTC
    if offset := _OFFSET.fullmatch(name):
        size = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"]))
        return timezone(-size if offset["sign"] == "-" else size)
    return ZoneInfo(name)
