"""Python source as HTML with few classes: keywords, strings, comments, numbers and definitions."""

from __future__ import annotations

from functools import cache
from itertools import groupby

from markupsafe import Markup
from pygments.lexers import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, String, Token, _TokenType

from grader.report.sentences import clean

LONGEST_COLOURED = 30_000
CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (Comment, "c"),
    (String, "s"),
    (Number, "m"),
    (Keyword, "k"),
    (Token.Operator.Word, "k"),
    (Name.Function, "d"),
    (Name.Class, "d"),
)


def code(source: str) -> Markup:
    """`source` escaped and coloured; only escaped where it is very long."""
    text = clean(source)
    if len(text) > LONGEST_COLOURED:
        return Markup("{}").format(text[:LONGEST_COLOURED] + "\n⋯")
    pieces = []
    tokens = ((_class_of(kind), value) for kind, value in _lexer().get_tokens(text))
    for name, run in groupby(tokens, key=lambda token: token[0]):
        joined = "".join(value for _, value in run)
        pieces.append(
            Markup('<i class="{}">{}</i>').format(name, joined) if name else Markup("{}").format(joined)
        )
    return Markup("").join(pieces)


def _class_of(kind: _TokenType) -> str:
    return next((name for parent, name in CLASSES if kind in parent), "")


@cache
def _lexer() -> PythonLexer:
    return PythonLexer(ensurenl=False, stripnl=False)
