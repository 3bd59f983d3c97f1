"""Whether an SVG can be drawn in bounded time: a kilobyte of references to references keeps a browser busy
for hours, and so does a picture within it that claims to be a million pixels wide.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.parsers import expat

MOST_DRAWN = 50_000
"""Elements, those counted again that others refer to."""
DEEPEST = 200
# Each may be worked out for every pixel, or holds a page of its own.
REFUSED = frozenset({"filter", "foreignobject"})

_ADDRESS = re.compile(r"url\(\s*['\"]?#([^'\")]+)")
_IN_STYLE = re.compile(r"url\(|@|\\", re.IGNORECASE)


class _Refused(Exception):
    pass


class _Reader:
    """Notes which elements there are, what each holds and what each refers to."""

    def __init__(self, picture: Callable[[str], bool]) -> None:
        self._picture = picture
        self._open: list[int] = []
        self._style = 0
        self.inside: list[list[int]] = []
        self.refers: list[list[tuple[str, int]]] = []
        self.ids: dict[str, int] = {}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2].lower()
        if kind in REFUSED or len(self.inside) >= MOST_DRAWN or len(self._open) >= DEEPEST:
            raise _Refused
        number = len(self.inside)
        self.inside.append([])
        self.refers.append([])
        if self._open:
            self.inside[self._open[-1]].append(number)
        self._open.append(number)
        self._style += kind == "style"
        # A marker is drawn at every corner of what refers to it.
        corners = 1 + len(attributes.get("d", "")) + len(attributes.get("points", ""))
        for key, value in attributes.items():
            plain = key.rpartition(":")[2].lower()
            if plain == "id":
                self.ids.setdefault(value, number)
            elif plain == "href":
                self._refer(number, value.strip())
            for found in _ADDRESS.findall(value):
                self.refers[number].append((found, corners if "marker" in f"{plain}{value}" else 1))

    def _refer(self, number: int, address: str) -> None:
        if address.startswith("#"):
            self.refers[number].append((address[1:], 1))
        elif address[:5].lower() == "data:" and not self._picture(address):
            raise _Refused

    def end(self, name: str) -> None:
        self._open.pop()
        self._style -= name.rpartition(":")[2].lower() == "style"

    def text(self, text: str) -> None:
        if self._style and _IN_STYLE.search(text):
            raise _Refused

    def entity(self, *_: object) -> None:
        raise _Refused


def drawable(source: str, picture: Callable[[str], bool]) -> bool:
    """Whether `source` is well-formed and no more than `MOST_DRAWN` elements are drawn for it.

    `picture` says of a `data:` address within it whether that may be shown.
    """
    reader = _Reader(picture)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = reader.entity
    try:
        parser.Parse(source.encode("utf-8", "replace"), True)
    except (_Refused, expat.ExpatError):
        return False
    return _drawn(reader) <= MOST_DRAWN


def _drawn(reader: _Reader) -> int:
    """How many elements are drawn; more than allowed where one refers to what holds it."""
    beyond = MOST_DRAWN + 1
    cost: dict[int, int] = {}
    begun: set[int] = set()
    waiting = [0]
    while waiting:
        number = waiting[-1]
        if number in cost:
            waiting.pop()
            continue
        parts = [(inner, 1) for inner in reader.inside[number]]
        parts += [(reader.ids[name], times) for name, times in reader.refers[number] if name in reader.ids]
        if number in begun:
            cost[number] = min(beyond, 1 + sum(cost[part] * times for part, times in parts))
            continue
        begun.add(number)
        for part, _ in parts:
            if part in begun and part not in cost:
                return beyond
            waiting.append(part)
    return cost[0]
