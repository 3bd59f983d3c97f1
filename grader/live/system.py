"""What this system can do."""

from __future__ import annotations

import os
import sys


def can_fork() -> bool:
    """Whether processes fork safely here: macOS has `fork`, but its libraries do not survive one."""
    return sys.platform != "darwin" and hasattr(os, "fork")
