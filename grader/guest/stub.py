"""Stands in for the grader where a notebook imports it: while grading there is none to import.

Whatever name of it is used, called or indexed, nothing happens, and a line says so once.
"""

from __future__ import annotations


class _Nothing:
    """Takes any call and any attribute, and does nothing."""

    def __call__(self, *arguments: object, **options: object) -> _Nothing:
        return self

    def __getattr__(self, name: str) -> _Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __repr__(self) -> str:
        return "(the grader's own functions do nothing while a notebook is graded)"


def load_ipython_extension(shell: object) -> None:
    """`%load_ext grader` is harmless."""


def __getattr__(name: str) -> _Nothing:
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _Nothing()
