"""Filling sentences with facts: placeholders, how numbers are said, and what may never reach a reader.

A template is text with `{name}` or `{name:spec}` in it; nothing but a plain name is allowed, so that a
template can reach into no object. A sentence whose fact is missing is dropped, the others stay.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import lru_cache

Fact = str | int | float | bool
_Parts = tuple[tuple[str, str | None, str], ...]
"""Of a sentence: text, then the name of a fact (None: the sentence ends) and its format; again and again."""
_Sentence = str | _Parts

PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")
SENTENCE_END = re.compile(r"(?<=[.?!])\s+")
# C0 and C1 controls, and the marks that reorder or hide text (bidi embeddings, isolates, zero width, tags).
_UNSAFE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f"
)
UNSAFE = re.compile(f"[{_UNSAFE}]")
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# More marks over one letter than any script writes: they pile up over the lines around it.
PILED = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")
_ODD = re.compile(f"[{_UNSAFE}{_MARKS}]")
# What makes a line of a log a command to the system that runs it (`::error::`, `##[group]`, `##vso[...]`).
COMMANDS = re.compile(r"(?<!\S)::(?=[A-Za-z])|##(?=\[|vso\[)")
# CSI, OSC and two-character escape sequences, with their arguments.
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]")

LONGEST_FACT = 300
LARGEST_WRITTEN_OUT = 1e12
LONGEST_INTEGER = 1000
"""Bits; not many more and no float can take it."""
SMALLEST_IN_CELL = 5e-3


class MissingFactError(KeyError):
    """A template names a fact that the finding does not have."""


def clean(text: str) -> str:
    """`text` without escape sequences, control characters and marks that reorder; tabs and newlines stay."""
    if _ODD.search(text) is None:  # a whole page is read in a fifth of the time
        return text
    return PILED.sub(r"\1", UNSAFE.sub("", ESCAPES.sub("", text.replace("\r\n", "\n"))))


def plain_text(text: str) -> str:
    """Text of several lines that may hold what a student wrote, for a terminal or a log."""
    return no_command(clean(text))


def no_command(text: str) -> str:
    """`text` that no workflow takes for a command where it stands in a log."""
    return COMMANDS.sub(lambda found: " ".join(found[0]), text)


def one_line(text: str, longest: int = LONGEST_FACT) -> str:
    """`text` cleaned, on one line, cut to `longest` characters with an ellipsis."""
    flat = no_command(" ".join(clean(text[: longest * 8]).split()))
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def said_number(value: float) -> str:
    """A number as a reader wants it: integers whole, others to three significant digits."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > LONGEST_INTEGER:
        value = float("inf") if value > 0 else float("-inf")
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    if float(value).is_integer() and abs(value) < LARGEST_WRITTEN_OUT:
        return f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    if 1000 <= abs(value) < LARGEST_WRITTEN_OUT:
        return said_number(round(value))
    short = f"{value:.3g}"
    return _power_of_ten(short) if "e" in short else short


def said_seconds(value: float) -> str:
    """A number of seconds: tenths while they matter. The unit is the language's to add."""
    return f"{value:.1f}" if round(value, 1) < 10 else said_number(round(value))


def short_number(value: float) -> str:
    """A number that fits a small cell: two decimals where that says something, one digit of what is tiny."""
    if value == 0 or not abs(value) < 1000:
        return said_number(value)
    if abs(value) < SMALLEST_IN_CELL:
        return said_number(float(f"{value:.0e}"))
    return f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"


def _power_of_ten(short: str) -> str:
    mantissa, exponent = short.split("e")
    superscript = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{superscript}" if mantissa == "1" else f"{mantissa}·10{superscript}"


def placeholders(template: str) -> set[str]:
    """The names of the facts that `template` asks for; raises `ValueError` where one is no plain name."""
    names = set()
    for _, name, _, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if not PLAIN_NAME.match(name) or conversion:
            raise ValueError(f"The placeholder {{{name}}} in {template!r} is no plain name; write {{name}}.")
        names.add(name)
    return names


def fill(template: str, facts: Mapping[str, Fact]) -> str:
    """`template` with its facts; sentences that miss one are left out, so the result may be empty."""
    kept = []
    for sentence in _sentences(template):
        try:
            kept.append(sentence if isinstance(sentence, str) else _fill_sentence(sentence, facts))
        except MissingFactError:
            continue
    return " ".join(kept)


@lru_cache(4096)  # templates are ours, a few hundred, and filled again and again
def _sentences(template: str) -> tuple[_Sentence, ...]:
    """Its sentences; each as it is where it asks for no fact."""
    return tuple(map(_parted, SENTENCE_END.split(template.strip())))


def _parted(sentence: str) -> _Sentence:
    asked = placeholders(sentence)
    parts = tuple(
        (literal, name, spec or "") for literal, name, spec, _ in string.Formatter().parse(sentence)
    )
    return parts if asked else "".join(literal for literal, _, _ in parts)


def _fill_sentence(parts: _Parts, facts: Mapping[str, Fact]) -> str:
    pieces = []
    for literal, name, spec in parts:
        pieces.append(literal)
        if name is None:
            continue
        if facts.get(name, "") == "":
            raise MissingFactError(name)
        pieces.append(_said(facts[name], spec))
    return "".join(pieces)


def _said(value: Fact, spec: str) -> str:
    if isinstance(value, str):
        # A backtick would end the code span that our words opened around it.
        return one_line(value).replace("`", "'")
    if not spec:
        return said_number(value)
    try:
        return format(value, spec)
    except (ValueError, OverflowError):
        return said_number(value)
