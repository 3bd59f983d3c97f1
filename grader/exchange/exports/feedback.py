"""A zip of reports in the folders of Moodle's download, to be uploaded as feedback files."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.exchange import names
from grader.exchange.exports import Filed
from grader.exchange.regular import read_regular
from grader.report.sentences import clean

_LARGEST_PAGE = 20_000_000
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_IN_THE_WAY = re.compile(r'[_/\\:*?"<>|\t\n]+')
_LONGEST = 80


@dataclass(frozen=True)
class Report:
    """A student whose report goes in, with the number of the worksheet's row."""

    filed: Filed
    number: str


def feedback_zip(reports: Sequence[Report]) -> tuple[bytes, list[Path]]:
    """The archive, empty bytes where nothing is in it, and the pages that could not be read.

    The same reports give the same bytes. The folder is the one that the notebook came in; where the record
    does not say it, one of the same form is made of the name and the number.
    """
    unread: list[Path] = []
    memory = io.BytesIO()
    count = 0
    with zipfile.ZipFile(memory, "w") as archive:
        for report in sorted(reports, key=_folder):
            path = report.filed.path.with_suffix(".html")
            page = read_regular(path, _LARGEST_PAGE)
            if not isinstance(page, bytes):
                unread.append(path)
                continue
            info = zipfile.ZipInfo(f"{_folder(report)}/{path.name}", _LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, page)
            count += 1
    return memory.getvalue() if count else b"", unread


def _folder(report: Report) -> str:
    record = report.filed.record
    owner = names.moodle_folder(record.folder)
    # A record is a file that anybody could have written: the name must not lead out of the archive.
    if owner is not None and owner.student_id == report.number and _is_plain(record.folder):
        return record.folder
    # Moodle takes what stands between the first two lines below for the number.
    name = " ".join(_IN_THE_WAY.sub(" ", clean(record.student))[:_LONGEST].split()).strip(". ") or "student"
    return f"{name}_{report.number}_assignsubmission_file"


def _is_plain(folder: str) -> bool:
    return (
        folder == clean(folder) and not re.search(r'[/\\:*?"<>|\t\n]', folder) and not folder.startswith(".")
    )
