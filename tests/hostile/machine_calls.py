"""Attacks on the machine and on the judge from inside a call: each costs the checks that made the call."""

from __future__ import annotations

from tests.hostile.case import Hostile
from tests.hostile.machine_cells import DAEMON, DEAF, FORK_BOMB, KILLS, VFORKED
from tests.hostile.marks_wire import HOLD


def calling(body: str, after: str = "") -> tuple[str]:
    """A notebook whose `f` does this, and answers rightly if it comes so far."""
    inner = "\n".join(f"    {line}" for line in body.strip("\n").splitlines())
    return (f"import os, signal, sys, time\ndef f(x):\n{inner}\n    return x + 1\n{after}",)


def sending(body: str) -> tuple[str]:
    """A notebook whose snapshots send, in place of every reply, what this does."""
    forge = f"def forge(channel, header, payload, more, first):\n    {body}"
    return (f"{HOLD}\nimport socket, time\n{forge}\n\ndef f(x):\n    return x + 1",)


LEAVES_A_CHILD = DAEMON.replace("os.closerange(0, 256)", "pass")
LEAK = """
def f(x):
    raise ValueError(f"the input was {x}")
"""
PICKLED = """
import os, pickle
class Planted:
    def __reduce__(self):
        return (os.system, ("touch {place}/hostile_left_behind /tmp/hostile_left_behind",))

with open("model.pkl", "wb") as file:
    pickle.dump(Planted(), file)

def f(x):
    return Planted()
"""

ATTACKS: dict[str, Hostile] = {
    "call_endless": Hostile("A1", calling("while True: pass"), codes=("call.out_of_time",)),
    "call_vforked": Hostile("A1", calling(VFORKED), codes=("call.out_of_time",)),
    "call_asleep": Hostile("A1", calling("time.sleep(10**6)"), codes=("call.out_of_time",)),
    "call_deaf": Hostile("A2", calling(DEAF), codes=("call.out_of_time",)),
    "call_leaves": Hostile("A3", calling("os._exit(0)"), codes=("notebook.died",)),
    "call_stops_itself": Hostile("A3", calling("os.kill(os.getpid(), 19)"), codes=("call.out_of_time",)),
    "call_exits": Hostile("A4", calling("sys.exit(0)"), codes=("call.failed",)),
    "call_kills": Hostile("A5", calling(KILLS.replace("global denied", "nonlocal denied")), "right"),
    "call_hogs": Hostile(
        "A6", calling("kept = [bytearray(b'x') * (16 << 20) for _ in range(43)]"), codes=("call.failed",)
    ),
    "call_prints": Hostile("A7", calling("print('x' * 30_000_000)"), "right"),
    "call_leaves_a_child": Hostile("A8", calling(LEAVES_A_CHILD), "right"),
    "call_forks": Hostile("A9", calling(FORK_BOMB)),
    "call_closes_descriptors": Hostile("A18", calling("os.closerange(0, 256)")),
    "pickle_in_the_answer": Hostile("A12", (PICKLED,), codes=("check.assertion",)),
    "inputs_in_errors": Hostile("T24", (LEAK,), codes=("call.failed",)),
    "half_a_reply": Hostile(
        "A19", sending("channel.sock.sendall(struct.pack('!II', 100, 0) + b'{')"), codes=("call.out_of_time",)
    ),
    "no_reply": Hostile("A19", sending("pass"), codes=("call.out_of_time",)),
    "a_byte_at_a_time": Hostile(
        "A19",
        sending("whole = struct.pack('!II', len(header), len(payload)) + header\n"
                "    for byte in whole:\n        channel.sock.send(bytes([byte])); time.sleep(0.5)"),
        codes=("call.out_of_time",),
    ),
    "never_reads": Hostile(
        "A19", sending("channel.sock.shutdown(socket.SHUT_RD); real(channel, header, payload, **more)")
    ),
}  # fmt: skip
