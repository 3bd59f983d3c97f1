"""The kernels of a convolutional network: how large they are, and which channels each of them reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from grader.judge.answer import Seen
from grader.judge.finding import Finding
from grader.record import Fact

_SIDE = 3
_WIDEST = 8
_SAME = 1e-4


@dataclass(frozen=True)
class _Layer:
    """What a convolution was given (B, C, H, W), its kernels (out, C / groups, h, w), and what it gave."""

    given: torch.Tensor
    kernels: torch.Tensor
    output: torch.Tensor


def has_kernels(convolutions: Sequence[Seen], channels: Sequence[int], name: str) -> None:
    """Each of the convolutions has kernels of 3x3, dilation 1, over all channels that it is given.

    convolutions: the calls of torch's `conv2d`; channels: how many each layer of the plan makes. Another
    dilation is told by the numbers, computed again with each (1e-4 of the largest). Rings of zeros around a
    kernel do not count. Finding: cnn.sizes (fact `differing`: channels, kernel, dilation).
    Nothing is said where there are more or fewer layers than planned, told apart by their kernels: small
    convolutions may make one of 3x3 together. Nor where the numbers are not those of the kernels that were
    seen.
    """
    layers: list[_Layer] = []
    for event in convolutions:
        layer = _layer(event)
        if layer is None:
            return
        if not any(torch.equal(layer.kernels, other.kernels) for other in layers):
            layers.append(layer)
    if [layer.output.shape[1] for layer in layers] != list(channels):
        return
    for number, layer in enumerate(layers, start=1):
        facts = _differing(layer)
        if facts:
            raise Finding("cnn.sizes", facts={"name": name, "layer": number, **facts}, about=name)


def _layer(event: Seen) -> _Layer | None:
    if len(event.inputs) < 2:
        return None
    given, kernels, output = *event.inputs[:2], event.output
    if not all(isinstance(v, torch.Tensor) and v.is_floating_point() for v in (given, kernels, output)):
        return None
    given, output = (value[None] if value.dim() == 3 else value for value in (given, output))
    if any(value.dim() != 4 or not value.numel() for value in (given, kernels, output)):
        return None
    return _Layer(*(value.detach().double() for value in (given, kernels, output)))


def _differing(layer: _Layer) -> dict[str, Fact]:
    """What tells the layer from one of 3x3 kernels; nothing where it is one, or where that is not certain."""
    dilation = next((d for d in range(1, _WIDEST) if _explains(layer, d)), None)
    if dilation is None:
        return {}
    read, of = layer.kernels.shape[1], layer.given.shape[1]
    if read != of:
        return {"differing": "channels", "read": read, "of": of}
    height, width = _extent(layer.kernels)
    if (height, width) != (_SIDE, _SIDE):
        return {"differing": "kernel", "kernel": f"{height}×{width}"}
    if dilation > 1:
        reach = dilation * (_SIDE - 1) + 1
        return {"differing": "dilation", "dilation": dilation, "reach": f"{reach}×{reach}"}
    return {}


def _explains(layer: _Layer, dilation: int) -> bool:
    """Whether a convolution with these kernels and this dilation gives the output, but for a bias."""
    channels, read = layer.given.shape[1], layer.kernels.shape[1]
    made = len(layer.kernels)
    if channels % read or made % (channels // read) or len(layer.given) != len(layer.output):
        return False
    missing = [
        out - size + dilation * (side - 1)
        for out, size, side in zip(
            layer.output.shape[2:], layer.given.shape[2:], layer.kernels.shape[2:], strict=True
        )
    ]
    if min(missing) < 0:
        return False
    down, across = missing
    padded = F.pad(layer.given, (across // 2, across - across // 2, down // 2, down - down // 2))
    again = F.conv2d(padded, layer.kernels, dilation=dilation, groups=channels // read)
    if again.shape != layer.output.shape:
        return False
    apart = layer.output - again
    apart = apart - apart.mean((0, 2, 3), keepdim=True)
    return bool(apart.abs().max() <= _SAME * again.abs().max().clamp(min=1e-30))


def _extent(kernels: torch.Tensor) -> tuple[int, int]:
    """Height and width of the kernels, without rings of zeros where they are larger than 3x3."""
    height, width = kernels.shape[2:]
    while min(height, width) > _SIDE and height == width and not _ring(kernels).any():
        kernels = kernels[:, :, 1:-1, 1:-1]
        height, width = kernels.shape[2:]
    return height, width


def _ring(kernels: torch.Tensor) -> torch.Tensor:
    inner = torch.zeros_like(kernels, dtype=torch.bool)
    inner[:, :, 1:-1, 1:-1] = True
    return kernels[~inner] != 0
