"""The commands of the steps in `packaging/action/`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.ci.annotations import MOST, Annotation, annotated
from grader.ci.lessons import chosen, let_out, out_of_step
from grader.ci.reading import notebooks, records
from grader.ci.summary import proof_table, read_proofs, summary
from grader.cli.options import LANG
from grader.cli.told import told
from grader.errors import UsageError
from grader.record import Record
from grader.report.sentences import one_line, said_number
from grader.report.view import state_of
from grader.report.words import Lang

_REPORTS = click.argument("reports", type=click.Path(path_type=Path, exists=True, file_okay=False))
_LESSON = click.option("--lesson", help="A name under assignments/ or a path to a lesson's folder.")


@click.group()
def main() -> None:
    """What a workflow says of the records in a folder."""


@main.command("annotations")
@_REPORTS
@click.option("--notebooks", "place", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--root", type=click.Path(path_type=Path), default=Path(), help="The repository's folder.")
@_LESSON
@LANG
@told
def annotate(reports: Path, place: Path, root: Path, lesson: str | None, lang: Lang) -> int:
    """Print at most ten workflow commands: what to fix, at the lines of the notebooks."""
    known = {digest: (name, content) for digest, name, content in notebooks(place, root)}
    left = MOST
    for record, words in records(reports, lesson):
        if record.digest not in known or not left:
            continue
        name, content = known[record.digest]
        for annotation in annotated(record, name, content, words, lang, left):
            click.echo(annotation.command())
            left -= 1
    return 0


@main.command("summary")
@_REPORTS
@_LESSON
@LANG
@told
def summarise(reports: Path, lesson: str | None, lang: Lang) -> int:
    """Print the summary in Markdown, less than 1 MiB of it."""
    click.echo(summary(records(reports, lesson), lang), nl=False)
    return 0


@main.command("verdict")
@_REPORTS
@click.option(
    "--fail-under", type=click.FloatRange(0, 100), help="Exit 1 where a score is below this percentage."
)
@told
def verdict(reports: Path, fail_under: float | None) -> int:
    """Exit 0 where every check passes, or every score is high enough. Held points are nobody's loss."""
    failed = 0
    for record, _ in records(reports, None):
        low = _low(record, fail_under)
        failed += low
        review = ", needs review" if record.state == "needs_review" else ""
        score = f"{said_number(record.score)}/{said_number(record.max_score)}"
        click.echo(
            f"{'not enough' if low else 'enough':<10}  {score}{review}  {one_line(record.student, 60)}"
        )
    return 1 if failed else 0


@main.command("proof")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@told
def proof(file: Path) -> int:
    """Print what `grader prove --json FILE` found, in Markdown."""
    try:
        proofs = read_proofs(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{file} is not what grader prove --json writes ({error}).") from error
    click.echo(proof_table(proofs), nl=False)
    return 0


@main.command("lessons")
@click.argument("names", nargs=-1)
@told
def list_lessons(names: tuple[str, ...]) -> int:
    """Print the folder of each lesson, a line each."""
    for lesson in chosen(names):
        click.echo(lesson.folder)
    return 0


@main.command("starters")
@click.argument("names", nargs=-1)
@told
def starters(names: tuple[str, ...]) -> int:
    """Exit 1 where a starter is not the one that its reference gives."""
    found = list(out_of_step(chosen(names)))
    for sentence in found:
        click.echo(_error("Starter out of step", sentence))
    return 1 if found else 0


@main.command("released")
@click.argument("name")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@told
def released(name: str, folder: Path) -> int:
    """Exit 1 where a released copy of a lesson holds something hidden."""
    found = list(let_out(chosen([name])[0], folder))
    for sentence in found[:MOST]:
        click.echo(_error("Hidden content is released", sentence))
    return 1 if found else 0


def _error(title: str, sentence: str) -> str:
    return Annotation("error", "", None, title, sentence).command()


def _low(record: Record, fail_under: float | None) -> bool:
    if fail_under is None:
        return any(state_of(check) in ("failed", "blocked") for check in record.checks)
    return 100 * (record.score + record.held) < fail_under * record.max_score


if __name__ == "__main__":
    sys.argv[0] = "python -m grader.ci"
    main()
