"""Drawn letters as texts have them: two scripts, and a capital beside its small letter."""

from __future__ import annotations

from grader.judge.draws import Draw

_SMALL = "abcdefghijklmnopqrstuvwxyz"
LETTERS = f"{_SMALL}가나다라마바사아자차카타파하"


def alphabet(draw: Draw, size: int) -> str:
    """`size` letters (2 to 41), each once, in no order; one of them stands there small and as a capital."""
    small = draw.words(1, lengths=(1, 1), alphabet=_SMALL, purpose="small letter")[0]
    others = LETTERS.replace(small, "")
    rest = draw.words(1, lengths=(size - 2, size - 2), alphabet=others, distinct=True, purpose="alphabet")[0]
    letters = f"{small}{small.upper()}{rest}"
    return "".join(letters[n] for n in draw("order").permutation(size))


def text(draw: Draw, chars: str, length: int, *, distinct: bool = False) -> str:
    """A text of letters of an `alphabet`, each at most once if `distinct`, with its one capital and the small
    letter of that, where both fit: whoever takes them for one letter says something else then."""
    pair = {letter for letter in chars if letter.swapcase() in chars and letter.swapcase() != letter}
    while True:
        found = draw.words(1, lengths=(length, length), alphabet=chars, distinct=distinct)[0]
        if len(pair & set(found)) >= min(length, len(pair)):
            return found
