"""`grader.check()` in a real kernel: the verdicts of a grading, and a notebook that stays as it was."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.live.conftest import ROOT, hanging_lesson
from tests.live.kernel import Kernel, sources

MISTAKES = [
    ("rnn_basics", "no_tanh"),
    ("rnn_basics", "batch_first_missing"),
    ("rnn_basics", "b_ih_missing"),
    ("rnn_basics", "all_outputs_taken"),
    ("rnn_basics", "one_hot_transposed"),
    ("packed_sequence", "net_reads_on_over_padding"),
    ("packed_sequence", "pack_batch_never_unsorts"),
    ("packed_sequence", "loss_counts_padding"),
    ("packed_sequence", "net_squeezes_a_batch_of_one"),
    ("packed_sequence", "unpack_keeps_sorted_rows"),
]

BEFORE = """
import os, random, sys, warnings, gc
import numpy as np, torch, matplotlib.pyplot as plt
torch.set_num_threads(2)
torch.manual_seed(5); np.random.seed(6); random.seed(7)
kept_model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Dropout(0.5)).train()
kept_model(torch.ones(4, 3)).sum().backward()
kept_optimizer = torch.optim.Adam(kept_model.parameters()); kept_optimizer.step()
touched = []
_build = build_rnn
def build_rnn(*sizes):
    "Touches whatever it can reach, then does what it should."
    touched.append(1); kept_model.eval()
    for p in kept_model.parameters():
        p.data.zero_(); p.grad = None
    kept_optimizer.param_groups[0]["lr"] = 9.0
    torch.manual_seed(1); np.random.rand(); random.random()
    torch.set_num_threads(1); torch.use_deterministic_algorithms(True)
    sys.path.append("nowhere"); warnings.simplefilter("error", DeprecationWarning); os.chdir("/")
    os.environ["TOUCHED"] = "1"; plt.figure(); print("noise"); globals()["fresh"] = 1
    build_rnn.calls = getattr(build_rnn, "calls", 0)
    return _build(*sizes)
def state():
    return list(map(repr, [
        sorted(n for n in globals() if not n.startswith("_") and n not in ("In", "Out", "state", "was")),
        torch.get_rng_state().sum().item(), hash(torch.get_rng_state().numpy().tobytes()),
        hash(np.random.get_state()[1].tobytes()), np.random.get_state()[2], hash(random.getstate()),
        torch.get_default_dtype(), torch.get_num_threads(), torch.is_grad_enabled(),
        kept_model.training, [p.sum().item() for p in kept_model.parameters()],
        [None if p.grad is None else p.grad.sum().item() for p in kept_model.parameters()],
        kept_optimizer.param_groups[0]["lr"], sys.path, list(warnings.filters), os.getcwd(), dict(os.environ),
        touched, plt.get_fignums(), id(sys.stdout), sys.gettrace(), id(build_rnn), id(kept_model),
        vars(build_rnn),
        torch.are_deterministic_algorithms_enabled(),
    ]))
import grader
was = state()
"""


@pytest.mark.parametrize("way", ["forked", "copied"])
def test_the_notebook_stays_as_it_was(way, request, solved):
    live: Kernel = request.getfixturevalue(way)
    live.cells(sources(solved["rnn_basics"]["reference"].content))
    live.run(BEFORE)
    # In a cell of its own, so that the state is looked at right before and right after.
    shown = live.run("was = state()\ngrader.check(lesson='rnn_basics')\nnow = state()")
    assert live.value("[[a, b] for a, b in zip(was, now) if a != b]") == []
    assert shown.text == ""
    assert set(shown.states.values()) == {"passed"}
    assert ("snapshot" if way == "forked" else "copies") in shown.plain
    live.run("del build_rnn, fresh" if live.value("'fresh' in globals()") else "del build_rnn")
    assert live.value("(torch.ones(64, 64) @ torch.ones(64, 64)).sum().item()") == 64.0**3


@pytest.mark.parametrize("way", ["forked", "copied"])
@pytest.mark.parametrize("lesson", ["rnn_basics", "packed_sequence"])
def test_what_is_right_passes_and_each_mistake_is_named(way, lesson, request, solved):
    live: Kernel = request.getfixturevalue(way)
    right = sources(solved[lesson]["reference"].content)
    live.cells(right)
    shown = live.run(f"import grader; grader.check(lesson={lesson!r})")
    assert set(shown.states.values()) == {"passed"}, shown.plain
    assert shown.verdicts["score"] == 12
    for name in [name for of, name in MISTAKES if of == lesson]:
        mistake = solved[lesson][name]
        live.cells(source for source in sources(mistake.content) if source not in right)
        shown = live.run(f"import grader; grader.check({mistake.check!r}, lesson={lesson!r})")
        assert shown.states[mistake.check] == "failed", (name, shown.plain)
        assert shown.findings[mistake.check] in mistake.findings, name
        live.cells(source for source in right if source not in sources(mistake.content))


@pytest.mark.parametrize("way", ["forked", "copied"])
def test_a_function_that_hangs_or_ends_its_process_costs_its_own_check(way, request, tmp_path):
    live: Kernel = request.getfixturevalue(way)
    folder = hanging_lesson(tmp_path)
    live.run("import os, time\ndef f(x):\n    while True:\n        try:\n            time.sleep(60)\n"
             "        except BaseException:\n            if tries.pop():\n                raise\n"
             "tries = [True, False]\ndef g(x):\n    return x + 2")  # fmt: skip
    shown = live.run(f"import grader; grader.check(lesson={str(folder)!r})")
    assert shown.states == {"test_f_adds_one": "failed", "test_g_adds_two": "passed"}
    assert shown.findings["test_f_adds_one"] == "call.out_of_time"
    assert live.value("[1 + 1, tries]") == [2, [True, False]]
    if way == "forked":
        live.run("def f(x):\n    os._exit(3)")
        shown = live.run(f"import grader; grader.check(lesson={str(folder)!r})")
        assert shown.states == {"test_f_adds_one": "failed", "test_g_adds_two": "passed"}
        assert live.value("1 + 1") == 2


def test_it_says_which_lessons_it_could_be_and_never_shows_a_traceback(forked):
    forked.run("%reset -f")
    shown = forked.run("import grader; grader.check(lang='ko')")
    assert "grader.check(lesson=" in shown.plain
    assert max(shown.plain) >= "가"
    shown = forked.run("import grader; grader.check('no_such_check', lesson='rnn_basics')")
    assert "test_rnn_follows_the_formula_at_every_step" in shown.plain
    shown = forked.run("import grader; grader.check(lesson='nowhere')")
    assert "nowhere" in shown.plain
    assert "packed_sequence" in shown.plain
    assert not shown.error


def test_the_judge_is_started_again_when_it_has_died(forked, tmp_path):
    folder = hanging_lesson(tmp_path)
    forked.run("import grader\ndef f(x):\n    return x + 1\ndef g(x):\n    return x + 2")
    forked.run(f"import grader; grader.check(lesson={str(folder)!r})")
    forked.run("from grader.guest.bench import bench\nbench()._process.kill(); _ = bench()._process.wait()")
    shown = forked.run(f"import grader; grader.check('f_adds', lesson={str(folder)!r})")
    assert shown.states == {"test_f_adds_one": "passed"}


def test_outside_ipython_it_prints_what_the_terminal_can_say(tmp_path):
    folder = hanging_lesson(tmp_path)
    text = "import grader\ndef f(x):\n    return x\ngrader.check(lang='ko')\n"
    (folder / "mine.py").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "mine.py"],
        cwd=folder,
        env={"PYTHONIOENCODING": "cp949", "PATH": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="cp949",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "과제 하나" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
