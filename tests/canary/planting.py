"""A course whose operator has secrets: each place where one lies gets a token of its own."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.cli.making import ROOT, environment, lesson, notebook, run

SEARCH = [Path(__file__).with_name(f"{name}.py").read_text("utf-8") for name in ("memory", "search")]
IMPORT = "from tests.canary.memory import memory\n"
LEVELS = ("bubblewrap", "landlock")
LIMITS = """
cell_cpu = 120
cells_cpu = 200
cells_wall = 400
request_cpu = 60
request_wall = 200
requests_cpu = 200
requests_wall = 400
output = 200000
"""
PUBLIC = """
# {public_check}
from pathlib import Path

@pytest.mark.points(1)
def test_public_search(student):
    found = student.search("public")
    if isinstance(found, list):
        Path({report!r}, "public.json").write_text(repr(found))

@pytest.mark.points(1)
def test_public_word(student):
    assert student.word("a plain word") == "a plain word"
"""
HIDDEN = '''
"""{hidden_docstring}"""
import torch
from pathlib import Path
# {hidden_comment}
NAMES = ["{hidden_constant}"]
LABELS = torch.tensor([ord(letter) for letter in "{hidden_label}"])
DATA = Path(__file__).with_name("words_{hidden_file_name}.txt").read_text()

@pytest.mark.points(2)
def test_hidden_search(student, draw):
    expected = "{hidden_expected}".upper().lower()
    labels = torch.tensor([ord(letter) for letter in "{hidden_drawn_label}"], dtype=torch.uint8)
    found = student.search("hidden")
    if isinstance(found, list):
        Path({report!r}, "hidden.json").write_text(repr(found))
    assert len(LABELS) == len(labels) and expected not in repr(found), "{hidden_message}"

@pytest.mark.points(2)
def test_hidden_word(student):
    assert student.word("{hidden_input}") == "{hidden_answer}", f"{hidden_message} {{DATA}}"

@pytest.mark.points(1)
@pytest.mark.parametrize("word", ["{hidden_parameter}"])
def test_hidden_words(student, word):
    assert student.word(word) == word[::-1]

@pytest.mark.points(1)
def test_hidden_trouble(student):
    secret = {{}}["{hidden_trouble}"]
'''
SEEKER = """
import os
import time
os.environ["OWN"] = os.environ["HOME"] + (MARK + b"0123456789abcdef").decode()
begin = os.stat(os.path.join(os.environ["GRADER_DATA"], "tiny", "words.txt")).st_ctime - 60
print("\\n".join(sweep(begin)))
"""
SEARCHED = """
def search(when):
    return sweep(memory_too=when == "hidden")

def word(text):
    raise ValueError(f"{text} {text!r}")
"""

OPENER = """
import base64, json, os
WAYS = [
    lambda path: open(path, "rb").read(), os.listdir, os.readlink, lambda path: open(path, "ab").write(b"x"),
    os.unlink, lambda path: os.rename(path, path + "-"), lambda path: os.link(path, "linked"),
    lambda path: os.truncate(path, 0), lambda path: os.mkdir(path + "/made"),
]
opened = []
for number, path in enumerate(json.loads(base64.b64decode({paths!r}))):
    for way in WAYS:
        try:
            way(path)
        except OSError:
            continue
        opened.append((number, WAYS.index(way)))
print("opened", opened)
"""


@dataclass
class Planted:
    """Tokens by what they are of."""

    of: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, what: str) -> str:
        if what not in self.of:
            self.of[what] = "cnry" + secrets.token_hex(8)
        return self.of[what]

    def names(self, text: str, *, but: tuple[str, ...] = ()) -> list[str]:
        """Of which places the tokens stand in `text`."""
        return sorted(what for what, token in self.of.items() if token in text and not what.startswith(but))


@dataclass(frozen=True)
class Course:
    """A graded class: where it lies, what was planted, and what was said."""

    root: Path
    out: Path
    report: Path
    planted: Planted
    said: str
    status: int

    @classmethod
    def lying(cls, base: Path, planted: Planted, said: str = "", status: int = 0) -> Course:
        """The course below `base`, where all lies under names that are planted, too."""
        root = base / planted["course folder"]
        out = root / f"out_{planted['output folder']}"
        return cls(root, out, root / "report", planted, said, status)

    def page(self, student: str) -> str:
        return (self.out / "tiny" / f"{self.planted[student]}.html").read_text("utf-8")


def grade(base: Path, level: str, more: Mapping[str, bytes]) -> Course:
    """Plants, and grades the class at `level`: the seeker, others around it, and `more` by who it is."""
    planted = Planted()
    course = Course.lying(base, planted)
    root, out, report = course.root, course.out, course.report
    report.mkdir(parents=True)
    _lesson(root, planted, report)
    _home(root, planted)
    folder = root / f"class_{planted['class folder']}"
    folder.mkdir()
    own = {
        "seeker": notebook(SEARCH[0], SEARCH[1].replace(IMPORT, ""), SEEKER, SEARCHED),
        **{
            who: notebook(f"# {planted[f'work of {who}']}\ndef word(text):\n    return text")
            for who in NEIGHBOURS
        },
    }
    for who, content in {**own, **more}.items():
        (folder / f"{planted[who]}.ipynb").write_bytes(_with_metadata(content, planted, who))
    secret = root / f"secret_{planted['secret file name']}"
    secret.write_text(planted["secret"] + planted["rest of the secret"])
    (folder / f"{planted[OPENS]}.ipynb").write_bytes(_opener([*root.rglob("*"), root, out, folder, *BEYOND]))
    done = run(
        root,
        *("grade", folder, "--out", out, "--jobs", "2", "--sandbox", level, "--secret", secret),
        env=_environment(root, planted),
    )
    return Course.lying(base, planted, done.stdout + done.stderr, done.returncode)


OPENS = "the opener"
BEYOND = (ROOT, ROOT / "grader" / "errors.py", Path(f"/proc/{os.getpid()}/environ"), Path("/etc/shadow"))
NEIGHBOURS = ("a first neighbour", "another neighbour", "a third neighbour")


def _lesson(root: Path, planted: Planted, report: Path) -> None:
    names = {
        what: planted[what.replace("_", " ")]
        for what in (
            "public_check", "hidden_docstring", "hidden_comment", "hidden_constant", "hidden_label",
            "hidden_file_name", "hidden_expected", "hidden_drawn_label", "hidden_message", "hidden_input",
            "hidden_answer", "hidden_parameter", "hidden_trouble",
        )
    }  # fmt: skip
    folder = lesson(
        root,
        checks=PUBLIC.format(report=str(report), **names),
        hidden=HIDDEN.format(report=str(report), **names),
        limits=LIMITS,
        reference=notebook(
            f"# {planted['solution']}\ndef search(when):\n    return []\ndef word(text):\n    return text"
        ),
        mistakes={planted["name of a mistake"]: f'about = "{planted["mistake"]}"'},
    )
    (folder / "data").mkdir()
    (folder / "data" / "words.txt").write_text(planted["data for students"])
    (folder / "hidden" / f"words_{planted['hidden file name']}.txt").write_text(planted["hidden data"])
    (folder / "README.md").write_text(planted["readme"])


def _home(root: Path, planted: Planted) -> None:
    home = root / "home"
    home.mkdir()
    for name in (".netrc", ".bash_history", ".ssh/id_ed25519", ".config/grader/secret"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(planted[f"home {name}"])
    (home / planted["home file name"]).write_text("")
    (root / "notes.txt").write_text(planted["file beside the course"])


def _environment(root: Path, planted: Planted) -> dict[str, str]:
    return environment(
        root,
        API_TOKEN=planted["environment"],
        GRADER_EXTRA=planted["environment of ours"],
        PYTHONSTARTUP=planted["python environment"],
        LC_PAPER=planted["locale"],
        OMP_DISPLAY_AFFINITY=planted["thread environment"],
        **{f"NAME_{planted['name of a variable']}": "1"},
    )


def _opener(paths: Sequence[Path]) -> bytes:
    """Tries to open, change and take away what it has been told of."""
    told = base64.b64encode(json.dumps([str(path) for path in paths]).encode()).decode()
    return notebook(OPENER.format(paths=told))


def _with_metadata(content: bytes, planted: Planted, who: str) -> bytes:
    tree = json.loads(content)
    tree["metadata"]["authors"] = [{"name": planted[f"metadata of {who}"]}]
    for cell in tree["cells"]:
        if cell["cell_type"] == "code":
            text = planted[f"saved output of {who}"]
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": text}]
            cell["metadata"] = {"user": planted[f"metadata of {who}"]}
    return json.dumps(tree).encode()
