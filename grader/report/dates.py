"""A moment as each language writes it."""

from __future__ import annotations

from datetime import datetime

from grader.report.words import Lang, Words


def said_moment(moment: datetime, words: Words, lang: Lang) -> str:
    """Day, time and offset: `1 December 2026, 23:59 (UTC+09:00)`. `moment` is aware."""
    offset = moment.strftime("%z")
    return words.ui(
        "date.moment",
        lang,
        day=moment.day,
        month=words.ui(f"date.month.{moment.month}", lang),
        year=str(moment.year),
        time=moment.strftime("%H:%M"),
        zone="UTC" if not offset.strip("+-0") else f"UTC{offset[:3]}:{offset[3:5]}",
    )
