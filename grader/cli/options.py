"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

LANG = click.option(
    "--lang", type=click.Choice(["en", "ko"]), default="en", help="Language of titles and messages."
)
SANDBOX = click.option(
    "--sandbox",
    "sandbox",
    type=click.Choice(["bubblewrap", "landlock", "none"]),
    help="Wall around student code; the best that works if not given, none only when asked for.",
)
OUT = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("reports"), help="Where to write."
)
