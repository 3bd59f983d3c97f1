"""What was graded before, asked by submission: its record again, and whether its pages still hold."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from grader.journal.basis import key_of
from grader.journal.outcome import bare, restored, worth_keeping
from grader.journal.store import Journal
from grader.lesson import Lesson
from grader.output import signature
from grader.record import Record
from grader.report.words import Lang, Words
from grader.submission import Submission


class Earlier:
    """The journal as one class in one run uses it. Without a journal nothing is known and nothing kept."""

    def __init__(
        self,
        journal: Journal | None,
        lesson: Lesson,
        words: Words,
        lang: Lang,
        *,
        base: bytes,
        made_with: bytes,
        fresh: bool,
    ) -> None:
        """
        base: of `basis`
        made_with: of `words_digest`
        fresh: nothing from before this run counts
        """
        self._journal, self._lesson, self._words, self._lang = journal, lesson, words, lang
        self._base, self._fresh = base, fresh
        shown = lesson.showing.open(datetime.now(UTC))
        self._made_with = made_with + f"{lang} {shown} {lesson.showing!r}".encode()
        self._results: set[bytes] = set()
        self._pages: set[bytes] = set()

    def record(self, one: Submission) -> Record | None:
        """The record that grading `one` gave before, less what people say; None where it has to be graded."""
        key = key_of(one, self._base)
        if self._journal is None or (self._fresh and key not in self._results):
            return None
        kept = self._journal.look(key)
        if kept is None:
            return None
        self._results.add(key)
        return restored(kept, one, self._lesson, self._words, self._lang)

    def keep(self, one: Submission, record: Record) -> Record | None:
        """Keeps what came of `one`. Returns None where it counts, else the record that does: of two equal
        notebooks that were graded side by side the first result is that of both."""
        if self._journal is None:
            return None
        key = key_of(one, self._base)
        if not worth_keeping(record):
            self._journal.drop(key)
            return None
        result = bare(record, one, self._words, self._lang)
        first = self._journal.keep(key, result, anew=self._fresh and key not in self._results)
        self._results.add(key)
        return None if first is result else restored(first, one, self._lesson, self._words, self._lang)

    def pages_stand(self, record: bytes, pages: Sequence[Path]) -> bool:
        """Whether these files are, untouched, the pages that would be made of this record now."""
        made_of = self._made_of(record)
        if self._journal is None or (self._fresh and made_of not in self._pages):
            return False
        stand = self._journal.files(made_of) == _signatures(pages)
        if stand:
            self._pages.add(made_of)
        return stand

    def note_pages(self, record: bytes, pages: Sequence[Path]) -> None:
        """These files have just been made of this record."""
        if self._journal is not None:
            made_of = self._made_of(record)
            self._journal.note_files(made_of, _signatures(pages))
            self._pages.add(made_of)

    def flush(self) -> None:
        """Writes down what was of use in this run."""
        if self._journal is not None:
            self._journal.used(sorted(self._results), sorted(self._pages))

    def _made_of(self, record: bytes) -> bytes:
        return hashlib.sha256(self._made_with + record).digest()


def _signatures(pages: Sequence[Path]) -> str:
    """A file that is not there has one that no file has."""
    return " ".join(str(signature(page)) for page in pages)
