"""Functions that count right answers: right ones in many spellings pass, each mistake gets its name."""

from __future__ import annotations

import pytest

from grader.judge.finding import Finding
from grader.judge.probes import Probes
from tests.fakes import student_of

HEAD = """
import copy
import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset
train_images, train_labels = torch.rand(90, 8, 8), torch.randint(0, 10, (90,))
"""

RIGHT = """
def accuracy(model, images, labels):
    was = model.training
    model.eval()
    right = 0
    with torch.no_grad():
        for x, y in zip(images.split(64), labels.split(64)):
            right += (model(x).argmax(dim=1) == y).sum().item()
    model.train(was)
    return right / len(labels)
"""

STYLES = {
    "a copy, a tensor comes back": """
def accuracy(model, images, labels):
    with torch.inference_mode():
        return (copy.deepcopy(model).eval()(images).softmax(-1).max(1)[1] == labels).float().mean()
""",
    "one by one, images scaled inside, numpy": """
def accuracy(model, images, labels):
    mode = model.training
    model.train(False)
    said = np.array([model((image[None] - 0.5) / 0.5).detach().numpy().argmax() for image in images])
    model.train(mode)
    return np.mean(said == labels.numpy())
""",
    "a loader, modes put back in a finally, errors counted": """
def accuracy(model, images, labels, batch_size=100):
    modes = {m: m.training for m in model.modules()}
    try:
        model.eval()
        wrong = sum(int((model(x).topk(1).indices.squeeze(1) != y).sum())
                    for x, y in DataLoader(TensorDataset(images, labels), batch_size=batch_size))
    finally:
        for m, training in modes.items():
            m.training = training
    return 1 - wrong / images.size(0)
""",
    "each module put back by itself": """
def accuracy(model, images, labels):
    modes = [m.training for m in model.modules()]
    for m in model.modules():
        m.eval()
    said = torch.cat([model(x).argmax(1) for x in images.split(20)])
    for m, mode in zip(model.modules(), modes):
        m.train(mode)
    return float((said == labels).double().mean())
""",
    "weighted means of batches, rounded": """
@torch.no_grad()
def accuracy(model, images, labels):
    model.eval()
    shares = [(float((model(x).argmax(1) == y).double().mean()), len(y))
              for x, y in zip(images.chunk(7), labels.chunk(7))]
    model.train()
    return round(sum(s * n for s, n in shares) / sum(n for _, n in shares), 4)
""",
}


def found(source: str, verb: str, shape: tuple[int, ...] = (8, 8)) -> str | None:
    student, draw = student_of(HEAD, source)
    try:
        getattr(Probes(draw), verb)(student.accuracy, shape=shape)
    except Finding as finding:
        return finding.code
    return None


@pytest.mark.parametrize("shape", [(8, 8), (1, 28, 28)])
@pytest.mark.parametrize("style", [RIGHT, *STYLES.values()], ids=["split", *STYLES])
def test_right_counts_pass(style: str, shape: tuple[int, ...]) -> None:
    assert found(style, "counts_right_answers", shape) is None
    assert found(style, "switches_to_evaluation", shape) is None


COUNT, SHARE = "(model(x).argmax(dim=1) == y).sum().item()", "right / len(labels)"
MEANS = "(model(x).argmax(dim=1) == y).float().mean().item()"
OURS = "zip(images.split(64), labels.split(64))"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (RIGHT.replace(COUNT, MEANS).replace(SHARE, "right / len(images.split(64))"), "eval.accuracy_wrong"),
        (RIGHT.replace(f"+= {COUNT}", f"= {MEANS}").replace(SHARE, "right"), "eval.accuracy_wrong"),
        (RIGHT.replace(SHARE, "right"), "eval.accuracy_wrong"),
        (RIGHT.replace(SHARE, "100 * right / len(labels)"), "eval.accuracy_wrong"),
        (RIGHT.replace("dim=1", "dim=0"), "eval.accuracy_wrong"),
        (RIGHT.replace("dim=1", "dim=0").replace("split(64)", "split(10)"), "eval.accuracy_wrong"),
        (RIGHT.replace("==", "!="), "eval.accuracy_wrong"),
        (RIGHT.replace("images.split", "images[:-1].split").replace("labels.split", "labels[:-1].split"),
         "eval.accuracy_wrong"),
        (RIGHT.replace("images.split", "train_images.split"), "eval.on_training_data"),
        (RIGHT.replace(OURS, OURS.replace("images", "train_images").replace("labels", "train_labels")),
         "eval.on_training_data"),
        (RIGHT.replace("model.eval()", "model.train()"), "eval.dropout_active"),
        (RIGHT.replace(SHARE, "labels"), "reply.malformed"),
        (RIGHT.replace(SHARE, "right / len(label)"), "call.failed"),
    ],
)  # fmt: skip
def test_each_wrong_count_gets_its_name(source: str, code: str) -> None:
    assert found(source, "counts_right_answers") == code


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (RIGHT.replace("    model.eval()\n", ""), "eval.dropout_active"),
        (RIGHT.replace("    model.train(was)\n", ""), "train.eval_mode"),
        (RIGHT.replace("model.train(was)", "model.eval()"), "train.eval_mode"),
        (RIGHT.replace("model.train(was)", "model.training = was"), "train.eval_mode"),
        (RIGHT.replace("model.eval()", "model.training = False"), "eval.dropout_active"),
    ],
)
def test_each_wrong_mode_gets_its_name(source: str, code: str) -> None:
    assert found(source, "counts_right_answers") is None
    assert found(source, "switches_to_evaluation") == code
