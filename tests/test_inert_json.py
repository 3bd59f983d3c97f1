"""What a record holds of a student can be shown in a terminal, and means the same."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from grader.inert_json import inert

COMMANDS = "\x7f\x80\x9b\x9f\u061c\u200e\u200f\u202a\u202e\u2066\u2069"


@given(st.text(st.one_of(st.sampled_from(COMMANDS), st.characters(codec="utf-8"))))
def test_the_text_stays_what_it_is(text: str) -> None:
    content = json.dumps([text], ensure_ascii=False).encode()
    shown = inert(content).decode()
    assert json.loads(shown) == [text]
    assert not any(unicodedata.category(letter) == "Cc" for letter in shown)
    assert not any(unicodedata.bidirectional(letter)[:2] in ("LR", "RL", "PD", "FS") for letter in shown)
    assert not set(shown) & set(COMMANDS)


def test_other_letters_are_left_alone() -> None:
    content = '["가나 é \u2028 \u20ac \u0600"]'.encode()
    assert inert(content) == content
