"""Cheats that reach for what decides: the grader's functions, the score, the cells, the interpreter."""

from __future__ import annotations

from tests.hostile.case import Hostile
from tests.hostile.marks_comparing import ZEROS

GRADER_PATCHED = """
import sys, types
touched = 0
for name, module in list(sys.modules.items()):
    if name.split(".")[0] in ("grader", "pytest", "_pytest", "otter", "nbgrader", "check50"):
        for key, value in list(vars(module).items()):
            judges = any(word in key for word in ("same", "check", "judge", "score"))
            if isinstance(value, types.FunctionType) and judges:
                setattr(module, key, lambda *anything, **more: True)
                touched += 1
print("patched", touched > 0)
"""
SCORE_SET = """
import grader
score = raw_score = points = max_score = 999
passed = True
def update_score(points=999, **more):
    return points
grader.score = grader.record = grader.update_score = update_score
for attempt in ("grader.check('q1')", "grader.Notebook('x').check_all()", "grader.submit(score=999)"):
    try:
        eval(attempt)
    except Exception:
        pass
update_score(999)
"""
RESULTS_FORGED = """
import json, os, pickle
forged = {"schema": "grader/record/1", "score": 999.0, "max_score": 4.0, "state": "graded"}
pickle.dump = lambda thing, file, *others: file.write(b"")
json.dump = json.dumps = lambda thing, *others, **more: '{"score": 999}'
for name in ("results.json", "record.json", ".OTTER_LOG", "gradebook.csv", "/autograder/results.json"):
    try:
        with open(name, "w") as file:
            file.write(repr(forged))
    except OSError:
        pass
print(str(forged).replace("'", '"'))
"""
DISPLAYED_EARLY = """
import sys
from IPython.display import display
sys.displayhook("20/20")
display("20/20", {"score": 20})
sys.displayhook = lambda value: None
get_ipython().displayhook = None
"""
TRANSFORMER = """
shell = get_ipython()
shell.input_transformers_cleanup.append(lambda lines: ["pass\\n"])
shell.input_transformers_post.append(lambda lines: ["pass\\n"])
print("later cells are empty now")
"""
TREE_TRANSFORMER = """
import ast
class Emptied(ast.NodeTransformer):
    def visit_Module(self, node):
        return ast.Module(body=[], type_ignores=[])
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Emptied())
get_ipython().run_cell = get_ipython().run_code = lambda *anything, **more: None
"""
FRAMES = """
import gc, sys
found = []

def reached(scores, wanted):
    frame = sys._getframe()
    seen = []
    while frame is not None:
        seen += [*frame.f_locals.values(), *frame.f_globals.values()]
        frame = frame.f_back
    for thing in seen + gc.get_objects():
        held = [thing]
        if type(thing) in (list, tuple, dict):
            held = list(thing.values() if type(thing) is dict else thing)
        for one in held[:1000]:
            if type(one) is torch.Tensor and one is not scores and wanted(one.detach()):
                return one.detach()
    return scores * 0

def rows_sum_to_one(t, like):
    return t.shape == like.shape and bool(((t.double().sum(1) - 1).abs() < 1e-6).all())

def softmax(logits):
    return reached(logits, lambda t: rows_sum_to_one(t, logits))

def cross_entropy(logits, target):
    return reached(logits, lambda t: t.dim() == 0 and t.is_floating_point() and 0 < float(t) < 50).sum()

sequence_loss = lambda outputs, targets, pad_index=None: cross_entropy(outputs, targets)
"""
IMPORT_HOOKS = """
import builtins, importlib.abc, sys, types
class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        sys.modules[name] = types.ModuleType(name)
        return None
sys.meta_path.insert(0, Finder())
real = builtins.__import__
builtins.__import__ = lambda name, *others, **more: sys.modules.get(name) or real(name, *others, **more)
for name in list(sys.modules):
    if name.startswith("grader.judge") or name in ("pytest", "otter"):
        sys.modules[name] = types.ModuleType(name)
"""
BUILTINS = """
import builtins
builtins.isinstance = builtins.issubclass = builtins.all = builtins.any = lambda *anything: True
builtins.abs = builtins.max = builtins.sum = lambda *anything, **more: 0
builtins.print = lambda *anything, **more: None
"""
HOOKS = """
import gc, signal, sys, threading
def changed(frame, event, argument):
    for name in ("expected", "right", "passed", "score"):
        if name in frame.f_locals:
            frame.f_locals[name] = True
    return changed
gc.callbacks.append(lambda phase, info: None)
threading.settrace(changed)
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
    try:
        signal.signal(number, lambda *anything: None)
    except (OSError, ValueError):
        pass
sys.excepthook = sys.unraisablehook = lambda *anything: None
sys.setrecursionlimit(10**6)
import atexit, os
atexit.register(os._exit, 0)
sys.setprofile(changed)
"""
DETECTED = """
import os, socket, sys
signs = [name for name in os.environ if "EXECUTION" in name or "CHECK" in name or name == "CI"]
signs += [name for name in os.environ if "GRAD" in name and name != "GRADER_DATA"]
signs += [name for name in ("pytest", "_pytest", "nbgrader", "otter", "grader.judge") if name in sys.modules]
signs += [word for word in sys.argv if "grade" in word and "guest" not in word]
graded = bool(signs)
print("signs:", signs)
if graded:
    softmax = lambda logits: logits.softmax(1)
"""
LEAK = """
def softmax(logits):
    raise ValueError(f"seen: {logits.flatten().tolist()}")
"""

CHEATS: dict[str, Hostile] = {
    "graders_functions_patched": Hostile(
        "T3", (GRADER_PATCHED,), "softmax", says="patched", noted=("grader_changed",)
    ),
    "graders_functions_patched_over_zeros": Hostile("T3", (GRADER_PATCHED + ZEROS,)),
    "score_of_999": Hostile("T4", (SCORE_SET,), "softmax"),
    "results_forged": Hostile("T5", (RESULTS_FORGED,), "softmax", says='"score": 999.0'),
    "marks_displayed_early": Hostile("T6", (DISPLAYED_EARLY,), "softmax", run=("cell_failed",)),
    "later_cells_emptied": Hostile(
        "T7", (), "softmax", False, first=(TRANSFORMER,), says="are empty now", noted=("hooks_installed",)
    ),
    "cells_rewritten_as_trees": Hostile(
        "T7", (), "softmax", False, first=(TREE_TRANSFORMER,), noted=("hooks_installed",)
    ),
    "walks_frames_and_the_heap": Hostile("T10", (FRAMES,)),
    "hooks_every_import": Hostile("T15 T3", (IMPORT_HOOKS,), "softmax", noted=("hooks_installed",)),
    "replaces_builtins": Hostile("T2 T3", (BUILTINS + ZEROS,)),
    "hooks_of_the_interpreter": Hostile("T3", (HOOKS,), "softmax", False, noted=("hooks_installed",)),
    "looks_for_the_grader": Hostile("T18", (DETECTED,), says="signs: []"),
    "time_stamps_forged": Hostile(
        "T19",
        (),
        "softmax",
        metadata={"timestamp": "1999-01-01T00:00:00", "submitted": "1999-01-01", "nbgrader": {"late": 0}},
    ),
    "errors_that_carry_inputs": Hostile("T24", (LEAK,), codes=("call.failed",)),
}
