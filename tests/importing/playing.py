"""One test on one notebook, as it ran beside the student's code and as we run it."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Sequence
from textwrap import indent

import numpy as np
import pytest
import torch

from grader.importing.setting import Setting
from grader.importing.translating import Translated, translate
from grader.judge.conversation import Conversation
from grader.judge.remote import Notebook
from grader.judge.weakly import weakly
from tests.fakes import namespace_of, student_of


def seeded() -> None:
    torch.manual_seed(11)
    np.random.seed(11)
    random.seed(11)


def natively(cells: Sequence[str], test: str) -> bool:
    """Whether the test passes in the notebook's own process."""
    seeded()
    with contextlib.redirect_stdout(io.StringIO()):
        names = namespace_of(*cells)
        try:
            exec(compile(test, "<native>", "exec"), names)  # noqa: S102
        except (Exception, pytest.fail.Exception):
            return False
    return True


def check_of(translated: Translated) -> str:
    """The source of the check file."""
    head = "\n".join([*translated.imports, *translated.helpers])
    return f"{head}\ndef check({', '.join(translated.fixtures)}):\n{indent(translated.body, '    ')}\n"


def translated_passes(cells: Sequence[str], translated: Translated) -> bool:
    """Whether the check passes on the notebook, every message in its wire form."""
    seeded()
    with contextlib.redirect_stdout(io.StringIO()):
        student, _ = student_of(*cells)
        conversation = Conversation(student, 11)
        names: dict[str, object] = {}
        exec(compile(check_of(translated), "<check>", "exec"), names)  # noqa: S102
        check = names["check"]
        assert callable(check)
        fixture = (
            Notebook(conversation) if translated.weak is None else lambda source: weakly(student, source)
        )
        try:
            check(fixture)
        except (Exception, pytest.fail.Exception):
            return False
    return conversation.ended is None


def passes(cells: Sequence[str], test: str, setting: Setting) -> bool:
    return translated_passes(cells, translate(test, setting))
