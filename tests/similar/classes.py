"""A class for `grader similar`, made of the solutions of a lesson and of what somebody could hand in."""

from __future__ import annotations

import random
from pathlib import Path

from tests.similar.code import alternatives, contract, notebook, reference, starter
from tests.similar.disguises import together

LESSON = "time_series"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"
HANGUL = "홍길동"


def changed(name: str) -> list[str]:
    return together(alternatives(LESSON)[name], contract(LESSON), random.Random(3))


def write(folder: Path) -> None:
    """Twelve submissions below `folder`: kim and 홍길동 have the same under other names, the others not."""
    own = list(alternatives(LESSON).items())
    files: dict[str, bytes] = {}
    for name, (_, cells) in zip(["kim", "lee", "park", "jung", "choi"], own, strict=False):
        files[name] = notebook([*starter(LESSON), *cells], LESSON)
    files[HANGUL] = notebook(changed(own[0][0]), LESSON)
    odd = [f'title = "{MARKUP}"  # {MARKUP}', *own[5][1]]
    files["a&b"] = notebook(odd, LESSON)
    files["a&c"] = notebook([cell.replace("alert(1)", "alert(3)") for cell in odd], LESSON)
    files["blank"] = notebook(starter(LESSON), LESSON)
    files["as_taught"] = notebook(reference(LESSON), LESSON)
    files["huge"] = notebook(["total = total + [1, 2, 3][0] * total\n" * 40_000], LESSON)
    files["broken"] = b'{"cells": [' + b"[" * 100_000
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / f"{name}.ipynb").write_bytes(content)
