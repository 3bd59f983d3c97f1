"""What a notebook sees behind the wall: IPython as it knows it, and nothing of ours."""

from __future__ import annotations

import base64

import pytest

from grader.record import Cell, Record
from tests.cli.making import SECRET
from tests.guest.cells import NUMBERS

FAILING = {"input", "zero", "chained", "deleted", "network", "missing"}


def cell(session: Record, name: str) -> Cell:
    return next(one for one in session.run.cells if one.number == NUMBERS[name])


def said(session: Record, name: str, kind: str = "stream", stream: str = "stdout") -> str:
    outputs = [out for out in cell(session, name).outputs if out.kind == kind]
    return "".join(out.data["text/plain"] for out in outputs if kind != "stream" or out.name == stream)


@pytest.mark.parametrize("name", NUMBERS)
def test_each_cell_runs_or_fails_as_it_should(session: Record, name: str) -> None:
    assert cell(session, name).state == ("failed" if name in FAILING else "ok"), cell(session, name).outputs


def test_the_first_failure_stands_in_the_record(session: Record) -> None:
    assert (session.run.state, session.run.cell) == ("cell_failed", NUMBERS["input"])
    assert session.score == session.max_score == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("time", "sum 45\n"),
        ("time", "Wall time:"),
        ("timeit", "per loop"),
        ("shell", "out of /home/student\nerr\n"),
        ("shell", "['one', 'two']"),
        ("status", "3\n"),
        ("bash", "from bash\n"),
        ("await", "awaited\n"),
        ("threads", "1\n64000000.0\n"),
        ("folders", "/home/student/notebook ["),
        ("gpu", "tensor(0.) False"),
        ("written", "past the streams\nby a child\n"),
        ("bad_text", "lone ? surrogate\n"),
    ],
)
def test_output_of_magics_commands_and_code(session: Record, name: str, text: str) -> None:
    assert text in said(session, name)


def test_a_figure_comes_out_as_a_picture(session: Record) -> None:
    (shown,) = cell(session, "figure").outputs
    assert shown.kind == "display"
    assert base64.b64decode(shown.data["image/png"]).startswith(b"\x89PNG")


def test_a_figure_as_svg_is_the_same_in_every_run(session: Record) -> None:
    (shown,) = cell(session, "svg").outputs
    assert "<dc:date>1970-01-01T00:00:00" in shown.data["image/svg+xml"]


def test_installing_is_skipped_and_says_so(session: Record) -> None:
    told = said(session, "pip", stream="stderr").splitlines()
    assert told == [
        "(skipped while grading: pip install something)",
        "(skipped while grading: pip install other)",
        "(skipped while grading: python -m pip install third)",
    ]


def test_rich_outputs_keep_their_form_and_order(session: Record) -> None:
    outputs = cell(session, "display").outputs
    assert [out.kind for out in outputs] == ["display", "display", "display", "result"]
    assert outputs[0].data["text/html"] == "<b>bold</b>"
    assert outputs[1].data["text/markdown"] == "**bold**"
    assert outputs[2].data["text/plain"] == "{'a': 1}"
    assert outputs[3].data["text/plain"] == "'last'"


def test_streams_stand_in_the_order_they_were_written(session: Record) -> None:
    outputs = [(out.name, out.data["text/plain"]) for out in cell(session, "streams").outputs]
    assert outputs == [("stdout", "a\n"), ("stderr", "b\n"), ("stdout", "c\n")]


def test_the_last_expression_is_the_result_unless_silenced(session: Record) -> None:
    assert said(session, "result", "result") == "7"
    assert cell(session, "silent").outputs == []
    assert said(session, "counted", "result") == "(7, 7)"


def test_input_says_that_nobody_is_there(session: Record) -> None:
    assert "nobody is there to answer" in said(session, "input", "error")
    assert "/guest/" not in said(session, "input", "error")


def test_tracebacks_point_at_the_students_lines(session: Record) -> None:
    number = NUMBERS["zero"]
    trace = said(session, "zero", "error")
    assert f"Cell In[{number}], line 4\n" in trace
    assert "----> 4 half()" in trace
    assert f"Cell In[{number}], line 2, in half()" in trace
    assert "----> 2     return 1 / 0" in trace
    assert trace.endswith("ZeroDivisionError: division by zero")


def test_a_chained_traceback_points_at_both_lines(session: Record) -> None:
    first, _, second = said(session, "chained", "error").partition("The above exception was the direct cause")
    assert "----> 2     half()" in first
    assert "----> 4     raise ValueError" in second


def test_deleted_names_are_gone(session: Record) -> None:
    assert "NameError: name 'gone' is not defined" in said(session, "deleted", "error")


def test_exit_is_skipped_and_the_notebook_goes_on(session: Record) -> None:
    assert said(session, "exit", stream="stderr") == "(skipped while grading: exit)\n"


def test_the_environment_holds_no_secret_and_says_nothing_of_grading(session: Record) -> None:
    told = said(session, "environment")
    assert "PYTHONHASHSEED" in told
    for word in (SECRET, "GRADER_SECRET", session.environment.secret, session.digest, "kim", "tiny"):
        assert word not in told


def test_folders_of_the_host_are_not_there(session: Record) -> None:
    told = said(session, "folders")
    for name in ("root", "work", "var", "mnt", "opt"):
        assert f"'{name}'" not in told


def test_stand_ins_say_what_they_stand_for(session: Record) -> None:
    assert "there is no GPU here" in said(session, "gpu", stream="stderr")
    assert "google.colab is not here" in said(session, "colab", stream="stderr")
    assert "do nothing while a notebook is graded" in said(session, "imports", "result")


def test_clear_output_takes_back_what_the_cell_has_shown(session: Record) -> None:
    assert said(session, "cleared") == "after\n"


def test_files_written_can_be_imported(session: Record) -> None:
    assert said(session, "imported", "result") == "5"
