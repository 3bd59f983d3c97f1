"""What to teach next: the mistake that most of a class share, else the check that most fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.record import Check, Finding
from grader.report.class_view import Cluster
from grader.report.prose import Prose, inline
from grader.report.words import Lang, Words


@dataclass(frozen=True)
class Said:
    """The head of a class page."""

    headline: Markup
    lead: Markup


def said(shared: Sequence[Cluster], most_failed: tuple[Check, int] | None, total: int, prose: Prose) -> Said:
    """`shared`: mistakes in the matter that several made, most common first; `total`: submissions."""
    if not total:
        return Said(prose.ui("class.empty"), Markup(""))
    graded = prose.ui("class.graded", n=total)
    if shared:
        first = {"headline": lambda lang: headline_in(shared[0], prose, lang)}
        lead = [graded, prose.ui("class.top", n=len(shared[0].records), total=total)]
        if len(shared) > 1:
            second = {"headline": lambda lang: headline_in(shared[1], prose, lang)}
            lead.append(prose.woven("class.second", second, n=len(shared[1].records), total=total) + ".")
        return Said(prose.woven("class.teach", first), Markup(" ").join(lead))
    if most_failed:
        check, count = most_failed
        promise = {"headline": lambda lang: inline(prose.title_in(check, lang))}
        lead = [graded, prose.ui("class.top_check", n=count, total=total)]
        return Said(prose.woven("class.teach", promise), Markup(" ").join(lead))
    return Said(prose.ui("class.teach_none"), graded)


def headline_in(one: Cluster, prose: Prose, lang: Lang) -> Markup:
    """What the mistake is, without the facts of any one student."""
    return inline(headline(one.findings, prose.words, lang, one.check.id if one.check else None))


def headline(findings: Sequence[Finding], words: Words, lang: Lang, check_id: str | None = None) -> str:
    """One headline for findings of one code (one at least), in the variant that is true of all of them.

    Facts only choose the variant: what a student wrote or a hidden check saw is not said.
    """
    first = findings[0]
    kinds = {
        fact: first.facts[fact]
        for fact, known in words.by(first.code).items()
        if len(told := {str(one.facts.get(fact)) for one in findings}) == 1 and told <= known.keys()
    }
    return words.said(first.code, kinds, lang, check_id).headline
