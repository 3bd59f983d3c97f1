"""The right convolution and pooling of one channel, and known wrong ones, each under its name."""

from __future__ import annotations

from typing import Literal

import torch
from torch.nn import functional as F

Kind = Literal["max", "avg"]


def convolved(
    image: torch.Tensor, kernel: torch.Tensor, stride: int | tuple[int, int], padding: int
) -> torch.Tensor:
    """(H, W) and (K, K) to (H', W'), as torch does it."""
    return F.conv2d(image[None, None], kernel[None, None], stride=stride, padding=padding)[0, 0]


def pooled(image: torch.Tensor, size: int, stride: int | tuple[int, int], kind: Kind) -> torch.Tensor:
    """(H, W) to (H', W') over whole windows."""
    pool = F.max_pool2d if kind == "max" else F.avg_pool2d
    result: torch.Tensor = pool(image[None], size, stride)[0]
    return result


def wrong_convolutions(
    image: torch.Tensor, kernel: torch.Tensor, stride: int, padding: int
) -> list[tuple[str, torch.Tensor]]:
    """(code, result), results of other sizes among them."""
    p = padding
    height, width = (n + 2 * p for n in image.shape)
    size = kernel.shape[0]
    most = (max(height - size, 0), max(width - size, 0))
    rest = [(-n) % stride for n in most]
    around = F.pad(image, (p, p + rest[1], p, p + rest[0]))
    candidates: list[tuple[str, tuple[torch.Tensor, torch.Tensor, int | tuple[int, int], int]]] = [
        ("cnn.kernel_flipped", (image, kernel.flip(0, 1), stride, p)),
        ("cnn.kernel_flipped", (image, kernel.flip(0), stride, p)),
        ("cnn.kernel_flipped", (image, kernel.flip(1), stride, p)),
        ("cnn.kernel_transposed", (image, kernel.T, stride, p)),
        ("cnn.stride_ignored", (image, kernel, 1, p)),
        ("cnn.stride_ignored", (image, kernel, (stride, 1), p)),
        ("cnn.stride_ignored", (image, kernel, (1, stride), p)),
        ("cnn.padding_wrong", (image, kernel, stride, 0)),
        ("cnn.padding_wrong", (F.pad(image, (p, 0, p, 0)), kernel, stride, 0)),
        ("cnn.padding_wrong", (F.pad(image, (0, p, 0, p)), kernel, stride, 0)),
        ("cnn.padding_wrong", (F.pad(image, (p, p, 0, 0)), kernel, stride, 0)),
        ("cnn.padding_wrong", (F.pad(image, (0, 0, p, p)), kernel, stride, 0)),
        ("cnn.padding_wrong", (image, kernel, stride, 2 * p)),
        ("cnn.padding_wrong", (F.pad(image, (p, p, p, p), value=1.0), kernel, stride, 0)),
        ("cnn.padding_wrong", (F.pad(image[None], (p, p, p, p), mode="replicate")[0], kernel, stride, 0)),
        ("cnn.partial_windows", (around, kernel, stride, 0)),
        ("cnn.mean_of_window", (image, kernel / kernel.numel(), stride, p)),
    ]
    found = [
        (code, convolved(pixels, weights, step, pad))
        for code, (pixels, weights, step, pad) in candidates
        if min(pixels.shape) + 2 * pad >= size
    ]
    rows, columns = (n // stride + 1 for n in most)
    crowded = convolved(image, kernel, 1, p)[:rows, :columns]
    return [*found, ("cnn.stride_ignored", crowded)]


def wrong_pools(image: torch.Tensor, size: int, stride: int, kind: Kind) -> list[tuple[str, torch.Tensor]]:
    """(code, result), results of other sizes among them."""
    other: Kind = "avg" if kind == "max" else "max"
    rest = [(-(n - size)) % stride for n in image.shape]
    rows, columns = ((n - size) // stride + 1 for n in image.shape)
    around = (0, rest[1], 0, rest[0])
    zeros, average = F.pad(image, around), F.avg_pool2d
    ends: list[tuple[str, torch.Tensor]]
    if kind == "max":
        ends = [
            ("cnn.partial_windows", pooled(F.pad(image, around, value=-1e30), size, stride, kind)),
            ("cnn.partial_windows", pooled(zeros, size, stride, kind)),
            ("cnn.starts_at_zero", pooled(image, size, stride, kind).clamp(min=0)),
            ("cnn.differs", -pooled(-image, size, stride, kind)),
        ]
    else:
        whole = average(zeros[None], size, stride)[0]
        counted = average(F.pad(torch.ones_like(image), around)[None], size, stride)[0]
        ends = [
            ("cnn.partial_windows", whole),
            ("cnn.partial_windows", whole / counted),
            ("cnn.sum_for_avg", pooled(image, size, stride, kind) * size**2),
            ("cnn.sum_for_avg", pooled(image, size, stride, kind) * size),
        ]
    return [
        ("cnn.avg_for_max" if kind == "max" else "cnn.max_for_avg", pooled(image, size, stride, other)),
        ("cnn.stride_ignored", pooled(image, size, 1, kind)),
        ("cnn.stride_ignored", pooled(image, size, 1, kind)[:rows, :columns]),
        ("cnn.stride_ignored", pooled(image, size, size, kind)),
        ("cnn.stride_ignored", pooled(image, size, (stride, size), kind)),
        *ends,
    ]
