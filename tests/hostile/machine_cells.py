"""Attacks on the machine and on the grader in a cell: each is stopped at its limit, with its own finding.

The cell before has defined what is asked for, so the honest part keeps its points.
"""

from __future__ import annotations

from tests.hostile.case import Hostile

TELL = """
import ctypes
ctypes.CDLL(None).prctl(15, b"hostile")
"""
"""Gives the process a name, by which one that is left behind would be known."""

ENDLESS = "while True:\n    pass"
VFORKED = """
import ctypes, os, time
if ctypes.CDLL(None).syscall(56, 0x4000 | 17, 0, 0, 0, 0) == 0:
    time.sleep(600)
    os._exit(0)
"""
"""Stands still without sleeping: whoever waits for a child of vfork waits for a disk, says the kernel."""
NAMED = """
import ctypes, os, time
if os.fork() == 0:
    ctypes.CDLL(None).prctl(4, 0)
    ctypes.CDLL(None).prctl(15, b"\\xff\\rUid:\\t0 0 0")
    time.sleep(600)
    os._exit(0)
time.sleep(0.3)
for number in range(12):
    open(os.path.expanduser("~/") + chr(1 + number % 8) * 95 + chr(65 + number) + ".pth", "w").close()
"""
EVENTS_BEYOND = """
import sys
cells = sys.modules["grader.wire.cells"]
sys.set_int_max_str_digits(0)
for _ in range(2):
    get_ipython().reporter.say(cells.Noticed("functions", ["a"], int("9" * 4300)))
"""
DEAF = """
import signal
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
CHILDREN_COUNT = """
import os, time
for _ in range(2):
    if os.fork() == 0:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            pass
        os._exit(0)
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
"""
KILLS = """
import os, signal
denied = 0
def hit(pid, number):
    global denied
    try:
        os.kill(pid, number)
    except OSError:
        denied += 1
for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    for pid in {os.getppid(), 1, 2, 3} - {os.getpid()}:
        hit(pid, number)
for pid in set(range(2, 3000)) - {os.getpid()}:
    hit(pid, signal.SIGKILL)
hit(-1, signal.SIGKILL)
print("denied:", denied > 0)
"""
MANY_HOGS = """
import os, signal
for _ in range(4):
    if os.fork() == 0:
        kept = bytearray(b"x") * (170 << 20)
        signal.pause()
os.wait()
"""
SHARED_HOGS = """
import mmap, os, signal
for _ in range(4):
    if os.fork() == 0:
        kept = mmap.mmap(-1, 170 << 20)
        for place in range(0, 170 << 20, 4096):
            kept[place] = 1
        signal.pause()
os.wait()
"""
FORK_BOMB = """
import os, signal
made = []
for _ in range(60):
    child = os.fork()
    if child == 0:
        signal.pause()
    made.append(child)
signal.pause()
"""
THREAD_BOMB = """
import threading
stop = threading.Event()
for _ in range(60):
    threading.Thread(target=stop.wait, daemon=True).start()
stop.wait()
"""
FILES = """
import os
for number in range(64):
    with open(f"{os.environ['TMPDIR']}/hostile_left_behind_{number}", "wb") as file:
        file.write(bytes(1 << 20))
import signal
signal.pause()
"""
NAMES = """
import os
os.mkdir("many")
for number in range(70000):
    os.close(os.open(f"many/{number}", os.O_CREAT | os.O_WRONLY))
"""
DESCRIPTORS = """
import os
kept = [os.open("/dev/null", os.O_RDONLY) for _ in range(2000)]
"""
DAEMON = (
    TELL
    + """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        os.closerange(0, 256)
        time.sleep(600)
    os._exit(0)
os.wait()
"""
)
NETWORK = """
import os, socket, subprocess
reached = []
def attempt(name, work):
    try:
        if work():
            reached.append(name)
    except Exception:
        pass
def tcp(family, address):
    with socket.socket(family) as one:
        one.settimeout(2)
        one.connect(address)
        one.sendall(b"secret")
        return True
def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        return one.sendto(b"secret", ("127.0.0.1", {port}))
def kernel():
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as one:
        return True
attempt("tcp", lambda: tcp(socket.AF_INET, ("127.0.0.1", {port})))
attempt("tcp6", lambda: tcp(socket.AF_INET6, ("::1", {port})))
attempt("udp", udp)
attempt("name", lambda: socket.getaddrinfo("localhost.localdomain", 80))
attempt("netlink", kernel)
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
attempt("abstract", lambda: tcp(socket.AF_UNIX, "\\0hostile-{port}"))
for place in ("{place}/listens", "/run/docker.sock", "/run/systemd/private", "/dev/log"):
    attempt(place, lambda: tcp(socket.AF_UNIX, place))
shell = "exec 9<>/dev/tcp/127.0.0.1/{port} && echo secret >&9"
attempt("bash", lambda: subprocess.run(["bash", "-c", shell], capture_output=True).returncode == 0)
print("reached:", reached)
"""
REMOVED = """
import os
removed = []
for top, folders, files in os.walk("{place}"):
    for name in [*files, *folders]:
        for change in (os.unlink, os.rmdir, lambda one: os.chmod(one, 0), lambda one: open(one, "w")):
            try:
                change(os.path.join(top, name))
                removed.append(name)
            except OSError:
                pass
print("removed:", removed)
"""

# Where processes or descriptors are used up for good, no snapshot can be made of what is left.
ATTACKS: dict[str, Hostile] = {
    "endless": Hostile("A1", (ENDLESS,), "right", run=("out_of_time",), cell=2),
    "asleep": Hostile("A1", ("import time\ntime.sleep(10**6)",), "right", run=("out_of_time",), cell=2),
    "vforked": Hostile("A1", (VFORKED,), "right", run=("out_of_time",), cell=2),
    "children_compute": Hostile("A1", (CHILDREN_COUNT,), "right", run=("out_of_time",), cell=2),
    "deaf": Hostile("A2", (DEAF,), "right", run=("out_of_time",), cell=2),
    "leaves": Hostile("A3", ("import os\nos._exit(0)",), "right", run=("died",), cell=2),
    "segfault": Hostile("A3", ("import ctypes\nctypes.string_at(0)",), "right", run=("died",), cell=2),
    "aborts": Hostile("A3", ("import os\nos.abort()",), "right", run=("died",), cell=2),
    "stops_itself": Hostile(
        "A3 A2",
        ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",),
        "right",
        run=("out_of_time", "died"),
    ),
    "exits": Hostile("A4", ("import sys\nsys.exit(0)",), "right", run=("cell_failed",), cell=2),
    "exits_at_the_end": Hostile("A4", ("import atexit, os\natexit.register(os._exit, 0)",), "right"),
    "kills": Hostile("A5 A17", (KILLS,), "right", run=("finished", "died"), cell=None),
    "kills_its_group": Hostile("A5", ("import os\nos.killpg(0, 9)",), "right", run=("died",), cell=2),
    "one_huge_request": Hostile("A6", ("kept = bytearray(64 << 30)",), "right", run=("cell_failed",), cell=2),
    "many_hogs": Hostile("A6", (MANY_HOGS,), "right", run=("out_of_memory",), cell=2),
    "shared_hogs": Hostile("A6", (SHARED_HOGS,), "right", run=("out_of_memory",), cell=2),
    "one_long_line": Hostile("A7", ("print('x' * 30_000_000)",), "right", run=("too_much_output",)),
    "many_lines": Hostile(
        "A7", ("for n in range(100_000):\n    print('line', n)",), "right", run=("too_much_output",)
    ),
    "output_of_a_program": Hostile(
        "A7", ("!head -c 30000000 /dev/zero | tr '\\0' x",), "right", run=("too_much_output",)
    ),
    "long_traceback": Hostile(
        "A7", ("raise ValueError('x' * 10_000_000)",), "right", run=("cell_failed",), cell=2
    ),
    "many_pictures": Hostile(
        "A7",
        ("from IPython.display import display, HTML\nfor n in range(2000):\n    display(HTML('x' * 5000))",),
        "right",
        run=("too_much_output",),
    ),
    "daemon": Hostile("A8", (DAEMON,), "right"),
    "program_in_the_background": Hostile("A8", ("!nohup sleep 600 >/dev/null 2>&1 &",), "right"),
    "fork_bomb": Hostile("A9", (FORK_BOMB,), "right", run=("cell_failed", "died"), cell=2),
    "thread_bomb": Hostile("A9", (THREAD_BOMB,), "right", run=("cell_failed", "died"), cell=2),
    "many_bytes": Hostile("A10", (FILES,), "right", run=("cell_failed", "died"), cell=2),
    "one_huge_file": Hostile(
        "A10",
        ("import os\nwith open('big', 'wb') as file:\n    os.truncate(file.fileno(), 1 << 40)",),
        "right",
        run=("cell_failed",),
        cell=2,
    ),
    "many_files": Hostile("A10", (NAMES,), "right", run=("cell_failed",), cell=2, only="bubblewrap"),
    "many_descriptors": Hostile("A10", (DESCRIPTORS,), "right", False, run=("cell_failed",), cell=2),
    "any_bytes_for_names": Hostile("A8", (NAMED,), "right", noted=("files_planted",)),
    "events_beyond_all_numbers": Hostile("A19", (EVENTS_BEYOND,), "right", run=("died",), cell=2),
    "network": Hostile("A11", (NETWORK,), "right", says="reached: []"),
    "removes_everything": Hostile("A13 T14", (REMOVED,), "right", says="removed: []"),
}
