"""Weights of ours for a model as it describes itself, which is a claim like any other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.known import Known
from grader.judge.model import Model
from grader.judge.probes import Probes
from grader.judge.student import Student
from grader.judge.weighing import weights_for
from grader.wire.replies import Described, Differentiated, Entry, Reply
from grader.wire.requests import Request
from tests.fakes import InProcessGuest, student_of

HEAD = "import torch\nfrom torch import nn\n"
NET = (
    HEAD
    + """
class Net(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.fc = nn.Linear(i, o)
    def forward(self, x):
        return self.fc(x)
"""
)


def weights(*shapes: list[int], **more: Any) -> dict[str, torch.Tensor]:
    entries = [Entry(f"p{n}", shape, "float32", **{"owner": "Net", **more}) for n, shape in enumerate(shapes)]
    return weights_for(entries, np.random.default_rng(0), "Net")


@pytest.mark.parametrize("shape", [[], [1], [3, 4], [1] * 8, [5_000_000]])
def test_every_shape_that_can_cross_is_given_weights(shape: list[int]) -> None:
    assert weights(shape)["p0"].shape == tuple(shape)


@pytest.mark.parametrize("shape", [[1] * 9, [1] * 70, [-2, -3], [0], [3, 0], [5_000_001], [2**40, 2**40]])
def test_no_other_shape_is(shape: list[int]) -> None:
    with pytest.raises(Finding) as caught:
        weights(shape)
    assert caught.value.code == "reply.malformed"
    assert "p0" in str(caught.value.facts["detail"])


def test_all_weights_together_have_a_limit() -> None:
    assert len(weights([4_000_000], [4_000_000])) == 2
    with pytest.raises(Finding) as caught:
        weights([4_000_000], [4_000_000], [1])
    assert "8000000" in str(caught.value.facts["detail"])


def test_an_embedding_without_axes_has_no_row_for_padding() -> None:
    assert weights([], owner="Embedding", padding_index=0)["p0"].dim() == 0
    assert not weights([3, 2], owner="Embedding", padding_index=1)["p0"][1].any()


def test_weights_that_fill_a_message_are_the_models_own() -> None:
    student, draw = student_of(NET)
    model = student.Net(2, 3)
    assert isinstance(model, Model)
    full = replace(
        model,
        weights={"fc.weight": torch.zeros(4_000_000, dtype=torch.float64)}
        | {"fc.bias": torch.zeros(4_400_000, dtype=torch.float64)},
    )
    with pytest.raises(Finding) as caught:
        full(draw.normal(1, 2))
    assert caught.value.code == "reply.malformed"


class Forger(InProcessGuest):
    """Answers as the model would, with something else in it from the `after`th time on."""

    def __init__(self, *cells: str, after: int = 0, **claims: Any) -> None:
        super().__init__(*cells)
        self.claims, self.after = claims, after

    def ask(self, request: Request, payload: bytes) -> tuple[Reply, bytes]:
        reply, data = super().ask(request, payload)
        if isinstance(reply, Described) and "entries" in self.claims:
            self.after -= 1
            if self.after < 0:
                reply = msgspec.structs.replace(reply, entries=self.claims["entries"])
        if isinstance(reply, Differentiated) and "gradient" in self.claims:
            forged = {
                name: g and msgspec.structs.replace(g, **self.claims["gradient"])
                for name, g in reply.parameters.items()
            }
            reply = msgspec.structs.replace(reply, parameters=forged)
        return reply, data


@pytest.mark.parametrize("gradient", [{"shape": [0]}, {"shape": [1]}, {"shape": [2, 1]}, {"dtype": "bool"}])
@pytest.mark.parametrize("verb", ["gradient_reaches", "gradient_foretells"])
def test_gradients_have_the_shapes_of_the_weights(gradient: dict[str, Any], verb: str) -> None:
    draw = Draw(b"key", "test_check")
    model = Student(Forger(NET, gradient=gradient), draw).Net(2, 3)
    with pytest.raises(Finding) as caught:
        getattr(Probes(draw), verb)(model, draw.normal(4, 2))
    assert caught.value.code == "reply.malformed"


@pytest.mark.parametrize("after", [1, 2])
@pytest.mark.parametrize("entries", [[], [Entry("fc.bias", [3], "float32", "Linear")]])
def test_parameters_are_the_same_when_they_are_asked_for_again(entries: list[Entry], after: int) -> None:
    draw = Draw(b"key", "test_check")
    dead = NET.replace("self.fc(x)", "self.fc(x) * 0")
    forger = Forger(dead, entries=entries, after=after)
    model = Student(forger, draw, Known(forgetful=True)).Net(2, 3)
    with pytest.raises(Finding) as caught:
        Probes(draw).every_weight_counts(model, draw.normal(4, 2))
    assert caught.value.code == "reply.malformed"


VERBS = [
    "every_weight_counts", "gradient_reaches", "gradient_foretells", "takes_any_batch_size",
    "gives_same_answer", "gradient_goes_back_in_time", "reads_in_time_order",
]  # fmt: skip


@pytest.mark.parametrize("other", ["[1.0]", "None", "'text'", "torch.ones(2)"])
@pytest.mark.parametrize("verb", VERBS)
def test_what_is_no_module_is_found_by_every_verb(verb: str, other: str) -> None:
    student, draw = student_of(f"{HEAD}def make(*sizes):\n    return {other}\n")
    net, x = student.make(5, 3), draw.normal(4, 7, 5)
    with pytest.raises(Finding) as caught:
        getattr(Probes(draw), verb)(net, x)
    assert (caught.value.code, caught.value.facts["wanted"]) == ("reply.malformed", "nn.Module")


def test_nor_is_it_a_module_where_a_function_is_given_one() -> None:
    student, draw = student_of(
        f"{HEAD}def make(*sizes):\n    return [1.0]\ndef last(rnn, x):\n    return x\n"
    )
    with pytest.raises(Finding) as caught:
        Probes(draw).takes_last_step(student.last, student.make(5, 3))
    assert caught.value.facts["wanted"] == "nn.Module"
