"""What a test becomes: its own words, with names of the notebook behind the wall, or a weak check."""

from __future__ import annotations

import ast
import contextlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.importing.libraries import refused
from grader.importing.nose import replaced
from grader.importing.setting import Setting
from grader.importing.translating import Translated, Untranslatable, translate
from grader.importing.weak import quoted

GIVEN = """
%matplotlib inline
import numpy as np
import torch
from torch import nn
import matplotlib.pyplot as plt
from nose.tools import assert_equal, assert_almost_equal as near

RATE = 0.5
SIZES = [3, 4]
INPUT = torch.randn(2, 3)

def half(x):
    return RATE * x

def halves(xs):
    print(len(xs))
    return [half(x) for x in xs if isinstance(x, int)]

def checks_f(x):
    assert f(x) == x

class Box:
    pass
"""
SOLUTION = """
import math

def f(x):
    return x * SCALE

def g(xs):
    return list(xs)

class Net(nn.Module):
    def forward(self, x):
        return x

answer = [1, 2]
"""
SETTING = Setting((GIVEN,), (SOLUTION,))
WORDS = Path(__file__).parents[2] / "grader/report/words"

REASONS = {
    "files": [
        "open('a')",
        "import os",
        "torch.save(f(1), 'a')",
        "np.loadtxt('a')",
    ],
    "plots": [
        "plt.plot(f(1))",
        "import matplotlib",
    ],
    "output": [
        "import io",
        "input()",
        "f(1); capsys.readouterr()",
    ],
    "source": [
        "import inspect\ninspect.getsource(f)",
    ],
    "namespace": [
        "assert 'f' in globals()",
        "eval('f(1)')",
        "assert f.__code__.co_argcount == 1",
    ],
    "identity": [
        "assert f(1) is g(1)",
        "import unittest\nunittest.TestCase().assertIs(f(1), 1)",
    ],
    "text": [
        "assert repr(f(1)) == '1'",
    ],
    "type": [
        "assert type(f(1)).__name__ == 'int'",
        "assert f(1).__class__ == int",
    ],
    "gradients": [
        "x = torch.ones(1, requires_grad=True)\nf(x)",
        "f(INPUT).sum().backward()",
    ],
    "random": [
        "torch.manual_seed(0)\nnet = Net()\nx = torch.randn(3)\nassert net(x) is None",
    ],
    "callback": [
        "assert g(map(lambda x: x, []))",
        "def h(x):\n    return x\nassert g(h)",
    ],
    "objects": [
        "assert f(nn.Linear(2, 3))",
        "layer = nn.Linear(2, 3)\nassert f([layer])",
    ],
    "changes": [
        "answer.append(3)",
        "answer[0] = 1",
        "xs = g([1])\nxs.sort()\nassert xs == [1]",
        "Net().weight.fill_(1)",
        "nn.init.zeros_(Net().weight)",
        "del answer[0]",
        "xs = [1]\ng(xs)\nxs.append(2)\nassert g(xs)",
        "part = Net().parts\nf(1)\nassert part == []",
        "y = f(1)\ny += 1",
        "Net().parts().append(1)",
    ],
    "patching": [
        "f = abs\nassert f(1) == 1",
        "SCALE = 2\nassert f(1) == 2",
        "Net.forward = 3",
        "answer = answer + [1]",
    ],
    "own_exceptions": [
        "try:\n    f(1)\nexcept Net:\n    pass",
        "try:\n    f(1)\nexcept SystemExit:\n    pass",
    ],
    "not_implemented": [
        "try:\n    f(1)\nexcept NotImplementedError:\n    pass",
    ],
    "settings": [
        "torch.set_default_dtype(torch.float64)",
    ],
    "classes": [
        "class Mine(Net):\n    pass",
    ],
    "context": [
        "with Net() as net:\n    f(net)",
    ],
    "asynchronous": [
        "async def h():\n    await f(1)",
    ],
    "warnings": [
        "import warnings",
    ],
    "timing": [
        "import time",
    ],
    "process": [
        "import sys",
        "exit()",
    ],
    "library": [
        "import pandas as pd",
        "from sklearn.metrics import f1_score",
    ],
    "star": [
        "from math import *",
    ],
    "helper": [
        "checks_f(3)",
    ],
    "name": [
        "assert f(nobody) == 1",
    ],
    "reserved": [
        "notebook = 3",
    ],
}


def done(source: str) -> Translated:
    return translate(source, SETTING)


@pytest.mark.parametrize(
    ("reason", "source"), [(reason, source) for reason, every in REASONS.items() for source in every]
)
def test_what_means_something_else_here_is_weak(reason: str, source: str) -> None:
    translated = done(source)
    assert translated.weak == reason
    assert translated.fixtures == ("weakly",)
    call = ast.parse(translated.body).body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    assert ast.literal_eval(call.value.args[0]).strip() == source


def test_every_reason_has_words_in_both_languages() -> None:
    for lang in ("en", "ko"):
        said = tomllib.loads((WORDS / lang / "importing.toml").read_text("utf-8"))["@"]
        keys = {key.removeprefix("weak_reason.") for key in said}
        assert keys == {*REASONS, "reference", "magic", "no_python"}


@pytest.mark.parametrize(
    ("source", "reason"),
    [("%%time\nf(1)", "magic"), ("x = 1\n!ls", "magic"), ("f?", "magic"), ("assert f(", "no_python")],
)
def test_what_cannot_run_is_refused(source: str, reason: str) -> None:
    with pytest.raises(Untranslatable) as refusal:
        done(source)
    assert refusal.value.reason == reason


def test_a_percent_sign_in_brackets_is_python() -> None:
    assert done("assert (f(7)\n% 2) == 1").weak is None


@pytest.mark.parametrize(
    ("source", "body"),
    [
        ("# why\nassert f( 1 )==1  # so", "# why\nassert notebook.f( 1 )==1  # so"),
        ("assert [f for f in g([f(1)])] == [1]", "assert [f for f in notebook.g([notebook.f(1)])] == [1]"),
        ("def h(f):\n    return f + answer[0]", "def h(f):\n    return f + notebook.answer[0]"),
        ("assert f'{f(1)}' == '1'", "assert f'{notebook.f(1)}' == '1'"),
        ("é = '가'; assert f(é) == g(é)", "é = '가'; assert notebook.f(é) == notebook.g(é)"),
        ("assert g('''a\nb''') == 1", "assert notebook.g('a\\nb') == 1"),
        ("assert answer == [1, 2]", "assert notebook.answer == [1, 2]"),
        ("assert f(half) == 1", "assert notebook.f(notebook.half) == 1"),
        ("b = Box()\nassert f(b)", "b = notebook.Box()\nassert notebook.f(b)"),
        ("assert f(INPUT).shape == (2, 3)", "assert notebook.f(notebook.INPUT).shape == (2, 3)"),
        ("for n in SIZES:\n    assert f(n)", "SIZES = [3, 4]\nfor n in SIZES:\n    assert notebook.f(n)"),
        ("torch.manual_seed(1)\nassert f(1)", "follow(notebook)\ntorch.manual_seed(1)\nassert notebook.f(1)"),
    ],
)  # fmt: skip
def test_only_names_change(source: str, body: str) -> None:
    translated = done(source)
    assert (translated.weak, translated.body) == (None, body)


def test_a_check_file_has_what_the_test_needs() -> None:
    translated = done("assert isinstance(halves(g(SIZES)), list) and math.isclose(f(1), half(2))")
    assert translated.imports == ("import math", "from grader.judge.remote import is_a")
    assert translated.helpers == (
        "RATE = 0.5",
        "def half(x):\n    return RATE * x",
        "def halves(xs):\n    print(len(xs))\n    return [half(x) for x in xs if is_a(x, int)]",
    )
    assert translated.body.startswith("SIZES = [3, 4]\nassert is_a(halves(notebook.g(SIZES)), list)")


def test_asserts_of_nose_become_those_of_unittest() -> None:
    translated = done("assert_equal(f(1), 1)\nnear(f(1), 1.0)")
    assert translated.imports == ("import unittest",)
    assert translated.helpers == (
        "assert_equal = unittest.TestCase().assertEqual",
        "near = unittest.TestCase().assertAlmostEqual",
    )
    weak = done("from nose.tools import eq_, ok_\nimport time\neq_(f(1), 1)")
    assert "from nose" not in weak.body
    assert "eq_ = unittest.TestCase().assertEqual" in weak.body
    assert replaced("x = 1\n") == "x = 1\n"


@pytest.mark.parametrize("statement", ["import numpy.random", "from torch.nn import functional as F"])
def test_libraries_of_the_judge_are_taken(statement: str) -> None:
    assert refused(ast.parse(statement).body[0]) is None


def test_the_caller_can_say_weak() -> None:
    translated = translate("assert f(1) == 1", SETTING, weak="reference")
    assert translated.weak == "reference"
    assert translated.body == "weakly('assert f(1) == 1')"


PROPOSALS = {
    "x = torch.ones(2, 3)\ny = Net()(x.requires_grad_())\nassert y.shape == (2, 3)": [],
    "x = torch.randn(4, 3)\nnet = Net(3, 4)\ny = net(x)\ny.sum().backward()\nassert y.shape == (4, 4)": [
        "probes.has_shape(student.Net(3, 4), torch.randn(4, 3), shape=(4, 4))"
    ],
    "import time\nassert f(torch.ones(2)).shape == torch.Size([2])": [
        "probes.has_shape(student.f, torch.ones(2), shape=[2])"
    ],
    "import time\nright = torch.tensor([2.0])\nassert torch.allclose(f(torch.ones(1)), right)": [
        'probes.matches(student.f(torch.ones(1)), torch.tensor([2.0]), name="f", differs="f.differs")'
    ],
    "import time\nnp.testing.assert_allclose(f(2).detach().numpy(), [4.0], rtol=1e-3)": [
        'probes.matches(student.f(2), torch.tensor([4.0]), name="f", differs="f.differs")'
    ],
    "import time\nnet = Net(3)\naccuracy = f(net, INPUT)\nassert accuracy > 0.8": [
        "# a Task (grader.judge.probes.learning) with drawn examples, fresh labels and cut=0.8",
        "probes.learns(student.Net(3), task)",
    ],
    "import time\nassert f(INPUT) >= 0.5": [],
    "import time\nscore = f(INPUT)\nassert score >= 0.5": [
        "# labels to score on never cross the wall: ask `student.f` for answers, and count here",
        "assert share_of_right_answers >= 0.5",
    ],
    "import time\nassert torch.allclose(f(1), g(1))": [],
}


@pytest.mark.parametrize("source", PROPOSALS)
def test_a_weak_check_proposes_its_probe(source: str) -> None:
    translated = done(source)
    assert translated.weak is not None
    assert list(translated.proposals) == PROPOSALS[source]
    for line in translated.proposals:
        ast.parse(line)


def test_a_judged_check_proposes_nothing() -> None:
    assert done("assert f(torch.ones(2)).shape == (2,)").proposals == ()


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_a_quoted_source_is_the_source_however_far_it_is_indented(source: str) -> None:
    indented = "if True:\n    weakly(" + quoted(source).replace("\n", "\n    ") + ")"
    call = ast.parse(indented).body[0].body[0].value  # type: ignore[attr-defined]
    assert ast.literal_eval(call.args[0]) == source.strip("\n")


@given(st.text(alphabet="fgxy =()[]:.\n'+,%!?012 assertdefforin", max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_is_translated_or_refused(source: str) -> None:
    with contextlib.suppress(Untranslatable):
        ast.parse(done(source).body)
