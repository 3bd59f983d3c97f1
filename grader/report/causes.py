"""The ways in which those who share a mistake came to make it, where their findings tell.

Only what our own words know, names of Python and names that the lesson asks for are told apart: the rest of
a finding's facts may hold what a student wrote, or what a hidden check saw.
"""

from __future__ import annotations

import builtins
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.record import Check, Finding
from grader.report.class_view import Cluster
from grader.report.prose import Prose, inline

MOST_CAUSES = 4
LONGEST_NAME = 40

Split = Callable[[Finding, Check | None], str]


@dataclass(frozen=True)
class Cause:
    """One way to make a mistake, in words, and how many went it."""

    said: Markup
    count: int


def causes(cluster: Cluster, prose: Prose) -> list[Cause]:
    """The most common first, what remains as one; nothing where all are alike or each is different."""
    checks = {check.id: check for check in cluster.places if check is not None}
    splits: list[tuple[Split, Callable[[str], Markup]]] = [
        (lambda finding, _: _token(finding, prose), lambda key: prose.ui(key)),
        (lambda finding, _: _exception(finding), _code),
        (lambda finding, _: _name(finding), _code),
        (lambda _, check: check.id if check else "", lambda key: prose.title(checks[key])),
    ]
    for split, say in splits:
        pairs = zip(cluster.findings, cluster.places, strict=True)
        counts = Counter(split(finding, place) for finding, place in pairs)
        if 1 < len(counts) < len(cluster.records):
            return _named(counts, say, prose)
    return []


def _named(counts: Mapping[str, int], say: Callable[[str], Markup], prose: Prose) -> list[Cause]:
    known = sorted(((-n, key) for key, n in counts.items() if key))[:MOST_CAUSES]
    named = [Cause(say(key), -n) for n, key in known]
    left = sum(counts.values()) - sum(one.count for one in named)
    return [*named, Cause(prose.ui("class.other_causes"), left)] if left else named


def _code(name: str) -> Markup:
    return inline(f"`{name}`")


def _token(finding: Finding, prose: Prose) -> str:
    """The key of the first fact that our words have a phrase for."""
    keys = [f"fact.{name}.{value}" for name, value in sorted(finding.facts.items()) if isinstance(value, str)]
    return next((key for key in keys if key in prose.words.interface["en"]), "")


def _exception(finding: Finding) -> str:
    """The type of an error that Python itself has; a student may call one of their own anything."""
    name = finding.facts.get("type")
    known: Sequence[str] = [
        one for one in vars(builtins) if one.endswith(("Error", "Exception", "Iteration"))
    ]
    return name if isinstance(name, str) and name in known else ""


def _name(finding: Finding) -> str:
    name = finding.facts.get("name")
    return name if isinstance(name, str) and name.isidentifier() and len(name) <= LONGEST_NAME else ""
