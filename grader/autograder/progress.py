"""`results.json` while a submission is graded: there from the first second, fuller with each check."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.exchange.exports.gradescope import encoded
from grader.judge.outcome import Listed
from grader.output import write
from grader.report.excerpt import plain
from grader.report.words import Lang, Words


class Progress:
    """The file at `path`. Thread-safe: checks end in one thread, time runs out in another."""

    def __init__(self, path: Path, words: Words, lang: Lang) -> None:
        self._path, self._words, self._lang = path, words, lang
        self._listed: Sequence[Listed] = ()
        self._states: dict[str, str] = {}
        self._lock = threading.Lock()
        self._over = False

    @property
    def over(self) -> bool:
        """Whether the last word is written."""
        return self._over

    def say(self, key: str) -> None:
        """Writes the text `exports.<key>` with what is known of the checks so far."""
        with self._lock:
            self._write(key)

    def expect(self, listed: Sequence[Listed]) -> None:
        """The checks that there are."""
        with self._lock:
            self._listed = listed

    def ended(self, check: str, state: str) -> None:
        """A check has come to its end, in the state of an `Outcome`."""
        with self._lock:
            self._states[check] = state
            self._write("partial")

    def finish(self, content: bytes) -> bool:
        """Writes the whole result, the last word; False where time had run out before."""
        with self._lock:
            if not self._over:
                write(self._path, content)
            done, self._over = not self._over, True
            return done

    def out_of_time(self) -> bool:
        """Writes what there is, the last word; False where the whole result stands already."""
        with self._lock:
            if not self._over:
                self._write("out_of_time")
            done, self._over = not self._over, True
            return done

    def _write(self, key: str) -> None:
        if self._over:
            return
        content: dict[str, Any] = {
            "output": plain(self._words.ui(f"exports.{key}", self._lang)),
            "output_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "tests": [
                self._test(number, listed, self._states[listed.id])
                for number, listed in enumerate(self._listed, start=1)
                if self._states.get(listed.id) in ("passed", "failed", "blocked")
            ],
        }
        write(self._path, encoded(content))

    def _test(self, number: int, listed: Listed, state: str) -> dict[str, Any]:
        # A parameter of a hidden check may tell what is asked.
        shown = listed.id if listed.visibility == "public" else listed.id.partition("[")[0]
        return {
            "score": listed.points if state == "passed" else 0.0,
            "max_score": listed.points,
            "status": "passed" if state == "passed" else "failed",
            "name": plain(self._words.check_title(shown, self._lang)),
            "name_format": "text",
            "number": str(number),
            "visibility": "visible" if listed.visibility == "public" else "hidden",
        }
