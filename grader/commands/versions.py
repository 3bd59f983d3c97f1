"""What `check` says of the PyTorch that it finds: students bring their own."""

from __future__ import annotations

from grader import pytorch
from grader.errors import UsageError
from grader.report.words import Lang, Words


def caution(words: Words, lang: Lang) -> str | None:
    """A word where the installed PyTorch is another release than the one that the checks were tried with.

    Raises `UsageError`, with the command that installs it, where there is none.
    """
    found = pytorch.installed()
    if found is None:
        raise UsageError(words.ui("terminal.no_torch", lang, command=pytorch.COMMAND))
    if pytorch.untried(found):
        return words.ui("terminal.other_torch", lang, found=found, tried=pytorch.TRIED)
    return None
