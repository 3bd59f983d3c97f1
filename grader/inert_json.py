"""JSON that can be shown in a terminal: no letter in it is a command."""

from __future__ import annotations

import re

_COMMANDS = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
"""DEL, the second set of control characters, and marks of direction, in UTF-8. JSON escapes the first set."""


def inert(content: bytes) -> bytes:
    """JSON in UTF-8 that means the same, with escapes for control characters and for marks that turn the
    direction of text around."""
    return _COMMANDS.sub(lambda found: b"\\u%04x" % ord(found[0].decode()), content)
