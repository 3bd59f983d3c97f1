"""Exceptions of student code as the test code on our side meets them."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from grader.judge.finding import Finding


class Thrown(Exception):
    """Also an exception of the first of Python's own kinds that the student's was: `except ValueError` and
    `pytest.raises(ValueError)` take it for what it is. `finding` is what it is called where nothing does."""

    finding: Finding


def thrown(kinds: Sequence[str], message: str, finding: Finding) -> Thrown | None:
    """`kinds`: the names of the exception's classes. None where no test may catch it (SystemExit)."""
    for kind in kinds:
        base = getattr(builtins, kind, None)
        if not (isinstance(base, type) and issubclass(base, Exception)):
            continue
        name = kinds[0] if kinds[0].isidentifier() else kind
        try:
            made = type(name, (Thrown, base), {})(message)
        except TypeError:  # one that takes more than a message, as UnicodeDecodeError does
            continue
        assert isinstance(made, Thrown)
        made.finding = finding
        return made
    return None
