"""The sample report, `docs/sample/report/<language>/`: rendered from the records in `docs/sample/records/`.

`make sample` renders it; `make sample-records` grades some of the sample class anew and keeps the records.
Rendering runs no notebook, so the same records give the same bytes.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from grader import lesson as lessons
from grader.record import Record, decode
from grader.report.overview import class_page
from grader.report.page import instructor_page, student_page
from grader.report.words import LANGS, Words
from tests.sample.make import FOLDER, HANGUL, put

LESSON = "packed_sequence"
RECORDS = FOLDER / "records" / LESSON
SHOWN = ("s01", "s05", "s09", "s12", "s15", f"s17-{HANGUL}", "s18")
SECRET = b"the secret of the sample, known to all"


def records() -> dict[str, Record]:
    """The committed records, by the stem of their files."""
    return {path.stem: decode(path.read_bytes()) for path in sorted(RECORDS.glob("*.json"))}


def files() -> dict[Path, bytes]:
    """Every page of the sample report, by its place below `docs/sample`."""
    words = Words.load(lessons.find(LESSON).words)
    read = records()
    stems = {record.student_id: stem for stem, record in read.items()}
    made: dict[Path, str] = {}
    for lang in LANGS:
        folder = Path("report", lang)
        made[folder / "index.html"] = class_page(list(read.values()), words, lang, stems)
        for stem, record in read.items():
            made[folder / f"{stem}.html"] = student_page(record, words, lang)
            made[folder / "instructor" / f"{stem}.html"] = instructor_page(record, words, lang)
    return {place: page.encode() for place, page in made.items()}


def render() -> None:
    """Writes the pages; those of records that are no longer there go."""
    made = files()
    put(made, "report/**/*.html")
    print(f"{len(made)} pages in {FOLDER / 'report'}")


def grade() -> None:
    """Grades the notebooks in `SHOWN` and puts their records in the place of the old ones."""
    with tempfile.TemporaryDirectory() as scratch:
        class_, out, secret = (Path(scratch, name) for name in ("class", "out", "secret"))
        class_.mkdir()
        secret.write_bytes(SECRET)
        secret.chmod(0o600)
        for name in SHOWN:
            content = (FOLDER / "class" / LESSON / f"{name}.ipynb").read_bytes()
            (class_ / f"{name}.ipynb").write_bytes(content)
        command = ["grade", str(class_), "--lesson", LESSON, "--out", str(out), "--secret", str(secret)]
        subprocess.run([sys.executable, "-m", "grader", *command], check=True)
        RECORDS.mkdir(parents=True, exist_ok=True)
        for old in RECORDS.glob("*.json"):
            old.unlink()
        for record in (out / LESSON).glob("*.json"):
            (RECORDS / record.name).write_bytes(record.read_bytes())


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--grade", action="store_true", help="grade anew before rendering")
    if options.parse_args().grade:
        grade()
    render()
