"""Right variants: a solution that says the same in other words. It must keep full marks, or a check asks for
a style. Each rewrite is made in all places of a notebook at once."""

from __future__ import annotations

from collections.abc import Iterator

from grader.lesson import Lesson
from grader.mutation.code import Change, Code
from grader.mutation.mutant import Rewrite
from grader.mutation.mutants import diff_of, digest_of, meaning_of
from grader.mutation.own import cells, with_sources
from grader.mutation.rewrites import REWRITES, Rule
from grader.solutions import Variant

__all__ = ["Rewrite", "rewrites"]

_AT_MOST = 100
"""Rounds in which a rewrite may nest inside what it has rewritten."""


def rewrites(lesson: Lesson, base: Variant, rules: tuple[Rule, ...] = REWRITES) -> list[Rewrite]:
    """The rewrites that apply to a solution, in a fixed order, none without a change."""
    return list(_made(lesson, base, rules))


def _made(lesson: Lesson, base: Variant, rules: tuple[Rule, ...]) -> Iterator[Rewrite]:
    name = base.name if base.kind == "reference" else f"{base.kind}s/{base.name}"
    codes = cells(base.content, lesson.names)
    everything = base.content.decode("utf-8", "replace")
    for rule in rules:
        sources, diffs = {}, []
        for code in codes:
            source = rewritten(code, rule, frozenset(lesson.names), everything)
            if source is not None:
                sources[code.index] = source
                diffs.append(diff_of(code, source))
        if sources:
            diff = "\n".join(diffs)
            content = with_sources(base.content, sources)
            yield Rewrite(
                lesson.name, name, rule.name, diff, content, digest_of(lesson.name, name, rule.name, diff)
            )


def rewritten(code: Code, rule: Rule, promised: frozenset[str], notebook: str) -> str | None:
    """The cell with the rule applied wherever it applies and does not overlap another place; None where it
    changes nothing."""
    source = code.changed(_apart(rule.changes(code, promised, notebook)))
    meaning = meaning_of(source)
    return None if meaning is None or meaning == code.meaning else source


def _apart(changes: list[tuple[Change, ...]]) -> list[Change]:
    """Those groups of changes that touch none before them."""
    taken: list[Change] = []
    for group in changes:
        if all(end <= start or begin >= stop for (start, stop), _ in group for (begin, end), _ in taken):
            taken.extend(group)
    return taken
