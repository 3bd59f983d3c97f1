"""What happens between the layers of a convolutional network: sizes, pooling, activations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch.nn import functional as F

from grader.evidence import Steps
from grader.judge.answer import Seen
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.convolution import WHOLE_POOL
from grader.judge.probes.kernels import has_kernels
from grader.judge.probes.measure import OTHER_SHAPE, rel
from grader.record import Fact

_CONVOLUTION, _LINEAR = "torch.nn.functional.conv2d", "torch.nn.functional.linear"
Size = tuple[int, int, int]


@dataclass(frozen=True)
class Plan:
    """Sizes (C, H, W) on the way through the network: of the image, after each convolution, and after each
    pooling by 2; the last pooling is what the Linear layer is given."""

    image: Size
    convolved: Sequence[Size]
    pooled: Sequence[Size]

    def sizes(self) -> list[Size]:
        pairs = zip(self.convolved, self.pooled, strict=True)
        return [self.image, *(size for pair in pairs for size in pair)]

    def weights(self) -> list[int]:
        """Numbers in the matrices of 3x3 kernels, one after the other."""
        channels = [self.image[0], *(size[0] for size in self.convolved)]
        return [9 * a * b for a, b in pairwise(channels)]


def has_sizes_inside(model: Model, images: torch.Tensor, draw: Draw, plan: Plan) -> Finding | None:
    """The convolutions of `model(images)` have the sizes of `plan`, and so have what the next layer is given.

    Convolutions are seen wherever they are called; what lies between them, pooling in any spelling, by what
    the next layer is given: so layers that keep the size may be added. Findings: cnn.filter_shared (all
    channels of a convolution, or of what the next one is given, are one picture), cnn.sizes (of what goes
    in and out, then of the kernels, see `kernels.has_kernels`). Returns a remark, note.adapted, where no
    convolution was seen and the numbers of weights had to decide.
    """
    events, _ = _observed(model, images, draw)
    seen = _way(events)
    _own_filters(events, model.name)
    convolutions = [event for event in events if event.name == _CONVOLUTION]
    facts: dict[str, Fact] = {"name": model.name}
    if not convolutions:
        numbers = {math.prod(entry.shape) for entry in model.describe().entries if not entry.buffer}
        if numbers.issuperset(plan.weights()):
            return Finding("note.adapted", facts={"what": model.name})
        raise Finding("cnn.sizes", facts={**facts, "found": ""}, about=model.name)
    expected = plan.sizes()
    linear = next((event for event in events if event.name == _LINEAR), None)
    features = _features(linear)
    fits = seen in (expected, expected[:-1]) and features in (None, math.prod(expected[-1]))
    if fits:
        has_kernels(convolutions, [size[0] for size in plan.convolved], model.name)
        return None
    shown = [_text(size) for size in seen[:12]] + ([str(features)] if features else [])
    right = [_text(size) for size in expected] + [str(math.prod(expected[-1]))]
    bad = [[1, n] for n, text in enumerate(shown) if n >= len(right) or right[n] != text]
    steps = Steps(["@row.size_expected", "@row.your_size"], [right, shown], bad)
    facts["found"] = " → ".join(shown)
    raise Finding("cnn.sizes", facts=facts, evidence=[steps], about=model.name)


def is_not_linear_inside(model: Model, images: torch.Tensor, draw: Draw, plan: Plan) -> None:
    """Between the convolutions, and before the Linear layer, stand an activation and max pooling by 2.

    Told by the numbers: what a layer is given is compared with what the convolution before it gave, under
    weights of ours. Findings: cnn.avg_for_max (it is the mean of each window), cnn.nonlinearity_missing (it
    is the maximum of each window, negative numbers among them). Other activations, and layers between,
    pass. Call it once the sizes are right; where no convolution was seen nothing is said.
    """
    events, double = _observed(model, images, draw)
    tolerance = OTHER_SHAPE[double]
    convolutions = [event for event in events if event.name == _CONVOLUTION]
    later = [*convolutions[1:], *[event for event in events if event.name == _LINEAR][:1]]
    for number, size in enumerate(plan.convolved):
        made = [event.output for event in convolutions if _size(event.output) == size]
        after = plan.pooled[number]
        given = [v for event in later if (v := _given(event, after, len(images))) is not None]
        if not made or not given:
            continue
        before, entered = made[-1].double(), given[0].double()
        maximum, mean = F.max_pool2d(before, 2), F.avg_pool2d(before, 2)
        facts: dict[str, Fact] = {"name": model.name, "layer": number + 1}
        means = [mean, mean.relu(), F.avg_pool2d(before.relu(), 2)]
        if any(_same(entered, value, tolerance) for value in means):
            raise Finding("cnn.avg_for_max", facts=facts, about=model.name)
        if _same(entered, maximum, tolerance) and bool((maximum < 0).any()):
            facts["negative"] = float((entered < 0).double().mean())
            raise Finding("cnn.nonlinearity_missing", facts=facts, about=model.name)


def _observed(model: Model, images: torch.Tensor, draw: Draw) -> tuple[list[Seen], bool]:
    lab = model.drawn(draw).settled(images)
    answer, events = lab.observe(images, roles=[], functions=[_CONVOLUTION, _LINEAR, *WHOLE_POOL])
    answer.get()
    return events, lab.double


def _way(events: Sequence[Seen]) -> list[Size]:
    """Sizes in and out of convolutions and pools, in order; repeats are dropped, and so is what comes after
    the way begins again (images one by one)."""
    stages: list[list[Size]] = []
    for event in events:
        if event.name == _LINEAR:
            continue
        values = [_entered(event), event.output] if event.name == _CONVOLUTION else [event.output]
        stage = [size for value in values if (size := _size(value)) is not None]
        if stages and stage == stages[-1]:
            continue
        if len(stages) > 1 and stage == stages[0]:
            break
        stages.append(stage)
    sizes = [size for stage in stages for size in stage]
    return [size for n, size in enumerate(sizes) if n == 0 or size != sizes[n - 1]]


def _entered(event: Seen) -> torch.Tensor | None:
    """What the layer was given; without a ring of one pixel that was laid around it before."""
    value, output = event.inputs[0] if event.inputs else None, event.output
    if not isinstance(value, torch.Tensor) or not isinstance(output, torch.Tensor):
        return None
    wide = value.dim() > 2 and output.dim() > 2
    ringed = event.name == _CONVOLUTION and wide and value.shape[-1] == output.shape[-1] + 2
    return value[..., 1:-1, 1:-1] if ringed else value


def _own_filters(events: Sequence[Seen], name: str) -> None:
    """Raises cnn.filter_shared where all channels hold one picture, but for a number added to each."""
    for event in events:
        if event.name != _CONVOLUTION:
            continue
        for value in (event.output, _entered(event)):
            size = _size(value)
            if size is None or size[0] < 2 or not isinstance(value, torch.Tensor):
                continue
            pictures = value.detach().double().reshape(-1, *size)
            centred = pictures - pictures[:, :, :1, :1]
            apart = float((centred - centred[:, :1]).abs().max())
            if apart <= 1e-6 * max(float(pictures.abs().max()), 1e-30):
                facts: dict[str, Fact] = {"name": name, "channels": size[0]}
                raise Finding("cnn.filter_shared", facts=facts, about=name)


def _size(value: Any) -> Size | None:
    value = value[0] if isinstance(value, (tuple, list)) and value else value
    if not isinstance(value, torch.Tensor) or value.dim() not in (3, 4) or not value.numel():
        return None
    channels, height, width = value.shape[-3:]
    return channels, height, width


def _features(linear: Seen | None) -> int | None:
    """How many numbers of an image a Linear layer is given; None where there is no such layer."""
    value = linear.inputs[0] if linear is not None and linear.inputs else None
    return value.shape[-1] if isinstance(value, torch.Tensor) and value.dim() else None


def _given(event: Seen, size: Size, count: int) -> torch.Tensor | None:
    """What the layer was given, as (count, C, H, W) of `size`; None where it is something else."""
    value = _entered(event)
    if value is None or value.numel() != count * math.prod(size):
        return None
    fits = _size(value) == size if event.name == _CONVOLUTION else value.shape[-1] == math.prod(size)
    return value.detach().reshape(count, *size) if fits else None


def _same(one: torch.Tensor, other: torch.Tensor, tolerance: float) -> bool:
    """Whether both hold the same numbers for each image, in any order (a Linear layer may be given any)."""
    if one.numel() != other.numel():
        return False
    return rel(one.flatten(1).sort(1).values, other.flatten(1).sort(1).values) <= tolerance


def _text(size: Size) -> str:
    return "×".join(str(number) for number in size)
