"""TOML and JSON that people write: whatever Python's readers raise for it is one kind of error here."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from typing import Any

_DEEPEST = 100


class UnreadableError(ValueError):
    """A text cannot be read; the message says why, on one line."""


def toml(text: str | bytes) -> dict[str, Any]:
    """The tables of a TOML text. Raises `UnreadableError`."""
    said: dict[str, Any] = _read(lambda: tomllib.loads(_decoded(text)), tomllib.TOMLDecodeError)
    return said


def json_of(text: str | bytes) -> Any:
    """What a JSON text holds. Raises `UnreadableError`."""
    return _read(lambda: json.loads(text), json.JSONDecodeError)


def _read(load: Callable[[], Any], malformed: type[ValueError]) -> Any:
    """What `load` gives, looked through; `malformed` is what it raises for a text of another form."""
    try:
        said = load()
    except UnicodeDecodeError as error:
        raise UnreadableError(f"it is no text in UTF-8 ({error.reason})") from error
    except malformed as error:
        raise UnreadableError(str(error)) from error
    except RecursionError:
        raise UnreadableError("it nests tables or lists too deeply") from None
    except ValueError:  # Python refuses to read integers of thousands of digits
        raise UnreadableError("it has a number of too many digits") from None
    _look_through(said)
    return said


def _decoded(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("utf-8")


def _look_through(said: Any) -> None:
    """Raises `UnreadableError` for what is deeper than others can walk, or larger than they can count."""
    level = [said]
    for _ in range(_DEEPEST):
        if any(isinstance(one, int) and not -(2**63) <= one < 2**63 for one in level):
            raise UnreadableError("it has a number of too many digits")
        inner = [
            one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)
        ]
        level = [value for values in inner for value in values]
        if not level:
            return
    raise UnreadableError("it nests tables or lists too deeply")
