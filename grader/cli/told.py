"""How every command ends: its exit status, and one message where somebody has to act."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from grader.commands.ending import heard, say_no_more, status_of
from grader.errors import GraderBug, GraderError
from grader.report.sentences import plain_text

_EXIT_USAGE = 2


def told(command: Callable[..., int]) -> Callable[..., None]:
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
