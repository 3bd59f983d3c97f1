"""The losses that a notebook keeps: which list is told, and that nothing of the notebook's runs for it."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np
import pytest
import torch

from grader.guest.history import losses_in


def test_the_longest_list_of_numbers_with_loss_in_its_name_is_told() -> None:
    names = {"losses": [2.0, 1.5, 1.0, 0.7, 0.5], "val_loss": [1.0] * 3, "scores": [1.0] * 100}
    found = losses_in(names)
    assert found is not None
    assert (found.name, found.values, found.of) == ("losses", [2.0, 1.5, 1.0, 0.7, 0.5], 5)


def test_tensors_of_one_number_count() -> None:
    found = losses_in({"loss_list": [torch.tensor(float(n), requires_grad=True) for n in range(6)]})
    assert found is not None
    assert found.values == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_long_list_is_thinned_with_its_ends() -> None:
    found = losses_in({"losses": [float(n) for n in range(5000)]})
    assert found is not None
    assert (len(found.values), found.values[0], found.values[-1], found.of) == (200, 0.0, 4999.0, 5000)


def test_the_largest_numbers_stay_numbers() -> None:
    values = [1e308, -1e308, 5e-324, 0.0, -0.0, 1.7976931348623157e308, -1.7976931348623157e308, 2**62]
    found = losses_in({"losses": values})
    assert found is not None
    assert all(map(isfinite, found.values))
    assert found.values[:2] == [1e308, -1e308]
    assert found.values[5] == 1.7976931348623157e308


class Trap(list):  # type: ignore[type-arg]
    def __len__(self) -> int:
        raise RuntimeError("code of the notebook's ran")

    def __iter__(self) -> Any:
        raise RuntimeError("code of the notebook's ran")


class Number(float):
    def __float__(self) -> float:
        raise RuntimeError("code of the notebook's ran")


@pytest.mark.parametrize(
    "value",
    [
        [], [1.0] * 4, "losses" * 5, Trap([1.0] * 9), [Number(1.0)] * 9, [1.0, 2.0, 3.0, "4", 5.0],
        [1.0, 2.0, float("nan"), 3.0, 4.0], [torch.zeros(2)] * 9, [True] * 9, np.zeros(9), None,
        [np.float64(1.0)] * 9, [torch.tensor(1j)] * 9,
        [10**400] * 9, [1.0, 2.0, 3.0, 4.0, -(10**400)],
    ],
)  # fmt: skip
def test_what_is_no_list_of_plain_numbers_is_left_out(value: Any) -> None:
    assert losses_in({"losses": value}) is None


def test_names_that_are_no_text_are_passed_over() -> None:
    names: Any = {3: [1.0] * 9, "loss": [1.0] * 9}
    found = losses_in(names)
    assert found is not None
    assert found.name == "loss"
