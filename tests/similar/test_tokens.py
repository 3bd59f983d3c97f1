"""Code as tokens: whatever the code is, and blind to what changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.similar.tokens import MOST_CHARACTERS, MOST_TOKENS, OWN, lines_of, stream

PIECES = st.lists(
    st.sampled_from(
        ["def ", "f(", ")", "x", " = ", "'", '"""', "\n", "    ", "#", "%", "!", "\\", "한글", "self.", "é",
         "import a as b", "from a import (", "f'{", "}", "0x", ":", "@", "\x00", "\ud7ff", "%%bash\n", "\t"]
    ),
    max_size=60,
).map("".join)  # fmt: skip


def forms(source: str) -> list[str]:
    return [token.form for token in stream([source]).tokens]


@settings(deadline=None)
@given(st.lists(st.one_of(PIECES, st.text()), max_size=4))
def test_any_text_is_cut_into_tokens_that_stand_where_they_say(cells: list[str]) -> None:
    for token in stream(cells).tokens:
        source = cells[token.cell - 1]
        found = source[token.start : token.end]
        assert found.startswith(token.text)
        assert found.strip() == found != ""
        assert source.count("\n", 0, token.start) + 1 == token.line


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("total = first + second", "a = b + c  # other"),
        ("x = 1", "y=22"),
        ("print('a')", 'print("""b""")'),
        ("f(a,\n  b)", "f(a, b)"),
        ("def g(x):\n    '''What it does.'''\n    return x", "def h(y):\n    return y"),
        ("self.rnn = nn.GRU(h)", "self.cell = nn.GRU(k)"),
        ("import torch.nn.functional as F\nF.relu(x)", "import torch.nn.functional as fun\nfun.relu(x)"),
        ("from torch import nn\nnn.GRU", "from torch import nn as layers\nlayers.GRU"),
        ("def g(size=3): return g(size=4)", "def g(n=3): return g(n=4)"),
    ],
)  # fmt: skip
def test_what_changes_nothing_gives_the_same_tokens(one: str, other: str) -> None:
    def told(source: str) -> list[str]:
        lines = source.split("\n")
        return [one.form for one in stream([source]).tokens if "import" not in lines[one.line - 1]]

    assert told(one) == told(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x.view(3)", "x.reshape(3)"),
        ("nn.GRU(h)", "nn.LSTM(h)"),
        ("nn.GRU(h, batch_first=True)", "nn.GRU(h, bidirectional=True)"),
        ("len(x)", "sum(x)"),
        ("a + b", "a * b"),
    ],
)
def test_what_changes_something_gives_other_tokens(one: str, other: str) -> None:
    assert forms(one) != forms(other)


def test_broken_code_magics_and_other_languages_are_got_through() -> None:
    assert forms("%matplotlib inline\n!pip install x\nx = 1") == [OWN, "=", "0"]
    assert forms("%%bash\nrm -rf x") == []
    assert forms("%%time\nx = 1")[-3:] == [OWN, "=", "0"]
    assert "(" in forms("def f(x:\n  ret@@urn '한글")


def test_lines_that_were_given_are_left_out_and_the_rest_keeps_its_place() -> None:
    given = lines_of(["def f(x):\n    # write here", "y = f(3)"])
    tokens = stream(["def f(x):\n    # write here\n    return x + 1", "y = f(3)"], given).tokens
    assert [(token.text, token.cell, token.line) for token in tokens] == [
        ("return", 1, 3),
        ("x", 1, 3),
        ("+", 1, 3),
        ("1", 1, 3),
    ]


@pytest.mark.parametrize(
    "source", ["a + " * 10**6, "'" * 10**6, "(" * 10**6, "x = 1\n" * 10**6, "가" * 10**6]
)
def test_a_huge_cell_is_cut_and_says_so(source: str) -> None:
    found = stream([source, "x = 1"])
    assert found.cut
    assert len(found.tokens) <= MOST_TOKENS
    assert all(token.end <= MOST_CHARACTERS for token in found.tokens)
