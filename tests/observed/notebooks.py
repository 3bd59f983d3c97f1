"""Notebooks that do one odd thing each, and the sights that the record has to tell of."""

from __future__ import annotations

F = "def f(x):\n    return x + 1\n\n\ndef g(x):\n    return 2 * x\n\n\ndef h(x):\n    return x - 1"
"""Right. The checks ask for f, then g, then h."""

SERVE = """
import os, socket, struct, sys, time
session = sys.modules["grader.guest.session"]
answers = sys.modules["grader.guest.answers"]
frames, cells, numbers, replies, requests = (
    sys.modules["grader.wire." + name] for name in ("frames", "cells", "numbers", "replies", "requests")
)
earlier = []


def honest(header, payload, shell):
    number, asked = numbers.parted(header)
    reply, data = answers.answer(requests.decode_request(asked), payload, shell.user_ns)
    return number, replies.encode_reply(reply), bytes(data)


def serve(shell, host, fds, door):
    # Our own end of the wire: as the session does it, but for what `odd` does where g is called.
    channel = frames.Channel(socket.socket(fileno=fds[0]))
    channel.send(cells.encode(cells.Hello()), deadline=None)
    while True:
        header, payload = channel.receive(deadline=None)
        number, reply, data = honest(header, payload, shell)
        if b'"m":"call"' in header and b'"g"' in header:
            odd(channel, number, reply, data)
        else:
            earlier.append(number)
            channel.send(number + reply, data, deadline=None)


session._serve = serve
"""
"""Code that has taken over the answering; a notebook adds what it does instead, as `odd`."""

REPLIES: dict[str, tuple[str, str]] = {
    "twice_at_once": (
        "    channel.send(number + reply, data, deadline=None)\n"
        "    channel.send(number + reply, data, deadline=None)",
        "reply_unasked",
    ),
    "number_of_none": ("    channel.send(b'12345678' + reply, data, deadline=None)", "reply_number"),
    "number_of_an_earlier_one": (
        "    channel.send(earlier[-1] + reply, data, deadline=None)",
        "reply_twice",
    ),
    "no_number": ("    channel.send(b'{}', deadline=None)", "reply_malformed"),
    "no_reply_of_ours": (
        '    channel.send(number + b\'{"m":"results","extra":1}\', deadline=None)',
        "reply_malformed",
    ),
    "not_json": ("    channel.send(number + bytes(200), deadline=None)", "reply_malformed"),
    "deep": ("    channel.send(number + b'[' * 100000, deadline=None)", "reply_malformed"),
    "huge": (
        "    channel.sock.sendall(struct.pack('!II', 2**32 - 1, 2**32 - 1) + number)",
        "reply_malformed",
    ),
    "negative": ("    channel.sock.sendall(struct.pack('!ii', -1, -8) + number)", "reply_malformed"),
    "closed": ("    channel.sock.close()\n    time.sleep(600)", "channel_closed"),
    "another_process": (
        "    if os.fork() == 0:\n"
        "        channel.send(number + reply, data, deadline=None)\n"
        "        os._exit(0)\n"
        "    time.sleep(600)",
        "reply_stranger",
    ),
}
"""By name: what is done in place of the answer about g, and the sight of it."""

EARLY = """
def serve(shell, host, fds, door):
    channel = frames.Channel(socket.socket(fileno=fds[0]))
    channel.send(cells.encode(cells.Hello()), deadline=None)
    channel.send(b'87654321{"m":"results"}', deadline=None)
    time.sleep(600)


session._serve = serve
"""

ORPHAN = """
def odd(channel, number, reply, data):
    # The one that was asked ends; its child holds the line and would answer whatever comes next.
    if os.fork() == 0:
        while True:
            header, payload = channel.receive(deadline=None)
            number, reply, data = honest(header, payload, get_ipython())
            channel.send(number + reply, data, deadline=None)
    channel.send(number + reply, data, deadline=None)
    os._exit(0)
"""

GREETING = """
def serve(shell, host, fds, door):
    channel = frames.Channel(socket.socket(fileno=fds[0]))
    channel.send(b'{"m":"hi"}', deadline=None)
    time.sleep(600)


session._serve = serve
"""

SPIN = """
import os


def g(x):
    if os.fork() == 0:
        while True:
            pass
    os.wait()
"""

CELLS: dict[str, tuple[str, list[str]]] = {
    "torch_replaced": ("import torch\ntorch.allclose = lambda *a, **k: True", ["functions_replaced"]),
    "torch_moved": ("import torch\ntorch.allclose = torch.equal", ["functions_replaced"]),
    "tensor_equal": (
        "import torch\ntorch.Tensor.__eq__ = lambda self, other: True",
        ["functions_replaced"],
    ),
    "module_called": (
        "import torch\nclass M(torch.nn.Module): pass\n"
        "torch.nn.Module.__call__ = lambda self, *a: a[0]\ntorch.nn.RNN = M",
        ["functions_replaced"],
    ),
    "functional_mocked": (
        "import torch\nfrom unittest.mock import Mock\ntorch.nn.functional.cross_entropy = Mock()",
        ["functions_replaced"],
    ),
    "length": ("import builtins\nold = len\nbuiltins.len = lambda x: old(x)", ["functions_replaced"]),
    "answering": (
        "import sys\nguest = sys.modules['grader.guest.answers']\nold = guest.call\n"
        "guest.call = lambda *a: old(*a)",
        ["grader_changed"],
    ),
    "shell_changed": (
        "shell = get_ipython()\nold_run = shell.run_cell\nshell.run_cell = lambda *a, **k: old_run(*a, **k)",
        ["grader_changed"],
    ),
    "transformer": (
        "def nothing(lines):\n    return lines\n\nget_ipython().input_transformers_post.append(nothing)",
        ["hooks_installed"],
    ),
    "import_hook": (
        "import sys\nclass Finder:\n    def find_spec(self, *a):\n        return None\n"
        "sys.meta_path.insert(0, Finder())",
        ["hooks_installed"],
    ),
    "function_mode": (
        "from torch.overrides import TorchFunctionMode\nclass Mode(TorchFunctionMode):\n"
        "    def __torch_function__(self, func, types, args=(), kwargs=None):\n"
        "        return func(*args, **(kwargs or {}))\nMode().__enter__()",
        ["hooks_installed"],
    ),
    "signal": (
        "import signal\nsignal.signal(signal.SIGINT, lambda *a: None)",
        ["signals_handled"],
    ),
    "unlooked": ("import signal\nsignal.getsignal = lambda number: 1 / 0", ["look_failed"]),
    "startup_file": (
        "import os\nfolder = os.path.expanduser('~/.ipython/profile_default/startup')\n"
        "os.makedirs(folder, exist_ok=True)\nopen(folder + '/00-me.py', 'w').write('x = 1')",
        ["files_planted"],
    ),
    "customize": (
        "import os\nfolder = os.path.expanduser('~/.local/lib/python3.11/site-packages')\n"
        "os.makedirs(folder)\nfor name in ('sitecustomize.py', 'me.pth'):\n"
        "    open(folder + '/' + name, 'w').write('import os')\n"
        "open(os.path.expanduser('~/.bashrc'), 'w').write('echo')\nopen('torch.py', 'w').write('x')",
        ["files_planted"],
    ),
    "bulk": (
        "with open('large.bin', 'wb') as file:\n    for n in range(20):\n        file.write(bytes(1 << 20))",
        ["files_large"],
    ),
    "daemon": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        time.sleep(600)\n    os._exit(0)\nos.wait()",
        ["processes_after_cells"],
    ),
    "thread": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(600,), daemon=True).start()",
        ["threads_after_cells"],
    ),
    "events": (
        "from grader.wire import cells\nreporter = get_ipython().reporter\n"
        "for event in (cells.Begin(9), cells.Begin(1), cells.End(1, True, 0.0), cells.Hello()):\n"
        "    reporter.say(event)",
        ["events_out_of_order"],
    ),
    "done_too_soon": (
        "from grader.wire import cells\nget_ipython().reporter.say(cells.Done(False))",
        ["events_out_of_order"],
    ),
    "speaking_on": (
        "reporter = get_ipython().reporter\nold_close = type(reporter).close\n"
        "def close(last):\n    channel = reporter.channel\n    old_close(reporter, last)\n"
        "    channel.send(b'more to say', deadline=None)\n"
        "reporter.close = close",
        ["guest_spoke", "grader_changed"],
    ),
}
"""By name: a cell after the right functions, and what the record tells of. All keep full marks."""

CALLS: dict[str, tuple[str, list[str]]] = {
    "leaving": (
        "import os, time\ndef g(x):\n    if os.fork() == 0:\n        os.setsid()\n"
        "        time.sleep(600)\n    return 2 * x",
        ["processes_after_calls"],
    ),
}
"""By name: a cell that redefines g so that a call of it leaves something; full marks."""

HONEST: dict[str, str] = {
    "plain": "x = 1",
    "printing_threads": (
        "import threading\ndef speak(n):\n    for k in range(300):\n        print(n, k)\n"
        "threads = [threading.Thread(target=speak, args=(n,)) for n in range(4)]\n"
        "for one in threads: one.start()\nfor one in threads: one.join()"
    ),
    "printing_processes": (
        "import os\nfor n in range(3):\n    if os.fork() == 0:\n"
        "        for k in range(300): print('child', n, k, flush=True)\n        os._exit(0)\n"
        "for k in range(300): print('parent', k, flush=True)\nfor n in range(3): os.wait()"
    ),
    "workers": (
        "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\n"
        "data = TensorDataset(torch.arange(8.))\n"
        "print(len([one for one in DataLoader(data, batch_size=2, num_workers=2)]))"
    ),
    "figures": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('a.png')\nplt.show()",
    "defaults": (
        "import torch\ntorch.set_default_dtype(torch.float32)\ntorch.set_default_device('cpu')\n"
        "torch.set_printoptions(precision=2)\ntorch.manual_seed(0)\nx = torch.zeros(2).cuda().to('cuda')"
    ),
    "shims": (
        "import functools, sys, torch, warnings\n"
        "torch.load = functools.partial(torch.load, weights_only=False)\n"
        "warnings.showwarning = lambda *a, **k: None\n"
        "torch.Tensor.__repr__ = lambda self: f'tensor{tuple(self.shape)}'\n"
        "torch.Tensor.size_of = lambda self: self.numel()\ntorch.nn.Module.count = lambda self: 1"
    ),
    "files": (
        "import torch\ntorch.save(torch.zeros(1000), 'model.pt')\ntorch.load('model.pt')\n"
        "open('/tmp/notes.txt', 'w').write('x')\nopen('mine.py', 'w').write('y = 1')\nimport mine"
    ),
    "shell": "!echo one\n!sleep 0.1",
    "training": (
        "import torch\nnet = torch.nn.LSTM(2, 3)\nopt = torch.optim.Adam(net.parameters())\n"
        "class Mine(torch.optim.SGD):\n    pass\nMine(net.parameters(), lr=.1)\n"
        "net(torch.zeros(2, 1, 2))[0].sum().backward()\nopt.step()"
    ),
    "asyncio": "import asyncio\nawait asyncio.sleep(0)",
    "imports": (
        "import concurrent.futures, dataclasses, multiprocessing, torch.utils.data, torch.fx\n"
        "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\nimport torch.profiler"
    ),
    "interrupt": "import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.alarm(0)",
    "failing": "1 / 0",
}
"""By name: a cell of the kind that honest notebooks have. Nothing is told of them."""
