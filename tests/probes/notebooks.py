"""A right notebook of a lesson with one more cell, judged by all checks of that lesson in this process."""

from __future__ import annotations

import json

from grader.lesson import find
from grader.solutions import variants
from tests.judge.lessons import verdict


def not_passed(lesson: str, base: str, cell: str, *, key: bytes = b"styles") -> dict[str, str]:
    """`check: code` of every check that neither passed nor waits, once `cell` has replaced what it defines.

    base: the name of the lesson's solution that the cell comes after
    """
    of = find(lesson)
    (content,) = [v.content for v in variants(of) if v.name == base and v.kind != "mistake"]
    cells = [c for c in json.loads(content)["cells"] if c["cell_type"] == "code"]
    told = verdict(of, *["".join(c["source"]) for c in cells], cell, key=key)
    assert told.trouble is None, told.trouble
    assert told.outcomes
    return {
        outcome.id: outcome.found[0].code if outcome.found else outcome.state
        for outcome in told.outcomes
        if outcome.state not in ("passed", "blocked")
    }
