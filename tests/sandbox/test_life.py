"""How rooms live and end, and that nothing of them stays."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.sandbox import Ending, House, Room, processes
from tests.sandbox.rooms import DAEMON, ask, hear, house_of, living, tell, wait_for_end


def test_nothing_is_read_before_go(house: House) -> None:
    with house.guest(0) as room:
        tell(room, "answer = 1")
        assert room.ending(20) == Ending("exited", 0), "what is no `go` ends the guest"


def test_a_sweep_leaves_the_keeper_and_the_guest(room: Room) -> None:
    ask(room, "state = 5")
    ask(room, DAEMON)
    ask(room, DAEMON)
    assert len(living(room)) == 4
    assert room.sweep()
    assert len(living(room)) == 2
    assert ask(room, "answer = state") == 5
    assert room.sweep(), "an empty sweep is answered, too"


def test_closing_ends_a_daemon(house: House) -> None:
    room = house.guest(0)
    room.go()
    ask(room, DAEMON)
    there = [os.pidfd_open(pid) for pid in living(room)]
    try:
        assert len(there) == 3
        room.close()
        for handle in there:
            with pytest.raises(ProcessLookupError):
                signal.pidfd_send_signal(handle, 0)
    finally:
        for handle in there:
            os.close(handle)
    room.close()


def test_closing_ends_what_holds_the_socket_and_ignores_signals(house: House) -> None:
    with house.guest(0) as room:
        room.go()
        tell(room, "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass")
    assert not house._watchdog.rooms()


def test_a_loop_can_be_interrupted(room: Room) -> None:
    tell(room, "import os\nos.write(3, b' ')\nwhile True: pass")
    assert room.guest.recv(1) == b" "
    room.interrupt()
    assert hear(room)["raised"] == "KeyboardInterrupt"


@pytest.mark.parametrize(
    ("source", "ending"),
    [
        ("import os; os._exit(3)", Ending("exited", 3)),
        ("import os, signal; signal.raise_signal(signal.SIGKILL)", Ending("signal", signal.SIGKILL)),
        ("import ctypes; ctypes.string_at(0)", Ending("signal", signal.SIGSEGV)),
    ],
)
def test_the_guests_end_is_told(room: Room, source: str, ending: Ending) -> None:
    assert room.ending() is None
    tell(room, source)
    assert room.ending(20) == ending
    assert room.ending() == ending
    assert room.sweep(), "the room outlives its guest"


def test_rooms_do_not_see_each_other(walled_house: House) -> None:
    with walled_house.guest(0) as first, walled_house.guest(1) as second:
        first.go()
        second.go()
        place = "os.environ['TMPDIR'] + '/secret'"
        mine = ask(first, f"import os; open({place}, 'w').write('x'); answer = {place}")
        pid = ask(first, "import os; answer = os.getpid()")
        outside = living(first)[-1]
        source = f"""
        import os
        answer = []
        try:
            open({mine!r})
            answer.append("read")
        except OSError:
            pass
        for pid in {[outside, *([pid] if walled_house.level == "landlock" else [])]}:
            try:
                os.kill(pid, 9)
                answer.append("killed")
            except OSError:
                pass
        """
        assert ask(second, source) == []
        assert ask(first, "answer = 1") == 1


def test_a_slot_starts_afresh(house: House) -> None:
    with house.guest(0) as room:
        room.go()
        ask(room, "import os; open(os.environ['HOME'] + '/startup.py', 'w').write('x')")
    with house.guest(0) as room:
        room.go()
        assert ask(room, "import os; answer = os.listdir(os.environ['HOME'])") == []


def test_processor_time_counts_the_dead(room: Room) -> None:
    burn = """
    import os, time
    if os.fork() == 0:
        while time.process_time() < 0.4:
            pass
        os._exit(0)
    os.wait()
    answer = None
    """
    ask(room, burn)
    used = room.usage().cpu
    assert 0.35 <= used < 3


def test_processor_time_counts_the_dead_that_nobody_waits_for(room: Room) -> None:
    burn = """
    import os, signal, time
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    if os.fork() == 0:
        while time.process_time() < 1:
            pass
        os._exit(0)
    try:
        os.wait()
    except ChildProcessError:
        pass
    answer = None
    """
    ask(room, burn)
    assert room.usage().cpu >= 0.5


def test_closing_the_house_ends_its_rooms_and_leaves_no_folder(house: House, tmp_path: Path) -> None:
    with house_of(house.level, tmp_path) as other:
        room = other.guest(0)
        room.go()
        ask(room, DAEMON)
        folder, pidfd = other._lodging.path, os.dup(room.pidfd)
        assert folder.exists()
    try:
        with pytest.raises(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, 0)
    finally:
        os.close(pidfd)
    assert not folder.exists()
    if room._user is not None:
        assert list(processes.owned_by(room._user)) == []
    with pytest.raises(SandboxError, match="closed"):
        other.guest(0)


def test_the_room_ends_with_its_keeper(house: House) -> None:
    if house.level != "bubblewrap":
        pytest.skip("only a pid namespace promises it")
    with house.guest(0) as room:
        room.go()
        ask(room, DAEMON)
        os.kill(room.pid, signal.SIGKILL)
        assert wait_for_end(room)
        assert hear(room) == {}
