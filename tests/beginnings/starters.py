"""Starters by what their cells do: some that can be shared, and some that may not."""

from __future__ import annotations

BUSY = "worked = sum(number * number % 7 for number in range(1_000_000))\nprint('worked', worked)"
"""More CPU than a stage has to be worth."""

SHARED = {
    "names": "limit = 3\n\ndef double(x):\n    return 2 * x\n\nclass Pair:\n    kept = [limit]",
    "draws": "import random\nimport numpy as np\nimport torch\n"
    "print(random.random(), np.random.rand(), torch.rand(1).item())",
    "own generators": "dice = np.random.default_rng(5)\ncoins = random.Random(7)\n"
    "torch.manual_seed(3)\nmodel = torch.nn.Linear(2, 1)\nprint(dice.integers(9), coins.random())",
    "figure": "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2, 1])\nplt.show()",
    "result": "double(21)",
    "past the streams": "import os, sys\nprint('aside', file=sys.stderr)\nkept = os.write(1, b'past\\n')",
    "stand-ins": "a = torch.zeros(1).cuda()",
    "module": "import colorsys\nprint(colorsys.rgb_to_hsv(1, 0, 0))",
}
AFTER = (
    "print(_, double(limit), Pair.kept, kept)\nlimit = 4\nPair.kept.append(limit)",
    "print(random.random(), np.random.rand(), torch.rand(1).item(), dice.integers(99), coins.random())\n"
    "print(model(torch.ones(1, 2)).item(), torch.zeros(1).cuda())",
    "plt.plot([2, 1])\nplt.show()\nprint(plt.get_fignums(), sys.stdout.fileno())",
    "os.write(2, b'past too\\n')",
    "losses = [1.0, 0.5]\nundefined",
    "print(sorted(name for name in globals() if not name.startswith('_')))\nhelp_ = torch.relu",
    "torch.relu = torch.tanh",
)
"""What a student goes on with: every name, generator and stream of the cells above."""

SPIED = """
import os, resource, signal, sys, threading

def opened():
    for number in range(256):
        try:
            kind = os.fstat(number).st_mode
        except OSError:
            continue
        yield number, oct(kind), os.get_inheritable(number)

def alive():
    for pid in range(1, 400):
        try:
            os.kill(pid, 0)
        except OSError:
            continue
        yield pid

def listed(place):
    try:
        return sorted(os.listdir(place))
    except OSError as error:
        return type(error).__name__

print(list(opened()), sorted(os.environ), list(alive()) == [os.getppid(), os.getpid()] or len(list(alive())))
print([listed(place) for place in ('/', '/proc', '/tmp', '/home/student', '.', '..', os.environ['TMPDIR'])])
print([(name, resource.getrlimit(value)) for name, value in sorted(vars(resource).items())
       if name.startswith('RLIMIT_') and name != 'RLIMIT_AS'])
print([str(signal.getsignal(number)).split(' at ')[0] for number in range(1, 32)], os.umask(0o22))
print(threading.enumerate(), os.getcwd(), sys.path[:1], os.getuid(), os.getsid(0) == os.getpid())
for what in ('fork', 'socket'):
    try:
        if what == 'fork':
            pid = os.fork()
            if pid == 0:
                os._exit(0)
            print(os.waitpid(pid, 0)[1])
        else:
            __import__('socket').socket()
    except OSError as error:
        print(what, error)
"""
"""What a submission would look for behind a beginning."""

REFUSED = {
    "fails": "1 / 0",
    "is no Python": "def (",
    "ends the process": "import os\nos._exit(0)",
    "kills the process": "import signal\nsignal.raise_signal(signal.SIGKILL)",
    "takes too much": "huge = bytearray(1 << 40)",
    "writes a file": "with open('notes.txt', 'w') as file:\n    print('note', file=file)",
    "keeps a file open": "import os\nkept = os.open('/dev/null', os.O_RDONLY)",
    "starts a thread": "import threading\nstop = threading.Event()\n"
    "threading.Thread(target=stop.wait, daemon=True).start()",
    "runs a program": "import os\nos.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
    "runs a command": "!true",
    "shares memory": "import mmap\nboard = mmap.mmap(-1, 4096)",
    "shares a tensor": "import torch\nboard = torch.zeros(3).share_memory_()",
    "changes a signal": "import signal\nkept = signal.signal(signal.SIGUSR1, lambda *_: None)",
    "sets an alarm": "import signal\nkept = signal.alarm(1000)",
    "goes elsewhere": "import os\nos.chdir('/')",
    "changes the mask": "import os\nkept = os.umask(0)",
    "changes a limit": "import resource\nresource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
    "resource.setrlimit(resource.RLIMIT_NOFILE, (99, 99))",
    "reads a clock": "import time\nbegin = time.perf_counter()",
    "asks where it is": "from pathlib import Path\nhere = Path.cwd()",
    "asks for its home": "import os\nhome = os.environ['HOME']",
    "draws by chance": "import numpy as np\ndice = np.random.default_rng()",
    "asks the network": "import socket\nname = socket.gethostname()",
    "is measured": "%time sum(range(3))",
}
