"""What fuzzing found, once each."""

from __future__ import annotations

import msgspec
import pytest

from grader.judge.finding import Finding
from grader.judge.outcome import Found
from grader.judge.probes import Probes
from tests.fakes import student_of


@pytest.mark.parametrize(
    "returned", ["torch.zeros(2, 3)", "(torch.zeros(2, 3), 5)", "torch.nn.Linear(1, 1)", "[1]"]
)
def test_a_batch_without_lengths_is_told_by_its_type(returned: str) -> None:
    """A tensor has an attribute `type`, which is no text: the verdict could not be written down."""
    student, draw = student_of(f"import torch\ndef pad_batch(words, table):\n    return {returned}")
    with pytest.raises(Finding) as caught:
        Probes(draw).pads(student.pad_batch, ["ab", "a"], {"a": 1, "b": 2})
    assert caught.value.code == "reply.malformed"
    found = Found(caught.value.code, caught.value.facts, caught.value.evidence)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Found) == found
