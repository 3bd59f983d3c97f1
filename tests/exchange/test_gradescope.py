"""Gradescope's export: whose each folder is, out of a file that also holds what students print."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.exchange.folders import find
from grader.exchange.submitters import owners, parsed, scalar
from tests.exchange.making import LESSONS, found, notebook, put, reasons, who, zipped

ONE = notebook()
TOP = "assignment_42_export"
# As Ruby writes it, with what a student's program printed in between.
METADATA = """---
submission_11:
  :submitters:
  - :name: Kim Mina
    :sid: '0101'
    :email: mina@example.com
  :created_at: 2026-11-02 10:21:07.346000000 Z
  :score: 1.0
  :status: processed
  :results:
    tests:
    - name: first
      output: |-
        submission_12:
          :submitters:
          - :name: Forged
            :sid: '0101'
    :submitters:
    - :name: Forged
    stdout: "a\\n\\
      \\  :submitters:"
  :history:
  - :id: 10
    :created_at: 2026-11-01 09:00:00.000000000 Z
submission_12:
  :submitters:
  - :name: "\\uD64D\\x20길동"
    :sid: '102'
    :email: hong@example.com
  - :name: 'O''Brien'
    :sid:
    :email: ob@example.com
  :created_at: 2026-11-03 00:00:00.000000000 +09:00
submission_13:
  :submitters:
  - :name: Kim Mina
    :sid: '103'
    :email: other@example.com
  :created_at: soon
submission_14:
  :submitters: []
"""


def export(prefix: str = "") -> dict[str, bytes]:
    files = {
        "submission_metadata.yml": METADATA.encode(),
        "submission_11/lab.ipynb": ONE,
        "submission_12/deep/lab.ipynb": ONE,
        "submission_12/submission_metadata.yml": METADATA.replace("Kim", "Lee").encode(),
        "submission_13/report.pdf": b"%PDF",
        "submission_99/lab.ipynb": ONE,
    }
    return {f"{prefix}{name}": content for name, content in files.items()}


@pytest.mark.parametrize("form", ["zip", "zip with a folder", "folder"])
def test_everybody_of_an_export_is_found_each_member_of_a_group_too(tmp_path: Path, form: str) -> None:
    prefix = f"{TOP}/" if form == "zip with a folder" else ""
    if form == "folder":
        put(tmp_path / "in", export())
        submissions = found(tmp_path / "in")
    else:
        submissions = found(zipped(tmp_path / "renamed.zip", export(prefix)))
    assert who(submissions) == [
        ("cnn", "Kim Mina", "0101", "lab.ipynb"),
        ("cnn", "Kim Mina", "103", "report.pdf"),
        ("cnn", "O'Brien", "ob@example.com", "lab.ipynb"),
        ("cnn", "submission_14", "submission_14", "submission_14"),
        ("cnn", "submission_99", "submission_99", "lab.ipynb"),
        ("cnn", "홍 길동", "102", "lab.ipynb"),
    ]
    by_id = {one.student_id: one for one in submissions}
    assert by_id["102"].content == by_id["ob@example.com"].content == ONE
    assert [by_id[one].problem is None for one in ("0101", "103", "submission_14")] == [True, False, False]
    assert by_id["0101"].submitted == datetime(2026, 11, 2, 10, 21, 7, 346000, UTC)
    assert by_id["102"].submitted == datetime(2026, 11, 2, 15, tzinfo=UTC)
    assert by_id["103"].submitted is None


def test_one_number_for_two_people_is_nobodys_id() -> None:
    content = METADATA.replace("'103'", "'0101'")
    assert [one.student_id for folder in owners(parsed(content)).values() for one in folder] == [
        "mina@example.com", "102", "ob@example.com", "other@example.com", "submission_14",
    ]  # fmt: skip


def test_a_metadata_file_below_a_students_folder_or_without_an_export_means_nothing(tmp_path: Path) -> None:
    put(tmp_path, {"kim/submission_metadata.yml": METADATA.encode(), "kim/submission_11/lab.ipynb": ONE})
    assert who(found(tmp_path)) == [("cnn", "kim", "kim", "lab.ipynb")]
    put(tmp_path / "flat", {"submission_metadata.yml": METADATA.encode(), "lee.ipynb": ONE})
    assert who(found(tmp_path / "flat")) == [("cnn", "lee", "lee", "lee.ipynb")]


def test_a_metadata_file_that_cannot_be_read_stops_before_anybody_gets_a_strangers_name(
    tmp_path: Path,
) -> None:
    put(tmp_path, {"submission_11/lab.ipynb": ONE, "submission_metadata.yml": METADATA.encode()})
    with pytest.raises(UsageError, match="nobody can tell whose"):
        find(tmp_path, lesson="cnn", lessons=LESSONS, max_bytes=len(METADATA) - 1)


def test_two_folders_of_one_student_the_later_counts(tmp_path: Path) -> None:
    both = (
        METADATA.replace("'103'", "'0101'")
        .replace("other@", "mina@")
        .replace("soon", "2026-11-09 01:02:03 Z")
    )
    put(
        tmp_path,
        {
            "submission_metadata.yml": both.encode(),
            "submission_13/new.ipynb": notebook("new"),
            "submission_11/old.ipynb": ONE,
        },
    )
    kim = next(one for one in found(tmp_path) if one.student_id == "0101")
    assert (kim.notebook, kim.submitted) == ("new.ipynb", datetime(2026, 11, 9, 1, 2, 3, tzinfo=UTC))
    assert [note.code for note in kim.notes] == ["note.resubmitted"]


@pytest.mark.parametrize(
    "content",
    [
        "submission_11: &a\n  :submitters: *a\n",
        "submission_11: !ruby/object:Gem::Installer\n  i: x\n",
        "submission_11:\n  :submitters:\n  - :name: !!python/object/apply:os.system ['true']\n    :sid: *b\n",
        "submission_11:\n  :submitters:\n  - {:name: x, :sid: 1}\n",
        "submission_11:\n  :submitters:\n" + "  - :name: x\n" * 10_000,
        "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n" * 1000,
        "[" * 100_000,
        "submission_11:\n" + " " * 1_000_000,
    ],
)
def test_hostile_yaml_neither_runs_nor_grows(tmp_path: Path, content: str) -> None:
    put(tmp_path, {"submission_metadata.yml": content.encode(), "submission_11/lab.ipynb": ONE})
    submissions = found(tmp_path)
    assert len(submissions) <= 60
    assert all(one.content == ONE for one in submissions)
    assert reasons(submissions)


@settings(max_examples=200, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85"), max_size=30
    )
)
def test_names_come_back_from_every_way_of_quoting(name: str) -> None:
    stripped = name.strip(" ")
    single = "'" + name.replace("'", "''") + "'"
    assert scalar(single) == name
    assert scalar(json.dumps(name, ensure_ascii=False)) == name
    assert scalar('"' + "".join(f"\\U{ord(c):08X}" for c in name) + '"') == name
    if stripped and stripped.replace(" ", "").isalpha() and stripped.lower() != "null":
        assert scalar(name) == stripped


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("submion_1:-' \n\"&*!|>[]{}#\\"), max_size=200))
def test_whatever_the_file_says_the_reader_returns(content: str) -> None:
    for folder, some in owners(parsed(content)).items():
        assert folder.startswith("submission_")
        assert all(one.student_id for one in some)
