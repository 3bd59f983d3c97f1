"""What was seen of a submission that deserves a person's look: facts, never a verdict.

Each kind of sight becomes one note to the instructor, with how often it was seen and a line of
evidence. What judge, driver and keeper see is trusted; what the guest says of itself is a claim, and
still of use against code that does not hide. No points depend on any of it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

KINDS = (
    "reply_unasked",
    "reply_number",
    "reply_twice",
    "reply_late",
    "reply_stranger",
    "reply_malformed",
    "greeting_malformed",
    "channel_closed",
    "guest_spoke",
    "events_out_of_order",
    "processes_after_cells",
    "processes_after_calls",
    "threads_after_cells",
    "files_planted",
    "files_large",
    "functions_replaced",
    "hooks_installed",
    "signals_handled",
    "grader_changed",
    "look_failed",
)
"""What can be seen, in the order of the notes; the words of each stand in `note.toml`."""

LONGEST = 300
_MOST_PIECES = 20


class Sight(msgspec.Struct, frozen=True):
    """One kind of thing seen: `what` of `KINDS`, how often, and evidence as one clean line of at most
    `LONGEST` characters."""

    what: str
    count: int
    evidence: str = ""


class Sights:
    """Gathers what is seen: one `Sight` per kind, however often it is added."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._seen: dict[str, dict[str, None]] = {}

    def add(self, what: str, seen: str = "", count: int = 1) -> None:
        """Sees one thing of the kind `what`, `count` times. `seen` may be text of the student's."""
        if what not in KINDS:
            raise ValueError(f"{what} is no kind of sight; add it to KINDS, and words for it to note.toml")
        self._counts[what] = self._counts.get(what, 0) + max(1, count)
        pieces = self._seen.setdefault(what, {})
        piece = clean(seen)
        if piece and len(pieces) < _MOST_PIECES:
            pieces.setdefault(piece)

    def extend(self, sights: Iterable[Sight]) -> None:
        for one in sights:
            self.add(one.what, one.evidence, one.count)

    def all(self) -> list[Sight]:
        """In the order of `KINDS`."""
        return [
            Sight(what, self._counts[what], clean(", ".join(self._seen[what])))
            for what in KINDS
            if what in self._counts
        ]


def clean(text: str) -> str:
    """`text` on one line, without control characters and marks that hide or reorder, cut short."""
    shown = "".join(one if one.isprintable() else " " for one in text[: 4 * LONGEST])
    flat = " ".join(shown.split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"
