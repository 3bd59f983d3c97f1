"""Evidence: what a probe saw, as plain data that a renderer can draw.

Every text in evidence is either a token of the student's world (a word, a parameter's name, a
number) or a key into the words, written with a leading `@` (`"@axis.batch"`), so that evidence is
the same in every language. Sizes are capped where evidence is made (`judge/finding.py`).
"""

from __future__ import annotations

import msgspec

from grader.bounds import Whole

Number = float | Whole | str
"""A number, or a word for one that JSON cannot hold ("nan", "inf")."""


class HeatMap(msgspec.Struct, frozen=True, tag_field="kind", tag="heatmap"):
    """How strongly each output (row) depends on each input (column); 0 is "not at all"."""

    rows: list[str]
    columns: list[str]
    values: list[list[float]]
    promised: list[list[bool]] | None = None
    """Where an influence is promised; elsewhere none may be. None: nothing is promised cell by cell."""
    row_axis: str = "@axis.output"
    column_axis: str = "@axis.input"
    threshold: float = 0.0


class Table(msgspec.Struct, frozen=True, tag_field="kind", tag="table"):
    """Rows of measured numbers; `bad` lists the indices of the rows that break the promise."""

    columns: list[str]
    rows: list[list[Number]]
    bad: list[Whole] = []


class Steps(msgspec.Struct, frozen=True, tag_field="kind", tag="steps"):
    """Tokens step by step: one labelled row each for what had to be, what was, what should have been."""

    labels: list[str]
    tokens: list[list[str]]
    bad: list[list[Whole]] = []
    """[row, step] pairs that are wrong."""


class Pair(msgspec.Struct, frozen=True, tag_field="kind", tag="pair"):
    """The first numbers of what was expected and of what came, and where they differ most."""

    expected: list[Number]
    got: list[Number]
    worst: Whole
    """Index into both lists of the entry that differs most among those shown."""
    difference: Number
    """Largest relative difference over all entries, shown or not."""
    worst_index: list[Whole] = []
    """Where, in the whole tensor, the largest difference lies."""


class Shapes(msgspec.Struct, frozen=True, tag_field="kind", tag="shapes"):
    """Axis sizes expected and got; `axes` names the expected axes (`@axis.batch`)."""

    axes: list[str]
    expected: list[Whole]
    got: list[Whole]
    differing: list[Whole] = []


class Bars(msgspec.Struct, frozen=True, tag_field="kind", tag="bars"):
    """One number per label (a parameter, a step); `flagged` lists the indices that break the promise."""

    labels: list[str]
    values: list[float]
    flagged: list[Whole] = []
    unit: str = ""


class Curve(msgspec.Struct, frozen=True, tag_field="kind", tag="curve"):
    """A series over steps (a loss), with the band that right answers keep, where known."""

    values: list[float]
    low: list[float] = []
    high: list[float] = []
    label: str = "@axis.loss"
    of: Whole = 0
    """How many numbers there were before some were left out; 0: as many as `values` has."""


class Series(msgspec.Struct, frozen=True, tag_field="kind", tag="series"):
    """Several lines over the same steps, the right one first: what had to be said, and what was."""

    labels: list[str]
    lines: list[list[float]]
    axis: str = "@axis.step"


class Confusion(msgspec.Struct, frozen=True, tag_field="kind", tag="confusion"):
    """How often what belongs to a class (row) was answered with a class (column)."""

    classes: list[str]
    counts: list[list[Whole]]


class Image(msgspec.Struct, frozen=True):
    """A grey image, a hexadecimal digit for each pixel, row by row; 0 is black."""

    pixels: str
    width: Whole
    right: str
    said: str
    share: float
    """The probability that was given to what was said."""


class Gallery(msgspec.Struct, frozen=True, tag_field="kind", tag="gallery"):
    """Images that were taken for something else, the surest mistake first."""

    images: list[Image]
    of: Whole
    """How many were answered wrongly."""


class Names(msgspec.Struct, frozen=True, tag_field="kind", tag="names"):
    """A list of names (of parameters, of what was found instead)."""

    names: list[str]


Evidence = HeatMap | Table | Steps | Pair | Shapes | Bars | Curve | Series | Confusion | Gallery | Names
