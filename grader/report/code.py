"""Python source as HTML with few classes: keywords, strings, comments, numbers and definitions."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import groupby

from markupsafe import Markup, escape
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, String, Token, _TokenType

from grader.report.sentences import clean

CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "c"),
    (String, "s"),
    (Number, "m"),
    (Keyword, "k"),
    (Token.Operator.Word, "k"),
    (Name.Function, "d"),
    (Name.Class, "d"),
)


KEPT = 256
"""Texts whose HTML is kept: two pages show the same cells, and a class has most of them from the starter."""


@lru_cache(KEPT)
def code(source: str) -> Markup:
    """`source` escaped and coloured. Costs a few microseconds a character in the worst case."""
    pieces = []
    tokens = ((_class_of(kind), value) for kind, value in _lexer().get_tokens(clean(source)))
    for name, run in groupby(tokens, key=lambda token: token[0]):
        joined = escape("".join(value for _, value in run))
        pieces.append(f'<i class="{name}">{joined}</i>' if name else str(joined))
    return Markup("".join(pieces))


@cache
def _class_of(kind: _TokenType) -> str:
    """One entry for each of the lexer's kinds of token, of which there are few."""
    return next((name for parent, name in CLASSES if kind in parent), "")


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(ensurenl=False, stripnl=False)
