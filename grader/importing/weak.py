"""Tests that stay on the student's side: what the check file says in their place."""

from __future__ import annotations


def quoted(source: str) -> str:
    """`source` as a literal of Python that reads like the source where that is possible."""
    if "\\" in source or '"""' in source or not _plain(source):
        return repr(source)
    return f'"""\\\n{source.rstrip()}\n"""'


def _plain(source: str) -> bool:
    return all(letter.isprintable() or letter == "\n" for letter in source)
