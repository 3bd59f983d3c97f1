"""The progress of `grade`: finished lines stay; a live line says what runs and how long it takes."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from threading import Lock
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from grader.report.excerpt import fitted
from grader.report.sentences import one_line
from grader.report.terminal import said_time
from grader.report.words import Lang, Words

BAR = 32
ESTIMATES_FROM = 3
"""Finished submissions before an estimate is given."""
REMEMBERED = 24
"""Submissions whose pace the estimate is made of."""


class Progress:
    """A context manager; its methods may be called from several threads.

    Where `console` is no terminal nothing live is shown and each finished line is printed as it comes.
    """

    def __init__(
        self, total: int, words: Words, lang: Lang = "en", console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.console = console or terminal_console()
        self.total, self.done = total, 0
        self._words, self._lang, self._clock = words, lang, clock
        self._running: dict[str, str] = {}
        self._ends: deque[float] = deque([clock()], maxlen=REMEMBERED)
        self._lock = Lock()
        self._live = Live(
            console=self.console, get_renderable=self.line, refresh_per_second=4, transient=True
        )

    def __enter__(self) -> Progress:
        if self.console.is_terminal:
            self.console.print()
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live.is_started:
            self._live.stop()
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self.console.print(Text(self.interrupted()), soft_wrap=True)

    def running(self, name: str, what: str = "") -> None:
        """A submission is being worked on; `what` says at which cell or check."""
        with self._lock:
            self._running[name] = what

    def finished(self, name: str, line: Text) -> None:
        """A submission is done; its line stays on the screen."""
        with self._lock:
            self._running.pop(name, None)
            self.done += 1
            self._ends.append(self._clock())
        if self.console.is_terminal:
            self.console.print(line, overflow="ellipsis", no_wrap=True)
        else:
            self.console.print(line, soft_wrap=True)

    def line(self) -> Text:
        """The live line: a bar, how many are done, the time left, and what runs now."""
        with self._lock:
            done, running, left = self.done, dict(self._running), self._left()
        full = round(BAR * done / self.total) if self.total else BAR
        line = (
            Text("  ")
            .append("━" * full, "green")
            .append("─" * (BAR - full), "dim")
            .append(f"  {done}/{self.total}")
        )
        if left is not None:
            line.append(
                "  "
                + self._words.ui("terminal.left", self._lang, time=said_time(left, self._words, self._lang))
            )
        now = "   ".join(one_line(f"{name} {what}", 40) for name, what in running.items())
        if now:
            room = max(self.console.width - 4, 20)
            line.append("\n" + fitted(f"  {self._words.ui('terminal.now', self._lang)} {now}", room), "dim")
        return line

    def interrupted(self) -> str:
        """What to say after Ctrl-C."""
        return self._words.ui("terminal.interrupted", self._lang, done=self.done, total=self.total)

    def _left(self) -> float | None:
        if self.done < ESTIMATES_FROM or self.done >= self.total:
            return None
        pace = (self._ends[-1] - self._ends[0]) / (len(self._ends) - 1)
        return pace * (self.total - self.done)


def terminal_console(stderr: bool = False) -> Console:
    """A console that keeps quiet about colour where `NO_COLOR` is set or nobody watches."""
    return Console(
        stderr=stderr, highlight=False, markup=False, emoji=False, no_color=bool(os.environ.get("NO_COLOR"))
    )
