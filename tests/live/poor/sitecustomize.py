"""Takes away from a Python what Python on Windows does not have, as far as a Linux can go without it.

What stays although Windows lacks it is what other packages need on this system: `signal.SIGKILL`, `os.uname`,
`os.getuid`, `os.register_at_fork`.
"""

import os
import select
import signal
import socket
import subprocess  # noqa: F401  keeps what it needs
import sys

_MODULES = {"resource", "fcntl", "termios", "pwd", "grp", "pty", "tty", "syslog", "posix_ipc"}
_OS = (
    "fork", "forkpty", "pread", "preadv", "pwrite", "pidfd_open",
    "setuid", "setsid", "getsid", "killpg", "getpgid", "setpgid", "getpgrp", "sysconf",
    "statvfs", "mkfifo", "mknod", "chown", "chroot", "nice", "sched_getaffinity", "sched_setaffinity",
    "sched_yield", "wait3", "wait4", "waitid", "posix_spawn", "getgroups", "setgroups", "initgroups",
    "memfd_create", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY", "setxattr", "getxattr",
    "lchown", "openpty", "getloadavg",
)  # fmt: skip
_SIGNALS = ("SIGHUP", "SIGXCPU", "SIGCHLD", "SIGPIPE", "SIGALRM", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGTSTP")
_SOCKET = ("AF_UNIX", "SCM_RIGHTS", "SCM_CREDENTIALS", "SO_PASSCRED", "send_fds", "recv_fds", "CMSG_SPACE")


class _Refused:
    def find_spec(self, name, path=None, target=None):
        if name in _MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


for _name in _MODULES:
    sys.modules.pop(_name, None)
sys.meta_path.insert(0, _Refused())
for _module, _names in ((os, _OS), (signal, _SIGNALS), (socket, _SOCKET), (select, ("poll", "epoll"))):
    for _name in _names:
        if hasattr(_module, _name):
            delattr(_module, _name)
