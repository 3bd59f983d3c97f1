"""Softmax and cross-entropy by hand: odd right styles pass, each mistake gets its name."""

from __future__ import annotations

import pytest
import torch

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from tests.fakes import student_of

HEAD = "import math\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n"


def found(source: str, name: str, *verbs: str) -> str | None:
    """The first code that these verbs raise about `name`."""
    student, draw = student_of(HEAD + source)
    probes = Probes(draw)
    try:
        for verb in verbs:
            getattr(probes, verb)(getattr(student, name))
    except Finding as finding:
        return finding.code
    return None


SOFTMAX = ("softmax_follows_formula", "softmax_carries_gradients", "softmax_is_written_by_hand")
CROSS_ENTROPY = (
    "cross_entropy_follows_formula",
    "cross_entropy_is_finite",
    "cross_entropy_carries_gradients",
    "cross_entropy_is_written_by_hand",
)


@pytest.mark.parametrize(
    "body",
    [
        "return torch.exp(z) / torch.exp(z).sum(dim=1, keepdim=True)",
        "return (z - z.logsumexp(1, keepdim=True)).exp()",
        "return torch.stack([r.sub(r.max()).exp() / r.sub(r.max()).exp().sum() for r in z.unbind()])",
        "return 1 / (z[:, None, :] - z[:, :, None]).exp().sum(-1)",
        "z = z.float(); e = (z - z.max()).exp(); return torch.einsum('nc,n->nc', e, 1 / e.sum(1))",
        "z = z.float(); return (z.exp() / z.exp().sum(1)[:, None]).to(torch.get_default_dtype())",
        "e = torch.pow(math.e, z.T - z.T.amax(0)); return (e / e.sum(0)).T",
        "return tuple([F.normalize(z.exp(), p=1.0, dim=1)])",
    ],
)
def test_softmax_may_be_written_in_any_way(body: str) -> None:
    assert found(f"def softmax(z, dim=1):\n    {body}", "softmax", *SOFTMAX) is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("e = z.exp(); return e / e.sum(0)", "ce.softmax_over_batch"),
        ("e = z.exp(); return e / e.sum()", "ce.softmax_over_all"),
        ("return F.softmax(F.softmax(z, 1), 1)", "ce.softmax_twice"),
        ("return F.log_softmax(z, dim=1)", "ce.log_returned"),
        ("return z.exp()", "ce.not_normalised"),
        ("return z / z.sum(1, keepdim=True)", "ce.exp_missing"),
        ("return 1 / (1 + (-z).exp())", "ce.sigmoid_for_softmax"),
        ("e = (-z).exp(); return e / e.sum(1, keepdim=True)", "ce.sign"),
        ("e = 2 ** z; return e / e.sum(1, keepdim=True)", "ce.log2"),
        ("return 0.9 * F.softmax(z, 1) + 0.1 / z.size(1)", "ce.differs"),
        ("return F.softmax(z, 1).T", "shape.axes_swapped"),
        ("return F.softmax(z, 1).sum(1)", "shape.wrong"),
        ("return F.softmax(z, 1).squeeze()", "shape.batch_lost"),
        ("return F.softmax(z, 1).argmax(1)", "shape.wrong"),
        ("return (z * 0).log()", "output.nan"),
        ("z -= z.max(1, keepdim=True).values; return z.exp() / z.exp().sum(1, True)", "input.mutated"),
        ("e = z.exp(); return e / e.sum(1, keepdim=True).detach()", "ce.gradient_wrong"),
        ("e = z.exp().detach(); return e / e.sum(1, keepdim=True)", "ce.no_gradient"),
        ("e = z.numpy(); e = torch.tensor(e).exp(); return e / e.sum(1, keepdim=True)", "ce.no_gradient"),
        ("return z.softmax(1)", "answer.not_by_hand"),
        ("return torch.softmax(z, -1)", "answer.not_by_hand"),
        ("return soft(z, 1)", "answer.not_by_hand"),
        ("return F.softmin(-z, 1)", "answer.not_by_hand"),
        ("return nn.Softmax(dim=1)(z)", "answer.not_by_hand"),
        ("return torch._softmax(z, 1, False)", "answer.not_by_hand"),
        ("return torch.ops.aten.softmax(z, 1)", "answer.not_by_hand"),
        ("return torch.ops.aten._softmax(z, 1, False)", "answer.not_by_hand"),
        (
            "e = torch.eye(z.shape[1], dtype=z.dtype).expand(len(z), -1, -1)\n"
            "    return F.scaled_dot_product_attention(z[:, None], e, e, scale=1.0)[:, 0]",
            "answer.not_by_hand",
        ),
        ("raise NotImplementedError()", "notebook.not_attempted"),
        ("return z.long().softmax(1)", "call.failed"),
    ],
)
def test_each_wrong_softmax_has_its_name(body: str, code: str) -> None:
    source = f"from torch import softmax as soft\ndef softmax(z):\n    {body}"
    assert found(source, "softmax", *SOFTMAX) == code


@pytest.mark.parametrize(
    ("body", "remarks"),
    [("e = z.exp()", ["ce.unstable"]), ("e = (z - z.amax(1, keepdim=True)).exp()", [])],
)
def test_a_softmax_that_overflows_gets_a_remark(body: str, remarks: list[str]) -> None:
    source = f"def softmax(z):\n    {body}\n    return e / e.sum(1, keepdim=True)"
    student, draw = student_of(HEAD + source)
    probes = Probes(draw)
    probes.softmax_follows_formula(student.softmax)
    assert [remark.code for remark in probes.remarks] == remarks


@pytest.mark.parametrize(
    "body",
    [
        "return -F.log_softmax(z, 1)[torch.arange(len(y)), y].mean()",
        "return F.nll_loss(torch.log_softmax(z, -1), y)",
        "return F.nll_loss(F.log_softmax(F.log_softmax(z, 1), 1), y)",
        "return (z.logsumexp(1) - z.gather(1, y[:, None]).squeeze(1)).mean()",
        "return -(F.one_hot(y, z.size(1)) * z.log_softmax(1)).sum() / len(z)",
        "return sum(torch.log(torch.exp(r - r[c]).sum()) if (r - r[c]).max() < 80 else (r - r[c]).max()"
        " for r, c in zip(z, y)) / len(y)",
        "z = z.float(); m = z.max(1, keepdim=True)[0]; s = z - m\n"
        "    return (s.exp().sum(1).log() - torch.take_along_dim(s, y[:, None], 1)[:, 0]).mean()",
        "z = z - z.detach().amax(1, keepdim=True); picked = z[range(len(y)), y.tolist()]\n"
        "    return [(torch.log(torch.sum(torch.exp(z), 1)) - picked).mean()]",
        "return torch.trace((z.logsumexp(1, keepdim=True) - z)[:, y]).reshape(1, 1) / y.numel()",
    ],
)
def test_cross_entropy_may_be_written_in_any_way(body: str) -> None:
    assert found(f"def cross_entropy(z, y):\n    {body}", "cross_entropy", *CROSS_ENTROPY) is None


RIGHT = "(-log[rows, y]).mean()"
BY_HAND = """
class ByHand(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, y):
        ctx.save_for_backward(z.softmax(1), F.one_hot(y, z.size(1)))
        return (z.logsumexp(1) - z[range(len(z)), y]).mean()
    @staticmethod
    def backward(ctx, given):
        soft, hot = ctx.saved_tensors
        return given * (soft - hot) / len(soft), None
"""


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (RIGHT, None),
        ("-" + RIGHT, "ce.sign"),
        ("F.cross_entropy(-z, y)", "ce.sign"),
        ("-soft[rows, y].mean()", "ce.log_missing"),
        ("(1 - soft[rows, y]).mean()", "ce.log_missing"),
        ("-log[rows, y].mean() / math.log(2)", "ce.log2"),
        ("-soft[rows, y].log10().mean()", "ce.log2"),
        ("-z.log_softmax(0)[rows, y].mean()", "ce.softmax_over_batch"),
        ("-(z.exp() / z.exp().sum()).log()[rows, y].mean()", "ce.softmax_over_all"),
        ("F.cross_entropy(soft, y)", "ce.softmax_twice"),
        ("-log[rows, y].sum()", "ce.sum_not_mean"),
        ("-(F.one_hot(y, z.size(1)) * log).mean()", "ce.mean_over_classes"),
        ("-log[rows, y].sum() / z.size(1)", "ce.mean_over_classes"),
        ("F.binary_cross_entropy_with_logits(z, hot)", "ce.sigmoid_for_softmax"),
        ("F.binary_cross_entropy(soft, hot)", "ce.binary_for_classes"),
        ("F.nll_loss(z, y)", "loss.nll_on_logits"),
        ("F.nll_loss(soft, y)", "ce.log_missing"),
        ("-log[:, y].mean()", "loss.wrong_pairs"),
        ("-log[y % len(log)].mean()", "loss.wrong_pairs"),
        ("-log.max(1).values.mean()", "ce.target_ignored"),
        ("-(soft * log).sum(1).mean()", "ce.target_ignored"),
        ("-log[0, y[0]]", "loss.not_all_steps"),
        ("F.mse_loss(soft, hot)", "loss.mse_for_classes"),
        ("(z.exp().sum(1) - z[rows, y]).mean()", "ce.not_normalised"),
        ("F.cross_entropy(z, y, label_smoothing=0.1)", "ce.differs"),
        ("-log[rows, y]", "shape.wrong"),
        ("F.nll_loss(y, z.log_softmax(1))", "call.failed"),
        ("F.cross_entropy(y, z)", "loss.arguments_swapped"),
        ("-(soft + 1e-9).log()[rows, y].mean()", "ce.epsilon"),
        ("-soft.clamp(min=1e-12).log()[rows, y].mean()", "ce.epsilon"),
        ("-z.clamp(-50, 50).log_softmax(1)[rows, y].mean()", "ce.epsilon"),
        ("-soft.log()[rows, y].mean()", "ce.unstable"),
        ("-(z - z.exp().sum(1, keepdim=True).log())[rows, y].mean()", "ce.unstable"),
        ("-(z - z.max() - (z - z.max()).exp().sum(1, keepdim=True).log())[rows, y].mean()", "ce.unstable"),
        ("torch.tensor((-log[rows, y]).mean().item())", "ce.no_gradient"),
        ("(-log[rows, y]).mean().item()", "ce.no_gradient"),
        ("(z.logsumexp(1).detach() - z[rows, y]).mean()", "ce.gradient_wrong"),
        ("(z.logsumexp(1) - z.detach()[rows, y]).mean()", "ce.gradient_wrong"),
        ("ByHand.apply(z, y)", None),
        ("Deaf.apply(z, y)", "ce.gradient_wrong"),
        ("F.cross_entropy(z, y)", "answer.not_by_hand"),
        ("nn.CrossEntropyLoss()(z, y)", "answer.not_by_hand"),
        ("ready(z, y)", "answer.not_by_hand"),
        ("torch.ops.aten.cross_entropy_loss(z, y)", "answer.not_by_hand"),
        ("torch._C._nn.cross_entropy_loss(z, y, None, 1)", "answer.not_by_hand"),
        ("z.add_(1).log_softmax(1)[rows, y].mean().neg()", "input.mutated"),
        ("str(z)", "reply.malformed"),
    ],
)
def test_each_wrong_cross_entropy_has_its_name(value: str, code: str | None) -> None:
    source = (
        f"from torch.nn.functional import cross_entropy as ready\n{BY_HAND}"
        f"{BY_HAND.replace('ByHand', 'Deaf').replace('given * ', '')}"
        "def cross_entropy(z, y):\n"
        "    rows = range(len(z))\n"
        "    hot = F.one_hot(y, z.size(1)).to(z.dtype) if z.dim() == 2 else None\n"
        "    soft, log = z.softmax(-1), z.log_softmax(-1)\n"
        f"    return {value}"
    )
    assert found(source, "cross_entropy", *CROSS_ENTROPY) == code


def test_arguments_in_the_other_order_are_told_by_trying() -> None:
    source = "def cross_entropy(y, z):\n    return -z.log_softmax(1)[range(len(y)), y].mean()"
    assert found(source, "cross_entropy", *CROSS_ENTROPY) == "loss.arguments_swapped"


def test_a_row_alone_that_fails_is_a_matter_of_the_batch_size() -> None:
    source = "def cross_entropy(z, y):\n    return -z.squeeze().log_softmax(1)[range(len(y)), y].mean()"
    assert found(source, "cross_entropy", *CROSS_ENTROPY) == "batch.fixed_size"


def test_a_finding_says_both_numbers() -> None:
    student, draw = student_of(HEAD + "def cross_entropy(z, y):\n    return 2 * F.cross_entropy(z, y)")
    with pytest.raises(Finding) as caught:
        Probes(draw).cross_entropy_follows_formula(student.cross_entropy)
    facts = caught.value.facts
    assert caught.value.code == "ce.differs"
    assert torch.tensor(facts["got"]).isclose(2 * torch.tensor(facts["expected"]))
