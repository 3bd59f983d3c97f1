"""Modules of the judge's own, for functions that are given a model whose answers we want to know."""

from __future__ import annotations

import torch
from torch import nn


class Classifier(nn.Linear):
    """(B, ...) -> (B, classes): a linear map of all numbers of a row, once they have mean 0 and deviation 1,
    so that it matters to no answer how images were scaled. In training mode the scores of each row move
    on by one class: an evaluation that forgets to switch counts other answers."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        rows = images.flatten(1)
        rows = (rows - rows.mean(1, keepdim=True)) / rows.std(1, keepdim=True).clamp(min=1e-6)
        scores = super().forward(rows)
        return scores.roll(1, dims=1) if self.training else scores
