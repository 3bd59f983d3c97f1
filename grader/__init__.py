"""A grader for the notebooks of a PyTorch course on sequence models.

In a notebook:

    import grader
    grader.check()                # every public check of the lesson, on the notebook as it is now
    grader.check("test_name")     # one of them
"""

from __future__ import annotations

__version__ = "0.1.0"


def check(
    test: str | None = None,
    *,
    lesson: str | None = None,
    lang: str | None = None,
    all: bool = False,
) -> None:
    """Checks the notebook that this is called in and shows what came of it; the notebook stays as it is.

    test: one check alone, by its name. lesson: a lesson's name or folder, where it cannot be told. lang:
    "en" or "ko". all: explain every failure, not only the first.
    """
    from grader.guest.front import check as run

    run(test, lesson=lesson, lang=lang, all=all)
