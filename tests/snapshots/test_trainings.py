"""Trainings share a process as long as none of them finds, or leaves, anything changed there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.making import lesson, notebook, once, records, run, states

CHECKS = """
from grader.judge.training import Trainer

PROCESSES = []

def trained(student):
    '''The process that a training ran in, and how much it found there of the one before.'''
    process, found = Trainer(student.train).run([[1]])[0].answer.get()
    PROCESSES.append(process)
    return process, found

def test_after_a_call(student):
    assert student.touch() == 1
    assert trained(student)[1] == 0

def test_shares(student):
    assert trained(student)[0] == PROCESSES[0]

def test_finds_what_the_one_before_has_left(student):
    assert trained(student)[1] > 0
"""

TOUCH = "def touch():\n    return 1\n"

SHARING = {
    "nothing": "",
    "new_list": "kept = [1]\ndef leave():\n    global kept\n    kept = [1]\ndef found():\n    return 0",
    "network_called": """
        import torch
        net = torch.nn.Linear(2, 1)
        def leave():
            net(torch.ones(1, 2)).sum()
        def found():
            return 0
    """,
    "figure": """
        import matplotlib.pyplot as plt
        figure, axes = plt.subplots()
        def leave():
            axes.plot([1, 2])
        def found():
            return 0
    """,
}
"""What trainings do to the notebook's own things without changing one that could be learnt from."""

LEAVING = {
    "list": "kept = []\ndef leave():\n    kept.append(1)\ndef found():\n    return len(kept)",
    "network": """
        import torch
        net = torch.nn.Linear(2, 1)
        before = net.weight.detach().clone()
        def leave():
            optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
            with torch.enable_grad():
                net(torch.ones(1, 2)).sum().backward()
            optimizer.step()
        def found():
            return int(not torch.equal(net.weight, before))
    """,
    "weights_by_data": """
        import torch
        net = torch.nn.Linear(2, 1)
        before = net.weight.detach().clone()
        def leave():
            net.weight.data += 1
        def found():
            return int(not torch.equal(net.weight, before))
    """,
    "mode": """
        import torch
        net = torch.nn.Dropout()
        def leave():
            net.eval()
        def found():
            return int(not net.training)
    """,
    "counter": """
        class Counter:
            count = 0
        def leave():
            Counter.count += 1
        def found():
            return Counter.count
    """,
    "default": "def leave(kept=[]):\n    kept.append(1)\ndef found():\n    return len(leave.__defaults__[0])",
    "closure": """
        def made():
            count = 0
            def leave():
                nonlocal count
                count += 1
            return leave, lambda: count
        leave, found = made()
    """,
    "array": """
        import numpy as np
        data = np.zeros((3, 2))
        def leave():
            data.T[0] += 1
        def found():
            return int(data.sum())
    """,
    "iterator": """
        numbers = iter(range(100))
        def leave():
            pass
        def found():
            return next(numbers)
    """,
    "generator": """
        import torch
        own = torch.Generator()
        before = own.get_state()
        def leave():
            torch.rand(3, generator=own)
        def found():
            return int(not torch.equal(own.get_state(), before))
    """,
    "file_beside": """
        open("beside.py", "w").write("count = 0")
        import beside
        def leave():
            beside.count += 1
        def found():
            return beside.count
    """,
    "thread": """
        import threading
        def leave():
            threading.Thread(target=threading.Event().wait, args=(60,), daemon=True).start()
        def found():
            return threading.active_count() - 1
    """,
    "process": """
        import os, time
        def leave():
            if os.fork() == 0:
                time.sleep(30)
                os._exit(0)
        def found():
            try:
                os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return 0
            return 1
    """,
    "more_than_can_be_looked_into": """
        kept = list(range(50_000))
        def leave():
            kept.append(1)
        def found():
            return len(kept) - 50_000
    """,
}
"""What a training leaves behind, and how the next would find it in the same process."""

TOUCHED = """
    touched = []
    def touch():
        touched.append(1)
        return 1
    def leave():
        pass
    def found():
        return len(touched)
"""


def cells(one: str) -> tuple[str, ...]:
    train = "import os\ndef train(case):\n    seen = found()\n    leave()\n    return [os.getpid(), seen]"
    return TOUCH, one or "def leave():\n    pass\ndef found():\n    return 0", train


@pytest.fixture(scope="module")
def ended(base: Path) -> dict[str, dict[str, str]]:
    """How each notebook's checks ended."""

    def make(root: Path) -> None:
        lesson(root, checks=CHECKS, reference=notebook(*cells("")))
        (root / "class").mkdir()
        for name, one in {**SHARING, **LEAVING, "touched": TOUCHED}.items():
            (root / "class" / f"{name}.ipynb").write_bytes(notebook(*cells(one)))
        done = run(root, "grade", "class", "--out", "out", "--jobs", "2")
        assert "Traceback" not in done.stdout + done.stderr

    found = records(once(base, "trainings", make) / "out" / "tiny")
    return {name: states(record) for name, record in found.items()}


@pytest.mark.parametrize("name", SHARING)
def test_trainings_that_leave_nothing_share_a_process(ended: dict[str, dict[str, str]], name: str) -> None:
    assert ended[name] == {
        "test_after_a_call": "passed",
        "test_shares": "passed",
        "test_finds_what_the_one_before_has_left": "failed",
    }


@pytest.mark.parametrize("name", LEAVING)
def test_no_training_finds_what_another_has_left(ended: dict[str, dict[str, str]], name: str) -> None:
    assert ended[name] == {
        "test_after_a_call": "passed",
        "test_shares": "failed",
        "test_finds_what_the_one_before_has_left": "failed",
    }


def test_no_training_finds_what_a_call_has_left(ended: dict[str, dict[str, str]]) -> None:
    assert ended["touched"]["test_after_a_call"] == "passed"
    assert ended["touched"]["test_finds_what_the_one_before_has_left"] == "failed"
