"""`grader export`: grades for a learning platform, from the records alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import click
from rich.cells import cell_len

from grader import lesson as lessons
from grader.errors import LessonError, UsageError
from grader.exchange.exports import Fate, Filed, Order, Outcome, Written
from grader.exchange.kept import kept
from grader.exchange.regular import read_regular
from grader.output import write
from grader.report.sentences import one_line
from grader.report.words import LANGS, Words

Form = Literal["csv", "canvas", "moodle", "gradescope", "nbgrader", "junit"]

_LARGEST_ROSTER = 50_000_000
_WIDEST_NAME = 60
_LONGEST = 400
_WIDTH = 80
_COLUMN = 30
_MOST_FILES = 5
_SECTIONS: Mapping[Fate, str] = {"blank": "left blank", "missing": "no record", "unmatched": "not matched"}


def run(folder: Path, to: Form, roster: Path | None, provisional: bool, out: Path | None) -> int:
    """Writes the export; returns 0, or 1 where a record's points were written nowhere.

    Without `out` one file goes to standard output, and what is said of it to standard error; on a terminal
    only what is said is shown. Raises `UsageError` where nothing can be written.
    """
    filed, broken = kept(folder)
    for said in broken:
        click.echo(one_line(f"grader: {said}", 400), err=True)
    if not filed:
        raise UsageError(f"There is no record in {folder}. Give the folder that `grader grade` wrote to.")
    order = Order(filed, _read(roster), provisional, _titles(filed))
    done = _written(to, order)
    if roster is not None and to in ("gradescope", "junit"):
        click.echo(f"grader: {to} has no use for a roster.", err=True)
    if out is not None:
        _refuse(out, roster, filed, done)
    files = _files(done, out)
    for path, content in files.items():
        _make_folder(path.parent)
        write(path, content)
    piped = out is None and not sys.stdout.isatty()
    if piped and done.content is not None:
        sys.stdout.buffer.write(done.content)
        sys.stdout.flush()
    for line in _summary(to, filed, done):
        click.echo(line, err=piped)
    for line in _where(files, done, piped):
        click.echo(line, err=piped)
    return 1 if any(one.fate in ("blank", "unmatched") for one in done.outcomes) or broken else 0


def _written(to: Form, order: Order) -> Written:
    # Each form is imported when it is asked for.
    match to:
        case "csv":
            from grader.exchange.exports.gradebook import written
        case "canvas":
            from grader.exchange.exports.canvas import written
        case "moodle":
            from grader.exchange.exports.moodle import written
        case "nbgrader":
            from grader.exchange.exports.nbgrader import written
        case "gradescope":
            from grader.exchange.exports.gradescope import written
        case "junit":
            from grader.exchange.exports.junit import written
    return written(order)


def _read(roster: Path | None) -> bytes | None:
    if roster is None:
        return None
    if not roster.exists():
        raise UsageError(f"There is no roster {roster}. Give the file that the platform gave out.")
    content = read_regular(roster.resolve(), _LARGEST_ROSTER)
    if isinstance(content, bytes):
        return content
    raise UsageError(
        f"The roster {roster} cannot be read ({content.facts['reason']}). Give the file that the platform "
        "gave out."
    )


def _titles(filed: Sequence[Filed]) -> dict[str, Sequence[str]]:
    """What the lessons are called, as far as they are here."""
    asked = {one.record.lesson for one in filed}
    found: dict[str, Sequence[str]] = {}
    try:
        for lesson in lessons.lessons():
            if lesson.name in asked:
                words = Words.load(lesson.words)
                titles = [words.lesson_title(lang) for lang in LANGS]
                found[lesson.name] = [title for title in titles if title]
    except LessonError as error:
        # The records are what counts: a lesson that is being written must not stand in their way.
        click.echo(one_line(f"grader: titles of lessons are left out. {error}", 400), err=True)
    return found


def _refuse(out: Path, roster: Path | None, filed: Sequence[Filed], done: Written) -> None:
    """Nothing that was downloaded or graded is written over."""
    if roster is not None and out.exists() and out.samefile(roster):
        raise UsageError(
            f"{out} is the roster itself. Write to another file, so that what you downloaded stays."
        )
    ours = {path.resolve() for one in filed for path in (one.path, one.path.with_suffix(".html"))}
    if out.resolve() in ours:
        raise UsageError(f"{out} is a record or a report. Write to another file.")
    if done.content is not None and out.is_dir():
        raise UsageError(f"{out} is a folder, and this export is one file. Give the name of a file.")
    if done.content is None and out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file, and this export is {len(done.parts)} files. Give a folder.")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"The folder {folder} cannot be made: {error.strerror}. Choose --out.") from error


def _files(done: Written, out: Path | None) -> dict[Path, bytes]:
    if out is None:
        if done.content is None:
            raise UsageError(
                f"This export is {len(done.parts)} files. Say with --out FOLDER where they are to lie."
            )
        return {}
    if done.content is None:
        return {out / name: content for name, content in done.parts.items()}
    beside = {out.with_name(f"{out.stem}{end}"): content for end, content in done.beside.items()}
    return {out: done.content} | beside


def _summary(to: Form, filed: Sequence[Filed], done: Written) -> Iterator[str]:
    """What became of whom, for people: everybody who got nothing is named."""
    counts = {fate: sum(one.fate == fate for one in done.outcomes) for fate in _SECTIONS}
    lessons_ = dict.fromkeys(one.record.lesson for one in filed)
    said = [f"{sum(one.fate == 'written' for one in done.outcomes)} written"]
    said += [f"{count} {_SECTIONS[fate]}" for fate, count in counts.items() if count]
    yield f"{to}   {', '.join(lessons_)}   {', '.join(said)}"
    named = [one for one in done.outcomes if one.fate == "written" and one.why]
    yield from _section("written, with a note", named, len(lessons_) > 1)
    for fate, title in _SECTIONS.items():
        yield from _section(title, [one for one in done.outcomes if one.fate == fate], len(lessons_) > 1)
    for remark in done.remarks:
        yield ""
        yield from _wrapped(remark, "  ")


def _section(title: str, outcomes: Sequence[Outcome], several: bool) -> Iterator[str]:
    if not outcomes:
        return
    yield ""
    yield f"  {title}"
    names = [one_line(f"{one.lesson}: {one.who}" if several else one.who, _WIDEST_NAME) for one in outcomes]
    width = min(max(map(cell_len, names)), _COLUMN)
    for name, one in zip(names, outcomes, strict=True):
        filled = name + " " * (width - cell_len(name))
        yield from _wrapped(f"{filled}   {one_line(one.why, _LONGEST)}", "    ")


def _wrapped(text: str, indent: str) -> Iterator[str]:
    """Lines of a terminal, in which a letter of Hangul takes two columns."""
    line = indent
    for word in text.rstrip().split(" "):
        if line.strip() and cell_len(line) + cell_len(word) > _WIDTH:
            yield line.rstrip()
            line = f"{indent}  "
        line += f"{word} "
    yield line.rstrip()


def _where(files: Mapping[Path, bytes], done: Written, piped: bool) -> Iterator[str]:
    yield ""
    if files:
        shown = list(files)[:_MOST_FILES]
        for path in shown:
            yield f"  {one_line(str(path))}"
        if len(files) > len(shown):
            yield f"  and {len(files) - len(shown)} more"
        return
    if not piped:
        yield "  Nothing is written yet. Say where with --out FILE."
    for end in done.beside:
        yield f"  With --out FILE there is also a file …{end}."
