"""How large what comes out of a convolution is: the formula, and what wrong formulas give."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.evidence import Table
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.probes import scalar
from grader.judge.probes.optional import asked, refuses_position
from grader.judge.student import Handle
from grader.record import Fact


@dataclass(frozen=True)
class _Size:
    """One question to `conv_output_size`."""

    size: int
    kernel: int
    stride: int
    padding: int

    def exact(self) -> Fraction:
        return Fraction(self.size + 2 * self.padding - self.kernel, self.stride) + 1


def output_size(handle: Handle, draw: Draw) -> None:
    """`handle(size, kernel, stride=1, padding=0)` is floor((size + 2 padding - kernel) / stride) + 1.

    Drawn sizes, with and without a rest; stride and padding also left out. Whole numbers as int, float or
    tensor pass. Findings: cnn.stride_ignored, cnn.padding_wrong, cnn.partial_windows,
    cnn.size_off_by_one, else cnn.size_wrong; reply.malformed, call.failed.
    """
    function = Function(handle)
    sizes = _sizes(draw)
    options = [{} if n == 0 else {"stride": s.stride, "padding": s.padding} for n, s in enumerate(sizes)]
    by_name = refuses_position(function, [8, 3, 2, 1])
    got = []
    for size, named in zip(sizes, options, strict=True):
        asking, args = asked(function, [size.size, size.kernel], named, by_name=by_name)
        (answer,) = asking.run([args])
        got.append(float(scalar.number(answer.get(), function.name)))
    right = [float(math.floor(size.exact())) for size in sizes]
    if got == right:
        return
    code = next((code for code, values in _wrong_sizes(sizes) if got == values), "cnn.size_wrong")
    bad = [n for n, (g, r) in enumerate(zip(got, right, strict=True)) if g != r]
    rows: list[list[float | int | str]] = [
        [s.size, s.kernel, s.stride, s.padding, r, g] for s, r, g in zip(sizes, right, got, strict=True)
    ]
    columns = ["@column.size", "@column.kernel", "@column.stride", "@column.padding"]
    table = Table([*columns, "@column.right_size", "@column.your_size"], rows, bad)
    facts: dict[str, Fact] = {"name": function.name, "wrong": len(bad), "of": len(sizes)}
    raise Finding(code, facts=facts, evidence=[table], about=function.name)


def _sizes(draw: Draw) -> list[_Size]:
    """Six questions that every known wrong formula answers differently from the right one."""
    while True:
        numbers = [
            draw.integers(low, high, 6, purpose="sizes").tolist()
            for low, high in ((8, 30), (2, 6), (2, 4), (1, 4))
        ]
        sizes = [_Size(*row) for row in zip(*numbers, strict=True)]
        sizes[0] = _Size(sizes[0].size, sizes[0].kernel, 1, 0)
        right = [float(math.floor(s.exact())) for s in sizes]
        values = [tuple(v) for _, v in _wrong_sizes(sizes)]
        if tuple(right) not in values and len(set(values)) == len(values):
            return sizes


def _wrong_sizes(sizes: Sequence[_Size]) -> list[tuple[str, list[float]]]:
    def of(padding: float, stride: bool = True, more: int = 1, up: bool = False) -> list[float]:
        found = []
        for s in sizes:
            rest = Fraction(s.size - s.kernel) + Fraction(padding) * s.padding
            whole = rest / (s.stride if stride else 1)
            found.append(float((math.ceil if up else math.floor)(whole) + more))
        return found

    return [
        ("cnn.stride_ignored", of(2, stride=False)),
        ("cnn.padding_wrong", of(1)),
        ("cnn.padding_wrong", of(0)),
        ("cnn.partial_windows", of(2, up=True)),
        ("cnn.partial_windows", [float(s.exact()) for s in sizes]),
        ("cnn.size_off_by_one", of(2, more=0)),
        ("cnn.size_off_by_one", of(2, more=2)),
        ("cnn.size_off_by_one", of(2, more=0, up=True)),
    ]
