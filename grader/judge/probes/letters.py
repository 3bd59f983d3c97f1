"""Letters in and out of a model that says the next one: pairs to train on, and what its scores spell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from grader.evidence import Steps, Table
from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes import alphabets
from grader.judge.probes.shapes import compare, shape_text, type_text
from grader.judge.student import Handle
from grader.judge.supplied import Supplied
from grader.record import Fact

_TOLERANCE = 1e-6
_MARGIN = 0.05


def next_letters(handle: Handle, draw: Draw) -> None:
    """`handle(text, char_set)` is (X (1, T, V) one-hot float, Y (1, T) long): T one less than the text has
    letters, X the text without its last letter, Y without its first; numbers are places in `char_set`.

    Drawn texts of 8, 6 and 2 letters over drawn alphabets in no order, as text and as a list; a capital
    counts as another letter, arrays count as tensors. Findings: train.target_not_shifted (Y is X),
    train.target_shifted_wrong_way (Y is one letter behind), encode.wrong (X says other letters, or is no
    one-hot), text.letters_wrong (Y says others), shape.*, dtype.wrong, reply.malformed.
    """
    for length, size, as_list in ((8, 6, False), (6, 7, True), (2, 5, False)):
        chars = alphabets.alphabet(draw, size)
        text = _text(draw, chars, length)
        (answer,) = handle.calls([[text, list(chars) if as_list else chars]])
        x, y = _pair(answer.get(), handle.name, length - 1, size)
        if x.shape == (1, length - 1):
            raise _says(handle.name, "encode.wrong", text, chars, text[:-1], "·" * (length - 1))
        compare(x, (1, length - 1, size), ("@axis.batch", "@axis.step", "@axis.vocabulary"), handle.name)
        _is_long(y, (1, length - 1), handle.name)
        asked = _spelt(y[0], chars)
        read = _read(x[0].double(), chars)
        if asked == text[:-1] and read in (text[:-1], text[1:]):
            code = "train.target_not_shifted" if read == asked else "train.target_shifted_wrong_way"
            raise _says(handle.name, code, text, chars, text[1:], asked)
        if read != text[:-1]:
            code = "train.target_not_shifted" if read == asked == text[1:] else "encode.wrong"
            raise _says(handle.name, code, text, chars, text[:-1], read)
        if asked != text[1:]:
            late = sum(a == b for a, b in zip(asked[1:], text, strict=False)) == length - 2
            code = "train.target_shifted_wrong_way" if late and length > 2 else "text.letters_wrong"
            raise _says(handle.name, code, text, chars, text[1:], asked)


def predicts_letters(handle: Handle, draw: Draw) -> None:
    """`handle(net, X, char_set)` spells, row by row, the letter with the highest score at each step.

    The net is a Linear layer with weights of ours: B 3, T 4, V 6 and B 1, T 7, V 5, X one-hot; draws in which
    two letters come close are drawn again. Lists of letters count as texts. Findings: text.argmax_axis (the
    maximum over the steps or the rows), text.wrong_length, text.letters_wrong, reply.malformed, call.failed.
    """
    for batch, steps, size in ((3, 4, 6), (1, 7, 5)):
        chars = alphabets.alphabet(draw, size)
        net, x, scores = _scripted(draw, batch, steps, size)
        (answer,) = handle.calls([[net, x, list(chars) if batch == 1 else chars]])
        right = [_spelt(row, chars) for row in scores.argmax(2)]
        got = _texts(answer.get(), batch, steps)
        if got is None:
            raise _no_texts(answer.get(), handle.name)
        if got == right:
            continue
        across = [_spelt(row, chars) for row in scores.argmax(1)]
        over_rows = [_spelt(scores.argmax(0).T[:, t], chars) for t in range(steps)]
        if got in (across, over_rows, [_spelt(row, chars) for row in scores.argmax(0)]):
            code = "text.argmax_axis"
        elif [len(text) for text in got] != [steps] * batch:
            code = "text.wrong_length"
        else:
            code = "text.letters_wrong"
        facts: dict[str, Fact] = {
            "name": handle.name,
            "expected": ", ".join(right),
            "got": ", ".join(got),
            "count": batch,
            "length": steps,
        }
        first = next((n for n, (a, b) in enumerate(zip(right, got, strict=False)) if a != b), 0)
        said = list(got[first][:30]) if first < len(got) else []
        spelt = Steps(["@row.letter_likeliest", "@row.your_letter"], [list(right[first]), said])
        raise Finding(code, facts=facts, evidence=[spelt], about=handle.name)


def text_written(answer: Answer) -> str:
    """The text that came back; a list of letters counts as one. Raises `call.failed`, `reply.malformed`."""
    value = answer.get()
    if isinstance(value, (list, tuple)) and _all_texts(value):
        value = "".join(value)
    if not isinstance(value, str):
        facts: dict[str, Fact] = {
            "name": answer.name,
            "wanted": "str",
            "got": type_text(value),
            "detail": "",
        }
        raise Finding("reply.malformed", facts=facts, about=answer.name)
    return value


def grows_with_argument(models: Sequence[Model], argument: str) -> None:
    """Each of `models` has more weights than the one before: `model.argument_ignored` where not.

    For kinds of cells give rnn, gru, lstm: a hidden unit of each has one, three and four sets of weights.
    `argument` is the name of what differs, as students know it.
    """
    sizes = [sum(int(np.prod(e.shape)) for e in model.describe().entries if not e.buffer) for model in models]
    if all(a < b for a, b in pairwise(sizes)):
        return
    rows: list[list[float | int | str]] = [
        [str((*model.args, *model.kwargs.values())), size] for model, size in zip(models, sizes, strict=True)
    ]
    bad = [n for n in range(1, len(sizes)) if sizes[n] <= sizes[n - 1]]
    facts: dict[str, Fact] = {"name": models[0].name, "argument": argument, "size": sizes[bad[0]]}
    table = Table(["@column.arguments", "@column.weights"], rows, bad)
    raise Finding("model.argument_ignored", facts=facts, evidence=[table], about=models[0].name)


def _text(draw: Draw, chars: str, length: int) -> str:
    """A text in which no letter follows itself, and which differs from itself two letters later."""
    while True:
        text = alphabets.text(draw, chars, length)
        if all(a != b for a, b in pairwise(text)) and (length == 2 or text[:-2] != text[2:]):
            return text


def _scripted(draw: Draw, batch: int, steps: int, size: int) -> tuple[Supplied, torch.Tensor, torch.Tensor]:
    """A Linear layer, one-hot rows X (B, T, V) and its scores for them, no two of which come close."""
    while True:
        net = replace(Supplied("Linear", (size, size)).drawn(draw), double=False)
        numbers = draw.integers(0, size, batch, steps)
        x = torch.eye(size, dtype=torch.float64)[numbers]
        with torch.no_grad():
            scores: torch.Tensor = net.ours()(x)
        top = scores.topk(2, dim=2).values
        rows = [row.tolist() for row in numbers]
        if float((top[..., 0] - top[..., 1]).min()) > _MARGIN and all(len(set(r)) > 1 for r in rows):
            return net, x.float(), scores


def _pair(value: Any, name: str, steps: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    parts = list(value) if isinstance(value, (tuple, list)) else []
    parts = [torch.from_numpy(p) if isinstance(p, np.ndarray) else p for p in parts]
    if len(parts) != 2 or not all(isinstance(part, torch.Tensor) for part in parts):
        wanted = f"{shape_text((1, steps, size))}, {shape_text((1, steps))}"
        facts: dict[str, Fact] = {"name": name, "wanted": wanted, "got": type_text(value), "detail": ""}
        raise Finding("reply.malformed", facts=facts, about=name)
    return parts[0], parts[1]


def _is_long(y: torch.Tensor, shape: tuple[int, int], name: str) -> None:
    if y.shape != shape:
        compare(y.double(), shape, ("@axis.batch", "@axis.step"), name)
    if y.dtype is not torch.int64:
        facts: dict[str, Fact] = {
            "name": name,
            "expected": "int64",
            "got": str(y.dtype).removeprefix("torch."),
        }
        raise Finding("dtype.wrong", facts=facts, about=name)


def _spelt(numbers: torch.Tensor, chars: str) -> str:
    """Letters of these numbers, `·` for a number that no letter has."""
    return "".join(chars[n] if 0 <= n < len(chars) else "·" for n in numbers.tolist())


def _read(rows: torch.Tensor, chars: str) -> str:
    """Letters of one-hot rows, `·` for a row that is none."""
    clear = ((rows - 1).abs() <= _TOLERANCE).sum(-1) == 1
    clear &= (rows.abs() <= _TOLERANCE).sum(-1) == len(chars) - 1
    places = zip(rows.argmax(-1).tolist(), clear.tolist(), strict=True)
    return "".join(chars[i] if fine else "·" for i, fine in places)


def _texts(value: Any, batch: int, steps: int) -> list[str] | None:
    """What came as one text per row; None where it is no text at all."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, (list, tuple)) or not value:
        return None
    texts = ["".join(v) if isinstance(v, (list, tuple)) and _all_texts(v) else v for v in value]
    if not _all_texts(texts):
        return None
    if batch == 1 and len(texts) == steps > 1 and all(len(text) == 1 for text in texts):
        return ["".join(texts)]
    return texts


def _all_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _no_texts(value: Any, name: str) -> Finding:
    facts: dict[str, Fact] = {"name": name, "wanted": "list[str]", "got": type_text(value), "detail": ""}
    return Finding("reply.malformed", facts=facts, about=name)


def _says(name: str, code: str, text: str, chars: str, right: str, got: str) -> Finding:
    """A finding about letters that are not those of the text."""
    bad = [[1, step] for step, (a, b) in enumerate(zip(right, got, strict=False)) if a != b]
    steps = Steps(["@row.letter_right", "@row.your_letter"], [list(right), list(got)], bad)
    facts: dict[str, Fact] = {
        "name": name,
        "word": text,
        "text": text,
        "chars": chars,
        "read": got,
        "expected": right,
        "got": got,
    }
    return Finding(code, facts=facts, evidence=[steps], about=name)
