"""What `grader similar` says on a terminal: pairs in columns of fixed width, and where the page lies."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from grader.report.columns import INDENT, fitted
from grader.report.excerpt import wrapped
from grader.report.sentences import one_line
from grader.report.similar import Compared, percent
from grader.report.words import Lang, Words

MOST_SHOWN = 15
WIDEST_NAME = 24


def similar_screen(of: Compared, words: Words, lang: Lang, *, width: int, page: str) -> Text:
    """The pairs, the most alike first, how many were not compared, and the page's place."""
    screen = Text(wrapped(_headline(of, words, lang), width))
    names = [(of.called[pair.left], of.called[pair.right]) for pair in of.pairs[:MOST_SHOWN]]
    room = max((width - len(INDENT) - 20) // 2, 6)
    wide = min(max((cell_len(name) for both in names for name in both), default=0), WIDEST_NAME, room)
    for pair, both in zip(of.pairs, names, strict=False):
        line = INDENT
        for name, share in zip(both, (pair.left_share, pair.right_share), strict=True):
            line += f"{set_cell_size(fitted(name, wide), wide)}  {percent(share):>3} %    "
        screen.append(line.rstrip() + "\n")
    hidden = len(of.pairs) + of.more - len(names)
    if hidden:
        screen.append(INDENT + words.ui("terminal.more", lang, n=hidden) + "\n")
    left_out = len(of.little) + len(of.unread)
    if left_out:
        screen.append("\n" + INDENT + words.ui("similar.not_compared_count", lang, n=left_out) + "\n")
    screen.append("\n")
    screen.append(wrapped(words.ui("similar.wrote", lang), width, INDENT))
    screen.append(f"{INDENT}{words.ui('similar.page', lang)}   {one_line(page)}\n")
    return screen


def _headline(of: Compared, words: Words, lang: Lang) -> str:
    count = len(of.pairs) + of.more
    said = words.ui("similar.some", lang, n=count) if count else words.ui("similar.none", lang)
    return f"{words.ui('similar.compared', lang, compared=of.compared, n=of.size)} {said}"
