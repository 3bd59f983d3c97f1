"""Rewrites say the same in other words: each snippet is run before and after, on the same numbers."""

from __future__ import annotations

import inspect
import random
import tomllib
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.lesson import find
from grader.mutation.rewrites import REWRITES
from grader.mutation.rewriting import rewrites, rewritten
from grader.solutions import variants
from tests.mutation.snippets import alternative, cell, lesson, reference

BY_NAME = {rule.name: rule for rule in REWRITES}
BEGIN = "import random\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n"

LAYER = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.{kind}(4, 5{option})

    def forward(self, x):
        outputs, state = self.rnn(x)
        return outputs, self.rnn(x, state)


def f(x):
    torch.manual_seed(0)
    net = Net()
    with torch.no_grad():
        for weight in net.parameters():
            weight.copy_(torch.arange(weight.numel()).reshape(weight.shape).float().sin() / 3)
    return net(x)
"""
CASES = tomllib.loads((Path(__file__).parent / "rewrites.toml").read_text("utf-8"))


def space_of(source: str) -> dict[str, Any]:
    """The names that a snippet defines; the snippets are ours."""
    random.seed(0)
    torch.manual_seed(0)
    space: dict[str, Any] = {"__name__": "snippet"}
    exec(compile(BEGIN + source, "snippet", "exec"), space)  # noqa: S102
    return space


def run(source: str, x: Any) -> Any:
    """What the snippet's `f` gives, from the same dice."""
    return space_of(source)["f"](*x)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, torch.Tensor):
        return isinstance(other, torch.Tensor) and torch.allclose(one, other, atol=1e-6)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == pytest.approx(other)) if isinstance(one, float) else bool(one == other)


def after(name: str, source: str) -> str | None:
    code = cell(source, "Net")
    return rewritten(code, BY_NAME[name], frozenset({"f", "Net"}), source)


def given_to(name: str) -> tuple[Any, ...]:
    x = torch.arange(24.0).reshape(2, 3, 4) / 24
    return (x, 4.0) if name == "locals_renamed" else (x,)


def test_every_rewrite_has_a_case():
    assert set(CASES) == set(BY_NAME)


@pytest.mark.parametrize("name", CASES)
def test_rewrite_keeps_the_meaning(name):
    source, said = CASES[name]["on"].lstrip("\n"), CASES[name]["says"].strip("\n")
    new = after(name, source)
    assert new is not None
    assert said in new
    assert same(run(source, given_to(name)), run(new, given_to(name)))


@pytest.mark.parametrize("name", [name for name in CASES if "not_on" in CASES[name]])
def test_rewrite_leaves_alone_what_it_would_change(name):
    assert after(name, CASES[name]["not_on"].lstrip("\n")) is None


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("option", ["", ", batch_first=True"])
def test_a_layer_as_cells_gives_the_same_states(kind, option):
    source = LAYER.format(kind=kind, option=option)
    new = after("layer_as_cells", source)
    assert new is not None
    assert f"{kind}Steps(4, 5)" in new
    x = torch.arange(24.0).reshape(2, 3, 4) / 24
    assert same(run(source, (x,)), run(new, (x,)))


def test_a_promised_function_that_is_handed_through_keeps_its_arguments():
    source = CASES["handed_through"]["on"].lstrip("\n")
    new = after("handed_through", source)
    assert new is not None
    x = torch.ones(2)
    old, thin = space_of(source)["f"], space_of(new)["f"]
    for args, keywords in (
        ((x,), {}),
        ((x, 0), {}),
        ((x,), {"y": 1}),
        ((x,), {"z": 5}),
        ((), {"y": 3, "x": x}),
    ):
        assert torch.equal(old(*args, **keywords), thin(*args, **keywords))
    assert inspect.signature(old) == inspect.signature(thin)


NAMES = st.sampled_from(["a", "b", "c", "x"])
ATOMS = st.one_of(NAMES, st.integers(1, 9).map(str))
SUMS = st.builds("{} {} {}".format, ATOMS, st.sampled_from(["+", "-", "*"]), ATOMS)
LINES = st.builds("{} = {}".format, st.sampled_from(["a", "b", "c"]), SUMS)


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=6))
def test_other_order_and_other_names_compute_the_same(lines):
    body = "\n    ".join(["a, b, c = 1, 2, 3", *lines])
    source = f"def f(x):\n    {body}\n    return a, b, c\n"
    for name in ("statements_swapped", "locals_renamed"):
        new = after(name, source)
        assert new is None or run(new, (7,)) == run(source, (7,))


@settings(max_examples=100, deadline=None)
@given(st.integers(-3, 3), st.integers(-3, 3), st.sampled_from(["<", "<=", ">", ">="]))
def test_turned_comparisons_decide_the_same(one, other, sign):
    source = f"def f(x, y):\n    return x {sign} y\n"
    new = after("comparisons_turned", source)
    assert new is not None
    assert run(new, (one, other)) == run(source, (one, other))


def test_rewrites_of_a_solution_are_told_with_their_diff(tmp_path):
    own = lesson(tmp_path, ("f",))
    source = (
        "def f(x):\n    ### BEGIN SOLUTION\n    total = x.view(-1)\n    return total\n    ### END SOLUTION\n"
    )
    made = {one.rewrite: one for one in rewrites(own, reference("import torch", source))}
    assert {"locals_renamed", "handed_through", "view_to_reshape"} <= set(made)
    one = made["view_to_reshape"]
    assert (one.lesson, one.base) == ("own", "reference")
    assert "+    total = x.reshape(-1)" in one.diff.splitlines()
    assert one.submission().content == one.content != reference("import torch", source).content
    assert len({one.digest for one in made.values()}) == len(made)


def test_given_code_is_not_renamed(tmp_path):
    begin, end = "    ### BEGIN SOLUTION\n", "    ### END SOLUTION\n"
    source = f"def f(x):\n    kept = 3\n{begin}    mine = kept + x\n    return mine\n{end}"
    made = {one.rewrite: one for one in rewrites(lesson(tmp_path, ("f",)), reference(source))}
    assert b"mine_too = kept + x" in made["locals_renamed"].content
    assert b"kept_too" not in made["locals_renamed"].content


def test_a_name_that_somebody_else_asks_for_stays(tmp_path):
    made_here = "class Net:\n    def __init__(self):\n        self.width, self.inner = 3, 4\n\n"
    source = f"{made_here}    def both(self):\n        return self.width + self.inner\n"
    made = {
        one.rewrite: one
        for one in rewrites(lesson(tmp_path, ("Net",)), alternative(source, "print(Net().width)"))
    }
    content = made["attributes_renamed"].content
    assert b"self.width, self.inner_too" in content


@pytest.mark.parametrize("name", ["rnn_basics", "lstm"])
def test_rewrites_of_a_reference_differ_from_it_and_from_each_other(name):
    opened = find(name)
    base = next(variant for variant in variants(opened) if variant.kind == "reference")
    made = rewrites(opened, base)
    assert len(made) >= 8
    assert len({one.content for one in made} | {base.content}) == len(made) + 1
    assert made == rewrites(opened, base)
