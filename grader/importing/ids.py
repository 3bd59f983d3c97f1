"""Ids of checks made of what the source calls its tests."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_LONGEST = 60


def check_id(said: str, taken: Collection[str]) -> str:
    """`test_` and the name in letters, digits and _, numbered where it is taken."""
    plain = unicodedata.normalize("NFKC", said)
    slug = re.sub(r"\W+", "_", plain).strip("_").lower().removeprefix("test_")[:_LONGEST].strip("_") or "cell"
    first = f"test_{slug}"
    number, found = 2, first
    while found in taken:
        found = f"{first}_{number}"
        number += 1
    return found


def lesson_name(said: str) -> str:
    """A lesson's name (small letters a to z, digits, _) that is nearly what the source's file is called."""
    plain = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return (slug if slug[:1].isalpha() else f"lesson_{slug}")[:40].strip("_")


def on_one_line(said: str) -> str:
    """A name as it can stand in a message, a table or a comment: without line ends and control characters."""
    return " ".join("".join(one if one.isprintable() else " " for one in said).split())
