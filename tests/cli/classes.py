"""The class that is graded once for all tests: by the name of the student, what the notebook does."""

from __future__ import annotations

from pathlib import Path

from tests.cli.making import lesson, notebook, run

F = "def f(x):\n    return x + 1"
CHECKS = """
@pytest.mark.points(2)
def test_adds_one(student, draw):
    number = int(draw.integers(0, 1000, 1)[0])
    assert student.f(number) == number + 1

@pytest.mark.needs("test_adds_one")
def test_adds_one_to_negative_numbers(student):
    assert student.f(-5) == -4
"""
HIDDEN = """
@pytest.mark.points(3)
def test_adds_one_to_large_numbers(student, draw):
    number = int(draw.integers(10**6, 10**7, 1)[0])
    assert student.f(number) == number + 1
"""
LIMITS = """
cell_cpu = 4
memory = "640 MiB"
output = 20000
request_cpu = 2
"""
RANDOM = """
import random
import numpy as np
import torch
print(torch.rand(3), random.random(), np.random.rand())
print(list({"a", "b", "c", "d", "e"}), hash("word"), [str(n) for n in {object, int, str}])
print(object(), lambda: 0)
"""

HANGUL = "기말_김하늘"
STRANGE = ["a b  c!", "index", "=1+1", "-rf", "x" * 200, "red\x1b[31m", "<b>bold<b>"]
"""Names of students that cannot be names of files."""

ORDINARY = {
    "right": [F],
    "wrong": ["def f(x):\n    return x"],
    "blank": ["def f(x):\n    raise NotImplementedError()"],
    "random": [F, RANDOM, RANDOM, "def g():\n    raise ValueError(f'{object()}')\ng()"],
    HANGUL: [F],
    **{name: [F] for name in STRANGE},
}

CELLS: dict[str, tuple[str, str, int | None]] = {
    "failing": ("1 / 0", "cell_failed", 2),
    "syntax": ("def g(:\n    pass", "cell_failed", 2),
    "exits": ("import sys\nsys.exit(3)", "cell_failed", 2),
    "interrupted": ("raise KeyboardInterrupt", "cell_failed", 2),
    "recursion": ("def g(n):\n    return g(n + 1)\ng(0)", "cell_failed", 2),
    "endless": ("while True:\n    pass", "out_of_time", 2),
    "deaf": (
        "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass",
        "out_of_time",
        2,
    ),
    "bomb": (
        "import os, time\nfor n in range(4):\n    if os.fork() == 0:\n"
        "        kept = b'x' * (220 << 20)\n        time.sleep(1000)\nos.wait()",
        "out_of_memory",
        2,
    ),
    "too_large": ("x = bytearray(64 << 30)", "cell_failed", 2),
    "flood": ("for n in range(20000):\n    print('line', n)", "too_much_output", None),
    "huge_repr": (
        "class Huge:\n    def __repr__(self):\n        return 'a' * 10**7\nHuge()",
        "too_much_output",
        None,
    ),
    "bad_repr": ("class Bad:\n    def __repr__(self):\n        1 / 0\nBad()", "finished", None),
    "left": ("import os\nos._exit(0)", "died", 2),
    "killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "died", 2),
    "all_closed": ("import os\nos.closerange(0, 64)", "died", 2),
    "one_closed": ("import os\nos.close(1)\nos.close(2)", "finished", None),
    "no_stdout": ("import io, sys\nsys.stdout = io.StringIO()", "finished", None),
    "children": (
        "import os, time\nfor n in range(3):\n    if os.fork() == 0:\n"
        "        os.setsid()\n        while True:\n            time.sleep(1000)",
        "finished",
        None,
    ),
    "childless": ("import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)", "finished", None),
    "thread": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()",
        "finished",
        None,
    ),
}
"""By student: what the second cell does, and the state and cell of the record."""

FULL_MARKS = 6.0


def grade_class(root: Path) -> None:
    """Makes the course and the class below `root`, and grades it into `root/out`, as one would."""
    lesson(root, checks=CHECKS, hidden=HIDDEN, limits=LIMITS, reference=notebook(F))
    folder = root / "class"
    folder.mkdir()
    for name, cells in ORDINARY.items():
        (folder / f"{name}.ipynb").write_bytes(notebook(*cells))
    for name, (cell, _, _) in CELLS.items():
        (folder / f"{name}.ipynb").write_bytes(notebook(F, cell, "print('later')"))
    (folder / "text.ipynb").write_text("no notebook")
    (folder / "folder.ipynb").mkdir()
    (folder / "link.ipynb").symlink_to(folder / "right.ipynb")
    (folder / "notes.txt").write_text("not handed in")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "right-checkpoint.ipynb").write_bytes(notebook("1 / 0"))
    done = run(root, "grade", "class", "--out", "out", "--jobs", "2")
    (root / "stdout").write_text(done.stdout, "utf-8")
    (root / "stderr").write_text(done.stderr, "utf-8")
    (root / "status").write_text(str(done.returncode))


def lost() -> list[str]:
    """Students whose process is lost in the second cell."""
    return [
        name for name, (_, state, _) in CELLS.items() if state in ("out_of_time", "out_of_memory", "died")
    ]
