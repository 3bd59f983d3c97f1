"""Cheats that reach for files: the tests, the database, other students, whatever the next run would load.

Nothing of the kind is within reach, so what each finds is printed, and nothing changes.
"""

from __future__ import annotations

from tests.hostile.case import Hostile

CONFTEST = """
import os
hook = '''
import pytest
@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.outcome = "passed"
    return report
'''
wrote = 0
for place in (".", "..", os.path.expanduser("~"), "/", "/guest", "/packages", os.environ["TMPDIR"]):
    for name in ("conftest.py", "pytest.ini", "test_hidden.py", "pytest_plugins.py"):
        try:
            with open(os.path.join(place, name), "w") as file:
                file.write(hook)
            wrote += 1
        except OSError:
            pass
print("wrote", wrote > 0)
"""
LISTED = """
import os
known = "proc sys usr lib lib64 lib32 bin sbin dev python packages nix".split()
names = []
for top, folders, files in os.walk("/"):
    folders[:] = [f for f in folders if top != "/" or f not in known]
    names += [os.path.join(top, f) for f in files]
"""
TESTS_READ = (
    LISTED
    + """
words = ("/checks/", "/hidden/", "/solutions/", "/test_")
found = [name for name in names if any(word in name for word in words)]
for name in found:
    try:
        text = open(name).read()
        exec(text[text.index("def softmax"):])
    except Exception:
        pass
tried = []
for name in ("grader.judge", "grader.lesson", "pytest", "assignments.cross_entropy.checks"):
    try:
        __import__(name)
        tried.append(name)
    except ImportError:
        pass
print("tests:", found, "modules:", tried)
"""
)
TESTS_WRITTEN = """
import os
wrote = []
inside = ("assignments", "../assignments")
for top in ("/srv", "/home", "/root", "/opt", "/autograder", "{place}/assignments", *inside):
    for folder in ("checks", "hidden", "cross_entropy/checks", "cross_entropy/hidden"):
        made = False
        for name in ("test_softmax.py", "test_checks.py"):
            path = os.path.join(top, folder, name)
            made = made or not os.path.isdir(os.path.dirname(path))
            try:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w") as file:
                    file.write("def test_nothing():\\n    pass\\n")
                wrote += [] if made or top in inside else [path]
            except OSError:
                pass
print("overwritten:", wrote)
"""
DATABASE = """
import glob, os, sqlite3
changed = []
for place in ("{place}", "{place}/out", "..", "/", os.path.expanduser("~")):
    for name in [*glob.glob(place + "/*.db"), *glob.glob(place + "/**/*.csv"), place + "/gradebook.db"]:
        try:
            with sqlite3.connect(name) as base:
                base.execute("update grade set manual_score = 160")
            changed.append(name)
        except sqlite3.Error:
            pass
print("changed:", changed)
"""
CLASSMATES = (
    LISTED
    + """
others = [n for n in names if n.endswith((".ipynb", ".html")) or (n.endswith(".json") and "record" in n)]
for place in ("{place}/class", "{place}/out", "{place}"):
    try:
        others += [place + "/" + name for name in os.listdir(place)]
    except OSError:
        pass
for name in others:
    for change in (lambda one: open(one, "w").write("0"), os.unlink, lambda one: os.rename(one, "mine")):
        try:
            change(name)
        except OSError:
            pass
print("others:", others)
"""
)
PLANTED = """
import os, site, sys
code = '''
import builtins
def softmax(logits):
    return logits.softmax(1)
builtins.softmax = softmax
'''
home, wrote = os.path.expanduser("~"), 0
below_home = [
    ".ipython/profile_default/startup/00-first.py", ".ipython/profile_default/ipython_config.py",
    ".pythonrc.py", ".bashrc", ".config/matplotlib/matplotlibrc", "sitecustomize.py",
    ".local/lib/python3.11/site-packages/usercustomize.py", ".local/lib/python3.11/site-packages/x.pth",
]
places = [f"{home}/{name}" for name in below_home]
places += [f"{path}/{name}.py" for path in sys.path if path for name in ("sitecustomize", "torch")]
places += [os.environ["TMPDIR"] + "/hostile_left_behind.py", "/dev/shm/hostile_left_behind", "torch.py"]
for path in places:
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "w") as file:
            file.write(code)
        wrote += 1
    except OSError:
        pass
os.environ["PYTHONSTARTUP"] = os.environ["PYTHONPATH"] = home
print("planted", wrote > 0)
"""
CHEATS: dict[str, Hostile] = {
    "hooks_of_pytest": Hostile("T3 T12", (CONFTEST,), "softmax", says="wrote True", noted=("files_planted",)),
    "reads_the_tests": Hostile("T11", (TESTS_READ,), "softmax", says="tests: [] modules: []"),
    "writes_the_tests": Hostile("T12", (TESTS_WRITTEN,), "softmax", says="overwritten: []"),
    "changes_the_database": Hostile("T13", (DATABASE,), "softmax", says="changed: []"),
    "changes_classmates": Hostile("T14", (CLASSMATES,), "softmax", says="others: []"),
    "plants_startup_files": Hostile(
        "T15", (PLANTED,), "softmax", says="planted True", noted=("files_planted",)
    ),
}
