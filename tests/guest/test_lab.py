"""The laboratory, in this process: which precision code finds there, and layers that have no size yet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from grader.guest import lab
from grader.wire.requests import Lab


@pytest.fixture
def doubled() -> Iterator[None]:
    """As after a notebook that computes in double precision."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.parametrize(("double", "wanted"), [(False, torch.float32), (True, torch.float64)])
def test_the_precision_is_ours_and_the_notebook_gets_its_own_back(
    doubled: None, double: bool, wanted: torch.dtype
) -> None:
    with lab.laboratory(Lab(double=double)):
        assert torch.zeros(1).dtype is wanted
    assert torch.get_default_dtype() is torch.float64


def test_a_precision_that_code_sets_in_there_stays(doubled: None) -> None:
    with lab.laboratory(Lab(double=False)):
        torch.set_default_dtype(torch.bfloat16)
    assert torch.get_default_dtype() is torch.bfloat16


def test_lazy_layers_find_their_sizes_in_one_call() -> None:
    net = nn.Sequential(
        nn.LazyConv2d(2, 3), nn.LazyBatchNorm2d(), nn.Dropout(0.5), nn.Flatten(), nn.LazyLinear(3)
    )
    with lab.laboratory(Lab(double=True)):
        lab.size(net, [torch.ones(1, 1, 5, 4)])
    assert {name: tuple(p.shape) for name, p in net.named_parameters()} == {
        "0.weight": (2, 1, 3, 3), "0.bias": (2,), "1.weight": (2,), "1.bias": (2,),
        "4.weight": (3, 12), "4.bias": (3,),
    }  # fmt: skip
    assert net.training
    assert not net[1].running_mean.any()


def test_a_call_that_fails_shows_why() -> None:
    with pytest.raises(RuntimeError, match="multiplied"):
        lab.size(nn.Sequential(nn.LazyLinear(3), nn.Linear(4, 2)), [torch.ones(1, 5)])


def test_other_models_are_not_called() -> None:
    class Counting(nn.Module):
        calls = 0

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.calls += 1
            return x

    net = Counting()
    lab.size(net, [torch.ones(1)])
    assert net.calls == 0


def test_random_states_are_quiet_and_what_torch_draws_for_itself_is_not() -> None:
    with lab.laboratory(Lab(quiet=True)):
        states = [torch.randn(2), torch.rand(2), torch.empty(2).normal_(), torch.rand_like(torch.ones(2))]
        layer = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 2))
        older = nn.utils.spectral_norm(nn.Linear(3, 2))
        answers = [layer.eval()(torch.ones(3)), older.eval()(torch.ones(3))]
    assert not any(state.any() for state in states)
    assert all(answer.isfinite().all() for answer in answers)
