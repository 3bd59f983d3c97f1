"""Drawn letters as texts have them: two scripts, and a capital beside its small letter."""

from __future__ import annotations

from grader.judge.draws import Draw

_SMALL = "abcdefghijklmnopqrstuvwxyz"
_LETTERS = f"{_SMALL}가나다라마바사아자차카타파하"


def alphabet(draw: Draw, size: int) -> str:
    """`size` letters (2 to 41), each once, in no order; one of them stands there small and as a capital."""
    small = draw.words(1, lengths=(1, 1), alphabet=_SMALL, purpose="small letter")[0]
    others = _LETTERS.replace(small, "")
    rest = draw.words(1, lengths=(size - 2, size - 2), alphabet=others, distinct=True, purpose="alphabet")[0]
    letters = f"{small}{small.upper()}{rest}"
    return "".join(letters[n] for n in draw("order").permutation(size))


def has_capital(text: str, chars: str) -> bool:
    """Whether the one capital of an `alphabet` stands in `text`, and its small letter, where both fit:
    whoever takes them for one letter says something else then."""
    pair = {letter for letter in chars if letter.swapcase() in chars and letter.swapcase() != letter}
    return len(pair & set(text)) >= min(len(text), len(pair))
