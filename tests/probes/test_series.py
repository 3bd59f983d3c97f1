"""Scales, windows and the split of a series: right ones of any style pass, each mistake gets its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.evidence import Table
from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.student import Student
from tests.fakes import student_of

HEAD = "import numpy as np\nimport torch\n"

ARRAYS = """
def minmax_scaler(data):
    low, high = np.min(data, 0), np.max(data, 0)
    return (data - low) / (high - low + 1e-7)
def build_dataset(series, seq_length):
    X = [series[i:i + seq_length] for i in range(len(series) - seq_length)]
    Y = [series[i + seq_length, [-1]] for i in range(len(series) - seq_length)]
    return np.array(X), np.array(Y)
def prepare(series, seq_length, train_ratio=0.7):
    n = int(len(series) * train_ratio)
    low, high = series[:n].min(0), series[:n].max(0)
    scaled = (series - low) / (high - low + 1e-7)
    train_x, train_y = build_dataset(scaled[:n], seq_length)
    test_x, test_y = build_dataset(scaled[n - seq_length:], seq_length)
    return [torch.FloatTensor(part) for part in (train_x, train_y, test_x, test_y)]
"""

TENSORS = """
def minmax_scaler(data):
    low, high = data.min(0)[0], data.max(0)[0]
    return (data - low) / (high - low + 1e-7)
def build_dataset(series, seq_length):
    X = series.unfold(0, seq_length, 1).permute(0, 2, 1)[:-1]
    return X, series[seq_length:, -1:]
def prepare(series, seq_length, train_ratio=0.7):
    split = series.shape[0] * train_ratio // 1
    split = int(split)
    train = series[:split]
    scaled = (series - train.mean(dim=0)) / train.std(dim=0)
    return (*build_dataset(scaled[:split], seq_length), *build_dataset(scaled[split:], seq_length))
"""

VIEWS = """
from numpy.lib.stride_tricks import sliding_window_view
def minmax_scaler(data):
    return np.stack([(c - c.min()) / (np.ptp(c) + 1e-7) for c in np.asarray(data).T], axis=1)
def build_dataset(series, seq_length):
    every = sliding_window_view(series, seq_length, axis=0).swapaxes(1, 2)
    return every[:-1].copy(), series[seq_length:, -1].reshape(-1, 1)
def prepare(series, seq_length, train_ratio=0.7):
    cut = int(len(series) * train_ratio)
    top = series[:cut].max(axis=0, keepdims=True)
    bottom = series[:cut].min(axis=0, keepdims=True)
    x, y = build_dataset(2 * (series - bottom) / (top - bottom) - 1, seq_length)
    first = cut - seq_length
    return x[:first].astype(np.float32), y[:first, 0].astype(np.float32), x[first:], y[first:, 0]
"""

LISTS = """
def minmax_scaler(data):
    data = torch.as_tensor(data)
    low, high = torch.aminmax(data, dim=0)
    return data.sub(low).div(high - low + 1e-7)
def build_dataset(series, seq_length):
    pairs = [(series[k:k + seq_length], series[k + seq_length][-1:]) for k in range(len(series) - seq_length)]
    X, Y = zip(*pairs)
    return list(X), list(Y)
def prepare(series, seq_length, train_ratio=0.7):
    n = int(len(series) * train_ratio)
    train, test = series[:n], series[n:]
    span = np.abs(train).max(0)
    train_x, train_y = build_dataset(train / span, seq_length)
    own = train[seq_length:, -1]
    train_y = [(y - own.mean() / span[-1]) * 3 for y in train_y]
    order = np.random.permutation(len(train_x))
    test_x, test_y = build_dataset(test / span, seq_length)
    test_y = [(y - own.mean() / span[-1]) * 3 for y in test_y]
    return [train_x[i] for i in order], [train_y[i] for i in order], test_x, test_y
"""

STYLES = {"arrays": ARRAYS, "tensors": TENSORS, "views": VIEWS, "lists": LISTS}


def scale(probes: Probes, student: Student) -> None:
    probes.scales_columns(student.minmax_scaler)


def cut(probes: Probes, student: Student) -> None:
    probes.cuts_series(student.build_dataset)


def future(probes: Probes, student: Student) -> None:
    probes.keeps_future_out(student.prepare)


def every(probes: Probes, student: Student) -> None:
    probes.prepares_every_window(student.prepare)


def line(probes: Probes, student: Student) -> None:
    probes.scales_by_training_rows(student.prepare)


ASKED = {"scale": scale, "cut": cut, "future": future, "every": every, "line": line}


def found(source: str, ask: Callable[[Probes, Student], None], key: bytes = b"test") -> Any:
    """The finding of `ask` about a notebook with this source; None where there is none."""
    student, draw = student_of(HEAD, source, key=key)
    try:
        ask(Probes(draw), student)
    except Finding as finding:
        return finding
    return None


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_right_ones_of_every_style_pass(style: str, ask: Callable[[Probes, Student], None]) -> None:
    for key in (b"1", b"2", b"3"):
        assert found(style, ask, key) is None


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("    return (data - low) / (high - low + 1e-7)\ndef", "    return data\ndef", "scale.missing"),
        ("np.min(data, 0), np.max(data, 0)", "np.min(data), np.max(data)", "scale.not_per_column"),
        (
            "np.min(data, 0), np.max(data, 0)",
            "np.min(data, 1, keepdims=True), np.max(data, 1, keepdims=True)",
            "scale.not_per_column",
        ),
        ("np.min(data, 0), np.max(data, 0)", "data.mean(0), data.mean(0) + data.std(0)", "scale.differs"),
        (
            "(data - low) / (high - low + 1e-7)\ndef",
            "2 * (data - low) / (high - low) - 1\ndef",
            "scale.differs",
        ),
        ("(data - low) / (high - low + 1e-7)\ndef", "data / (high + 1e-7)\ndef", "scale.differs"),
        ("(data - low) / (high - low + 1e-7)\ndef", "data - low / (high - low + 1e-7)\ndef", "scale.differs"),
        ("np.errstate()", "", None),
        ("(data - low) / (high - low + 1e-7)\ndef", "((data - low) / (high - low))[:-1]\ndef", "shape.wrong"),
    ],
)
def test_scales_that_are_not_those_of_the_formula(before: str, after: str, code: str | None) -> None:
    finding = found(ARRAYS.replace(before, after), scale)
    assert (finding.code if finding else None) == code


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_column_of_one_number_needs_the_small_addend() -> None:
    wrong = ARRAYS.replace("(high - low + 1e-7)\ndef", "(high - low)\ndef")
    assert found(wrong, scale).code == "output.nan"
    assert found(TENSORS.replace(" + 1e-7", ""), scale).code == "output.nan"


BEGIN = "def build_dataset(series, seq_length):\n"
X, Y, COUNT = (
    "series[i:i + seq_length] for",
    "series[i + seq_length, [-1]]",
    "range(len(series) - seq_length)",
)


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ([(Y, "series[i + seq_length - 1, [-1]]")], "window.target_inside_window"),
        ([(Y, "series[i, [-1]]")], "window.target_inside_window"),
        (
            [(Y, "series[i + seq_length + 1, [-1]]"), (COUNT, "range(len(series) - seq_length - 1)")],
            "window.target_too_late",
        ),
        ([(Y, "series[i + seq_length, [0]]")], "window.wrong_column"),
        ([(Y, "series[i + seq_length]")], "window.wrong_column"),
        ([(Y, "series[i + seq_length, -1]")], "shape.wrong"),
        ([(Y, "series[-1 - i, [-1]]")], "window.target_wrong"),
        ([(Y, "series[[i + seq_length], -1] * 2")], "window.target_wrong"),
        ([(X, "series[i:i + seq_length][::-1] for")], "window.time_reversed"),
        ([(BEGIN, BEGIN + "    series = series[::-1]\n")], "window.time_reversed"),
        ([(COUNT, "range(len(series) - seq_length - 1)")], "window.count"),
        ([(COUNT, "range(1, len(series) - seq_length)")], "window.count"),
        ([(COUNT, "range(0, len(series) - seq_length, 2)")], "window.order"),
        ([(COUNT, "range(0, len(series) - seq_length, seq_length)")], "window.order"),
        ([(COUNT, "range(len(series) - seq_length)[::-1]")], "window.order"),
        ([(X, "series[i:i + seq_length, :-1] for")], "shape.wrong"),
        ([(X, "series[i:i + seq_length].T for")], "shape.axes_swapped"),
        ([(X, "series[i:i + seq_length + 1] for")], "shape.wrong"),
        ([(X, "minmax_scaler(series[i:i + seq_length]) for")], "window.differs"),
        ([("return np.array(X), np.array(Y)", "return np.array(X)")], "reply.malformed"),
        ([("return np.array(X), np.array(Y)", "return np.array(X).round(), np.array(Y)")], "window.differs"),
        ([("return np.array(X), np.array(Y)", "return np.array(X).astype(int), np.array(Y)")], "dtype.wrong"),
    ],
)  # fmt: skip
def test_windows_that_are_not_those_of_the_series(edits: list[tuple[str, str]], code: str) -> None:
    source = ARRAYS
    for before, after in edits:
        assert before in source
        source = source.replace(before, after)
    finding = found(source, cut)
    assert finding is not None
    assert finding.code == code
    if code.startswith("window.") and code != "window.wrong_column":
        assert isinstance(finding.evidence[0], Table)
