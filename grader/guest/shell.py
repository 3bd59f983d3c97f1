"""IPython's shell without a kernel: real magics, rich display, tracebacks; everything goes to a reporter."""

from __future__ import annotations

import builtins
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, cast

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from grader.guest.inventory import Inventory
from grader.guest.reporter import Reporter, Stream
from grader.wire import cells

_INSTALL = re.compile(r"^\s*(python\d?\s+-m\s+)?(pip\d?|conda|mamba|apt|apt-get)\s+install\b")
_CELL_FILE = re.compile(r"^cell_(\d+)$")
_FRAMES = 10
"""Printed of each end of a long traceback."""


class NobodyThere(RuntimeError):
    """`input()` in a notebook that runs by itself."""


class Compiler(CachingCompiler):
    """Names the code of cell n `cell_n`, so that tracebacks and sources say which cell they are of.

    Not `cell_n.py`: IPython would look for such a file and, finding none, point at wrong lines.
    """

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"cell_{number}"

    def format_code_name(self, name: str) -> tuple[str, str] | None:
        found = _CELL_FILE.search(name)
        return ("Cell", f"In[{found.group(1)}]") if found else None


class Results(DisplayHook):
    """The value of a cell's last expression."""

    @property
    def prompt_count(self) -> int:
        # Without history the shell counts no cells: the number is that of the cell itself.
        return cast(Shell, self.shell).execution_count

    def quiet(self) -> bool:
        """Whether the cell ends in `;`."""
        silent: Any = self.semicolon_at_end_of_expression
        return bool(silent(cast(Shell, self.shell).source))

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        cast(Shell, self.shell).reporter.shown("result", format_dict)

    def finish_displayhook(self) -> None:
        pass


class Displays(DisplayPublisher):
    """What `display()` and figures publish."""

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: Any = False,
        **rest: Any,
    ) -> None:
        cast(Shell, self.shell).reporter.shown("display", data)

    def clear_output(self, wait: bool = False) -> None:
        reporter = cast(Shell, self.shell).reporter
        reporter.flush()
        reporter.say(cells.Cleared(reporter.cell))


@dataclass(frozen=True)
class Begun:
    """How many `cells` had run before the fork; what they said, and where they left `random`."""

    cells: int
    events: tuple[tuple[bytes, bytes], ...]
    random: tuple[Any, ...]


class Shell(InteractiveShell):
    """One notebook's shell. `reporter` hears everything; `source` is that of the cell that runs; `inventory`
    is what stood in the process before the first; `begun` tells of cells that have run already."""

    displayhook_class = Results
    display_pub_class = Displays
    compiler_class = Compiler

    def __init__(self, **config: Any) -> None:
        self.reporter = Reporter()
        self.source = ""
        self.inventory: Inventory | None = None
        self.begun: Begun | None = None
        super().__init__(**config)  # type: ignore[no-untyped-call]

    def _showtraceback(self, etype: Any, evalue: BaseException, stb: Any) -> None:
        text = "\n".join(stb) if isinstance(stb, (list, tuple)) else str(stb)
        self.reporter.problem(evalue, text, _line(evalue, self.reporter.cell))

    def _get_exc_info(self, exc_tuple: Any = None) -> tuple[Any, Any, Any]:
        found: Any = super()._get_exc_info(exc_tuple)  # type: ignore[no-untyped-call]
        kind, error, trace = found
        return kind, error, shortened(trace)

    def ask_exit(self) -> None:
        """`exit` and `quit` end a kernel; here the notebook goes on."""
        print("(skipped while grading: exit)", file=sys.stderr)

    def system(self, cmd: str) -> None:
        """`!command`: by bash, its output in the cell. Installing is skipped: nothing is reachable."""
        line = str(self.var_expand(cmd, depth=1))  # type: ignore[no-untyped-call]
        if _INSTALL.match(line):
            print(f"(skipped while grading: {line.strip()[:200]})", file=sys.stderr)
            self.user_ns["_exit_code"] = 0
            return
        done = subprocess.Popen(
            ["/bin/bash", "-c", line],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        assert done.stdout is not None
        for text in done.stdout:
            sys.stdout.write(text)
        self.user_ns["_exit_code"] = done.wait()

    system_piped = system_raw = system

    def enable_gui(self, gui: str | None = None) -> None:
        """No event loop of a window system runs here; figures come out as pictures."""


def build() -> Shell:
    """The shell, without history (which would start a thread) and without colours."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autoindent = False
    config.InteractiveShell.cache_size = 50
    shell: Shell = Shell.instance(config=config)
    register: Any = shell.register_magic_function
    for magic in ("pip", "conda", "mamba", "micromamba", "uv"):
        register(_skipping(magic), "line", magic)
    _inline_figures(shell)
    return shell


def take_streams(shell: Shell) -> None:
    """Python's streams and `input` become the notebook's."""
    sys.stdout = Stream(shell.reporter, "stdout")
    sys.stderr = Stream(shell.reporter, "stderr")
    builtins.input = _nobody
    import getpass

    getpass.getpass = _nobody


def shortened(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without its middle: every frame costs a millisecond to print, and recursion has 3,000.

    A last line that is ours goes, too.
    """
    entries = []
    while trace is not None:
        if trace.tb_frame.f_code is not _nobody.__code__:
            entries.append(trace)
        trace = trace.tb_next
    if len(entries) > 2 * _FRAMES:
        entries = entries[:_FRAMES] + entries[-_FRAMES:]
    kept: TracebackType | None = None
    for entry in reversed(entries):
        kept = TracebackType(kept, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return kept


def _skipping(magic: str) -> Callable[[str], None]:
    def skipped(line: str) -> None:
        print(f"(skipped while grading: {magic} {line.strip()[:200]})", file=sys.stderr)

    return skipped


def _nobody(prompt: object = "", *rest: object, **named: object) -> str:
    raise NobodyThere("input() was called, but the notebook runs by itself and nobody is there to answer.")


def _inline_figures(shell: Shell) -> None:
    import matplotlib
    from matplotlib_inline.backend_inline import configure_inline_support

    # Else a picture as SVG says when it was made, and names its parts at random.
    matplotlib.rcParams["svg.hashsalt"] = "notebook"
    os.environ["SOURCE_DATE_EPOCH"] = "0"
    configure: Any = configure_inline_support
    configure(shell, "module://matplotlib_inline.backend_inline")


def _line(error: BaseException, cell: int) -> int:
    if isinstance(error, SyntaxError) and _CELL_FILE.search(error.filename or ""):
        return error.lineno or 0
    for entry in reversed(traceback.extract_tb(error.__traceback__)):
        found = _CELL_FILE.search(entry.filename)
        if found and int(found.group(1)) == cell:
            return entry.lineno or 0
    return 0
