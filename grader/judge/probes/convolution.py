"""Convolution and pooling by hand: values, gradients; each known wrong formula by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from grader.judge.draws import Draw
from grader.judge.function import Function
from grader.judge.probes.cnn_mutants import Kind, convolved, pooled, wrong_convolutions, wrong_pools
from grader.judge.probes.formula import by_hand, matches, same_gradients
from grader.judge.probes.optional import asked, refuses_position
from grader.judge.probes.shapes import answered
from grader.judge.student import Handle

WHOLE_CONVOLUTION = (
    "torch.nn.functional.conv2d",
    "torch.nn.functional.conv3d",
    "torch.nn.functional.conv_transpose2d",
    "torch.convolution",
    "torch.ops.aten.conv2d",
    "torch.ops.aten.convolution",
)
WHOLE_POOL = (
    "torch.max_pool2d",
    "torch.nn.functional.max_pool2d",
    "torch.nn.functional.max_pool2d_with_indices",
    "torch.nn.functional.avg_pool2d",
    "torch.nn.functional.lp_pool2d",
    "torch.nn.functional.adaptive_max_pool2d",
    "torch.nn.functional.adaptive_avg_pool2d",
)
"""What `nn.Conv2d` and the pooling layers call is among these. `F.unfold` only moves pixels, and may."""
_ANY_POOL = (
    *WHOLE_POOL,
    "torch.max_pool3d",
    "torch.nn.functional.max_pool3d",
    "torch.nn.functional.max_pool3d_with_indices",
    "torch.nn.functional.avg_pool3d",
    "torch.nn.functional.adaptive_max_pool3d",
    "torch.nn.functional.adaptive_avg_pool3d",
    "torch.ops.aten.max_pool2d",
    "torch.ops.aten.avg_pool2d",
)
"""With those that pool an image as one slice of a volume, which no network of a lesson does."""

_AXES = ("@axis.height", "@axis.width")
_CONVOLUTIONS = (
    (7, 9, 3, 1, 0),
    (6, 9, 3, 2, 0),
    (5, 8, 3, 1, 1),
    (7, 10, 3, 2, 1),
    (6, 5, 2, 3, 2),
    (4, 6, 1, 1, 0),
)
"""Height, width, kernel, stride, padding."""
_POOLS = ((6, 9, 2, None), (7, 8, 3, None), (7, 9, 3, 2), (5, 6, 2, 1), (8, 5, 1, 3))
"""Height, width, size, stride; None leaves the stride out."""


def convolution_follows_formula(handle: Handle, draw: Draw) -> None:
    """`handle(image (H, W), kernel (K, K), stride=1, padding=0)` is torch's convolution of one channel.

    Images that are not square, kernels without symmetry, strides with and without a rest. Tolerance 1e-5,
    relative, also in float64. Findings: cnn.kernel_flipped, cnn.kernel_transposed, cnn.stride_ignored,
    cnn.padding_wrong, cnn.partial_windows, cnn.mean_of_window, else cnn.differs; shape.*, dtype.wrong,
    input.mutated, call.failed.
    """
    first = _pictures(draw, _CONVOLUTIONS[0])
    function = Function(handle).settled(*first)
    by_name = refuses_position(function, [*first, 1, 0])
    for number, case in enumerate(_CONVOLUTIONS):
        image, kernel = _pictures(draw, case)
        stride, padding = case[3:]
        options = {} if number == 0 else {"stride": stride, "padding": padding}
        asking, args = asked(function, [image, kernel], options, by_name=by_name)
        _compare(
            asking,
            args,
            convolved(image, kernel, stride, padding),
            wrong_convolutions(image, kernel, stride, padding),
            ("image", "kernel"),
        )


def convolution_carries_gradients(handle: Handle, draw: Draw) -> None:
    """Gradients reach image and kernel with the values of the formula.

    Tolerance 1e-5, relative. Findings: grad.graph_cut, call.failed. Call it once the values are right.
    """
    image, kernel = _pictures(draw, _CONVOLUTIONS[0])
    function = Function(handle).settled(image, kernel)
    leaves = [image.clone().requires_grad_(), kernel.clone().requires_grad_()]
    right = convolved(leaves[0], leaves[1], 1, 0)
    cotangent = draw.normal(*right.shape, purpose="cotangents")
    gradients = torch.autograd.grad(right, leaves, cotangent)
    same_gradients(function, [image, kernel], ("image", "kernel"), [cotangent], gradients, [])


def convolution_is_written_by_hand(handle: Handle, draw: Draw) -> None:
    """Torch's convolutions do not run inside. Finding: answer.not_by_hand. Call it once values are right."""
    inputs = _pictures(draw, _CONVOLUTIONS[0])
    by_hand(Function(handle).settled(*inputs), inputs, WHOLE_CONVOLUTION)


def pool_follows_formula(handle: Handle, draw: Draw, *, kind: Kind) -> None:
    """`handle(image (H, W), size, stride=None)` is the largest or mean pixel of each whole window.

    Images that are not square and mostly negative; the stride left out (then it is `size`) and given,
    with and without a rest. Tolerance 1e-5, relative, also in float64. Findings: cnn.avg_for_max,
    cnn.max_for_avg, cnn.stride_ignored, cnn.partial_windows, cnn.starts_at_zero, cnn.sum_for_avg, else
    cnn.differs; shape.*, dtype.wrong, input.mutated, call.failed.
    """
    first = _image(draw, *_POOLS[0][:2])
    function = Function(handle).settled(first, 2)
    by_name = refuses_position(function, [first, 2, 2])
    for height, width, size, stride in _POOLS:
        image = _image(draw, height, width)
        options = {} if stride is None else {"stride": stride}
        asking, args = asked(function, [image, size], options, by_name=by_name)
        right = pooled(image, size, stride or size, kind)
        _compare(asking, args, right, wrong_pools(image, size, stride or size, kind), ("image",))


def pool_carries_gradients(handle: Handle, draw: Draw, *, kind: Kind) -> None:
    """The gradient reaches the pixels with the values of the formula.

    Tolerance 1e-5, relative. Findings: grad.graph_cut, call.failed. Call it once the values are right.
    """
    image = _image(draw, *_POOLS[0][:2])
    leaf = image.clone().requires_grad_()
    right = pooled(leaf, 2, 2, kind)
    cotangent = draw.normal(*right.shape, purpose="cotangents")
    gradients = torch.autograd.grad(right, [leaf], cotangent)
    function = Function(handle).settled(image, 2)
    same_gradients(function, [image, 2], ("image",), [cotangent], gradients, [])


def pool_is_written_by_hand(handle: Handle, draw: Draw) -> None:
    """Torch's pooling does not run inside. Finding: answer.not_by_hand. Call it once values are right."""
    image = _image(draw, *_POOLS[0][:2])
    by_hand(Function(handle).settled(image, 2), [image, 2], _ANY_POOL)


def _compare(
    function: Function,
    args: Sequence[Any],
    right: torch.Tensor,
    wrong: Sequence[tuple[str, torch.Tensor]],
    names: Sequence[str],
) -> None:
    (answer,) = function.run([args])
    got = answered(answer, None, function, [])
    matches(got, right, wrong, differs="cnn.differs", name=function.name, axes=_AXES, double=False)
    answer.untouched(names)


def _pictures(draw: Draw, case: tuple[int, ...]) -> list[torch.Tensor]:
    height, width, kernel = case[:3]
    return [draw.normal(height, width), draw.normal(kernel, kernel, purpose="kernel")]


def _image(draw: Draw, height: int, width: int) -> torch.Tensor:
    """Mostly negative, so that a maximum that starts at 0 shows."""
    return draw.normal(height, width) - 1.0
