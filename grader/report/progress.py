"""The progress of `grade`: finished lines stay; a live line says what runs and how long it takes.

Where nobody watches (a pipe, a file, a log) and on a terminal that cannot move its cursor (`TERM=dumb`)
nothing is live: each line is printed once, plain, as soon as it is known.
"""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from rich.cells import cell_len
from rich.console import Console
from rich.live import Live
from rich.text import Text

from grader.report.columns import fitted
from grader.report.log_lines import guarded
from grader.report.sentences import one_line
from grader.report.summary import said_about
from grader.report.words import Lang, Words

BAR, SHORTEST_BAR = 32, 6
LONGEST_NAME = 16
ESTIMATES_FROM = 3
"""Finished submissions before an estimate is given."""
REMEMBERED = 24
"""Submissions whose pace the estimate is made of."""
WIDTH_OF_A_PIPE = 100


class Terminal(Console):
    """A console whose reader may go: then it is silent, and `BrokenPipeError` comes up in who prints."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        raise BrokenPipeError("the reader has gone")


class Progress:
    """The lines of a run over one or several classes. Its methods may be called from several threads."""

    def __init__(
        self, words: Words, lang: Lang = "en", console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.console = console or terminal_console()
        self.words, self.lang, self._clock = words, lang, clock
        self._total = self._done = 0
        self._workers: int | None = None
        self._running: dict[str, str] = {}
        self._ends: deque[float] = deque(maxlen=REMEMBERED)
        self._lock = Lock()

    @property
    def live(self) -> bool:
        """Whether somebody watches a terminal that can be drawn on."""
        return self.console.is_interactive

    @property
    def width(self) -> int:
        """Cells that a line may take."""
        return self.console.width if self.live else WIDTH_OF_A_PIPE

    def say(self, text: str | Text, *, whole: bool = False) -> None:
        """Prints a line, cut to the terminal where there is one and it need not be seen `whole`."""
        text = Text(text) if isinstance(text, str) else text
        if self.live and not whole:
            self.console.print(text, overflow="ellipsis", no_wrap=True)
        else:
            self.console.print(text, soft_wrap=True)

    @contextmanager
    def over(self, total: int) -> Iterator[None]:
        """The live line of a class of `total` while it is graded."""
        with self._lock:
            self._total, self._done = total, 0
            self._running.clear()
            self._ends.clear()
            self._ends.append(self._clock())
        if not self.live:
            yield
            return
        self.console.print()
        with Live(console=self.console, get_renderable=self.line, refresh_per_second=4, transient=True):
            yield

    def workers(self, count: int) -> None:
        """So many workers of a cluster can be given something now."""
        with self._lock:
            self._workers = count
        if not self.live:
            self.say(self.words.ui("terminal.workers", self.lang, n=count))

    def running(self, name: str, what: str = "") -> None:
        """A submission is being worked on; `what` says at which cell or check."""
        with self._lock:
            self._running[name] = what

    def finished(self, name: str, line: Text) -> None:
        """A submission is done; its line stays on the screen."""
        with self._lock:
            self._running.pop(name, None)
            self._done += 1
            self._ends.append(self._clock())
        self.say(line)

    def passed(self) -> None:
        """Something is done that needs no line of its own."""
        with self._lock:
            self._done += 1
            self._ends.append(self._clock())

    def line(self) -> Text:
        """The live line: a bar, how many are done, the time left, and what runs now."""
        with self._lock:
            workers = self._workers
            done, total, running, left = self._done, self._total, dict(self._running), self._left()
        # One cell is kept free: a line that fills a terminal is broken by some.
        width = self.width - 1
        tail = f"  {done}/{total}"
        if workers is not None:
            tail += "  " + self.words.ui("terminal.workers", self.lang, n=workers)
        if left is not None:
            about = self.words.ui("terminal.left", self.lang, time=said_about(left, self.words, self.lang))
            if cell_len(f"{tail}  {about}") + 2 + SHORTEST_BAR <= width:
                tail += f"  {about}"
        bar = max(min(BAR, width - 2 - cell_len(tail)), 0)
        full = round(bar * done / total) if total else bar
        line = Text("  ").append("━" * full, "green").append("─" * (bar - full), "dim").append(tail)
        if running:
            shown = [f"{fitted(one_line(name, 60), LONGEST_NAME)} {what}" for name, what in running.items()]
            now = f"  {self.words.ui('terminal.now', self.lang)} " + "   ".join(shown)
            line.append("\n" + fitted(now, width), "dim")
        return line

    def _left(self) -> float | None:
        if self._done < ESTIMATES_FROM or self._done >= self._total:
            return None
        pace = (self._ends[-1] - self._ends[0]) / (len(self._ends) - 1)
        return pace * (self._total - self._done)


def terminal_console(stderr: bool = False) -> Console:
    """A console that keeps quiet about colour where `NO_COLOR` is set or nobody watches.

    `FORCE_COLOR` may colour a log, but a log is never drawn on; nor is anything in it a command.
    """
    watched = (sys.stderr if stderr else sys.stdout).isatty() and os.environ.get("TERM") != "dumb"
    return guarded(
        Terminal(
            stderr=stderr,
            highlight=False,
            markup=False,
            emoji=False,
            no_color=bool(os.environ.get("NO_COLOR")),
            force_interactive=watched,
        )
    )
