"""The records in a lesson's folder, slim, and read again only where their files have changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader import record as records
from grader.output import Signature, signature
from grader.record import Record
from grader.slim import slim


class Known:
    """The records below a folder by the stem of their files. Thousands of them fit into memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[Signature | None, Record | None]] = {}

    def now(self, odd: Callable[[Path, Exception], None] = lambda path, error: None) -> dict[str, Record]:
        """The records as they lie there at this moment; `odd` hears of each file that is none."""
        read: dict[str, tuple[Signature | None, Record | None]] = {}
        for path in sorted(self._folder.glob("*.json")):
            is_ = signature(path)
            was, record = self._read.get(path.stem, (None, None))
            if record is None or is_ is None or was != is_:
                try:
                    record = slim(records.decode(path.read_bytes()))
                except records.UNREADABLE as error:
                    record = None
                    odd(path, error)
            read[path.stem] = is_, record
        self._read = read
        return {stem: record for stem, (_, record) in read.items() if record is not None}

    def written(self, stem: str, record: Record) -> None:
        """This record was written there just now."""
        self._read[stem] = signature(self._folder / f"{stem}.json"), slim(record)
