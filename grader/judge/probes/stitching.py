"""A text from the answers to its windows: the first whole, of every further one the letter that is new."""

from __future__ import annotations

import torch

from grader.evidence import Steps
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.alphabets import alphabet
from grader.judge.probes.letters import text_written
from grader.judge.student import Handle
from grader.record import Fact

_LEAST = 0.05


def stitches(handle: Handle, draw: Draw) -> None:
    """`handle(outputs (N, T, V), char_set)` is the text of the likeliest letters: those of the first window,
    then the last one of each further window, T + N - 1 letters.

    Drawn scores, float32, no two of which come close: (4, 5, 7), (6, 3, 5), two windows, and one; alphabets
    in no order, as a list and as text. A list of letters counts as text. Findings: text.argmax_axis (also for
    a softmax over steps or windows before), text.wrong_length (no first window, or its last letter twice),
    text.stitched_wrong (other letters of the windows), else text.letters_wrong; reply.malformed, call.failed.
    """
    for count, steps, size in ((4, 5, 7), (6, 3, 5), (2, 4, 5), (1, 4, 6)):
        chars = alphabet(draw, size)
        outputs, right, ways = _scripted(draw, count, steps, size, chars)
        (answer,) = handle.calls([[outputs, chars if count == 6 else list(chars)]])
        got = text_written(answer)
        if got != right:
            code = ways.get(got)
            if code is None:
                code = "text.wrong_length" if len(got) != len(right) else "text.letters_wrong"
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
        right = _spelt(_joined(best), chars)
        others = [
            *(torch.cat([best[0], best[1:, place]]) for place in range(steps - 1)),
            # A single last letter is the same from either end.
            *([torch.cat([best[0], best[1:, -1].flip(0)])] if count > 2 else []),
            torch.cat([best[0], best[:-1, -1]]),
            torch.cat([best[-1], best[:-1, -1]]),
            torch.cat([best[:-1, 0], best[-1]]),
            best[:, 0],
            best.flatten(),
            best.T.flatten(),
        ]
        across = [outputs.argmax(axis) for axis in (0, 1)]
        across += [outputs.softmax(axis).argmax(2) for axis in (0, 1)]
        ways = {_spelt(other, chars): "text.stitched_wrong" for other in others}
        ways |= {_spelt(_joined(winners), chars): "text.argmax_axis" for winners in across}
        ways = {text: code for text, code in ways.items() if len(text) > 1}
        if count == 1 or right not in ways:
            return outputs.float(), right, ways


def _joined(windows: torch.Tensor) -> torch.Tensor:
    """The first of these windows, then the last number of each further one."""
    return torch.cat([windows[0], windows[1:, -1]])


def _spelt(numbers: torch.Tensor, chars: str) -> str:
    return "".join(chars[n] if n < len(chars) else "·" for n in numbers.tolist())


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
