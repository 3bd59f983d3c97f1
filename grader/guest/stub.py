"""Stands in for the grader where a notebook imports it: while grading there is none to import.

Whatever name of it is used, called with whatever or indexed, nothing happens. Where a cell ends in such a
call, its result says so; nothing of it is noted, and nothing costs a point.
"""

from __future__ import annotations

from collections.abc import Iterator


class _Nothing:
    """Takes any call, attribute and index, and does nothing."""

    def __call__(self, *arguments: object, **options: object) -> _Nothing:
        return self

    def __getattr__(self, name: str) -> _Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: object) -> _Nothing:
        return self

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[_Nothing]:
        return iter(())

    def __enter__(self) -> _Nothing:
        return self

    def __exit__(self, *about: object) -> None:
        return None

    def __repr__(self) -> str:
        return "(the grader's own functions do nothing while a notebook is graded; nothing depends on them)"


def load_ipython_extension(shell: object) -> None:
    """`%load_ext grader` is harmless."""


def __getattr__(name: str) -> _Nothing:
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _Nothing()
