"""An option that is a time: `60s`, `10m`, `1.5h`, or seconds without a unit."""

from __future__ import annotations

import re

import click

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_FORM = re.compile(r"(\d+(?:\.\d+)?) ?([smh]?)")


class Duration(click.ParamType[float]):
    """Seconds, more than 0."""

    name = "time"

    def convert(self, value: str | float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        match = _FORM.fullmatch(str(value).strip())
        seconds = float(match[1]) * _UNITS[match[2]] if match else 0.0
        if seconds <= 0:
            self.fail(f"{value!r} is no time: write 60s, 10m or 1h.", param, ctx)
        return seconds
