"""The page of pairs whose own code is alike: for the instructor alone, and never a verdict.

It says what the percentages mean and what they cannot know before it shows any pair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from grader.report.frame import render
from grader.report.prose import Prose, inline
from grader.report.sentences import one_line
from grader.report.words import Lang, Words

PLACE = "instructor/similar/index.html"
"""Where the page lies in a lesson's folder: no student's file can have that name."""
LARGEST = 9_000_000
"""Characters of passages on one page; pairs after that are listed without them."""
MOST_NAMED = 30
MOST_OPEN = 3
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Who:
    """A student: the name as it was found, and who it is."""

    student: str
    student_id: str


@dataclass(frozen=True)
class Pair:
    """Two students, the part (0 to 1) of each one's own code that is alike, and the passages as HTML."""

    left: Who
    right: Who
    left_share: float
    right_share: float
    passages: int
    html: Markup


@dataclass(frozen=True)
class Compared:
    """What came of comparing a class."""

    lesson: str
    size: int
    """Submissions handed in."""
    floor: float
    least: float
    """What a pair needs to be listed: a part of one's own code, and tokens."""
    pairs: Sequence[Pair] = ()
    more: int = 0
    """Pairs that would be listed too, but for their number."""
    lost: int = 0
    """Pairs that could not be laid side by side."""
    looked_at: int | None = None
    """How many pairs were laid side by side, where there may be others; else None."""
    little: Sequence[Who] = ()
    """Who has too little own code for anything to be said."""
    unread: Sequence[tuple[Who, str]] = ()
    """Who could not be compared, and the `reason` of `notebook.unreadable`."""
    cut: Sequence[Who] = ()
    """Who has more own code than is compared."""
    called: Mapping[Who, str] = field(default_factory=dict)
    """What each student is called."""

    @property
    def compared(self) -> int:
        return self.size - len(self.little) - len(self.unread)


def names(people: Sequence[Who]) -> dict[Who, str]:
    """What each of a class is called: by name, with the id where others have the same name."""
    same = Counter(who.student for who in people)
    return {
        who: f"{one_line(who.student, _LONGEST_NAME)} ({one_line(who.student_id, _LONGEST_NAME)})"
        if same[who.student] > 1
        else one_line(who.student, _LONGEST_NAME)
        for who in people
    }


def similar_page(
    of: Compared, words: Words, lang: Lang = "en", files: Mapping[str, str] | None = None
) -> str:
    """The page as one offline file. `files` maps a student's id to the stem of their page's file name."""
    prose = Prose(words, lang)
    stems = files or {}
    context: dict[str, Any] = {
        "of": of,
        "pairs": of.pairs,
        "bodies": _bodies(of.pairs),
        "lesson": prose.each(lambda to: inline(words.lesson_title(to) or one_line(of.lesson, 80))),
        "title": prose.plain("similar.title", lesson=words.lesson_title(lang) or one_line(of.lesson, 80)),
        "skip_to": "pairs",
        "percent": percent,
        "who": lambda who: _linked(who, of, stems),
        "called": lambda who: of.called[who],
        "most_named": MOST_NAMED,
        "most_open": MOST_OPEN,
        "paged": lambda pair: any(who.student_id in stems for who in (pair.left, pair.right)),
        "why": lambda reason: prose.each(lambda to: inline(why_unread(reason, words, to))),
        "head": headline(of, prose),
    }
    return render("similar.html", prose, context)


def headline(of: Compared, prose: Prose) -> Markup:
    """How many pairs there are, as a sentence."""
    count = len(of.pairs) + of.more
    return prose.ui("similar.some", n=count) if count else prose.ui("similar.none")


def percent(part: float) -> int:
    """Whole per cent, rounded down: 100 stands for all of it."""
    return int(part * 100 + 1e-9)


def why_unread(reason: str, words: Words, lang: Lang) -> str:
    """Why a notebook was not compared."""
    if reason == "limits":
        return words.ui("similar.limits", lang)
    said = words.said("notebook.unreadable", {"reason": reason}, lang)
    return said.saw or said.headline


def _bodies(pairs: Sequence[Pair]) -> list[Markup]:
    """The passages of each pair, as far as there is room."""
    room, bodies = LARGEST, []
    for pair in pairs:
        room -= len(pair.html)
        bodies.append(pair.html if room >= 0 else Markup(""))
    return bodies


def _linked(who: Who, of: Compared, stems: Mapping[str, str]) -> Markup:
    """The name, leading to the instructor's page where there is one."""
    stem, called = stems.get(who.student_id), of.called[who]
    return (
        escape(called)
        if stem is None
        else Markup('<a href="{}">{}</a>').format(quote(f"../{stem}.html"), called)
    )
