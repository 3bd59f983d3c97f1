"""Training on images: what is left out, how images are scaled, what is recognised."""

from __future__ import annotations

import pytest
import torch

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.probes.recognition import Pictures
from tests.fakes import student_of

NOTEBOOK = """
import torch
from torch import nn
import torch.nn.functional as F
class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(36, 16), nn.ReLU(), nn.Linear(16, 10))
def train(model, images, labels, epochs, learning_rate):
    optimizer, losses = torch.optim.Adam(model.parameters(), lr=learning_rate), []
    for _ in range(epochs):
        for chosen in torch.randperm(len(images)).split(16):
            loss = F.cross_entropy(model(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses
def accuracy(model, images, labels):
    return (model(images).argmax(1) == labels).float().mean().item()
"""
ORDER, GIVEN = "torch.randperm(len(images)).split(16)", "model(images[chosen])"


def found(source: str, ask: str) -> str | None:
    student, draw = student_of(source)
    probes = Probes(draw)
    x, y = torch.from_numpy(draw("images").random((72, 6, 6))).float(), draw.integers(0, 10, 72)
    means = torch.from_numpy(draw("means").random((10, 6, 6))).float()

    def like(count: int) -> tuple[torch.Tensor, torch.Tensor]:
        labels = draw.integers(0, 10, count, purpose="classes")
        return (means[labels] + 0.1 * torch.from_numpy(draw("noise").random((count, 6, 6)))).float(), labels

    try:
        match ask:
            case "groups":
                probes.learns_from_every_group(
                    student.train, student.Net(), x, y, 1, 0.01, targets=2, classes=10
                )
            case "examples":
                probes.uses_every_example(student.train, student.Net(), x, y, 1, 0.01, inputs=1, budget=3)
            case "scales":
                probes.scales_alike(student.train, student.accuracy, student.Net(), x, y)
            case "recognises":
                task = Pictures.drawn(
                    like(120), like(80), draw, counts=(100, 60), budgets=((1, 1e-4), (12, 0.01)), cut=0.7
                )
                assert task.images.shape == (100, 6, 6)
                assert task.test_labels.shape == (60,)
                probes.recognises(student.train, student.Net(), task)
    except Finding as finding:
        return finding.code
    return None


def test_less_than_a_batch_may_be_left_over() -> None:
    whole = NOTEBOOK.replace(ORDER, "[c for c in torch.randperm(len(images)).split(40) if len(c) == 40]")
    assert found(whole, "examples") is None


@pytest.mark.parametrize(
    ("batches", "code"),
    [
        ("[torch.randperm(len(images))[:24] for _ in range(5)]", "train.data_not_used"),
        ("torch.randint(len(images), (8, 24))", "train.data_not_used"),
        # The last batch is left out, be it whole or not.
        ("[c for c in torch.randperm(len(images)).split(9)][:-1]", "train.data_not_used"),
        ("torch.arange(len(images)).split(20)[:-1]", "train.data_not_used"),
        ("torch.randperm(len(images)).split(16)[:-1]", "train.data_not_used"),
        ("torch.randperm(len(images))[:-1].split(1)", "train.data_not_used"),
        # Parts are kept back, and what does not fill a batch is dropped.
        ("[c for c in torch.randperm(len(images)).split(16) if len(c) == 16]", None),
        ("[c for c in torch.randperm(len(images))[:-9].split(9) if len(c) == 9]", None),
        ("[c for c in torch.randperm(len(images))[:-2].split(9) if len(c) == 9]", None),
        ("[c for c in torch.randperm(len(images))[:len(images) * 19 // 20].split(9) if len(c) == 9]", None),
        ("[c for c in torch.randperm(len(images))[:len(images) * 9 // 10].split(9) if len(c) == 9]", None),
        ("[c for c in torch.randperm(len(images))[:len(images) * 3 // 4].split(12)]", None),
        # A closure or a second look at the same batch repeats all of it.
        ("[c for c in torch.randperm(60).split(16) for _ in range(3)]", None),
        # All images, and the batches in which they come overlap.
        ("[torch.arange(n, n + 24) for n in range(0, 49, 12)]", None),
    ],
)
def test_an_image_may_not_come_twice_while_another_never_comes(batches: str, code: str | None) -> None:
    assert found(NOTEBOOK.replace(ORDER, batches), "examples") == code


HELD = "    *batches, held = torch.arange(len(images)).split(9)\n    for epoch in range(epochs):"
KEPT = NOTEBOOK.replace("    for _ in range(epochs):", HELD).replace(ORDER, "batches")
APPENDED = "        losses.append"
LOOKS = {
    "after each epoch": "with torch.no_grad(): F.cross_entropy(model(images[held]), labels[held])",
    "with gradients that nobody asks for": "F.cross_entropy(model(images[held]), labels[held])",
    "once in a while": "if epoch % 5 == 4: accuracy(model.eval(), images[held], labels[held])",
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_the_last_batch_may_be_kept_to_validate_on(look: str) -> None:
    assert found(KEPT, "examples") == "train.data_not_used"
    assert found(KEPT.replace(APPENDED, f"        {look}\n{APPENDED}"), "examples") is None


def test_a_step_of_several_batches_may_be_dropped() -> None:
    whole = "[c for c in torch.randperm(len(images)).split(16) if len(c) == 16]"
    pieces = NOTEBOOK.replace(ORDER, whole).replace(
        "            loss = F.cross_entropy(model(images[chosen]), labels[chosen])\n",
        "            loss = sum(F.cross_entropy(model(images[c]), labels[c]) for c in chosen.split(8))\n",
    )
    assert pieces.count("split(8)") == 1
    assert found(pieces, "examples") is None


PREPARED = NOTEBOOK.replace(GIVEN, "model(images[chosen] * 4 - 2)").replace(
    "model(images).", "model(images * 4 - 2)."
)


@pytest.mark.parametrize("ask", ["groups", "examples", "scales", "recognises"])
@pytest.mark.parametrize(
    "source",
    [
        NOTEBOOK,
        NOTEBOOK.replace(ORDER, "[torch.arange(len(images))]").replace("range(epochs)", "range(4 * epochs)"),
        NOTEBOOK.replace(ORDER, "torch.randperm(len(images) - 8).split(16)"),
        PREPARED,
        NOTEBOOK.replace(ORDER, "torch.randperm(len(images)).split(1)"),
        NOTEBOOK.replace(GIVEN, "model.forward(images[chosen])"),
    ],
    ids=[
        "batches",
        "all at once",
        "some kept back",
        "scaled inside",
        "one by one",
        "past the module's own call",
    ],
)
def test_right_loops_pass(source: str, ask: str) -> None:
    assert found(source, ask) is None


@pytest.mark.parametrize(
    ("source", "ask", "code"),
    [
        (NOTEBOOK.replace(ORDER, "[torch.arange(16)]"), "groups", "train.data_not_used"),
        (NOTEBOOK.replace(ORDER, "torch.randperm(36).split(16)"), "groups", "train.data_not_used"),
        (NOTEBOOK.replace(ORDER, "[torch.arange(16)]"), "examples", "train.data_not_used"),
        (NOTEBOOK.replace("            optimizer.step()", "            optimizer.step()\n            break"),
         "examples", "train.data_not_used"),
        (NOTEBOOK.replace(ORDER, "torch.randperm(len(images)).split(16)[::2]"), "examples",
         "train.data_not_used"),
        (NOTEBOOK.replace(GIVEN, "model(images[chosen])[:3]").replace("labels[chosen]", "labels[chosen][:3]"),
         "examples", "train.data_not_used"),
        (NOTEBOOK.replace(GIVEN, "model(images[chosen] / 16)"), "scales", "data.scaled_differently"),
        (NOTEBOOK.replace("model(images).", "model(images - 1)."), "scales", "data.scaled_differently"),
        (NOTEBOOK.replace("labels[chosen])", "labels[chosen].roll(1))"), "recognises", "accuracy.low"),
        (NOTEBOOK.replace("    return losses\n", ""), "recognises", "reply.malformed"),
        (NOTEBOOK.replace("losses.append(loss.item())", "losses.append(float('nan'))"), "recognises",
         "train.diverges"),
    ],
)  # fmt: skip
def test_each_mistake_gets_its_name(source: str, ask: str, code: str) -> None:
    assert found(source, ask) == code


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("y[:, :0]", "shape.wrong"),
        ("y[:, :9]", "shape.wrong"),
        ("y > 0", "dtype.wrong"),
        ("y.long()", "dtype.wrong"),
    ],
)
def test_what_scores_no_classes_recognises_nothing(end: str, code: str) -> None:
    source = NOTEBOOK.replace(
        "def train",
        f"""    def forward(self, x):
        y = super().forward(x)
        return y if self.training else {end}
def train""",
    )
    assert found(source, "recognises") == code


def test_scores_in_another_precision_are_scores() -> None:
    source = NOTEBOOK.replace(
        "def train",
        """    def forward(self, x):
        y = super().forward(x)
        return y if self.training else y.bfloat16()
def train""",
    )
    assert found(source, "recognises") is None


def test_a_softmax_over_the_batch_is_told_from_its_gradient() -> None:
    student, draw = student_of(NOTEBOOK.replace("F.cross_entropy(", "over_the_batch("), """
def over_the_batch(scores, labels):
    return F.nll_loss(scores.log_softmax(dim=0), labels)
""")  # fmt: skip
    x, y = torch.from_numpy(draw("images").random((40, 6, 6))).float(), draw.integers(0, 10, 40)
    with pytest.raises(Finding) as caught:
        Probes(draw).loss_meets_targets(student.train, student.Net(), x, y, 2, 0.01, inputs=1, targets=2)
    assert caught.value.code == "ce.softmax_over_batch"
