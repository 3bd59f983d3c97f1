"""What a lesson.toml's `[mutation]` says: what its checks have to reach, and what it leaves free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from grader.errors import LessonError
from grader.near import meant


@dataclass(frozen=True)
class Goals:
    """Percent. killed: of the mutants that count; named: of those that a finding killed, by a true name.

    `free` are names of the notebook whose numbers the contract leaves to the student.
    """

    killed: float = 97.0
    named: float = 90.0
    free: tuple[str, ...] = ()

    @classmethod
    def from_table(cls, table: Mapping[str, object], where: str = "lesson.toml") -> Goals:
        """The goals of a lesson.toml's `[mutation]`; what it does not name keeps its default.

        Raises LessonError where a name is unknown or a value is no percentage; `where` names the file.
        """
        known = [field.name for field in fields(cls)]
        said: dict[str, float] = {}
        free = table.get("free", [])
        if not isinstance(free, list) or not all(
            isinstance(name, str) and name.isidentifier() for name in free
        ):
            raise LessonError(
                f'{where}: [mutation] free = {free!r}; write a list of names in quotes, such as ["hidden"].'
            )
        for name, value in table.items():
            if name == "free":
                continue
            if name not in known:
                close = meant(name, known, f" Known are {' and '.join(known)}.")
                raise LessonError(f"{where}: [mutation] has no goal named {name!r}.{close}")
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
                raise LessonError(
                    f"{where}: the goal {name} is {value!r}; write a number of percent from 0 to 100."
                )
            said[name] = float(value)
        return cls(**said, free=tuple(free))


DEFAULT = Goals()
"""Of a lesson that sets itself no goals."""
