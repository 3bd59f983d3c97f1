"""What one submission may use, and how a lesson.toml says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from grader.errors import LessonError

_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
_BYTES = frozenset({"memory", "disk", "output"})
_LEAST = {"memory": 64 << 20, "disk": 1 << 20, "output": 1 << 10, "processes": 4}


@dataclass(frozen=True)
class Limits:
    """Limits of one submission. Times in seconds; memory, disk and output in bytes.

    cell_cpu: CPU of one cell; cells_cpu, cells_wall: of all cells together
    request_cpu, request_wall: of one request of a check; requests_cpu, requests_wall: of all together
    memory: of all processes and files in memory together; processes: with threads
    disk: of all files; output: kept of what the cells print
    """

    cell_cpu: float = 60.0
    cells_cpu: float = 120.0
    cells_wall: float = 300.0
    request_cpu: float = 20.0
    request_wall: float = 200.0
    requests_cpu: float = 120.0
    requests_wall: float = 300.0
    memory: int = 4 << 30
    processes: int = 64
    disk: int = 512 << 20
    output: int = 5_000_000

    @classmethod
    def from_table(cls, table: Mapping[str, object], where: str = "lesson.toml") -> Limits:
        """The limits of a lesson.toml's `[limits]`; what it does not name keeps its default.

        Bytes are whole numbers or texts such as "512 MiB". Raises LessonError where a name is
        unknown or a value makes no sense; `where` names the file in the message.
        """
        known = {field.name for field in fields(cls)}
        for name in table:
            if name not in known:
                raise LessonError(
                    f"{where}: [limits] has no limit named {name!r}. Known are {', '.join(sorted(known))}."
                )
        whole = {*_BYTES, "processes"}
        wholes = {name: _whole(name, value, where) for name, value in table.items() if name in whole}
        times = {name: _seconds(name, value, where) for name, value in table.items() if name not in wholes}
        return cls(**times, **wholes)  # type: ignore[arg-type]


def _whole(name: str, value: object, where: str) -> int:
    found = value
    if isinstance(value, str) and name in _BYTES:
        match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([A-Za-z]*)", value)
        if match and match[2] in _UNITS:
            found = int(float(match[1]) * _UNITS[match[2]])
    if type(found) is not int:
        form = 'a whole number of bytes or a text such as "512 MiB"' if name in _BYTES else "a whole number"
        raise LessonError(f"{where}: the limit {name} is {value!r}; write {form}.")
    if found < _LEAST[name]:
        raise LessonError(
            f"{where}: the limit {name} is {found}; nothing runs with less than {_LEAST[name]}."
        )
    return found


def _seconds(name: str, value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e6:
        raise LessonError(f"{where}: the limit {name} is {value!r}; write a number of seconds above 0.")
    return float(value)
