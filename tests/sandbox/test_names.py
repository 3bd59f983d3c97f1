"""A process may call itself anything, and what is read of it stays what the kernel says."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from grader.sandbox import processes, users

NAMES = {
    "no_text": b"\xff\xfe)",
    "a_letter_cut_in_two": "순환신경망실험".encode()[:15],
    "another_user": b"\rUid:\t9 9 9 9",
    "another_id": b"\rNSpid:\t9",
    "unbalanced": b") R 1 1 (",
    "a_line": b"\nUid:\t9 9 9 9",
}
CALLED = """
import ctypes, sys
ctypes.CDLL(None).prctl(15, bytes.fromhex(sys.argv[1]))
print("called", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("name", NAMES)
def test_a_process_of_any_name_is_read(name: str) -> None:
    command = [sys.executable, "-c", CALLED, NAMES[name].hex()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"called\n"
        pid = process.pid
        found = processes.read(pid)
        assert found is not None
        assert found.name == NAMES[name].decode("utf-8", "replace")
        assert processes.anonymous(pid) > 1 << 20
        assert processes.inner_pid(pid) == pid
        assert processes.effective(pid) == os.geteuid()
        assert not processes.owned(pid, 9)
        assert {os.getuid(), os.geteuid()} <= users.busy()
        assert processes.proportional(pid)
