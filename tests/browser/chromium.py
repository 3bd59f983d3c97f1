"""Where this machine's Chromium is."""

from __future__ import annotations

import shutil

MISSING = "No Chromium is on the PATH: install Debian's chromium."


def chromium() -> str | None:
    """Its executable, under the names by which distributions install it."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
