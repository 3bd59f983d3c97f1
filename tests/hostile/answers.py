"""The honest parts of the notebooks: the lesson on cross-entropy answered rightly, wrongly, in part, not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.hostile.case import Hostile

LESSON = "cross_entropy"

IMPORTS = "import torch\nimport torch.nn.functional as F\nfrom torch import nn"
SOFTMAX = """
def softmax(logits):
    shifted = logits - logits.max(dim=1, keepdim=True).values
    exps = torch.exp(shifted)
    return exps / exps.sum(dim=1, keepdim=True)
"""
CROSS_ENTROPY = """
def cross_entropy(logits, target):
    centred = logits - logits.max(dim=1, keepdim=True).values
    log_probs = centred - torch.log(torch.exp(centred).sum(dim=1, keepdim=True))
    return -log_probs[torch.arange(len(target)), target].mean()
"""
SEQUENCE_LOSS = """
def sequence_loss(outputs, targets, pad_index=None):
    scores, labels = outputs.reshape(-1, outputs.size(-1)), targets.reshape(-1)
    if pad_index is not None:
        counted = labels != pad_index
        scores, labels = scores[counted], labels[counted]
    return cross_entropy(scores, labels)
"""
UNSTABLE = """
def cross_entropy(logits, target):
    return -torch.log(softmax_of(logits)[torch.arange(len(target)), target]).mean()

def softmax_of(logits):
    return torch.exp(logits) / torch.exp(logits).sum(dim=1, keepdim=True)
"""

HONEST: dict[str, tuple[str, ...]] = {
    "nothing": (IMPORTS,),
    "softmax": (IMPORTS, SOFTMAX),
    "wrong": (IMPORTS, SOFTMAX, UNSTABLE, SEQUENCE_LOSS.replace("labels != pad_index", "labels == labels")),
    "right": (IMPORTS, SOFTMAX, CROSS_ENTROPY, SEQUENCE_LOSS),
}
"""By name: the cells. What each earns is measured by grading it alone."""


def written(case: Hostile, parts: Mapping[str, tuple[str, ...]], lesson: str) -> bytes:
    """The notebook of `case` as the bytes of a file."""
    return notebook([*case.first, *parts[case.honest], *case.cells], lesson, case.metadata)


def notebook(cells: list[str], lesson: str, metadata: Mapping[str, Any] | None = None) -> bytes:
    """A notebook of these code cells that says which lesson it is for."""
    blank: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    made = [{**blank, "id": f"cell-{n}", "source": source.strip("\n")} for n, source in enumerate(cells)]
    said = {**(metadata or {}), "grader": {"lesson": lesson}}
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": said, "cells": made}
    return json.dumps(content, indent=1).encode()


def wrongly_shaped(cells: object, lesson: str) -> bytes:
    """A notebook whose `cells` are whatever is given."""
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"grader": {"lesson": lesson}}, "cells": cells}
    return json.dumps(content).encode()
