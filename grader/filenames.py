"""File names for students: readable, safe on every system, and unique within a class.

A student's files are called as the student is, where that name is ordinary and nobody else's is the same
but for case or Unicode form; else they get a slug of the name, `-` and eight hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

MAX_BYTES = 80

_DIGITS = 8
_OURS = frozenset({"index", "gradebook", "instructor"})
_WINDOWS = frozenset({"con", "prn", "aux", "nul"}) | {
    f"{port}{digit}" for port in ("com", "lpt") for digit in range(10)
}
# Letters by category that nobody can see.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0")


def stems(students: Sequence[tuple[str, str]], there: Mapping[str, str] | None = None) -> dict[str, str]:
    """File names without extension for a class of (student, student_id), by student_id.

    The same set of students gets the same names in whatever order it comes. No two names are equal when
    case and Unicode form are folded; each is NFC and at most 80 bytes of UTF-8. `there`: the names that
    students have already in the folder, by student_id. They keep those, and nobody else gets them.
    """
    kept = there or {}
    everyone = {student_id: student for student, student_id in sorted(students)}
    people = sorted((key, student) for key, student in everyone.items() if key not in kept)
    namesakes = Counter(student for _, student in people)
    used = {_folded(name) for name in kept.values()}
    chosen = {
        student_id: plain
        for student_id, student in people
        if is_ordinary(plain := unicodedata.normalize("NFC", student))
    }
    spoken_for = Counter(_folded(name) for name in chosen.values())
    chosen = {
        key: name
        for key, name in chosen.items()
        if spoken_for[_folded(name)] == 1 and _folded(name) not in used
    }
    taken = used | {_folded(name) for name in chosen.values()}
    for student_id, student in people:
        if student_id not in chosen:
            alone = namesakes[student] == 1 and _folded(student) not in used
            chosen[student_id] = _slugged(student, "" if alone else student_id, taken)
            taken.add(_folded(chosen[student_id]))
    return chosen | {key: kept[key] for key in everyone if key in kept}


def is_ordinary(name: str) -> bool:
    """Whether `name` can be a file name as it is, on every system."""
    return (
        name == unicodedata.normalize("NFC", name)
        and 0 < len(name.encode("utf-8", "surrogatepass")) <= MAX_BYTES
        and all(_allowed(character) for character in name)
        and not unicodedata.category(name[0]).startswith("M")
        and name[0] not in ".- "
        and not name.endswith(" ")
        and "  " not in name
        and not _reserved(name)
    )


def _allowed(character: str) -> bool:
    """Letters of any script, the marks that belong to them, digits, and four signs."""
    category = unicodedata.category(character)
    return character in "._- " or ((category[0] in "LM" or category == "Nd") and character not in _INVISIBLE)


def _reserved(name: str) -> bool:
    # Windows takes `con.txt` for the console, too.
    folded = _folded(name)
    return folded in _OURS or folded.partition(".")[0].rstrip(" ") in _WINDOWS


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _slugged(student: str, apart: str, taken: set[str]) -> str:
    """`apart` tells students of one name apart. Tries on where somebody made their name collide."""
    name = unicodedata.normalize("NFC", student[: MAX_BYTES * 4])
    kept = "".join(c if _allowed(c) and c not in ". " else " " for c in name)
    slug = _cut("-".join(kept.split()).lstrip("-_"), MAX_BYTES - _DIGITS - 1).rstrip("-_")
    if not slug or unicodedata.category(slug[0]).startswith("M"):
        slug = _cut(f"student{slug}", MAX_BYTES - _DIGITS - 1)
    attempt = 0
    while True:
        told = "\0".join([student, *([apart] if apart else []), *([str(attempt)] if attempt else [])])
        digits = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
        stem = f"{slug}-{digits}"
        if _folded(stem) not in taken:
            return stem
        attempt += 1


def _cut(text: str, most: int) -> str:
    return text.encode("utf-8", "ignore")[:most].decode("utf-8", "ignore")
