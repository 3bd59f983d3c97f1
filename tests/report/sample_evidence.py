"""One piece of evidence of every kind, as probes leave it."""

from __future__ import annotations

from math import sin

from grader.evidence import (
    Bars,
    Confusion,
    Curve,
    Evidence,
    Gallery,
    HeatMap,
    Image,
    Names,
    Pair,
    Series,
    Shapes,
    Steps,
    Table,
)

HEAT = HeatMap(
    rows=["h·e·l·l·o", "k·i·m", "사과", "a"],
    columns=["1", "2", "3", "4", "5", "6", "7"],
    values=[
        [0.31, 0.28, 0.4, 0.52, 0.77, 0.0, 0.0],
        [0.22, 0.3, 0.61, 0.14, 0.12, 0.1, 0.08],
        [0.4, 0.66, 0.25, 0.21, 0.2, 0.18, 0.15],
        [0.84, 0.44, 0.4, 0.31, 0.3, 0.25, 1.1e-5],
    ],
    promised=[[True] * n + [False] * (7 - n) for n in (5, 3, 2, 1)],
    row_axis="@axis.word",
    column_axis="@axis.step",
    threshold=1e-3,
)
TABLE = Table(
    columns=["@column.word", "@column.length", "@column.alone", "@column.together", "@column.change"],
    rows=[["hello", 5, 0.412, 0.412, 0.0], ["kim", 3, -0.22, -0.31, 0.41], ["사과", 2, 0.105, -0.02, 1.13]],
    bad=[1, 2],
)
STEPS = Steps(
    labels=["@row.given", "@row.expected", "@row.got"],
    tokens=[["<SOS>", "나는", "배가"], ["나는", "배가", "고프다"], ["나는", "고프다", "<EOS>"]],
    bad=[[2, 1], [2, 2]],
)
PAIR = Pair(
    [0.1234, -1.5, 2.25, 0.0], [0.1234, -1.5, 1.125, 0.0], worst=2, difference=0.5, worst_index=[0, 2]
)
SHAPES = Shapes(["@axis.batch", "@axis.step", "@axis.class"], [4, 7, 5], [4, 5, 5], differing=[1])
BARS = Bars(
    ["rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "out.weight", "out.bias"],
    [0.324, 0.0, 0.119, 0.304, 0.275],
    flagged=[1],
    unit="@column.gradient",
)
CURVE = Curve(
    [2.6 * 0.9**step + 0.1 for step in range(60)],
    low=[1.8 * 0.85**step for step in range(60)],
    high=[3.0 * 0.92**step + 0.2 for step in range(60)],
)
NAMES = Names(["Tagger", "masked_loss", "net2"])
SERIES = Series(
    ["@row.right_number", "@row.forecast", "@row.as_yesterday"],
    [[sin((step + late) / 2) for step in range(24)] for late in (0, 0.4, -1)],
)
CONFUSION = Confusion(
    [str(n) for n in range(10)], [[9 if r == c else (r * c) % 4 // 3 for c in range(10)] for r in range(10)]
)
GALLERY = Gallery(
    [
        Image(
            "".join(f"{(r * c + n) % 16:x}" for r in range(8) for c in range(8)), 8, str(n), str(9 - n), 0.9
        )
        for n in range(4)
    ],
    of=17,
)
EVERY_KIND: list[Evidence] = [
    HEAT, TABLE, STEPS, PAIR, SHAPES, BARS, CURVE, NAMES, SERIES, CONFUSION, GALLERY,
]  # fmt: skip
