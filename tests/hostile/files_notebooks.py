"""Files that are notebooks, but odd, old, broken, huge or another's: what reading has to make of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.record import RunState
from tests.hostile.answers import notebook, wrongly_shaped
from tests.hostile.tiny import FULL, NAME, F

PRIVATE = "hostile_private_4711"
"""Stands in metadata, and may stand nowhere in what is written."""


@dataclass(frozen=True)
class File:
    """A file in a notebook's place.

    content: its bytes, or what makes them
    run: how the run ends; reason: why it is unreadable; score: what it earns
    says: what the message of the run holds; notes: codes of notes that it must have
    """

    rows: str
    content: bytes | Callable[[], bytes]
    run: RunState = "unreadable"
    reason: str = ""
    score: float = 0.0
    says: str = ""
    notes: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def bytes(self) -> bytes:
        return self.content if isinstance(self.content, bytes) else self.content()


def tree(*cells: str) -> dict[str, Any]:
    """A notebook of these cells as JSON data, to be damaged."""
    found: dict[str, Any] = json.loads(notebook(list(cells), NAME))
    return found


def changed(change: Callable[[dict[str, Any]], None], *cells: str) -> bytes:
    found = tree(*(cells or (F,)))
    change(found)
    return json.dumps(found).encode()


def as_third(found: dict[str, Any]) -> None:
    cells = found.pop("cells")
    for cell in cells:
        cell["input"] = cell.pop("source")
    found.update(worksheets=[{"cells": cells, "metadata": {}}], nbformat=3, nbformat_minor=0)


def as_first_of_the_fourth(found: dict[str, Any]) -> None:
    found["nbformat_minor"] = 0
    for cell in found["cells"]:
        del cell["id"]


def doubled_ids(found: dict[str, Any]) -> None:
    found["cells"] = [{**cell, "id": "the-same"} for cell in [*found["cells"], *found["cells"]]]


def bare(found: dict[str, Any]) -> None:
    found["metadata"] = {}
    for cell in found["cells"]:
        for name in ("metadata", "id", "outputs", "execution_count"):
            cell.pop(name, None)


def kernel(name: str, language: str) -> Callable[[dict[str, Any]], None]:
    said = {"kernelspec": {"name": name, "display_name": name, "language": language}}
    return lambda found: found["metadata"].update(said)


def private(found: dict[str, Any]) -> None:
    found["metadata"]["colab"] = {
        "provenance": [{"user": PRIVATE, "photoUrl": f"https://localhost/{PRIVATE}"}]
    }
    found["metadata"]["authors"] = [{"name": PRIVATE}]
    for cell in found["cells"]:
        cell["metadata"] = {"executionInfo": {"user": {"displayName": PRIVATE, "userId": PRIVATE}}}
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": PRIVATE}]


def stored(size: int) -> Callable[[dict[str, Any]], None]:
    text = "x" * 1000 + "\n"
    output = {"output_type": "stream", "name": "stdout", "text": [text] * (size // 1000)}
    return lambda found: found["cells"][0].update(outputs=[output])


def deep(found: dict[str, Any]) -> bytes:
    whole = json.dumps(found).encode()
    return whole[:-1] + b', "deep": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"


def many_cells(count: int) -> bytes:
    cell: dict[str, Any] = {"cell_type": "code", "metadata": {}, "source": "", "outputs": []}
    return wrongly_shaped([{**cell, "source": F}] + [cell] * count, NAME)


def right(rows: str, content: bytes | Callable[[], bytes], *notes: str) -> File:
    """A file that is read and earns all points."""
    return File(rows, content, "finished", score=FULL, notes=notes)


def failing(rows: str, says: str, *cells: str, score: float = 0.0) -> File:
    """A notebook of these cells, of which one fails with a message that holds `says`."""
    return File(rows, notebook(list(cells), NAME), "cell_failed", score=score, says=says)


WHOLE = notebook([F], NAME)
TEXT = WHOLE.decode()
BLANKS = "def f(x):\n\u00a0\u00a0\u00a0\u00a0return x + 1"
TABS = "def f(x):\n\tif x is None:\n        return 0\n\treturn x + 1"
STUB = "def f(x):\n    raise NotImplementedError()"
DATA = (
    "for p in ('words.txt', './data/words.txt', '../data/words.txt'):\n    assert open(p).read() == 'hello'"
)
NOISE = "import sys, warnings\nwarnings.warn('old')\nprint('e', file=sys.stderr)"
MIXED = wrongly_shaped([None, 5, {"cell_type": 7, "source": {"a": 1}}, [F]], NAME)
ODD_NUMBERS = b', "a": NaN, "b": -Infinity}'

BROKEN: dict[str, File] = {
    "empty": File("F1", b"", reason="empty"),
    "blank": File("F1", b" \n\t\n", reason="empty"),
    "nulls": File("F1", bytes(4096), reason="empty"),
    "text": File("F1", b"my answer is 5\n", reason="not_json", facts={"line": 1, "column": 1}),
    "truncated": File("F1", WHOLE[: len(WHOLE) // 2], reason="not_json"),
    "latin": File("F1", TEXT.replace("x + 1", "x + 1 # é").encode("latin-1"), reason="encoding"),
    "mark_of_utf8": right("F1", TEXT.encode("utf-8-sig"), "note.repaired"),
    "sixteen_bits": right("F1", TEXT.encode("utf-16"), "note.repaired"),
    "no_number": right("F1", WHOLE[:-2] + ODD_NUMBERS, "note.repaired"),
    "web_page": File("F1", b"<!DOCTYPE html><html></html>", reason="not_json", says="a web page"),
    "zip_by_another_name": File(
        "F1 F13", b"PK\x03\x04" + bytes(100), reason="not_json", says="a zip archive"
    ),
    "list": File("F1", b"[1, 2, 3]", reason="no_cells"),
    "no_cells": File("F1", b'{"nbformat": 4}', reason="no_cells"),
    "deep": File("F1", lambda: deep(tree(F)), reason="too_deep"),
    "deep_cells": File("F1", b'{"cells": ' + b'[{"source": ' * 50_000, reason="too_deep"),
    "long_number": right("F1", WHOLE[:-2] + b', "n": ' + b"9" * 100_000 + b"}"),
    "half_a_pair": right("F1", lambda: changed(lambda found: None, F + "\ns = '\ud800'"), "note.repaired"),
    "wrong_types": File("F1", MIXED, "finished", notes=("note.repaired",)),
    "twenty_thousand_cells": File("F2", lambda: many_cells(20_000), reason="too_large"),
    "four_thousand_cells": right("F2", lambda: many_cells(4_000)),
    "other_language": File("F5", changed(kernel("ir", "R")), reason="wrong_language", says="R"),
    "julia": File("F5", changed(kernel("julia-1.9", "julia")), reason="wrong_language", says="julia"),
    "hundred_megabytes": File("F9", lambda: WHOLE + b" " * 100_000_000, reason="too_large"),
    "fifty_megabytes_stored": File("F9", lambda: changed(stored(50_000_000)), reason="too_large"),
}
"""By the student's name. What is unreadable earns nothing, and its record says why."""

ODD: dict[str, File] = {
    "third_format": right("F2", changed(as_third), "note.repaired"),
    "fourth_format": right("F2", changed(as_first_of_the_fourth)),
    "doubled_ids": right("F2 F3", changed(doubled_ids)),
    "no_metadata": right("F2", changed(bare)),
    "reordered": failing("F3", "NameError", "print(f(1))", F, score=FULL),
    "duplicated": right("F3", notebook([F, "f = 5", F], NAME)),
    "deleted": File("F3", notebook(["x = 1"], NAME), "finished"),
    "no_code": File("F3", wrongly_shaped([], NAME), "finished"),
    "unknown_kernel": right("F5", changed(kernel("내 환경", "python"))),
    "magics": right(
        "F6", notebook(["%matplotlib inline\n%cd /\n!pip install nothing", f"%%time\n{F}"], NAME)
    ),
    "shell_cell": right("F6", notebook(["%%bash\necho $((6*7))", F], NAME)),
    "missing_package": failing(
        "F7", "No module named 'torchvision'", "import torchvision, pandas, tqdm", F, score=FULL
    ),
    "data_here_and_there": right("F8", notebook([DATA, F], NAME)),
    "data_elsewhere": failing("F8", "FileNotFoundError", "open('C:/Users/me/words.txt')", F, score=FULL),
    "ten_megabytes_stored": right("F9", lambda: changed(stored(10_000_000))),
    "personal_data": right("F10", changed(private)),
    "warnings": right("F18", notebook([NOISE, F], NAME)),
    "own_exception": failing("F19", "ValueError: mine", F, "\n\nraise ValueError('mine')", score=FULL),
    "stops_in_the_middle": failing("F20", "ZeroDivisionError", F + "\n1 / 0\nf = None", score=FULL),
    "stub": failing("F21", "NotImplementedError", STUB, "f(1)"),
    "windows_lines": right("F22", notebook([F.replace("\n", "\r\n")], NAME)),
    "old_mac_lines": right("F22", notebook([F.replace("\n", "\r")], NAME)),
    "tabs_mixed": failing("F22", "tabs and spaces", TABS),
    "hard_blanks": failing("F22", "U+00A0", BLANKS),
    "another_lesson": File("F23", notebook(["class Net:\n    pass"], "cnn"), "finished"),
}
"""Notebooks that can be read, however odd."""
