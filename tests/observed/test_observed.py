"""What deserves a look is noted, with evidence, and costs nothing; what honest notebooks do is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.observed import KINDS, LONGEST
from grader.record import Note, Record
from tests.cli.making import codes, states
from tests.observed.notebooks import CALLS, CELLS, HONEST, REPLIES

ALL = {"test_f": "passed", "test_g": "passed", "test_h": "passed"}


def suspicions(record: Record) -> dict[str, Note]:
    return {str(note.facts["what"]): note for note in record.notes if note.code == "note.suspicion"}


def seen_as(what: str) -> set[str]:
    """What an extra reply is seen as depends on whether the next request has just gone out."""
    return {what, "reply_number", "reply_twice"} if what == "reply_unasked" else {what}


@pytest.mark.parametrize("name", HONEST)
def test_honest_notebooks_are_not_suspected(graded: dict[str, Record], name: str) -> None:
    assert suspicions(graded[name]) == {}
    assert states(graded[name]) == ALL


@pytest.mark.parametrize("name", [*CELLS, *CALLS])
def test_what_is_odd_is_noted_and_costs_nothing(graded: dict[str, Record], name: str) -> None:
    record = graded[name]
    assert list(suspicions(record)) == (CELLS | CALLS)[name][1]
    assert (record.state, record.score, states(record)) == ("graded", 3, ALL)


def test_the_evidence_names_what_was_seen(graded: dict[str, Record]) -> None:
    seen = {
        name: {what: note.facts for what, note in suspicions(one).items()} for name, one in graded.items()
    }
    assert seen["torch_replaced"]["functions_replaced"]["evidence"] == "torch.allclose"
    assert seen["tensor_equal"]["functions_replaced"]["evidence"] == "torch.Tensor.__eq__"
    assert seen["answering"]["grader_changed"]["evidence"] == "grader.guest.answers.call"
    assert seen["transformer"]["hooks_installed"]["evidence"] == "input transformer: nothing"
    assert seen["signal"]["signals_handled"]["evidence"] == "SIGINT"
    planted = seen["customize"]["files_planted"]
    assert planted["count"] == 4
    for name in (".bashrc", "me.pth", "sitecustomize.py", "notebook/torch.py"):
        assert name in str(planted["evidence"])
    assert seen["module_called"]["functions_replaced"]["count"] == 2
    assert seen["thread"]["threads_after_cells"]["count"] == 1
    assert seen["daemon"]["processes_after_cells"]["count"] == 1
    assert "python" in str(seen["daemon"]["processes_after_cells"]["evidence"])


def test_notes_are_short_and_clean_and_one_of_a_kind(graded: dict[str, Record]) -> None:
    for record in graded.values():
        whats = [str(note.facts["what"]) for note in record.notes if note.code == "note.suspicion"]
        assert len(set(whats)) == len(whats)
        assert whats == [kind for kind in KINDS if kind in whats]
        for note in record.notes:
            evidence = str(note.facts.get("evidence", ""))
            assert len(evidence) <= LONGEST
            assert evidence.isprintable()


@pytest.mark.parametrize("name", REPLIES)
def test_a_forged_reply_fails_its_check_and_no_other(graded: dict[str, Record], name: str) -> None:
    record = graded[name]
    kept = "passed" if name == "twice_at_once" else "failed"
    assert record.state == "graded"
    assert states(record) == {**ALL, "test_g": kept}
    assert "grader_changed" in suspicions(record)
    assert seen_as(REPLIES[name][1]) & suspicions(record).keys()
    if kept == "failed":
        code = "notebook.died" if name == "closed" else "reply.malformed"
        assert codes(record)["test_g"] == code


def test_a_reply_before_any_question_is_none(graded: dict[str, Record]) -> None:
    record = graded["early"]
    assert set(states(record).values()) == {"failed"}
    assert set(codes(record).values()) == {"reply.malformed"}
    assert record.state == "graded"
    assert seen_as("reply_unasked") & suspicions(record).keys()


def test_a_child_that_holds_the_line_does_not_answer_for_its_parent(graded: dict[str, Record]) -> None:
    record = graded["orphan"]
    assert states(record) == ALL
    # Either it speaks while its parent is asked, or it still lives when the snapshot is given up.
    assert {"processes_after_calls", "reply_stranger"} & suspicions(record).keys()


def test_a_process_that_does_not_greet_is_no_guest(graded: dict[str, Record]) -> None:
    record = graded["greeting"]
    assert set(codes(record).values()) == {"notebook.died"}
    assert (record.state, record.score) == ("graded", 0)
    assert "greeting_malformed" in suspicions(record)


def test_children_spend_the_time_of_the_call_that_made_them(graded: dict[str, Record]) -> None:
    record = graded["spin"]
    assert codes(record) == {"test_g": "call.out_of_time"}
    seconds = next(check.seconds for check in record.checks if check.id == "test_g")
    assert seconds < 15  # two attempts of one second of CPU each; the clock would allow twenty for each


def test_no_note_needs_a_person_and_students_see_none(course: Path, graded: dict[str, Record]) -> None:
    assert (course / "status").read_text() == "0", (course / "said").read_text("utf-8")
    folder = course / "out" / "tiny"
    for name in graded:
        assert "note.suspicion" not in (folder / f"{name}.html").read_text("utf-8")
    told = (folder / "instructor" / "torch_replaced.html").read_text("utf-8")
    assert "torch.allclose" in told
    overview = (folder / "index.html").read_text("utf-8")
    assert "functions of PyTorch or Python were replaced" in overview
    assert "PyTorch나 Python의 함수를 바꿨습니다" in overview
