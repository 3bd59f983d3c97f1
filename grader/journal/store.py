"""The journal of one folder of records: an SQLite file that says what was graded before.

It holds results by what they depend on and no student; which pages are made of what; and, while a run is not
over, the records that lay there before it. Only the driver opens it, one run at a time (`lock`). Whatever
befalls the file is told in one line, and the run goes on: without it nothing is lost but time.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from grader import record as records
from grader.record import Record

_FILE = "results.sqlite"
_VERSION = 1
_TABLES = """
CREATE TABLE result (key BLOB PRIMARY KEY, content BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE page (made_of BLOB PRIMARY KEY, files TEXT NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE run (number INTEGER PRIMARY KEY, before BLOB);
"""
_KEPT_RUNS = 20
"""Runs after which what none of them used is dropped: a check that is changed and changed back finds its
results again, and the file does not grow for ever."""
_UNREADABLE = (zlib.error, TypeError, MemoryError, *records.UNREADABLE)
"""What a result that was changed by hand may raise: SQLite keeps any kind of value in any column."""


class Journal:
    """A journal, open. Not thread-safe."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        """Opens or makes the file in `folder`; `tell` gets a sentence where that fails."""
        self._path = folder / _FILE
        self._tell = tell
        self._number = 0
        self._db: sqlite3.Connection | None = None
        with self._guarded():
            try:
                self._db = self._opened()
            except sqlite3.DatabaseError as error:
                aside = self._moved_aside(error)
                if aside is None:
                    raise
                tell(f"What was graded before is damaged and now lies in {aside}. All is graded again.")
                self._db = self._opened()

    def look(self, key: bytes) -> Record | None:
        """The result that is kept under `key`; one that cannot be read is dropped, as if there were none."""
        with self._guarded():
            for (content,) in self._ask("SELECT content FROM result WHERE key = ?", key):
                try:
                    return records.decode(zlib.decompress(content))
                except _UNREADABLE:
                    self._ask("DELETE FROM result WHERE key = ?", key)
        return None

    def keep(self, key: bytes, result: Record, *, anew: bool = False) -> Record:
        """Keeps a result; returns the one that counts: the first that came, unless `anew` replaces it."""
        if not anew and (first := self.look(key)) is not None:
            return first
        content = zlib.compress(msgspec.json.encode(result, order="deterministic"), 1)
        with self._guarded():
            self._ask("INSERT OR REPLACE INTO result VALUES (?, ?, ?)", key, content, self._number)
        return result

    def drop(self, key: bytes) -> None:
        """Forgets the result under `key`, if there is one."""
        with self._guarded():
            self._ask("DELETE FROM result WHERE key = ?", key)

    def files(self, made_of: bytes) -> str | None:
        """What `note_files` said of the pages that are made of this."""
        with self._guarded():
            for (files,) in self._ask("SELECT files FROM page WHERE made_of = ?", made_of):
                return str(files)
        return None

    def note_files(self, made_of: bytes, files: str) -> None:
        with self._guarded():
            self._ask("INSERT OR REPLACE INTO page VALUES (?, ?, ?)", made_of, files, self._number)

    def used(self, results: list[bytes], pages: list[bytes]) -> None:
        """These are still of use."""
        with self._guarded():
            if self._db is not None:
                for table, column, keys in (("result", "key", results), ("page", "made_of", pages)):
                    said = f"UPDATE {table} SET used = ? WHERE {column} = ?"
                    self._db.executemany(said, [(self._number, key) for key in keys])
                self._db.commit()

    def begin(self, before: bytes) -> bytes:
        """Begins a run; `before` is what lies in the folder. Returns what lay there before the first of the
        runs that this one goes on with: those that were ended early."""
        with self._guarded():
            found = [content for (content,) in self._ask("SELECT before FROM run") if content is not None]
            with contextlib.suppress(zlib.error, TypeError):
                before = zlib.decompress(found[0]) if found else before
            self._ask("DELETE FROM run")
            self._ask("INSERT INTO run VALUES (?, ?)", self._number, zlib.compress(before, 1))
        return before

    def end(self) -> None:
        """The run is over and whole. Drops what has been of no use for long."""
        with self._guarded():
            self._ask("UPDATE run SET before = NULL")
            for table in ("result", "page"):
                self._ask(f"DELETE FROM {table} WHERE used < ?", self._number - _KEPT_RUNS)

    def close(self) -> None:
        """Idempotent."""
        db, self._db = self._db, None
        if db is not None:
            with contextlib.suppress(sqlite3.Error):
                db.close()

    def _ask(self, question: str, *values: object) -> list[tuple[bytes]]:
        if self._db is None:
            return []
        found = self._db.execute(question, values).fetchall()
        self._db.commit()
        return found

    def _opened(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        db = sqlite3.connect(self._path, timeout=1.0)
        try:
            # Without memory that processes share, which a network's file system does not have.
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version != _VERSION:
                for table in ("result", "page", "run"):
                    db.execute(f"DROP TABLE IF EXISTS {table}")
                db.executescript(_TABLES)
                db.execute(f"PRAGMA user_version = {_VERSION}")
            (last,) = db.execute("SELECT coalesce(max(number), 0) FROM run").fetchone()
            db.commit()
        except BaseException:
            db.close()
            raise
        self._number = last + 1
        return db

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """What SQLite or the disk refuse is told once, and the journal is closed for this run."""
        try:
            yield
        except (sqlite3.Error, OSError, OverflowError) as error:
            self.close()
            said = error.strerror if isinstance(error, OSError) else str(error)
            aside = self._moved_aside(error)
            self._tell(
                f"What was graded before cannot be read or kept in {aside or self._path}: {said}. "
                "This run goes on without it."
            )

    def _moved_aside(self, error: Exception) -> Path | None:
        """Where a file that SQLite calls damaged lies from now on; None where it does not."""
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return None
        aside = self._path.with_suffix(".damaged")
        try:
            os.replace(self._path, aside)
            for more in ("-wal", "-shm"):
                Path(f"{self._path}{more}").unlink(missing_ok=True)
        except OSError:
            return None
        return aside
