"""IPython's shell without a kernel: real magics, rich display, tracebacks; everything goes to a reporter."""

from __future__ import annotations

import builtins
import re
import subprocess
import sys
import traceback
from typing import Any, cast

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from grader.guest.reporter import Reporter, Stream
from grader.wire import cells

_INSTALL = re.compile(r"^\s*(python\d?\s+-m\s+)?(pip\d?|conda|mamba|apt|apt-get)\s+install\b")
_CELL_FILE = re.compile(r"cell_(\d+)\.py$")


class NobodyThere(RuntimeError):
    """`input()` in a notebook that runs by itself."""


class Compiler(CachingCompiler):
    """Names the code of cell n `cell_n.py`, so that tracebacks and sources say which cell they are of."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"cell_{number}.py"

    def format_code_name(self, name: str) -> tuple[str, str] | None:
        found = _CELL_FILE.search(name)
        return ("Cell", f"In[{found.group(1)}]") if found else None


class Results(DisplayHook):
    """The value of a cell's last expression."""

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


class Shell(InteractiveShell):
    """One notebook's shell. `reporter` hears everything."""

    displayhook_class = Results
    display_pub_class = Displays
    compiler_class = Compiler

    def __init__(self, **config: Any) -> None:
        self.reporter = Reporter()
        super().__init__(**config)  # type: ignore[no-untyped-call]

    def _showtraceback(self, etype: Any, evalue: BaseException, stb: Any) -> None:
        text = "\n".join(stb) if isinstance(stb, (list, tuple)) else str(stb)
        self.reporter.problem(evalue, text, _line(evalue, self.reporter.cell))

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
    for magic in ("pip", "conda", "mamba"):
        register(_skipped, "line", magic)
    _inline_figures(shell)
    return shell


def take_streams(shell: Shell) -> None:
    """Python's streams and `input` become the notebook's."""
    sys.stdout = Stream(shell.reporter, "stdout")
    sys.stderr = Stream(shell.reporter, "stderr")
    builtins.input = _nobody
    import getpass

    getpass.getpass = _nobody


def _skipped(line: str) -> None:
    print(f"(skipped while grading: {line.strip()[:200]})", file=sys.stderr)


def _nobody(prompt: object = "", *rest: object, **named: object) -> str:
    raise NobodyThere("input() was called, but the notebook runs by itself and nobody is there to answer.")


def _inline_figures(shell: Shell) -> None:
    from matplotlib_inline.backend_inline import configure_inline_support

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
