"""A seccomp filter: the system calls that no notebook needs and that attacks are made of.

It denies with EPERM, so that a program that tries and copes goes on; `clone3` is said not to exist
(ENOSYS), because its flags lie in memory, where a filter cannot look: libraries fall back to `clone`.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import socket
import struct

from grader.guest.kernel import machine, prctl

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2
_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_ERRNO = 0x00050000

_LOAD, _EQUAL, _ABOVE, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
_X32 = 0x40000000
_NEW_NAMESPACES = 0x7E020080
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_F_SETOWN_EX = 15

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_SAME_EVERYWHERE = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "pidfd_getfd": 438, "process_madvise": 440, "mount_setattr": 442, "quotactl_fd": 443,
    "memfd_secret": 447, "process_mrelease": 448, "open_tree_attr": 467,
    # They tell where on the host each mounted folder lies: the operator's home, the course's folder.
    "statmount": 457, "listmount": 458,
}  # fmt: skip

_DENIED = {
    "x86_64": {
        "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
        "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308,
        "bpf": 321, "perf_event_open": 298, "userfaultfd": 323,
        "add_key": 248, "request_key": 249, "keyctl": 250,
        "kexec_load": 246, "kexec_file_load": 320, "reboot": 169, "swapon": 167, "swapoff": 168,
        "init_module": 175, "finit_module": 313, "delete_module": 176,
        "name_to_handle_at": 303, "open_by_handle_at": 304, "fanotify_init": 300, "lookup_dcookie": 212,
        "sched_setaffinity": 203, "move_pages": 279, "migrate_pages": 256, "memfd_create": 319,
        "shmget": 29, "shmat": 30, "shmctl": 31, "shmdt": 67, "semget": 64, "semop": 65, "semctl": 66,
        "semtimedop": 220, "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71, "mq_open": 240,
        "mq_unlink": 241, "quotactl": 179, "personality": 135, "acct": 163, "syslog": 103,
        "settimeofday": 164, "clock_settime": 227, "adjtimex": 159, "clock_adjtime": 305,
        "sethostname": 170, "setdomainname": 171, "vhangup": 153, "iopl": 172, "ioperm": 173,
        "modify_ldt": 154, "uselib": 134, "ustat": 136, "sysfs": 139, "nfsservctl": 180,
    },
    "aarch64": {
        "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
        "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268,
        "bpf": 280, "perf_event_open": 241, "userfaultfd": 282,
        "add_key": 217, "request_key": 218, "keyctl": 219,
        "kexec_load": 104, "kexec_file_load": 294, "reboot": 142, "swapon": 224, "swapoff": 225,
        "init_module": 105, "finit_module": 273, "delete_module": 106,
        "name_to_handle_at": 264, "open_by_handle_at": 265, "fanotify_init": 262, "lookup_dcookie": 18,
        "sched_setaffinity": 122, "move_pages": 239, "migrate_pages": 238, "memfd_create": 279,
        "shmget": 194, "shmctl": 195, "shmat": 196, "shmdt": 197, "semget": 190, "semctl": 191,
        "semtimedop": 192, "semop": 193, "msgget": 186, "msgctl": 187, "msgrcv": 188, "msgsnd": 189,
        "mq_open": 180, "mq_unlink": 181, "quotactl": 60, "personality": 92, "acct": 89, "syslog": 116,
        "settimeofday": 170, "clock_settime": 112, "adjtimex": 171, "clock_adjtime": 266,
        "sethostname": 161, "setdomainname": 162, "vhangup": 58, "nfsservctl": 42,
    },
}  # fmt: skip

_REACHING_OTHERS = {
    "x86_64": {
        "kill": 62, "tkill": 200, "tgkill": 234, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297,
        "pidfd_send_signal": 424, "setpriority": 141, "sched_setparam": 142, "sched_setscheduler": 144,
        "sched_setattr": 314, "ioprio_set": 251,
    },
    "aarch64": {
        "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240,
        "pidfd_send_signal": 424, "setpriority": 140, "sched_setparam": 118, "sched_setscheduler": 119,
        "sched_setattr": 274, "ioprio_set": 30,
    },
}  # fmt: skip

_CHANGING_FILES = {
    "x86_64": {
        "chmod": 90, "fchmod": 91, "fchmodat": 268, "fchmodat2": 452, "chown": 92, "fchown": 93, "lchown": 94,
        "fchownat": 260, "utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280,
        "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197, "lremovexattr": 198,
        "fremovexattr": 199, "setxattrat": 463, "removexattrat": 466, "file_setattr": 469,
    },
    "aarch64": {
        "fchmod": 52, "fchmodat": 53, "fchmodat2": 452, "fchown": 55, "fchownat": 54, "utimensat": 88,
        "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15,
        "fremovexattr": 16, "setxattrat": 463, "removexattrat": 466, "file_setattr": 469,
    },
}  # fmt: skip

_LOOKED_AT = {
    "x86_64": {
        "clone": 56, "clone3": 435, "socket": 41, "socketpair": 53, "ioctl": 16, "prlimit64": 302,
        "fcntl": 72,
    },
    "aarch64": {
        "clone": 220, "clone3": 435, "socket": 198, "socketpair": 199, "ioctl": 29, "prlimit64": 261,
        "fcntl": 25,
    },
}  # fmt: skip


def lock(*, mounted: bool, silent: bool) -> list[str]:
    """Puts the filter on this process and all it will start; needs no_new_privs. OSError if refused.

    mounted: the room has a file system of its own. Where not, sockets that could reach programs
        outside are denied, and changes of a file's mode, owner or times, which Landlock lets through,
        are answered with success and not made
    silent: no signals either, nor another process's priority: for a room whose user owns processes
        outside it, on a kernel whose Landlock cannot hold signals back
    """
    program = build(machine(), mounted=mounted, silent=silent)
    code = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.create_string_buffer(head, len(head)))
    return ["seccomp", "seccomp.signals"] if silent else ["seccomp"]


def build(name: str, *, mounted: bool = True, silent: bool = False) -> bytes:
    """The filter for the machine `name` as classic BPF: 8 bytes an instruction."""
    call = _LOOKED_AT[name]
    deny = _instruction(_RETURN, _ERRNO | errno.EPERM)
    lines = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, _AUDIT[name], 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
    ]
    if name == "x86_64":
        lines += [_instruction(_ABOVE, _X32, 0, 1), deny]
    denied = {*_DENIED[name].values(), *_SAME_EVERYWHERE.values()}
    if silent:
        denied |= {*_REACHING_OTHERS[name].values()}
        owner = [_instruction(_EQUAL, fcntl.F_SETOWN, 1, 0), _instruction(_EQUAL, _F_SETOWN_EX, 0, 1), deny]
        lines += _when(call["fcntl"], 1, owner)
    if mounted:
        lines += _when(call["socket"], 0, [_instruction(_EQUAL, socket.AF_UNIX, 1, 0), deny])
    else:
        denied.add(call["socket"])
        # A datagram socket of a pair can still write to any address.
        lines += _when(call["socketpair"], 1, [_instruction(_ANY_BIT, socket.SOCK_DGRAM, 0, 1), deny])
        for number in sorted(_CHANGING_FILES[name].values()):
            lines += [_instruction(_EQUAL, number, 0, 1), _instruction(_RETURN, _ERRNO)]
    for number in sorted(denied):
        lines += [_instruction(_EQUAL, number, 0, 1), deny]
    lines += [_instruction(_EQUAL, call["clone3"], 0, 1), _instruction(_RETURN, _ERRNO | errno.ENOSYS)]
    lines += _when(call["clone"], 0, [_instruction(_ANY_BIT, _NEW_NAMESPACES, 0, 1), deny])
    terminal = [_instruction(_EQUAL, _TIOCSTI, 1, 0), _instruction(_EQUAL, _TIOCLINUX, 0, 1), deny]
    lines += _when(call["ioctl"], 1, terminal)
    # Another process's limits, the keeper's among them, are not the student's to set.
    lines += _when(call["prlimit64"], 0, [_instruction(_EQUAL, 0, 1, 0), deny])
    return b"".join([*lines, _instruction(_RETURN, _ALLOW)])


def _when(number: int, argument: int, body: list[bytes]) -> list[bytes]:
    """`body` on the low word of an argument if the call is `number`; falling out of it allows."""
    inner = [_instruction(_LOAD, _ARGUMENTS + 8 * argument), *body, _instruction(_RETURN, _ALLOW)]
    return [_instruction(_EQUAL, number, 0, len(inner)), *inner]


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)
