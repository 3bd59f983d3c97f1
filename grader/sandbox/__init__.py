"""The wall between what students wrote and everything else.

Imported by name when first asked for: the limits of a lesson are read where there are no walls at all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.sandbox.house import House
    from grader.sandbox.launch import Level
    from grader.sandbox.levels import Examined, choose, examine, stands
    from grader.sandbox.limits import Limits
    from grader.sandbox.room import Room
    from grader.sandbox.usage import Ending, Usage

__all__ = ["Ending", "Examined", "House", "Level", "Limits", "Room", "Usage", "choose", "examine", "stands"]

_PLACES = {
    "Ending": "usage",
    "Examined": "levels",
    "House": "house",
    "Level": "launch",
    "Limits": "limits",
    "Room": "room",
    "Usage": "usage",
    "choose": "levels",
    "examine": "levels",
    "stands": "levels",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"grader.sandbox.{_PLACES[name]}"), name)
