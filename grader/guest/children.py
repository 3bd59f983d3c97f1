"""Whether a process has children. Apart, since it is asked where there is no `resource`, too."""

from __future__ import annotations

import os


def has_children() -> bool:
    """Whether a child of this process lives, or has not been waited for. Not to be asked on Windows."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
