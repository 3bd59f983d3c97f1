"""The command line: `grader grade`, `check`, `report`, `prove`, `doctor`. Commands and exit codes are fixed
in the interface; each command lives in a module of `grader.commands`; `ending.py` is about ending early."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader import __version__
from grader.commands.ending import heard, say_no_more, status_of
from grader.errors import GraderBug, GraderError
from grader.report.sentences import plain_text

if TYPE_CHECKING:
    from grader.report.words import Lang

_EXIT_USAGE = 2


def _told(command: Callable[..., int]) -> Callable[..., None]:
    """Turns errors that somebody can act on into one message and exit status 2, and signals into theirs."""

    @wraps(command)
    def run(**options: Any) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            # A terminal that cannot show Hangul or a tick gets a question mark, not the end of the run.
            sys.stdout.reconfigure(errors="replace")
        try:
            with heard():
                status = command(**options)
            sys.exit(status)
        except GraderBug as error:
            click.echo(f"grader: something of ours broke. {plain_text(str(error))}", err=True)
            sys.exit(_EXIT_USAGE)
        except GraderError as error:
            click.echo(f"grader: {plain_text(str(error))}", err=True)
            sys.exit(_EXIT_USAGE)
        except BrokenPipeError as error:
            say_no_more()
            sys.exit(status_of(error))
        except KeyboardInterrupt as error:
            sys.exit(status_of(error))

    return run


_LANG = click.option(
    "--lang", type=click.Choice(["en", "ko"]), default="en", help="Language of titles and messages."
)
_SANDBOX = click.option(
    "--sandbox",
    "sandbox",
    type=click.Choice(["bubblewrap", "landlock", "none"]),
    help="Wall around student code; the best that works if not given, none only when asked for.",
)
_OUT = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("reports"), help="Where to write."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def main() -> None:
    """Grades the notebooks of a PyTorch course on sequence models."""


@main.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--lesson", help="A name under assignments/ or a path to a lesson's folder.")
@_OUT
@click.option(
    "--jobs", type=click.IntRange(1, 256), help="How many at once; else what cores and memory allow."
)
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True)
@click.option("--scheduler", help="Address of a Dask scheduler (engine dask).")
@_SANDBOX
@click.option(
    "--secret", type=click.Path(path_type=Path, dir_okay=False), help="File with the course's secret."
)
@click.option(
    "--fail-under", type=click.FloatRange(0, 100), help="Exit 1 where a score is below this percentage."
)
@_LANG
@click.option("--fresh", is_flag=True, help="Grade everything again.")
@_told
def grade(
    submissions: Path,
    lesson: str | None,
    out: Path,
    jobs: int | None,
    engine: str,
    scheduler: str | None,
    sandbox: str | None,
    secret: Path | None,
    fail_under: float | None,
    lang: Lang,
    fresh: bool,
) -> int:
    """Grade a notebook, or every notebook of a folder or an LMS download."""
    from grader.commands.grade import run

    return run(submissions, lesson, out, jobs, engine, scheduler, sandbox, secret, fail_under, lang, fresh)


@main.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--lesson", help="A name under assignments/ or a path to a lesson's folder.")
@click.option("--only", metavar="CHECK", help="Run this check, and what it needs, alone.")
@click.option("--all", "all_", is_flag=True, help="Explain every failed check, not only the first.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write the report here too.")
@_SANDBOX
@_LANG
@_told
def check(
    notebook: Path,
    lesson: str | None,
    only: str | None,
    all_: bool,
    out: Path | None,
    sandbox: str | None,
    lang: Lang,
) -> int:
    """Check your own notebook against the lesson's public checks."""
    from grader.commands.check import run

    return run(notebook, lesson, only, all_, out, sandbox, lang)


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@_LANG
@_told
def report(folder: Path, lang: Lang) -> int:
    """Render every page below DIR again from its records; runs nothing."""
    from grader.commands.report import run

    return run(folder, lang)


@main.command()
@click.argument("lessons", nargs=-1, metavar="[LESSON ...]")
@click.option(
    "--json", "json_", type=click.Path(path_type=Path, dir_okay=False), help="Write the tables here."
)
@click.option("--all", "all_", is_flag=True, help="Every mistake in every lesson, and every check on each.")
@_SANDBOX
@_told
def prove(lessons: tuple[str, ...], json_: Path | None, sandbox: str | None, all_: bool) -> int:
    """Are the checks any good? Right answers full marks, starter zero, mistakes caught and named."""
    from grader.commands.prove import run

    return run(lessons, json_, sandbox, all_)


@main.command()
@_told
def doctor() -> int:
    """What this machine can do: sandbox, limits, versions."""
    from grader.commands.doctor import run

    return run()
