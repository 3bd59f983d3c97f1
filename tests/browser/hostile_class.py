"""A class graded for real: one notebook full of what could act on its reader, and names of every kind."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from hostile_pieces import BOMB, MARKDOWN, MIMES, NAMES, PIECES, SVG, TERMINAL

from tests.cli.making import lesson, notebook, run

CHECKS = """
@pytest.mark.points(2)
def test_first(student):
    student.f(1)

@pytest.mark.points(2)
def test_second(student):
    assert student.g(1) == 2
"""
HIDDEN = """
def test_third(student):
    student.f("third")
"""
F = "def f(x):\n    return x\n\ndef g(x):\n    return x + 1"

HONEST = "honest"
HOSTILE = "hostile"

SHOW = """
from IPython.display import display, HTML, Markdown, Latex, SVG, Javascript, IFrame, Image, Video
for piece in PIECES:
    display(HTML(piece)); display(Markdown(piece)); display(Latex(piece))
for text in MARKDOWN:
    display(Markdown(text))
for mime in MIMES:
    display({mime: PIECES[0] + PIECES[1]}, raw=True)
    display({mime: SVG_TEXT, "text/plain": "plain"}, raw=True)
for show in (SVG, lambda text: display({"image/svg+xml": text}, raw=True)):
    for text in (SVG_TEXT, BOMB):
        try:
            display(show(text))
        except Exception as error:
            print(error)
display(Javascript("alert(60)")); display(IFrame(TRAP + "/iframe", 100, 100))
display(Image(url=TRAP + "/image")); display(Video(TRAP + "/video"))
"""
SAY = """
import sys
print(TERMINAL); print(TERMINAL, file=sys.stderr)
for piece in PIECES:
    print(piece)
class Rich:
    def _repr_html_(self): return PIECES[0]
    def _repr_javascript_(self): return "alert(61)"
    def __repr__(self): return TERMINAL + PIECES[1]
Rich()
"""
FAIL = """
Evil = type("<script>alert(70)</script>", (Exception,), {"__module__": "<img src=x onerror=alert(71)>"})
raise Evil(TERMINAL + "".join(PIECES))
"""
ANSWERS = """
def f(x):
    '</script><script>alert(80)</script><!-- \u202e \x1b[31m ]]> </style>'
    text = f"{x} " + TERMINAL[:60] + PIECES[1] + PIECES[0]
    raise type("<img src=x onerror=alert(81)>", (Exception,), {})(text)

def g(x):
    return PIECES[0] + TERMINAL  # <script>alert(82)</script> `</code><script>alert(83)</script>`
"""


@dataclass(frozen=True)
class Graded:
    """What was written and said."""

    out: Path
    said: str

    def page(self, student: str, kind: str = "") -> Path:
        return self.out / "tiny" / kind / f"{student}.html"


def hostile_notebook(trap: str) -> bytes:
    """Every piece shown in every way; `trap` is the address that a page must never ask."""
    values = {
        "TRAP": trap,
        "PIECES": [piece.format(trap=trap) for piece in PIECES],
        "MARKDOWN": [piece.format(trap=trap) for piece in MARKDOWN],
        "TERMINAL": TERMINAL.format(trap=trap),
        "SVG_TEXT": SVG.format(trap=trap),
        "BOMB": BOMB,
        "MIMES": MIMES,
    }
    # In base64, so that the strings are met as strings; their plain text stands in the text cells.
    packed = base64.b64encode(json.dumps(values).encode()).decode()
    unpack = f"import base64, json\nglobals().update(json.loads(base64.b64decode({packed!r})))"
    texts = [f"#md {piece.format(trap=trap)}" for piece in [*PIECES, *MARKDOWN]]
    return notebook(unpack, SHOW, SAY, ANSWERS, FAIL, *texts)


def grade(root: Path, trap: str) -> Graded:
    """Grades the class below `root`; `trap` is the address that nothing may ask."""
    lesson(root, checks=CHECKS, hidden=HIDDEN, reference=notebook(F))
    folder = root / "class"
    folder.mkdir()
    (folder / f"{HOSTILE}.ipynb").write_bytes(hostile_notebook(trap))
    (folder / f"{HONEST}.ipynb").write_bytes(notebook(F, "print(1)"))
    for name in NAMES:
        (folder / f"{name}.ipynb").write_bytes(notebook(F.replace("x + 1", "x"), "print(1)"))
    done = run(root, "grade", "class", "--out", "out", "--lesson", "tiny")
    return Graded(root / "out", done.stdout + done.stderr)
