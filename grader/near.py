"""Names that somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def meant(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A blank and a sentence with the known names that are nearly `name`; `otherwise` where none is."""
    names = list(dict.fromkeys(known))
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    close += [one for one in names if name and name in one and one not in close][: 3 - len(close)]
    return f" Did you mean {' or '.join(close)}?" if close else otherwise
