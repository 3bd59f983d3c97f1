"""Tests that stay on the student's side: what the check file says in their place."""

from __future__ import annotations


def quoted(source: str) -> str:
    """`source` as literals of Python, one for each line: it stays the same however far it is indented."""
    lines = [repr(line) for line in source.strip("\n").splitlines(keepends=True)]
    if len(lines) < 2:
        return "".join(lines) or "''"
    return "\n" + "".join(f"    {line}\n" for line in lines)
