"""A lesson whose checks each do something bad, and look after each whether anything of it is left."""

from __future__ import annotations

BAD = {
    "train": "passed",
    "poison": "failed",
    "crash": "failed",
    "leave": "failed",
    "kill": "failed",
    "kill_all": "passed",
    "dtype": "passed",
    "grad_off": "passed",
    "threads": "passed",
    "hang": "failed",
    "eat": "failed",
    "close_descriptors": "failed",
    "fork": "passed",
    "cwd": "passed",
    "mute": "passed",
}
"""What the notebook does when it is asked to, and how the check that asks for it has to end."""

NOTEBOOK = """
import builtins, os, signal, sys, time
import torch
from torch import nn

net = nn.Linear(2, 1)
calls = []


def seen():
    \"\"\"All that a check could have changed for another.\"\"\"
    calls.append(1)
    return [
        str(torch.get_default_dtype()),
        round(float(net.weight.detach().sum()), 6),
        len(calls),
        len([1, 2]),
        os.getcwd(),
        float(torch.relu(torch.tensor(-1.0))),
    ]


def train():
    optimizer = torch.optim.SGD(net.parameters(), lr=1.0)
    with torch.enable_grad():
        net(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    return 1


def poison():
    builtins.len = lambda thing: 7
    torch.relu = lambda x: x + 100
    return 1


def crash():
    raise ValueError("on purpose")


def leave():
    os._exit(0)


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def kill_all():
    try:
        os.kill(-1, signal.SIGKILL)
    except OSError:
        pass
    return 1


def dtype():
    torch.set_default_dtype(torch.float64)
    return 1


def grad_off():
    torch.set_grad_enabled(False)
    return 1


def threads():
    torch.set_num_threads(2)
    return 1


def hang():
    while True:
        pass


def eat():
    kept = []
    while True:
        kept.append(bytearray(1 << 20))


def close_descriptors():
    os.closerange(0, 64)
    return 1


def fork():
    if os.fork() == 0:
        time.sleep(600)
    return 1


def cwd():
    os.chdir("/")
    return 1


def mute():
    sys.stdout = sys.stderr = None
    return 1


def one():
    return 1
"""

HARMLESS = NOTEBOOK + "".join(f"\n\ndef {name}():\n    return 1" for name in BAD)
ODD = HARMLESS.replace("def one():\n    return 1", "def one():\n    return 2")
DYING = NOTEBOOK + "\n\nsignal.alarm(1)"
"""Its process ends when the checks have begun: one of them takes two seconds."""

BLAME = """
def test_ours_is_broken(student):
    assert student.one() > 0
    raise KeyError("of our own")

@pytest.mark.needs("test_ours_is_broken")
def test_waits(student):
    pass

def test_ours_breaks_here(student):
    if student.one() == 2:
        raise KeyError("of our own")

def test_cannot_tell(student):
    from grader.judge.finding import Undecided
    if student.one() == 2:
        raise Undecided()
"""


def checks(names: list[str]) -> str:
    """`test_<name>` asks for each in turn, `test_after_<name>` then looks around."""
    source = "\ndef test_before(student):\n    assert LOOK(student)\n"
    for name in names:
        source += (
            f"\ndef test_{name}(student):\n    assert student.{name}() == 1\n"
            f"\ndef test_after_{name}(student):\n    assert LOOK(student)\n"
        )
    look = (
        "def LOOK(student):\n"
        "    told = student.seen()\n"
        "    assert told[0] == 'torch.float32', told\n"
        "    assert told[2:] == [1, 2, '/home/student/notebook', 0.0], told\n"
        "    assert abs(told[1]) < 2, told\n"
        "    return True\n"
    )
    return look + source + BLAME
