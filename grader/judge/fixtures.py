"""Fixtures of checks that were tests of another grader: the notebook's objects, and code that runs there."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial

import numpy as np
import pytest
import torch

from grader.judge import weakly as weak
from grader.judge.conversation import Conversation
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.patience import SECONDS, limited
from grader.judge.remote import Notebook
from grader.judge.student import Student


@pytest.fixture
def notebook(student: Student, draw: Draw) -> Iterator[Notebook]:
    """The notebook's names as objects, `notebook.f(3)`. What a test draws from the generators of torch,
    NumPy and Python is drawn for each submission, as from `draw`, where the test sets no seed."""
    kept = torch.get_rng_state(), np.random.get_state(), random.getstate()
    torch.manual_seed(draw.seed("torch"))
    np.random.seed(draw.seed("numpy"))
    random.seed(draw.seed("python"))
    conversation = Conversation(student, draw.seed("guest"))
    student._conversation = conversation
    with _unheard(), limited(lambda: conversation.end(Finding("test.too_long", facts={"seconds": SECONDS}))):
        yield Notebook(conversation)
    torch.set_rng_state(kept[0])
    np.random.set_state(kept[1])
    random.setstate(kept[2])


@contextmanager
def _unheard() -> Iterator[None]:
    """What a test prints is for nobody, and may hold what a student wrote."""
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        yield


@pytest.fixture
def weakly(student: Student) -> Callable[[str], None]:
    """`weakly(SOURCE)`: the code runs on the student's side, which says whether it raised."""
    return partial(weak.weakly, student)


def runs_there(item: pytest.Item) -> bool:
    """Whether the check asks for code to run on the student's side."""
    return "weakly" in getattr(item, "fixturenames", ())
