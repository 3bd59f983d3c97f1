"""What a trained model answers in the place of what is right, for people to look at; nothing is judged."""

from __future__ import annotations

import torch

from grader.evidence import Confusion, Evidence, Gallery, Image, Steps

_IMAGES = 8
_LETTERS = 16
_LARGEST = 32


def confusion(scores: torch.Tensor, labels: torch.Tensor, classes: int) -> list[Evidence]:
    """How often each class (row) was answered with each class (column): scores (N, classes), labels (N,).
    Nothing where there are scores for another number of classes."""
    if scores.dim() != 2 or scores.shape[1] != classes:
        return []
    pairs = labels.long() * classes + scores.argmax(1)
    table = torch.bincount(pairs, minlength=classes * classes).reshape(classes, classes)
    return [Confusion([str(n) for n in range(classes)], table.tolist())]


def surest_mistakes(images: torch.Tensor, scores: torch.Tensor, labels: torch.Tensor) -> list[Evidence]:
    """The images (N, H, W) in 0..1 of which the model is surest and wrong; nothing where none is wrong, none
    is finite, or they are too large to be shown."""
    if scores.dim() != 2:
        return []
    said = scores.argmax(1)
    wrong = (said != labels).nonzero().flatten()
    if not len(wrong) or not torch.isfinite(scores).all() or max(images.shape[1:]) > _LARGEST:
        return []
    share = scores.double().softmax(1).amax(1)
    surest = wrong[share[wrong].argsort(descending=True, stable=True)][:_IMAGES].tolist()
    shown = [
        Image(
            "".join(f"{level:x}" for level in (images[n].clamp(0, 1) * 15).round().int().flatten().tolist()),
            images.shape[2],
            str(int(labels[n])),
            str(int(said[n])),
            float(f"{float(share[n]):.3g}"),
        )
        for n in surest
    ]
    return [Gallery(shown, len(wrong))]


def first_row(scores: torch.Tensor, targets: torch.Tensor) -> list[Evidence]:
    """The first sequence, target by target: scores (N, T, C), targets (N, T). Nothing for other shapes."""
    if scores.dim() != 3 or targets.dim() != 2 or scores.shape[:2] != targets.shape or not len(targets):
        return []
    right, said = targets[0, :_LETTERS].tolist(), scores[0, :_LETTERS].argmax(1).tolist()
    bad = [[1, at] for at, (one, other) in enumerate(zip(right, said, strict=True)) if one != other]
    return [Steps(["@row.class_right", "@row.class_said"], [[*map(str, right)], [*map(str, said)]], bad)]
