"""The sample report is what its records give, in both languages, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from grader.record import encode
from grader.report.words import LANGS
from tests.sample import report
from tests.sample.make import FOLDER


@pytest.fixture(scope="module")
def made() -> dict[Path, bytes]:
    return report.files()


def test_the_pages_are_what_make_sample_renders(made: dict[Path, bytes]) -> None:
    there = {path.relative_to(FOLDER) for path in (FOLDER / "report").rglob("*") if path.is_file()}
    assert there == set(made), "run make sample"
    stale = [str(place) for place, content in made.items() if (FOLDER / place).read_bytes() != content]
    assert stale == [], "run make sample, and look at the pages"


def test_the_records_are_those_of_the_notebooks_that_lie_beside_them() -> None:
    read = report.records()
    assert sorted(read) == sorted(report.SHOWN)
    assert all((report.RECORDS / f"{stem}.json").read_bytes() == encode(one) for stem, one in read.items())
    states = {one.run.state for one in read.values()}
    assert {"finished", "out_of_time", "unreadable"} <= states
    assert 0.0 < sum(one.score for one in read.values()) < sum(one.max_score for one in read.values())


@pytest.mark.parametrize("lang", LANGS)
def test_every_link_of_the_class_page_leads_to_a_page(lang: str, made: dict[Path, bytes]) -> None:
    page = made[Path("report", lang, "index.html")].decode()
    links = {unquote(link) for link in re.findall(r'href="([^"#]+)"', page)}
    assert len(links) == len(report.SHOWN)
    assert [link for link in links if Path("report", lang, link) not in made] == []


@pytest.mark.parametrize("lang", LANGS)
def test_each_page_opens_in_its_language(lang: str, made: dict[Path, bytes]) -> None:
    pages = [content.decode() for place, content in made.items() if place.parts[1] == lang]
    assert all(f'<html lang="{lang}">' in page for page in pages)
