"""What a cell has shown: what follows on one stream is one output, however it came."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from grader.transcript import Result

PIECE = st.tuples(st.sampled_from(["stdout", "stderr"]), st.text(min_size=1, max_size=3))


@given(st.lists(PIECE, max_size=30))
def test_pieces_of_a_stream_are_one_text(pieces: list[tuple[str, str]]) -> None:
    result = Result()
    for name, text in pieces:
        result.stream(name, text)
    shown = [(output.name, output.data["text/plain"]) for output in result.outputs]
    assert all(one[0] != after[0] for one, after in pairwise(shown))
    for name in ("stdout", "stderr"):
        assert "".join(t for n, t in shown if n == name) == "".join(t for n, t in pieces if n == name)


def test_what_is_shown_between_parts_a_stream_and_clearing_forgets_all() -> None:
    result = Result()
    result.stream("stdout", "a")
    result.show("display", {"text/plain": "figure"})
    result.stream("stdout", "b")
    assert [output.data["text/plain"] for output in result.outputs] == ["a", "figure", "b"]
    result.stream("stdout", "c")
    result.fail("ValueError", "bad")
    assert [output.kind for output in result.outputs] == ["stream", "display", "stream", "error"]
    assert result.outputs[2].data["text/plain"] == "bc"
    result.clear()
    result.stream("stderr", "d")
    assert [output.data["text/plain"] for output in result.outputs] == ["d"]
