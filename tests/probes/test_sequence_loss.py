"""The loss of a batch of sequences: odd right styles pass, each mistake gets its name."""

from __future__ import annotations

import pytest

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from tests.fakes import student_of
from tests.probes.backwards import DEAF

HEAD = f"""{DEAF}
import torch.nn.functional as F
from torch import nn

"""
VERBS = (
    "sequence_loss_counts_every_position",
    "sequence_loss_leaves_padding_out",
    "sequence_loss_carries_gradients",
)


def found(body: str, head: str = "def sequence_loss(o, t, pad_index=None):") -> str | None:
    """The first code that the verbs raise about a function with this body."""
    student, draw = student_of(f"{HEAD}{head}\n    {body}")
    probes = Probes(draw)
    try:
        for verb in VERBS:
            getattr(probes, verb)(student.sequence_loss)
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize(
    "body",
    [
        "return F.cross_entropy(o.flatten(0, 1), t.flatten(), ignore_index=-100 if pad_index is None"
        " else pad_index)",
        "return F.cross_entropy(o.permute(0, 2, 1), t, **({} if pad_index is None else"
        " {'ignore_index': pad_index}))",
        "return nn.NLLLoss(ignore_index=-100 if pad_index is None else pad_index)(\n"
        "        nn.LogSoftmax(dim=1)(o.mT), t)",
        "keep = torch.ones_like(t).bool() if pad_index is None else t.ne(pad_index)\n"
        "    return F.cross_entropy(o.float()[keep], t[keep])",
        "total, n = 0.0, 0\n"
        "    for row, labels in zip(o, t):\n"
        "        for scores, label in zip(row, labels.tolist()):\n"
        "            if label != pad_index:\n"
        "                total, n = total + scores.logsumexp(0) - scores[label], n + 1\n"
        "    return total / n",
        "losses = []\n"
        "    for scores, labels in zip(o.unbind(1), t.unbind(1)):\n"
        "        keep = [i for i, l in enumerate(labels) if pad_index is None or l != pad_index]\n"
        "        losses.append(F.cross_entropy(scores[keep], labels[keep], reduction='none'))\n"
        "    return torch.cat(losses).mean()",
        "m = torch.ones(t.shape) if pad_index is None else (t != pad_index).float()\n"
        "    picked = o.log_softmax(2).gather(2, t.clamp(min=0).unsqueeze(2)).squeeze(2)\n"
        "    return -(picked * m).sum().div(m.sum())",
    ],
)
def test_a_sequence_loss_may_be_written_in_any_way(body: str) -> None:
    assert found(body) is None


def test_the_padding_may_be_an_argument_by_name_only() -> None:
    body = "return F.cross_entropy(o.mT, t, ignore_index=-100 if pad_index is None else pad_index)"
    assert found(body, "def sequence_loss(o, t, *, pad_index=None):") is None
    wrong = body.replace(".mT, t,", ".mT, t, reduction='sum',")
    assert found(wrong, "def sequence_loss(o, t, *, pad_index=None):") == "loss.sum_not_mean"


IGNORE = "ignore_index=-100 if pad_index is None else pad_index"
MASK = "m = torch.ones_like(t).bool() if pad_index is None else t != pad_index\n    "
EACH = MASK + "ce = F.cross_entropy(o.mT, t.clamp(min=0), reduction='none')\n    "


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (EACH + "return (ce * m).sum() / m.sum()", None),
        (f"return F.cross_entropy(o, t, {IGNORE})", "loss.wrong_pairs"),
        (f"return F.cross_entropy(o.reshape(len(o), o.size(2), -1), t, {IGNORE})", "loss.wrong_pairs"),
        (
            f"return F.cross_entropy(o.mT.reshape(-1, o.size(2)), t.flatten(), {IGNORE})",
            "loss.flatten_mismatch",
        ),
        (
            f"return F.cross_entropy(o.transpose(0, 1).reshape(-1, o.size(2)), t.flatten(), {IGNORE})",
            "loss.flatten_mismatch",
        ),
        (f"return F.cross_entropy(o.flatten(0, 1), t.T.reshape(-1), {IGNORE})", "loss.flatten_mismatch"),
        (f"return F.cross_entropy(t.flatten(), o.flatten(0, 1), {IGNORE})", "loss.arguments_swapped"),
        (f"return F.cross_entropy(o.softmax(-1).mT, t, {IGNORE})", "loss.softmax_before_cross_entropy"),
        (f"return F.nll_loss(o.mT, t, {IGNORE})", "loss.nll_on_logits"),
        (f"return F.nll_loss(o.softmax(-1).mT, t, {IGNORE})", "ce.log_missing"),
        (f"return F.nll_loss(o.log_softmax(1).mT, t, {IGNORE})", "loss.differs"),
        (EACH + "return (ce * m).sum()", "loss.sum_not_mean"),
        ("return sum(F.cross_entropy(o[:, i], t[:, i]) for i in range(t.size(1)))", "loss.sum_not_mean"),
        (EACH + "return ce[:, -1].mean()", "loss.not_all_steps"),
        (EACH + "return ce[:, 1:].mean()", "loss.not_all_steps"),
        ("return F.cross_entropy(o[0], t[0])", "loss.not_all_steps"),
        ("return F.cross_entropy(o.mT, t, ignore_index=0)", "loss.first_class_ignored"),
        ("return F.cross_entropy(o.mT, t.clamp(min=0))", "loss.counts_padding"),
        (
            "return F.cross_entropy(o.mT, t, ignore_index=pad_index) if pad_index"
            " else F.cross_entropy(o.mT, t)",
            "loss.counts_padding",
        ),
        (
            MASK + "ce = F.cross_entropy((o * m[:, :, None]).mT, t.clamp(min=0), reduction='none')\n"
            "    return ce.sum() / m.sum()",
            "loss.counts_padding",
        ),
        (
            MASK + "n = m.sum(1).tolist()\n"
            "    rows = [F.cross_entropy(a[:k], b[:k], reduction='none') for a, b, k in zip(o, t, n)]\n"
            "    return torch.cat(rows).mean()",
            "loss.counts_padding",
        ),
        (
            MASK + "n = int(m.sum())\n"
            "    return F.cross_entropy(o.flatten(0, 1)[:n], t.flatten()[:n].clamp(min=0))",
            "loss.counts_padding",
        ),
        (EACH + "return (ce * m.cumprod(1)).sum() / m.cumprod(1).sum()", "loss.not_all_steps"),
        (EACH + "t[~m] = 0\n    return (ce * m).sum() / m.sum()", "input.mutated"),
        ("o += 1\n    " + EACH + "return (ce * m).sum() / m.sum()", "input.mutated"),
        (EACH + "return Deaf.apply((ce * m).sum() / m.sum())", "grad.graph_cut"),
        (EACH + "return (ce * m).mean()", "loss.divides_by_padding"),
        (EACH + "return ((ce * m).sum(1) / m.sum(1)).mean()", "loss.rows_weigh_equally"),
        (
            f"return sum(F.cross_entropy(a, b, {IGNORE}) for a, b in zip(o, t)) / len(t)",
            "loss.rows_weigh_equally",
        ),
        (EACH + "m &= t != 0\n    return (ce * m).sum() / m.sum()", "loss.first_class_ignored"),
        ("return -o.log_softmax(2).gather(2, t[:, :, None]).mean()", "loss.counts_padding"),
        (EACH + "return (ce * m).sum().detach() / m.sum()", "grad.graph_cut"),
        ("o = o.detach()\n    " + EACH + "return (ce * m).sum() / m.sum()", "grad.graph_cut"),
        (EACH + "return ce * m", "shape.wrong"),
        ("raise NotImplementedError", "notebook.not_attempted"),
    ],
)
def test_each_wrong_sequence_loss_has_its_name(body: str, code: str | None) -> None:
    assert found(body) == code


def test_arguments_in_the_other_order_are_told_by_trying() -> None:
    body = f"return F.cross_entropy(o.mT, t, {IGNORE})"
    assert found(body, "def sequence_loss(t, o, pad_index=None):") == "loss.arguments_swapped"


def test_classes_fit_only_where_they_are_as_many_as_steps() -> None:
    """Torch takes (B, T, C) as it is where T = C, without a word: the value is what tells."""
    body = f"return F.cross_entropy(o if o.size(1) == o.size(2) else o.mT, t, {IGNORE})"
    assert found(body) == "loss.wrong_pairs"


def test_padding_that_is_negative_may_not_be_an_index() -> None:
    body = "m = torch.ones_like(t).bool() if pad_index is None else t != pad_index\n"
    body += "    picked = -o.log_softmax(2).gather(2, t[:, :, None])[:, :, 0]\n"
    assert found(body + "    return (picked * m).sum() / m.sum()") == "call.failed"
