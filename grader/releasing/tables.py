"""Plain data as TOML, without the comments that an author wrote beside it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from grader.errors import GraderBug


def toml_of(table: Mapping[str, Any]) -> bytes:
    """`table` as TOML, values before tables, in the order given: texts, numbers, truths, lists and tables.

    Raises `GraderBug` where reading it back would give something else.
    """
    text = "\n".join(_lines(table, ())).strip("\n") + "\n"
    if tomllib.loads(text) != table:
        raise GraderBug("A table could not be written as TOML so that it reads back as the same.")
    return text.encode()


def _lines(table: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[str]:
    values = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    if above and (values or not inner):
        yield ""
        yield f"[{'.'.join(map(_key, above))}]"
    yield from (f"{_key(key)} = {_value(value)}" for key, value in values.items())
    for key, value in inner.items():
        yield from _lines(value, (*above, key))


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if bare else _value(key)


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
        case int() | float():
            return repr(value)
        case list():
            return f"[{', '.join(map(_value, value))}]"
    raise GraderBug(f"A {type(value).__name__} has no place in a released table.")
