"""Whatever the bytes are, reading gives a notebook that can be sent on, or a SubmissionError."""

from __future__ import annotations

import json

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from grader import notebook
from grader.errors import SubmissionError
from grader.notebook import Notebook

_WHOLE = {
    "metadata": {"grader": {"lesson": "cnn"}, "language_info": {"name": "python"}},
    "cells": [
        {"cell_type": "code", "source": "import torch", "outputs": [{"text": ["x"]}]},
        {"cell_type": "code", "source": ["a\n", "b"]},
    ],
    "nbformat": 4,
}


def _reads_or_refuses(content: bytes) -> None:
    try:
        read = notebook.read(content)
    except SubmissionError:
        return
    assert msgspec.json.decode(msgspec.json.encode(read), type=Notebook) == read


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_notebook_or_a_submission_error(content: bytes) -> None:
    _reads_or_refuses(content)


_KEYS = st.sampled_from(
    ["cells", "worksheets", "metadata", "cell_type", "source", "input", "grader", "lesson", "language_info",
     "kernelspec", "name", "language", "nbformat", "code"]
)  # fmt: skip
_TEXT = st.text(alphabet=st.characters(), max_size=10) | _KEYS | st.sampled_from(["\ud800", "import keras"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(_KEYS, _JSON, max_size=6) | _JSON)
def test_any_json_gives_a_notebook_or_a_submission_error(tree: object) -> None:
    _reads_or_refuses(json.dumps(tree).encode())


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 400), st.binary(max_size=3))
def test_a_notebook_cut_or_damaged_anywhere_gives_a_notebook_or_a_submission_error(
    at: int, put: bytes
) -> None:
    whole = json.dumps(_WHOLE).encode()
    _reads_or_refuses(whole[:at] + put)
    _reads_or_refuses(whole[:at] + put + whole[at + len(put) :])
