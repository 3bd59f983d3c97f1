"""`prepare`: what training may know of the test rows, which windows there are, and by whose scale."""

from __future__ import annotations

import pytest

from grader.evidence import HeatMap
from grader.judge.probes import Probes
from tests.fakes import student_of
from tests.probes.test_series import ARRAYS, HEAD, every, found, future, line

SHUFFLE = "    o = np.random.permutation(len(x))\n    x, y = x[o], y[o]\n"
RANDOM = "    x, y = build_dataset(scaled, seq_length)\n" + SHUFFLE
PARTS = """    n = int(len(x) * train_ratio)
    train_x, train_y, test_x, test_y = x[:n], y[:n], x[n:], y[n:]
    return"""
SCALED_LATER = """    low, span = train_x.min((0, 1)), np.ptp(train_x, (0, 1))
    train_x, test_x = (train_x - low) / span, (test_x - low) / span
    return"""
SMOOTH = """    series = np.stack([np.convolve(c, np.ones(3) / 3, "same") for c in series.T], 1)
    n = int"""
OWN = "leak.test_scaled_by_itself"
ALL = "(train_x, train_y, test_x, test_y)"
EACH = "    train_x = train_x / (1 + np.abs(train_x).sum(2, keepdims=True))\n"
INSIDE = "(train_x, train_x[:, -1, -1:], test_x, test_x[:, -1, -1:])"
OWN_Y = "    train_y = build_dataset(series[:n], seq_length)[1]\n    return ["
LOW = "low, high = series[:n].min(0), series[:n].max(0)"
BORROWED = "np.vstack([scaled[n - seq_length:n], scaled[n:]])"
RAW_HISTORY = BORROWED.replace("scaled[n - ", "series[n - ")
RAW_COLUMN = "    test_x[..., 1] = build_dataset(series[n - seq_length:], seq_length)[0][..., 1]\n"
SEVEN = "seven = series[:int(len(series) * 0.7)]\n    low, high = seven.min(0), seven.max(0)"
SPLIT_AT = "int(len(series) * train_ratio)"
ROUNDED = "round(len(series) * train_ratio)"
TRAIN, TEST = "build_dataset(scaled[:n], seq_length)", "build_dataset(scaled[n - seq_length:], seq_length)"
SPLIT = "    x, y = build_dataset(scaled, seq_length)\n" + PARTS
GIVEN = "    return [torch"
RAW = RANDOM.replace("scaled", "series") + PARTS.replace("    return", SCALED_LATER)


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ([(LOW, "low, high = series.min(0), series.max(0)")], "leak.scaler_sees_test"),
        ([(LOW, "low, high = series.mean(0), series.mean(0) + series.std(0)")], "leak.scaler_sees_test"),
        ([(LOW, "low, high = series[:n].min(0), series.max(0)")], "leak.scaler_sees_test"),
        ([(LOW, "low, high = series.min(0), series[:n].max(0)")], "leak.scaler_sees_test"),
        ([(GIVEN, SPLIT + " [torch")], "leak.windows_cross_split"),
        ([(TRAIN, "build_dataset(scaled[:n + seq_length], seq_length)")], "leak.windows_cross_split"),
        ([(GIVEN, RANDOM + PARTS + " [torch")], "leak.random_split"),
        ([(GIVEN, RAW + " [torch")], "leak.random_split"),
        (
            [(GIVEN, SPLIT + " [torch"), (LOW, "low, high = series.min(0), series.max(0)")],
            "leak.scaler_sees_test",
        ),
        ([("    n = int", "    series = np.random.permutation(series)\n    n = int")], "leak.random_split"),
        ([("    n = int", "    series = series[::-1]\n    n = int")], "window.time_reversed"),
        ([("    n = int", SMOOTH)], "leak.filter_reaches_future"),
        ([(LOW, LOW.replace("[:n]", "[:n + 1]")), (SPLIT_AT, ROUNDED)], "leak.scaler_sees_test"),
        ([(TRAIN, "build_dataset(scaled[:n + 1], seq_length)")], "leak.windows_cross_split"),
        ([(LOW, SEVEN)], "leak.scaler_sees_test"),
        ([(LOW, SEVEN.replace("seven.min(0)", "seven.mean(0) - seven.std(0)"))], "leak.scaler_sees_test"),
        ([("(train_x, train_y, test_x, test_y)]", "(train_x, train_y)]")], "reply.malformed"),
    ],
)  # fmt: skip
def test_what_training_knows_of_the_test_rows(edits: list[tuple[str, str]], code: str) -> None:
    source = ARRAYS
    for before, after in edits:
        assert before in source
        source = source.replace(before, after)
    finding = found(source, future)
    assert finding is not None
    assert finding.code == code
    if code.startswith("leak."):
        (picture,) = finding.evidence
        assert isinstance(picture, HeatMap)
        split = finding.facts["split"]
        late = [n for n, column in enumerate(picture.columns) if int(column) > split]
        assert any(row[n] > picture.threshold for row in picture.values for n in late)
        assert not any(row[n] for row in picture.promised or [] for n in late)


@pytest.mark.parametrize(
    "split",
    [
        "int(train_ratio * len(series))",
        "int(np.floor(len(series) * train_ratio))",
        "int(len(series) * train_ratio // 1)",
        "int(len(series) * round(train_ratio * 100) / 100)",
        "len(series) * int(100 * train_ratio) // 100",
        "len(series) - int(np.ceil(len(series) * (1 - train_ratio)))",
        "int(np.float32(len(series)) * np.float32(train_ratio))",
        "int(torch.tensor(train_ratio) * len(series))",
    ],
)
def test_every_spelling_of_the_promised_split_is_right(split: str) -> None:
    for ask in (future, every, line):
        assert found(ARRAYS.replace(SPLIT_AT, split), ask) is None


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ([(SPLIT_AT, ROUNDED)], "window.count"),
        ([(SPLIT_AT, "int(np.ceil(len(series) * train_ratio))")], "window.count"),
        ([(SPLIT_AT, "len(series) - int(len(series) * (1 - train_ratio))")], "window.count"),
        ([(SPLIT_AT, "int(len(series) * 0.7)")], "window.count"),
        ([(SPLIT_AT, SPLIT_AT + " - 2"), (LOW, LOW.replace("[:n]", "[:n + 2]"))], "window.count"),
        ([(TEST, "build_dataset(scaled[n - 1:], seq_length)")], "window.count"),
        ([(TEST, "build_dataset(scaled[n - seq_length - 1:], seq_length)")], "window.count"),
        ([(TRAIN, "build_dataset(scaled[:n - 1], seq_length)")], "window.count"),
        ([(TEST, "build_dataset(scaled[n + 1:], seq_length)")], "window.count"),
        ([("(train_x, train_y, test_x", "(train_x, train_y[::-1].copy(), test_x")], "window.target_wrong"),
        ([(ALL, "(train_x, train_y, test_x[::-1].copy(), test_y[::-1].copy())")], "window.order"),
        ([(ALL, INSIDE)], "window.target_inside_window"),
        ([(GIVEN, EACH + GIVEN)], "window.differs"),
    ],
)  # fmt: skip
def test_windows_of_both_parts(edits: list[tuple[str, str]], code: str) -> None:
    source = ARRAYS
    for before, after in edits:
        assert before in source
        source = source.replace(before, after, 1)
    finding = found(source, every)
    assert finding is not None
    assert finding.code == code
    assert found(source, future) is None


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (LOW, LOW + "\n    low, high = 0, 1", "scale.missing"),
        (LOW, LOW + "\n    low[-1], high[-1] = 0, 1", "scale.missing"),
        (LOW, "low, high = series[:n].min(), series[:n].max()", "scale.not_per_column"),
        (LOW, LOW.replace("[:n].", ".").replace("(0)", "(1, keepdims=True)"), "scale.not_per_column"),
        (LOW, "low, high = 0, 1\n    series = np.log(abs(series) + 1)", "scale.differs"),
        (TEST, TEST.replace("scaled[n - seq_length:]", "minmax_scaler(series[n - seq_length:])"), OWN),
        (TEST, "build_dataset(minmax_scaler(series[n:]), seq_length)", OWN),
        (TEST, "build_dataset(series[n - seq_length:], seq_length)", "scale.missing"),
        (TEST, "build_dataset(series[n:], seq_length)", "scale.missing"),
        (TEST, f"build_dataset({RAW_HISTORY}, seq_length)", "scale.missing"),
        (TEST, f"build_dataset({BORROWED.replace('scaled[n:]', 'series[n:]')}, seq_length)", "scale.missing"),
        ("    return [", RAW_COLUMN + "    return [", "scale.missing"),
        (TEST, f"build_dataset({BORROWED.replace('scaled[n:]', 'scaled[n:] / 2')}, seq_length)", OWN),
        ("    return [", "    test_y = test_y * 2\n    return [", OWN),
        ("    return [", "    test_y = series[n:, -1:]\n    return [", "window.target_wrong"),
        ("    return [", OWN_Y, "window.target_wrong"),
    ],
)  # fmt: skip
def test_lines_that_are_not_those_of_the_training_rows(before: str, after: str, code: str) -> None:
    assert before in ARRAYS
    finding = found(ARRAYS.replace(before, after), line)
    assert finding is not None
    assert finding.code == code


CUT = "scaled.clip(scaled[:n].min(0), scaled[:n].max(0))"


@pytest.mark.parametrize(
    "edits",
    [
        [("    train_x, train_y =", f"    scaled = {CUT}\n    train_x, train_y =")],
        [("    train_x, train_y =", f"    scaled = 2 * {CUT} - 1\n    train_x, train_y =")],
        [(TEST, TEST.replace("scaled", CUT))],
        [(TEST, TEST.replace("scaled[n - seq_length:]", CUT + "[n:]"))],
        [(TEST, f"({TEST.replace('scaled', CUT)}[0], {TEST}[1])")],
    ],
)
def test_test_windows_cut_off_at_the_training_range_are_said(edits: list[tuple[str, str]]) -> None:
    source = ARRAYS
    for before, after in edits:
        assert before in source
        source = source.replace(before, after, 1)
    finding = found(source, line)
    assert finding is not None
    assert finding.code == "scale.clipped"
    assert found(source, every) is None
    assert found(source, future) is None


@pytest.mark.parametrize("test", ["scaled[n:] / 2", "series[n:]", "minmax_scaler(series[n:])"])
def test_windows_of_rows_in_two_scales_are_told_by_their_neighbours(test: str) -> None:
    rows = BORROWED.replace("scaled[n:]", test)
    assert found(ARRAYS.replace(TEST, f"build_dataset({rows}, seq_length)"), every) is None


def test_the_rows_that_were_not_scaled_are_said() -> None:
    finding = found(ARRAYS.replace(TEST, f"build_dataset({RAW_HISTORY}, seq_length)"), line)
    assert finding.facts["part"] == "test"
    assert (finding.facts["count"], finding.facts["row"], finding.facts["split"]) == (7, 36, 42)


@pytest.mark.parametrize(
    "edit",
    [
        "    scaled = series\n    scaled -= low\n    scaled /= high - low",
        "    series[:] = (series - low) / (high - low)\n    scaled = series",
        "    scaled = torch.as_tensor(series)\n    scaled -= torch.as_tensor(low)",
    ],
)
def test_the_series_that_is_given_stays_as_it_was(edit: str) -> None:
    source = ARRAYS.replace("    scaled = (series - low) / (high - low + 1e-7)", edit)
    assert found(source, future) is None
    finding = found(source, every)
    assert finding.code == "input.mutated"
    assert finding.facts["argument"] == "series"


def test_a_scale_of_its_own_for_the_test_part_can_be_allowed() -> None:
    source = ARRAYS.replace(TEST, "build_dataset(minmax_scaler(series[n:]), seq_length)")
    student, draw = student_of(HEAD, source)
    probes = Probes(draw)
    probes.scales_by_training_rows(student.prepare, separate=True)
    assert [remark.code for remark in probes.remarks] == ["leak.test_scaled_by_itself"]
    probes.remarks.clear()
    probes.scales_by_training_rows(student_of(HEAD, ARRAYS)[0].prepare, separate=True)
    assert probes.remarks == []


def test_a_blank_stays_a_blank_and_an_error_that_of_the_arrays() -> None:
    blank = ARRAYS.replace("    n = int", "    raise NotImplementedError()\n    n = int")
    assert found(blank, future).code == "notebook.not_attempted"
    broken = ARRAYS.replace("    n = int", "    series = series.nonsense()\n    n = int")
    assert "ndarray" in found(broken, future).facts["message"]
