"""Convolution and pooling by hand: odd right styles pass, each mistake gets its name."""

from __future__ import annotations

import pytest

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from tests.fakes import student_of

HEAD = "import math\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n"


def found(source: str, name: str, verbs: dict[str, dict[str, str]]) -> str | None:
    """The first code that these verbs raise about `name`."""
    student, draw = student_of(HEAD + source)
    probes = Probes(draw)
    try:
        for verb, options in verbs.items():
            getattr(probes, verb)(getattr(student, name), **options)
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("(size + 2 * padding - kernel) // stride + 1", None),
        ("torch.tensor((size + 2 * padding - kernel) / stride + 1).floor()", None),
        ("len(range(0, size + padding + padding - kernel + 1, stride))", None),
        ("size + 2 * padding - kernel + 1", "cnn.stride_ignored"),
        ("(size + padding - kernel) // stride + 1", "cnn.padding_wrong"),
        ("(size - kernel) // stride + 1", "cnn.padding_wrong"),
        ("(size + 2 * padding - kernel) / stride + 1", "cnn.partial_windows"),
        ("math.ceil((size + 2 * padding - kernel) / stride) + 1", "cnn.partial_windows"),
        ("(size + 2 * padding - kernel) // stride", "cnn.size_off_by_one"),
        ("math.ceil((size + 2 * padding - kernel) / stride)", "cnn.size_off_by_one"),
        ("size // stride", "cnn.size_wrong"),
        ("[size][1]", "call.failed"),
        ("str(size)", "reply.malformed"),
    ],
)
def test_the_size_that_comes_out(body: str, code: str | None) -> None:
    for star in ("", "*, "):
        source = f"def conv_output_size(size, kernel, {star}stride=1, padding=0):\n    return {body}"
        assert found(source, "conv_output_size", {"output_size": {}}) == code


CONVOLUTION: dict[str, dict[str, str]] = {
    "convolution_follows_formula": {},
    "convolution_carries_gradients": {},
    "convolution_is_written_by_hand": {},
}
LOOP = """def conv2d(image, kernel, stride=1, padding=0):
    K = kernel.shape[0]
    image = F.pad(image, (padding, padding, padding, padding))
    rows = (image.shape[0] - K) // stride + 1
    columns = (image.shape[1] - K) // stride + 1
    out = torch.zeros(rows, columns)
    for r in range(rows):
        for c in range(columns):
            y, x = r * stride, c * stride
            out[r, c] = (image[y : y + K, x : x + K] * kernel).sum()
    return out
"""


@pytest.mark.parametrize(
    "source",
    [
        LOOP,
        """def conv2d(image, kernel, *, stride=1, padding=0):
    K = len(kernel)
    columns = F.unfold(image[None, None], K, stride=stride, padding=padding)[0]
    width = (image.size(1) + 2 * padding - K) // stride + 1
    return (kernel.reshape(1, -1) @ columns).view(-1, width)
""",
        """def conv2d(image, kernel, stride=1, padding=0):
    p, (H, W), K = padding, image.shape, kernel.size(0)
    board = image.new_zeros(H + 2 * p, W + 2 * p)
    board[p : p + H, p : p + W] = image
    return torch.einsum("yxab,ab->yx", board.unfold(0, K, stride).unfold(1, K, stride), kernel)
""",
        """def conv2d(image, kernel, stride=1, padding=0):
    image, kernel = nn.ZeroPad2d(padding)(image[None])[0].float(), kernel.float()
    h, w = image.size(0) - kernel.size(0) + 1, image.size(1) - kernel.size(1) + 1
    full = sum(v * image[a : a + h, b : b + w] for a, row in enumerate(kernel) for b, v in enumerate(row))
    return (full[::stride, ::stride],)
""",
    ],
)
def test_a_convolution_may_be_written_in_any_way(source: str) -> None:
    assert found(source, "conv2d", CONVOLUTION) is None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("* kernel)", "* kernel.flip(0, 1))", "cnn.kernel_flipped"),
        ("* kernel)", "* kernel.flip(1))", "cnn.kernel_flipped"),
        ("* kernel)", "* kernel.T)", "cnn.kernel_transposed"),
        ("kernel).sum()", "kernel).mean()", "cnn.mean_of_window"),
        ("    K = kernel.shape[0]", "    K, stride = kernel.shape[0], 1", "cnn.stride_ignored"),
        ("    K = kernel.shape[0]", "    K, padding = kernel.shape[0], 0", "cnn.padding_wrong"),
        ("(padding, padding, padding, padding)", "(padding, 0, padding, 0)", "cnn.padding_wrong"),
        ("(padding, padding, padding, padding)", "(0, padding, 0, padding)", "cnn.padding_wrong"),
        ("(padding, padding, padding, padding)", "(padding, padding)", "cnn.padding_wrong"),
        ("(padding, padding, padding, padding))", "4 * (padding,), value=1.0)", "cnn.padding_wrong"),
        ("y, x = r * stride, c * stride", "y, x = r, c", "cnn.stride_ignored"),
        ("return out", "return 2 * out", "cnn.differs"),
        ("return out", "return out.T", "shape.axes_swapped"),
        ("return out", "return out.sum()", "shape.wrong"),
        ("return out", "return out.detach()", "grad.graph_cut"),
        ("* kernel)", "* kernel.detach())", "grad.graph_cut"),
        (
            "return out",
            "return F.conv2d(image[None, None], kernel[None, None], stride=stride)[0, 0]",
            "answer.not_by_hand",
        ),
    ],
)
def test_each_wrong_convolution_has_its_name(old: str, new: str, code: str) -> None:
    assert LOOP.count(old) == 1
    assert found(LOOP.replace(old, new), "conv2d", CONVOLUTION) == code


def pooling(kind: str) -> dict[str, dict[str, str]]:
    chosen = {"kind": kind}
    return {"pool_follows_formula": chosen, "pool_carries_gradients": chosen, "pool_is_written_by_hand": {}}


POOL = """def pool(image, size, stride=None):
    stride = size if stride is None else stride
    H, W = image.shape
    rows = [[image[y : y + size, x : x + size].amax() for x in range(0, W - size + 1, stride)]
        for y in range(0, H - size + 1, stride)]
    return torch.stack([torch.stack(row) for row in rows])
"""


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("max", POOL),
        ("avg", POOL.replace("amax()", "mean()")),
        (
            "max",
            """def pool(image, size, stride=None):
    windows = image.unfold(0, size, stride or size).unfold(1, size, stride or size)
    return windows.flatten(2).max(dim=2).values
""",
        ),
        (
            "avg",
            """def pool(image, size, *, stride=None):
    total = image.cumsum(0).cumsum(1)
    total = F.pad(total, (1, 0, 1, 0))
    s = size
    box = total[s:, s:] - total[:-s, s:] - total[s:, :-s] + total[:-s, :-s]
    step = size if stride is None else stride
    return box[::step, ::step] / size ** 2
""",
        ),
        (
            "max",
            """def pool(image, size, stride=None):
    stride, best = stride or size, torch.full((), -math.inf)
    h, w = (image.size(0) - size) // stride, (image.size(1) - size) // stride
    for a in range(size):
        for b in range(size):
            best = torch.maximum(best, image[a::stride, b::stride][: h + 1, : w + 1])
    return best
""",
        ),
    ],
)
def test_pooling_may_be_written_in_any_way(kind: str, source: str) -> None:
    assert found(source, "pool", pooling(kind)) is None


@pytest.mark.parametrize(
    ("kind", "old", "new", "code"),
    [
        ("max", "amax()", "mean()", "cnn.avg_for_max"),
        ("avg", "amax()", "amax()", "cnn.max_for_avg"),
        ("avg", "amax()", "sum()", "cnn.sum_for_avg"),
        ("max", "size if stride is None else stride", "1", "cnn.stride_ignored"),
        ("max", "size if stride is None else stride", "size", "cnn.stride_ignored"),
        ("max", "size if stride is None else stride", "stride or 1", "cnn.stride_ignored"),
        ("max", "amax()", "clamp(min=0).amax()", "cnn.starts_at_zero"),
        ("max", "amax()", "amin()", "cnn.differs"),
        ("max", "amax()", "detach().amax()", "grad.graph_cut"),
        (
            "max",
            "    return torch",
            "    return F.max_pool2d(image[None], size, stride)[0]\n    return torch",
            "answer.not_by_hand",
        ),
        (
            "avg",
            "    return torch",
            "    return nn.AvgPool2d(size, stride)(image[None])[0]\n    return torch",
            "answer.not_by_hand",
        ),
    ],
)
def test_each_wrong_pooling_has_its_name(kind: str, old: str, new: str, code: str) -> None:
    assert POOL.count(old) == 1
    assert found(POOL.replace(old, new), "pool", pooling(kind)) == code


@pytest.mark.parametrize(
    ("kind", "call"),
    [
        ("max", "F.max_pool3d(i, (1, size, size), (1, step, step))"),
        ("max", "torch.max_pool3d(i, (1, size, size), (1, step, step))"),
        ("max", "torch.ops.aten.max_pool2d(i, [size] * 2, [step] * 2)"),
        ("avg", "F.avg_pool3d(i, (1, size, size), (1, step, step))"),
        ("avg", "nn.AvgPool3d((1, size, size), (1, step, step))(i)"),
        ("avg", "torch.ops.aten.avg_pool2d(i, [size] * 2, [step] * 2)"),
    ],
)
def test_pooling_of_torch_in_other_spellings_is_not_by_hand(kind: str, call: str) -> None:
    body = f"    i, step = image[None, None], stride or size\n    return {call}[0, 0]\n"
    assert (
        found(f"def pool(image, size, stride=None):\n{body}", "pool", pooling(kind)) == "answer.not_by_hand"
    )


def test_nor_is_a_convolution_asked_for_as_an_operator() -> None:
    call = "torch.ops.aten.conv2d(i, k, None, [stride] * 2, [padding] * 2)[0, 0]"
    body = f"    i, k = image[None, None], kernel[None, None]\n    return {call}\n"
    source = f"def conv2d(image, kernel, stride=1, padding=0):\n{body}"
    assert found(source, "conv2d", CONVOLUTION) == "answer.not_by_hand"


@pytest.mark.parametrize("kind", ["max", "avg"])
def test_windows_that_hang_over_the_edge_are_named(kind: str) -> None:
    how = "amax()" if kind == "max" else "mean()"
    source = POOL.replace("amax()", how).replace("W - size + 1", "W").replace("H - size + 1", "H")
    assert found(source, "pool", pooling(kind)) == "cnn.partial_windows"
