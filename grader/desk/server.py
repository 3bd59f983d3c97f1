"""The desk's warm process: `python -m grader.desk.server FD [LESSON_FOLDER ...]`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from grader import notebook, serving
from grader.desk.messages import Pages, ReadReply, RenderRequest
from grader.desk.sample import Sample
from grader.errors import SubmissionError
from grader.lesson import Lesson
from grader.record import decode
from grader.report.code import code
from grader.report.markdown import markdown
from grader.report.page import instructor_page, student_page
from grader.report.words import Words

_CPU_SECONDS = 60
_MEMORY = 3 << 30


class Desk:
    """Its two jobs, with the words of the run's lessons read beforehand."""

    def __init__(self, folders: list[str]) -> None:
        self._words = {folder: Words.load(Path(folder) / "words") for folder in folders}
        self._plain = Words.load(None)
        self._showing = {folder: Lesson.open(Path(folder)).showing for folder in folders}

    def warm_up(self) -> None:
        """Reads and renders once, so that no fork compiles a template or builds a table anew."""
        sample = Sample()
        self.read(sample.notebook, [])
        for folder in self._words:
            self.render(msgspec.json.encode(RenderRequest(sample.record, folder, "en")), [])
            _know_starter(Path(folder))

    def read(self, content: bytes, fds: list[int]) -> bytes:
        """A `ReadReply` for the bytes of a notebook's file."""
        try:
            reply = ReadReply(notebook.read(content))
        except SubmissionError as error:
            reply = ReadReply(None, error.code, str(error), dict(error.facts))
        return msgspec.json.encode(reply)

    def render(self, content: bytes, fds: list[int]) -> bytes:
        """`Pages` for a `RenderRequest`. The lesson's setting of today counts, where the lesson is known."""
        request = msgspec.json.decode(content, type=RenderRequest)
        record, folder = decode(request.record), request.lesson or ""
        record = replace(record, showing=self._showing.get(folder, record.showing))
        words, now = self._words.get(folder, self._plain), datetime.now(UTC)
        pages = Pages(
            student_page(record, words, request.lang, now=now), instructor_page(record, words, request.lang)
        )
        return msgspec.json.encode(pages)


def _know_starter(folder: Path) -> None:
    """Renders the cells of the lesson's starter, which a class hands in mostly as they were."""
    try:
        starter = notebook.read((folder / f"{folder.name}.ipynb").read_bytes())
    except (OSError, SubmissionError):
        return
    for cell in starter.cells:
        markdown(cell.source) if cell.kind == "markdown" else code(cell.source)


def main() -> None:
    desk = Desk(sys.argv[2:])
    desk.warm_up()
    jobs = {"read": desk.read, "render": desk.render}
    serving.serve(int(sys.argv[1]), jobs, serving.Limits(_CPU_SECONDS, _MEMORY))


if __name__ == "__main__":
    main()
