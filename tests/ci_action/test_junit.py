"""JUnit XML: read by parsers that are not ours, and built of nothing that pytest does not write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.exchange.exports import Filed, Order
from grader.exchange.exports.junit import junit, written
from grader.record import Showing
from grader.report.words import Words
from tests.ci_action.records import DUE, HOSTILE, ONLY_HIDDEN, passed, record, stopped

PYTESTS_OWN = """
import pytest
def test_passes(record_property): record_property("points", 2)
def test_fails(): assert 0, "no"
def test_skips(): pytest.skip("later")
@pytest.fixture
def broken(): raise ValueError
def test_errs(broken): pass
"""


WORDS = Words.load(None)


@pytest.fixture(scope="module")
def of_pytest(tmp_path_factory: pytest.TempPathFactory) -> Tree.Element:
    folder = tmp_path_factory.mktemp("pytest")
    (folder / "test_own.py").write_text(PYTESTS_OWN)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--junitxml=own.xml",
        "test_own.py",
    ]
    subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)
    return Tree.parse(folder / "own.xml").getroot()


def read(content: bytes) -> Tree.Element:
    return Tree.fromstring(content)


def cases(root: Tree.Element) -> dict[str, Tree.Element]:
    return {case.get("name", ""): case for case in root.iter("testcase")}


def properties(element: Tree.Element) -> dict[str, str]:
    return {one.get("name", ""): one.get("value", "") for one in element.findall("properties/property")}


def test_it_is_built_of_what_pytest_writes(of_pytest):
    ours = read(junit([(record(), WORDS), (passed(), WORDS)], "en"))

    def shapes(root: Tree.Element) -> set[tuple[str, str]]:
        return {(parent.tag, child.tag) for parent in root.iter() for child in parent}

    assert shapes(ours) <= shapes(of_pytest) | {("testsuite", "properties")}
    known = {
        tag: {name for e in of_pytest.iter(tag) for name in e.attrib} for tag in ("testsuite", "testcase")
    }
    for tag, names in known.items():
        assert {name for e in ours.iter(tag) for name in e.attrib} <= names
    for case in ours.iter("testcase"):
        assert {"classname", "name", "time"} == set(case.attrib)
        assert case[0].tag == "properties"


def test_states_are_those_of_the_table():
    root = read(junit([(record(), WORDS)], "en"))
    kinds = {
        name: [child.tag for child in case if child.tag != "properties"] for name, case in cases(root).items()
    }
    assert kinds == {
        "test_names": [],
        "test_call": ["failure"],
        "test_waits": ["skipped"],
        "test_unclear": ["skipped"],
        "test_ours": ["error"],
        "test_by_hand": ["skipped"],
        "test_half": ["failure"],
        "test_secret[#1]": ["failure"],
    }
    assert properties(cases(root)["test_unclear"])["undecided"] == "true"
    suite = root[0]
    counts = [int(suite.get(name, "")) for name in ("tests", "failures", "errors", "skipped")]
    assert counts == [8, 3, 1, 3]


def test_points_are_properties():
    told = cases(read(junit([(record(), WORDS)], "en")))
    assert properties(told["test_call"])["points"] == "0"
    assert properties(told["test_half"])["points"] == "1"
    assert properties(told["test_half"])["max_points"] == "2"
    assert "points" not in properties(told["test_unclear"])


def test_a_suite_that_needs_review_has_no_total_unless_asked_for():
    blank = written(Order([Filed(Path("kim.json"), record())]))
    assert blank.content is not None
    assert "points" not in properties(read(blank.content)[0])
    assert [outcome.fate for outcome in blank.outcomes] == ["blank"]
    whole = written(Order([Filed(Path("kim.json"), record())], provisional=True))
    assert whole.content is not None
    assert properties(read(whole.content)[0])["points"] == "2"


@pytest.mark.parametrize("showing", [Showing(), Showing("after_due", DUE), Showing("never")])
def test_nothing_that_a_hidden_check_saw_is_in_it(showing):
    content = junit([(record(showing=showing), WORDS)], "en")
    assert ONLY_HIDDEN.encode() not in content
    assert b"abba" not in content
    said = (cases(read(content))["test_secret[#1]"].find("failure")).text
    headline = WORDS.said("call.failed", {}, "en").headline.replace("`", "")
    assert (headline in said) is (showing.hidden_findings == "always")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_gives_well_formed_xml(text):
    text += HOSTILE
    made = [record(text, student=text, student_id=text, lesson="tiny"), stopped(text)]
    root = read(junit([(one, WORDS) for one in made], "ko"))
    assert len(cases(root)) == 8
    whole = "".join(root.itertext()) + "".join(v for e in root.iter() for v in e.attrib.values())
    assert not {"\x1b", "\x00", "\u202e", "\ufffe", "\x85"} & set(whole)
    assert not [line for line in whole.splitlines() if line.lstrip().startswith("::")]
    assert "##[" not in whole
