"""What the other tools check: a few asserts on shapes and values, as near to the lesson's own as they come.

They check less: an answer that ignores its input, reads padding or looks into the future passes most of
them. For a lesson that is not named here these tools are left out. otter makes doctests of them, so no line
may show a value.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Asserts:
    """One test cell: runs after all the student's cells, in the same process."""

    name: str
    points: int
    source: str


_RNN_BASICS = (
    Asserts(
        "one_hot",
        1,
        """\
rows = one_hot("hole", "helo")
assert tuple(rows.shape) == (4, 4)
assert ["helo"[i] for i in rows.argmax(dim=1).tolist()] == list("hole")
assert torch.equal(rows.sum(dim=1), torch.ones(4))
""",
    ),
    Asserts(
        "make_batch",
        1,
        """\
batch = make_batch(["hello", "eolll", "lleel"], "helo")
assert tuple(batch.shape) == (3, 5, 4)
assert torch.equal(batch[1], one_hot("eolll", "helo"))
""",
    ),
    Asserts(
        "rnn",
        4,
        """\
_ = torch.manual_seed(3)
layer = nn.RNN(4, 6)
x = torch.randn(5, 3, 4)
weights = (layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0)
outputs, last = rnn(x, torch.zeros(3, 6), *weights)
expected, status = layer(x)
assert tuple(outputs.shape) == (5, 3, 6)
assert torch.allclose(outputs, expected, atol=1e-5)
assert torch.allclose(last, status[0], atol=1e-5)
""",
    ),
    Asserts(
        "build_rnn",
        4,
        """\
net = build_rnn(4, 6)
outputs, status = net(torch.randn(3, 5, 4))
assert tuple(outputs.shape) == (3, 5, 6)
assert tuple(status.shape) == (1, 3, 6)
assert sum(p.numel() for p in net.parameters()) == 6 * 4 + 6 * 6 + 6 + 6
x = torch.randn(3, 5, 4)
changed = x.clone()
changed[1, 3] += 1
with torch.no_grad():
    difference = (net(changed)[0] - net(x)[0]).abs().amax(dim=2) > 0
assert difference[1].tolist() == [False, False, False, True, True]
""",
    ),
    Asserts(
        "many_to_one",
        2,
        """\
net = build_rnn(4, 6)
x = torch.randn(3, 5, 4)
assert torch.allclose(many_to_one(net, x), net(x)[0][:, -1], atol=1e-6)
""",
    ),
    Asserts(
        "one_to_many",
        2,
        """\
cell = nn.RNNCell(4, 4)
x0 = torch.randn(3, 4)
written = one_to_many(cell, x0, 6)
assert tuple(written.shape) == (3, 6, 4)
first = cell(x0, torch.zeros(3, 4))
assert torch.allclose(written[:, 0], first, atol=1e-6)
assert torch.allclose(written[:, 1], cell(first, first), atol=1e-6)
""",
    ),
)
_PACKED_SEQUENCE = (
    Asserts(
        "pad_batch",
        2,
        """\
known = {"<pad>": 0, "a": 1, "b": 2, "c": 3}
padded, sizes = pad_batch(["ab", "cabc", "a"], known)
assert padded.tolist() == [[1, 2, 0, 0], [3, 1, 2, 3], [1, 0, 0, 0]]
assert sizes.tolist() == [2, 4, 1]
""",
    ),
    Asserts(
        "pack_batch",
        3,
        """\
known = {"<pad>": 0, "a": 1, "b": 2, "c": 3}
packed = pack_batch(["ab", "cabc", "a"], known)
assert packed.batch_sizes.tolist() == [3, 2, 1, 1]
again, sizes = unpack(packed)
assert again.tolist() == pad_batch(["ab", "cabc", "a"], known)[0].tolist()
assert sizes.tolist() == [2, 4, 1]
""",
    ),
    Asserts(
        "net",
        5,
        """\
_ = torch.manual_seed(3)
net = Net(3, 8, 5).eval()
x, sizes = torch.randn(4, 7, 3), torch.tensor([2, 7, 4, 1])
with torch.no_grad():
    together = net(x, sizes)
    assert tuple(together.shape) == (4, 5)
    for row, size in enumerate(sizes.tolist()):
        assert torch.allclose(together[row], net(x[row : row + 1, :size], sizes[row : row + 1])[0], atol=1e-5)
learning = Net(3, 8, 5)
learning(x, sizes).sum().backward()
assert all(p.grad is not None for p in learning.parameters())
""",
    ),
    Asserts(
        "tagger",
        4,
        """\
_ = torch.manual_seed(3)
tagger = Tagger(3, 8, 5).eval()
x, sizes = torch.randn(4, 7, 3), torch.tensor([2, 7, 4, 1])
with torch.no_grad():
    tags = tagger(x, sizes)
    assert tuple(tags.shape) == (4, 7, 5)
    for row, size in enumerate(sizes.tolist()):
        alone = tagger(x[row : row + 1, :size], sizes[row : row + 1])[0]
        assert torch.allclose(tags[row, :size], alone, atol=1e-5)
""",
    ),
    Asserts(
        "masked_loss",
        3,
        """\
_ = torch.manual_seed(3)
logits, labels, sizes = torch.randn(3, 6, 4), torch.randint(0, 4, (3, 6)), torch.tensor([6, 2, 4])
kept = torch.cat([logits[row, :size] for row, size in enumerate(sizes.tolist())])
wanted = torch.cat([labels[row, :size] for row, size in enumerate(sizes.tolist())])
assert torch.allclose(masked_loss(logits, labels, sizes), F.cross_entropy(kept, wanted), atol=1e-5)
""",
    ),
)
ASSERTS = {"rnn_basics": _RNN_BASICS, "packed_sequence": _PACKED_SEQUENCE}
"""By lesson: its test cells, in order."""
