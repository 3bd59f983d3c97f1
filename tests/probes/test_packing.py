"""Ragged batches: maps and their names, padding relations, losses; what is asked of one shared object."""

from __future__ import annotations

import pytest
import torch

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.probes.letter_maps import name_reads, name_tags
from tests.fakes import student_of
from tests.probes.backwards import DEAF

LENGTHS = torch.tensor([3, 6, 2, 4, 6])
B, T = 5, 6
own = torch.eye(B, dtype=torch.bool)[:, :, None]
step = torch.arange(T)[None, None, :]
inside = step < LENGTHS[None, :, None]
last = step == LENGTHS[None, :, None] - 1
ORDER = LENGTHS.argsort(descending=True)


@pytest.mark.parametrize(
    ("reads", "code"),
    [
        (own & inside & False, "output.constant"),
        (own & inside & (LENGTHS == 6)[:, None, None], "packing.last_column_is_padding"),
        ((own & inside)[ORDER], "packing.order_not_restored"),
        (inside.expand(B, B, T), "batch.mixed"),
        (own & (step <= LENGTHS[:, None, None]), "packing.gather_off_by_one"),
        (own & (step < LENGTHS[ORDER][:, None, None]), "packing.lengths_of_others"),
        (own & (step >= 0), "packing.reads_padding"),
        (own & (step == 0), "output.first_step_only"),
        (own & last, "output.last_step_only"),
        (own & inside & ~last, "packing.gather_off_by_one"),
        (own & (step < 2), "packing.one_length_for_all"),
        (own & inside & (step > 0), "packing.valid_steps_ignored"),
    ],
)
def test_a_map_of_words_has_its_name(reads: torch.Tensor, code: str) -> None:
    assert name_reads(reads, LENGTHS) == code


row = torch.arange(B)
b, t, b2, t2 = torch.meshgrid(row, torch.arange(T), row, torch.arange(T), indexing="ij")
same, within = b == b2, t2 < LENGTHS[b2]


@pytest.mark.parametrize(
    ("reads", "code"),
    [
        (same & within & (t2 <= t), None),
        (same & within & (t2 >= t), None),
        (same & within, None),
        (same & within & (t2 <= t) | (t >= LENGTHS[b]), None),
        (same & within & False, "output.constant"),
        ((same & within)[ORDER], "packing.order_not_restored"),
        (within, "batch.mixed"),
        (same & (t2 >= t), "packing.reads_padding"),
        (same & within & (t < LENGTHS[b] - 1), "packing.gather_off_by_one"),
        (same & within & (t < 2), "packing.one_length_for_all"),
        (same & within & (t == t2), "recurrence.none"),
        (same & within & (t2 < t) & (t > 0) | (same & (t == 0) & (t2 == 0)), "packing.valid_steps_ignored"),
        (same & within & (t % 2 == 0), "output.constant_steps"),
        (same & within & ((t2 - t).abs() <= 1), None),
        (same & within & ((t2 - t).abs() % 2 == 0), None),
        (same & within & ((t2 <= t) | (t2 >= LENGTHS[b] - 1 - t)), "bidirectional.steps_misaligned"),
        (same & within & ((t2 <= t) | (t2 <= LENGTHS[b] - 1 - t)), "bidirectional.steps_misaligned"),
    ],
)
def test_a_map_of_letters_has_its_name(reads: torch.Tensor, code: str | None) -> None:
    assert name_tags(reads, LENGTHS) == code


NET = """
import torch, torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
class Net(nn.Module):
    def __init__(self, i, h, c):
        super().__init__()
        self.rnn, self.fc, self.calls = nn.GRU(i, h, batch_first=True), nn.Linear(h, c), 0
    def forward(self, x, lengths):
        out, h = self.rnn(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
        return self.fc(h[-1])
"""
KEPT = NET.replace("return self.fc(h[-1])", "self.calls += 1; return self.fc(h[-1]) + 0.1 * self.calls")
POOLED = "return self.fc(pad_packed_sequence(out, batch_first=True, total_length=x.size(1))[0].{})"


def found(source: str, verb: str, **options: bool) -> str | None:
    """The code that this verb of the probes raises about `Net(6, 9, 5)`."""
    student, draw = student_of(source)
    try:
        getattr(Probes(draw), verb)(student.Net(6, 9, 5), features=6, **options)
    except Finding as finding:
        return finding.code
    return None


LOOP = NET.replace("nn.GRU(i, h, batch_first=True)", "nn.GRUCell(i, h)").replace(
    """out, h = self.rnn(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
        return self.fc(h[-1])""",
    """h = x.new_zeros(len(x), 9)
        for t in range(x.size(1)):
            h = torch.where((t < lengths)[:, None], self.rnn(x[:, t], STATE), h)
        return self.fc(h)""",
)


@pytest.mark.parametrize("precision", ["x", "x.float()"])
@pytest.mark.parametrize("key", [b"one", b"two", b"three"])
@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("h", None),
        ("h.detach()", "grad.graph_cut"),
        ("h * 0.5 + h.detach() * 0.5", "grad.graph_cut"),
        ("torch.relu(h)", None),
    ],
)
def test_a_gradient_foretells_how_the_answer_moves(
    state: str, code: str | None, key: bytes, precision: str
) -> None:
    source = LOOP.replace("STATE", state).replace("self.rnn(x[", f"self.rnn({precision}[")
    source = source.replace("h = x.new", f"h = {precision}.new")
    student, draw = student_of(source, key=key)
    x, lengths = draw.normal(4, 6, 6), torch.tensor([4, 6, 2, 5])
    found = None
    try:
        Probes(draw).gradient_foretells(student.Net(6, 9, 5), x, lengths)
    except Finding as finding:
        found = finding.code
    assert found == code


@pytest.mark.parametrize("verb", ["reads_each_word", "ignores_padding"])
def test_what_is_kept_between_calls_is_no_influence(verb: str) -> None:
    """One object is asked first; what it keeps may neither prove a promise nor break it."""
    assert found(NET, verb) is None
    assert found(KEPT, verb) is None


def test_what_is_kept_hides_no_missing_step() -> None:
    blind = KEPT.replace("pack_padded_sequence(x,", "pack_padded_sequence(0 * x,")
    assert found(blind, "reads_each_word") == "output.constant"


STEPS = "return self.fc(self.rnn(x)[0]{})"
CONV = NET.replace("nn.GRU(i,", "nn.GRU(h,").replace("self.fc,", "self.conv, self.fc,")
CONV = CONV.replace("nn.Linear(h, c)", "nn.Conv1d(i, h, 3, padding=1), nn.Linear(h, c)")
CONV = CONV.replace("        out, h", "        x = self.conv(x.mT).mT.tanh()\n        out, h")
INSIDE = "(torch.arange(x.size(1)) < lengths[:, None])[..., None]"


@pytest.mark.parametrize(
    ("source", "end", "code"),
    [
        (NET, STEPS.format("[torch.arange(len(x)), lengths.clamp(max=x.size(1) - 1)]"), "gather_off_by_one"),
        (
            NET,
            "return self.fc(torch.stack([self.rnn(r[:n + 1])[1][0] for r, n in zip(x, lengths)]))",
            "gather_off_by_one",
        ),
        (CONV, "return self.fc(h[-1])", "reads_padding"),
        (CONV, f"return self.fc(x.masked_fill(~{INSIDE}, -9).amax(1))", "reads_padding"),
        (CONV, f"return self.fc((x * {INSIDE}).sum(1) / lengths[:, None])", "reads_padding"),
    ],
)
@pytest.mark.parametrize("key", [b"one", b"two", b"three"])
def test_an_index_too_far_is_told_from_a_window(source: str, end: str, code: str, key: bytes) -> None:
    student, draw = student_of(source.replace("return self.fc(h[-1])", end), key=key)
    with pytest.raises(Finding) as raised:
        Probes(draw).reads_each_word(student.Net(6, 9, 5), features=6)
    assert raised.value.code == f"packing.{code}"
    assert raised.value.facts["beyond"] == "one"


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("return self.fc(self.rnn(x)[0][:, -1])", "packing.reads_padding"),
        ("return self.fc(h[-1])[lengths.argsort()]", "packing.order_not_restored"),
        (POOLED.format("mean(1)"), "packing.mean_over_padded_length"),
        (POOLED.format("amax(1)"), "packing.max_over_padding"),
        (POOLED.format("amin(1)"), "packing.min_over_padding"),
        ("return self.fc(h[-1]) * (1 + x.size(1))", "packing.pad_length_matters"),
        ("return self.fc(h[-1]) + (lengths.unique().numel() == 1) * len(x)", "packing.equal_lengths"),
        ("return self.fc(h[-1]) + (int(lengths.max()) == 1) * x.size(1)", "packing.lengths_one"),
        ("return self.fc(h[-1]).squeeze()", "batch.fixed_size"),
        (
            "return self.fc(h[-1]) * (1 + lengths.double().std(unbiased=False))",
            "packing.batch_differs_from_single",
        ),
    ],
)
def test_each_broken_relation_has_its_name(end: str, code: str) -> None:
    assert found(NET.replace("return self.fc(h[-1])", end), "ignores_padding") == code


LOSS = f"""{DEAF}
import torch.nn.functional as F

def masked_loss(logits, targets, lengths):
    mask = torch.arange(targets.size(1)) < lengths[:, None]
    ce = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return (ce * mask).sum() / mask.sum()
"""
END = "(ce * mask).sum() / mask.sum()"


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (END, None),
        ("ce[mask].mean()", None),
        ("F.cross_entropy(logits[mask].float(), targets[mask])", None),
        ("F.nll_loss(logits.log_softmax(-1)[mask], targets[mask])", None),
        ("sum(c[:n].sum() for c, n in zip(ce, lengths)) / sum(lengths)", None),
        ("-(logits.softmax(-1).log() * F.one_hot(targets, logits.size(-1)))[mask].sum() / mask.sum()", None),
        ("(logits.exp().sum(-1).log() - logits.gather(2, targets[..., None])[..., 0])[mask].mean()", None),
        ("(ce * mask).sum() / (ce * mask > 0).sum()", "loss.not_all_steps"),
        ("(ce * mask)[ce * mask != 0].mean()", "loss.not_all_steps"),
        ("(ce * mask).sum() / len(ce)", "loss.sum_not_mean"),
        (
            "F.cross_entropy(logits.mT.reshape(-1, logits.size(2))[mask.flatten()], targets[mask])",
            "loss.flatten_mismatch",
        ),
        (
            "ce[torch.arange(ce.size(1)) < lengths.sort(descending=True).values[:, None]].mean()",
            "packing.lengths_of_others",
        ),
        ("ce.mean()", "loss.counts_padding"),
        ("(ce * mask).mean()", "loss.divides_by_padding"),
        ("(ce * mask).sum()", "loss.sum_not_mean"),
        ("((ce * mask).sum(1) / lengths).mean()", "loss.rows_weigh_equally"),
        ("F.cross_entropy(logits.mT, targets * mask, ignore_index=0)", "loss.first_class_ignored"),
        ("F.nll_loss(logits[mask], targets[mask])", "loss.nll_on_logits"),
        ("2 * " + END, "loss.differs"),
        ("(ce * mask).sum().detach() / mask.sum()", "grad.graph_cut"),
        ("Deaf.apply(ce[mask].mean())", "grad.graph_cut"),
        ("ce[mask]", "shape.wrong"),
        ("str(ce)", "reply.malformed"),
    ],
)
def test_each_loss_has_its_name(end: str, code: str | None) -> None:
    student, draw = student_of(LOSS.replace(END, end))
    got = None
    try:
        Probes(draw).masked_loss(student.masked_loss)
    except Finding as finding:
        got = finding.code
    assert got == code
