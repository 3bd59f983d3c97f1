"""JSON out of bytes that somebody handed in: found out how it is encoded, parsed, or refused with the place.

Whatever the bytes are, `parse` returns plain data or raises `SubmissionError`.
"""

from __future__ import annotations

import codecs
import json
from typing import Any, NoReturn

from grader.errors import SubmissionError

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8-sig", "BOM"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    (b"{\x00", "utf-16-le", "UTF-16"),
    (b"\x00{", "utf-16-be", "UTF-16"),
)
_OTHER_FILES = (
    (b"PK\x03\x04", "a zip archive"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"<", "a web page"),
)


def parse(content: bytes, repairs: list[str]) -> Any:
    """The JSON in `content`, numbers as floats. What had to be repaired is added to `repairs` as tokens.

    Raises `SubmissionError` with the fact `reason`: "empty", "encoding", "not_json", "too_deep" or
    "too_large"; for the first failing place, `line` and `column` count from 1.
    """
    return _tree(_decode(content, repairs), repairs)


def refuse(message: str, reason: str, **facts: str | int) -> NoReturn:
    """Raises the `SubmissionError` of an unreadable notebook, with `reason` among its facts."""
    raise SubmissionError(message, "notebook.unreadable", reason=reason, **facts)


def _decode(content: bytes, repairs: list[str]) -> str:
    encoding = "utf-8"
    for mark, name, said in _MARKS:
        if content.startswith(mark):
            encoding = name
            repairs.append(said)
            break
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        looks = _looks_like(content)
        refuse(
            f"The file is no text in UTF-8 (line {line}, byte {column}){looks}. Open it in Jupyter or Colab, "
            "save it as a notebook and hand in that file.",
            "encoding",
            line=line,
            column=column,
        )
    if not text.strip(" \t\r\n\x00\ufeff"):
        refuse("The file is empty. Save the notebook and hand it in again.", "empty")
    return text


def _tree(text: str, repairs: list[str]) -> Any:
    odd: set[str] = set()

    def constant(name: str) -> None:
        odd.add(name)

    try:
        # Whole numbers as floats: Python refuses to read integers of thousands of digits.
        tree = json.loads(text, parse_int=float, parse_constant=constant)
    except json.JSONDecodeError as error:
        # Where a string is not ended, the position is that of its beginning.
        ends = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")
        what = "breaks off" if ends else "is no JSON"
        looks = _looks_like(text[:64].encode("utf-8", "replace"))
        refuse(
            f"The file {what} at line {error.lineno}, column {error.colno}: {error.msg}{looks}. Save the "
            "notebook in Jupyter or Colab again and hand in that file.",
            "not_json",
            line=error.lineno,
            column=error.colno,
        )
    except RecursionError:
        refuse("The file nests its contents too deeply to be a notebook. Save it again.", "too_deep")
    except MemoryError:
        refuse("The file holds more than can be read in the memory allowed. Clear its outputs.", "too_large")
    repairs.extend(sorted(odd))
    return tree


def _looks_like(content: bytes) -> str:
    found = next((name for mark, name in _OTHER_FILES if content[:64].lstrip().startswith(mark)), None)
    return f"; it looks like {found}" if found else ""
