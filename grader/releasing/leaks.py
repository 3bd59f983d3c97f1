"""What must not leave a lesson, looked for in what is about to: hidden checks, data, solutions, the secret.

The allow-list already decides which files go. This looks into them, because an author can copy a hidden check
into a public one, a datum into data/, or a line of the solution into the text above it.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import re
import textwrap
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.errors import LessonError
from grader.lesson import Lesson
from grader.reading import json_of
from grader.releasing.starters import code_lines, prose
from grader.starter import BEGIN, END, strip

LONG_LINE = 40
"""Characters from which on a line is taken to be somebody's own."""
_WHOLE = 32
_BLOCK = 64
_KINDS_OF_BYTES = 24
_KINDS_OF_LETTERS = 6
RUN_OF_LINES = 3
SHOWN = ("# students see this: begin", "# students see this: end")
_SHOWN_PART = re.compile(  # as comments, or in quotes in a check that holds code as a text
    rf"^[ \t]*['\"]?{SHOWN[0]}(?:\\n['\"])?\n(.*?)^[ \t]*['\"]?{SHOWN[1]}", re.MULTILINE | re.DOTALL
)
_MARKS = (BEGIN, END, "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")


class Leaks:
    """What one lesson and this machine have to hide."""

    def __init__(self, lesson: Lesson, secret: bytes | None) -> None:
        """`secret`: the course's, where one is known here."""
        self._folder, self._starter = lesson.folder, lesson.starter.read_bytes()
        kept = [path for path in _files(lesson.folder / "hidden") if path.suffix != ".pyc"]
        kept += [lesson.folder / name for name in ("curves.json", "README.md")]
        self._kept = {path: path.read_bytes() for path in kept if path.is_file() and path.stat().st_size}
        self._solutions = {
            path: path.read_bytes() for path in _files(lesson.solutions) if path.stat().st_size
        }
        self._ids = [name for name, seen in lesson.expected_checks(hidden=True).items() if seen == "hidden"]
        self._lines = _own_lines(lesson, self._solutions) | self._hidden_lines()
        self._secret = _spellings(secret) if secret else ()

    def refuse(self, files: Mapping[str, bytes]) -> None:
        """Raises `LessonError` naming the first of `files` (by path in the lesson) that holds any of it."""
        for name, content in files.items():
            text = self._text(name, content)
            for trouble in (*self._anywhere(name, content), *self._said(name, text)):
                raise LessonError(f"Nothing was released: {self._folder / name} {trouble}.")

    def _text(self, name: str, content: bytes) -> str:
        if name.endswith(".ipynb"):
            return prose(content, self._folder / name)
        return content.decode("utf-8", "replace")

    def _anywhere(self, name: str, content: bytes) -> Iterator[str]:
        """Of any bytes, and of what an archive holds."""
        parts = [content, *_unpacked(content)]
        if any(spelt in part.lower() or spelt in part for part in parts for spelt in self._secret):
            yield "holds the course's secret. Take it out, and make a new secret: this one may be known"
        if re.fullmatch(rb"\s*[0-9a-fA-F]{32,}\s*", content):
            yield "looks like a secret: it is one long number. Take it away"
        for path, hidden in {**self._kept, **self._solutions}.items():
            if path.suffix == ".py":
                continue  # public and hidden checks may share their fixtures; `_said` looks at the rest
            mine = [hidden, *_unpacked(hidden)]
            if any(one.strip() in part for one in mine for part in parts if len(one.strip()) >= _WHOLE):
                yield f"holds all of {path}. Take it away"
            if path.suffix not in (".ipynb", ".toml", ".md") and any(
                block in part for one in mine for block in _blocks(one) for part in parts
            ):
                yield f"holds a part of {path}. Take it away"

    def _said(self, name: str, text: str) -> Iterator[str]:
        """Of what can be read."""
        for mark in _MARKS:
            if mark in text:
                yield f"holds {mark!r}. Take that part out"
        for one in self._ids:
            if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text):
                yield f"names the hidden check {one}. Hidden checks may name public ones, never the reverse"
        lines = {" ".join(line.split()) for line in text.splitlines()}
        for line, whence in self._lines.items():
            # Public and hidden checks may share a fixture; lines of a check itself are another matter.
            if not name.startswith("checks/") and line in lines:
                yield f"holds a line of {whence}: {line[:60]!r}. Take it out"
        if name.startswith("checks/"):
            yield from self._of_checks(name, text)

    def _of_checks(self, name: str, text: str) -> Iterator[str]:
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            yield f"line {error.lineno} is no Python: {error.msg}"
            return
        for place in _reaching(tree):
            yield f"reaches for {place!r}, which students do not have. Use what lies in checks/ and data/"
        own = "\n".join(_stripped(text))
        for path, content in self._kept.items():
            if path.suffix == ".py" and any(run in own for run in _runs(content.decode("utf-8", "replace"))):
                yield f"holds lines of a check in {path}. Take them out"

    def _hidden_lines(self) -> dict[str, Path]:
        """Long lines of hidden files by the file they are of. What public checks and cells of the starter
        say too is everybody's: how data are read, a fixture."""
        shown = {line for path in _files(self._folder / "checks") for line in _long(path.read_bytes())}
        shown |= {" ".join(line.split()) for line in code_lines(json_of(self._starter))}
        return {
            line: path
            for path, content in self._kept.items()
            if path.is_relative_to(self._folder / "hidden")
            for line in _long(content)
            if line not in shown
        }


def _own_lines(lesson: Lesson, solutions: Mapping[Path, bytes]) -> dict[str, Path]:
    """Long lines of code that stand in a solution and not in the starter, by the file they are of."""
    shown = {
        " ".join(line.split()) for line in prose(lesson.starter.read_bytes(), lesson.starter).splitlines()
    }
    reference = lesson.solutions / "reference.ipynb"
    if reference in solutions:
        stripped = strip(json_of(solutions[reference]))
        shown = {" ".join(line.split()) for line in code_lines(stripped)}
    found: dict[str, Path] = {}
    for path, content in solutions.items():
        if path.suffix == ".ipynb":
            for line in code_lines(json_of(content)):
                spaced = " ".join(line.split())
                if len(spaced) > LONG_LINE and spaced not in shown:
                    found.setdefault(spaced, path)
    return found


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def _long(content: bytes) -> list[str]:
    spaced = (" ".join(line.split()) for line in content.decode("utf-8", "replace").splitlines())
    return [line for line in spaced if len(line) > LONG_LINE and not line.startswith(("import ", "from "))]


def _stripped(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _runs(source: str) -> Iterator[str]:
    """Each three lines of a check's own body that follow one another and say enough to be its own.

    Lines between the marks SHOWN are said to be shown to students anyway, and left out.
    """
    shown = set(_shown(source))
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            body = _stripped("\n".join(ast.unparse(part) for part in node.body))
            text = _stripped("\n".join(source.splitlines()[node.body[0].lineno - 1 : node.end_lineno]))
            for lines in (body, text):
                for first in range(len(lines) - RUN_OF_LINES + 1):
                    run = lines[first : first + RUN_OF_LINES]
                    if len("\n".join(run)) > 2 * LONG_LINE and not shown.issuperset(run):
                        yield "\n".join(run)


def _shown(source: str) -> Iterator[str]:
    for part in _SHOWN_PART.findall(source):
        yield from _stripped(part)
        with contextlib.suppress(SyntaxError):
            yield from _stripped(ast.unparse(ast.parse(textwrap.dedent(part))))


def _reaching(tree: ast.Module) -> Iterator[str]:
    """Modules and paths of a check that lead into hidden/ or solutions/."""
    files = any(
        isinstance(node, ast.Name) and node.id in ("Path", "open", "__file__", "os")
        for node in ast.walk(tree)
    )
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or "", *(alias.name for alias in node.names)]
        yield from (name for name in names if {"hidden", "solutions"} & set(name.split(".")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            parts = re.split(r"[/\\]", node.value)
            if {"hidden", "solutions"} & set(parts) and (len(parts) > 1 or files):
                yield node.value


def _unpacked(content: bytes) -> list[bytes]:
    """What the archive holds; nothing where it is none."""
    if not content.startswith(b"PK"):
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [archive.read(one) for one in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return []


def _blocks(content: bytes) -> Iterator[bytes]:
    """Pieces of a file that say enough to be its own: of a text fewer different letters are enough."""
    least = _KINDS_OF_LETTERS if _is_text(content) else _KINDS_OF_BYTES
    for first in range(0, len(content) - _BLOCK + 1, _BLOCK):
        block = content[first : first + _BLOCK]
        if len(set(block)) >= least:
            yield block


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _spellings(secret: bytes) -> tuple[bytes, ...]:
    """The secret as bytes, in hexadecimal digits and in base 64; and what it spells where it is digits."""
    raw = [secret]
    with contextlib.suppress(ValueError):
        raw.append(bytes.fromhex(secret.decode("ascii")))
    forms = [form for one in raw for form in (one, one.hex().encode(), base64.b64encode(one).rstrip(b"="))]
    return tuple(dict.fromkeys(form for form in forms if len(form) >= 16))
