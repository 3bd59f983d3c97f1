"""A text from the answers to its windows: the first whole, of every further one the letter that is new."""

from __future__ import annotations

import torch

from grader.evidence import Steps
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.letters import text_written
from grader.judge.student import Handle
from grader.record import Fact

_LETTERS = "abcdefghijklmnopqrstuvwxyz가나다라마바사아자차카타파하"
_LEAST = 0.05


def stitches(handle: Handle, draw: Draw) -> None:
    """`handle(outputs (N, T, V), char_set)` is the text of the likeliest letters: those of the first window,
    then the last one of each further window, T + N - 1 letters.

    Drawn scores, float32, no two of which come close: (4, 5, 7), (6, 3, 5), and a single window; alphabets in
    no order, as a list and as text. A list of letters counts as text. Findings: text.argmax_axis,
    text.wrong_length (no first window, or its last letter twice), text.stitched_wrong (other letters of the
    windows), text.letters_wrong, reply.malformed.
    """
    for count, steps, size in ((4, 5, 7), (6, 3, 5), (1, 4, 6)):
        chars = draw.words(1, lengths=(size, size), alphabet=_LETTERS, distinct=True)[0]
        outputs, right, ways = _scripted(draw, count, steps, size, chars)
        (answer,) = handle.calls([[outputs, chars if count == 6 else list(chars)]])
        got = text_written(answer)
        if got != right:
            code = ways.get(got)
            if code is None:
                code = "text.wrong_length" if len(got) != len(right) else "text.stitched_wrong"
            raise _found(code, handle.name, right, got, count, steps)


def _scripted(
    draw: Draw, count: int, steps: int, size: int, chars: str
) -> tuple[torch.Tensor, str, dict[str, str]]:
    """Scores, the text they have to give, and what each wrong way gives, all of them different."""
    while True:
        outputs = draw.normal(count, steps, size)
        top = outputs.topk(2, dim=2).values
        if float((top[..., 0] - top[..., 1]).min()) < _LEAST:
            continue
        best = outputs.argmax(2)
        right = _spelt([*best[0].tolist(), *best[1:, -1].tolist()], chars)
        ways = {
            _spelt([*best[0].tolist(), *best[1:, 0].tolist()], chars): "text.stitched_wrong",
            _spelt(best[:, 0].tolist(), chars): "text.stitched_wrong",
            _spelt([*best[:-1, 0].tolist(), *best[-1].tolist()], chars): "text.stitched_wrong",
            _spelt(best.flatten().tolist(), chars): "text.stitched_wrong",
            _spelt(best.T.flatten().tolist(), chars): "text.stitched_wrong",
        }
        for axis in (0, 1):
            across = outputs.argmax(axis)
            ways[_spelt([*across[0].tolist(), *across[1:, -1].tolist()], chars)] = "text.argmax_axis"
        ways = {text: code for text, code in ways.items() if len(text) > 1}
        if count == 1 or right not in ways:
            return outputs.float(), right, ways


def _spelt(numbers: list[int], chars: str) -> str:
    return "".join(chars[n] if n < len(chars) else "·" for n in numbers)


def _found(code: str, name: str, right: str, got: str, count: int, steps: int) -> Finding:
    facts: dict[str, Fact] = {
        "name": name,
        "expected": right,
        "got": got,
        "windows": count,
        "steps": steps,
        "count": 1,
        "length": len(right),
    }
    shown = got[:30]
    bad = [[1, at] for at in range(len(shown)) if at >= len(right) or shown[at] != right[at]]
    evidence = Steps(["@row.letter_right", "@row.your_letter"], [list(right), list(shown)], bad)
    return Finding(code, facts=facts, evidence=[evidence], about=name)
