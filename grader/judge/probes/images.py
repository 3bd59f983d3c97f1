"""Classifiers of images: a row of scores for each image, from all of its pixels and from no other image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import torch

from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes import order, shapes

_AXES = ("@axis.batch", "@axis.class")
_MIXED = ("axis.batch_time_swapped", "axis.view_instead_of_transpose", "batch.mixed")


def classifies_images(model: Model, images: torch.Tensor, draw: Draw, *, classes: int) -> None:
    """`model(images (B, H, W) or (B, C, H, W))` is (B, classes): finite, floating, different for others.

    Choose B so that it divides neither H, W nor `classes`. Findings: shape.batch_lost (one row of scores for
    all images, or several rows for each), those of `has_shape`; where the call fails because rows and images
    changed places (it works as soon as there are as many of both) axis.batch_time_swapped,
    axis.view_instead_of_transpose, batch.mixed.
    """
    rows = images.shape[0]
    try:
        shapes.has_shape(model, [images], (rows, classes), _AXES, draw)
    except Finding as found:
        if found.code == "batch.fixed_size" and images.dim() == 3:
            _named_by_square(model, images, draw)
        got = found.facts.get("got")
        if found.code == "shape.wrong" and _other_rows(str(got), rows, classes):
            facts = {**found.facts, "size": rows}
            raise Finding(
                "shape.batch_lost", facts=facts, evidence=found.evidence, about=found.about
            ) from None
        raise


def reads_whole_image(model: Model, images: torch.Tensor, draw: Draw, *, strips: int) -> None:
    """Each row of scores depends on all rows and all columns of its own image, and on no other image.

    images (B, H, W) or (B, 1, H, W), square; they are replaced strip by strip, `strips` to an image (a
    divisor of H), first across and then down. So reading an image column by column is as right as reading
    it row by row. Draws, tolerances and findings as `order.many_to_one`; a strip is a step.
    """
    side, shape = images.shape[-1], tuple(images.shape[1:])
    for down in (False, True):
        subject = Strips(model, shape, down)
        pixels = images.reshape(-1, side, side)
        pixels = pixels.transpose(1, 2) if down else pixels
        x = pixels.reshape(len(pixels), strips, -1).contiguous()
        order.many_to_one(subject, x, draw)


@dataclass(frozen=True)
class Strips:
    """A model of images (B, *shape) that is given them as strips (B, count, pixels): across, or `down`."""

    model: Model
    shape: Sequence[int]
    down: bool

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def double(self) -> bool:
        return self.model.double

    def drawn(self, draw: Draw) -> Self:
        return replace(self, model=self.model.drawn(draw))

    def settled(self, *args: Any) -> Self:
        return replace(self, model=self.model.settled(self._image(args[0])))

    def run(self, cases: Sequence[Sequence[Any]], *, seeds: Sequence[int] | None = None) -> list[Answer]:
        return self.model.run([[self._image(case[0])] for case in cases], seeds=seeds)

    def _image(self, strips: torch.Tensor) -> torch.Tensor:
        side = self.shape[-1]
        pixels = strips.reshape(len(strips), side, side)
        pixels = pixels.transpose(1, 2) if self.down else pixels
        return pixels.reshape(len(strips), *self.shape)


def _named_by_square(model: Model, images: torch.Tensor, draw: Draw) -> None:
    """Raises the name of what mixes images and their rows, if it shows with as many images as rows."""
    count = images.shape[1]
    square = draw.normal(count, *images.shape[1:], purpose="square").to(images.dtype)
    try:
        order.many_to_one(model, square, draw)
    except Finding as found:
        if found.code in _MIXED:
            raise


def _other_rows(got: str, rows: int, classes: int) -> bool:
    """Whether the text of a shape is (classes,), or (n, classes) with n a multiple of `rows`: then numbers of
    one image went into several rows."""
    sizes = [int(part) for part in got.strip("()").split(",") if part.strip().isdigit()]
    several = len(sizes) == 2 and sizes[1] == classes and sizes[0] > rows and sizes[0] % rows == 0
    return several or sizes == [classes]
