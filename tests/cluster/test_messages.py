"""What goes over the wire, and what is taken of it."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from grader import record as records
from grader import secret as secrets
from grader.cluster import messages
from grader.cluster.core import Core
from grader.cluster.messages import Failed, Job, Reply, Sent, Terms
from grader.cluster.products import WorkerFailed, product_of
from grader.cluster.versions import Versions, difference, own, source_digest
from grader.errors import ClusterError, GraderBug, LessonError
from grader.people.sheet import Sheet
from grader.record import Environment, Record, Run
from grader.submission import Submission, unreadable
from grader.work import Product, Work

SECRET = b"the secret of a course, which stays here"
ONE = Submission("tiny", "기말 김하늘", "s1", "a.ipynb", b"\x00{}", [], unreadable("size", "too large", n=3),
                 datetime(2026, 1, 2, tzinfo=UTC), True, "folder")  # fmt: skip
WORK = Work(ONE, secrets.derive(SECRET, "tiny", ONE.digest), Sheet())
TERMS = Terms(own(), "landlock", ("seccomp",), "tiny", "0" * 64, "/x", "ko", secrets.fingerprint(SECRET))


def record(**changed: object) -> Record:
    versions = own()
    said = Record(
        "tiny", ONE.student, "s1", "a.ipynb", ONE.digest, 0.0, 0.0, "graded", 0.0,
        Run("finished", None, None, 0.0), [], [],
        Environment(versions.grader, versions.python, versions.torch, "landlock", 0, TERMS.fingerprint),
    )  # fmt: skip
    return replace(said, **changed)


def reply(of: Record) -> bytes:
    return messages.pack(Reply(product=Product(records.encode(of), "<p>", "<p>")))


def test_a_job_comes_as_it_was_sent_and_without_the_secret() -> None:
    packed = messages.pack(Job(TERMS, Sent.of(WORK)))
    job = messages.unpack(packed, Job)
    assert job.terms == TERMS
    assert job.sent.work() == WORK
    assert SECRET not in zlib.decompress(packed)
    assert WORK.key in zlib.decompress(packed)


def test_the_right_record_is_taken() -> None:
    assert records.decode(product_of(reply(record()), WORK, TERMS).record) == record()


@pytest.mark.parametrize(
    "changed",
    [
        {"lesson": "other"}, {"student": "kim"}, {"student_id": "s2"}, {"digest": "0" * 64},
        {"environment": replace(record().environment, sandbox="none")},
        {"environment": replace(record().environment, secret="0" * 16)},
        {"environment": replace(record().environment, torch="1.0")},
    ],
)  # fmt: skip
def test_a_record_of_something_else_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(WorkerFailed, match="not asked for"):
        product_of(reply(record(**changed)), WORK, TERMS)


@pytest.mark.parametrize(
    ("failed", "kind"),
    [("author", LessonError), ("us", GraderBug), ("worker", WorkerFailed)],
)
def test_what_went_wrong_there_is_raised_here_by_who_must_act(failed: str, kind: type[Exception]) -> None:
    with pytest.raises(kind, match="why"):
        product_of(messages.pack(Reply(Failed(failed, "why"))), WORK, TERMS)  # type: ignore[arg-type]


def test_no_record_no_json_and_too_much_are_the_workers_fault() -> None:
    huge = Product(records.encode(record()), "x" * 12_000_000, "")
    for content in (Reply(), Reply(product=Product(b"[1", "", "")), Reply(product=huge)):
        with pytest.raises(WorkerFailed):
            product_of(messages.pack(content), WORK, TERMS)


@given(st.binary(max_size=300))
def test_rubbish_is_refused(content: bytes) -> None:
    for given_ in (content, zlib.compress(content)):
        with pytest.raises(ClusterError):
            messages.unpack(given_, Job)
        with pytest.raises(WorkerFailed):
            product_of(given_, WORK, TERMS)


def _nested(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)


@given(st.recursive(st.none() | st.integers(-9, 9) | st.text(max_size=9), _nested, max_leaves=6))
def test_other_messages_are_refused(content: object) -> None:
    with pytest.raises(ClusterError):
        messages.unpack(messages.pack(content), Terms)


def test_a_message_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(ClusterError, match="MiB"):
        messages.unpack(zlib.compress(bytes(messages.MOST + 1)), Reply)


def test_versions_are_told_apart_by_what_differs() -> None:
    ours = own()
    assert difference(ours, ours) is None
    named = {"torch": "torch 1.0, needed", "python": "Python 1.0", "platform": "platform 1.0"}
    for part, said in named.items():
        assert said in str(difference(replace(ours, **{part: "1.0"}), ours))
    assert "numpy missing" in str(difference(replace(ours, numpy=""), ours))
    assert "another build" in str(difference(replace(ours, source="0" * 64), ours))


class Older(msgspec.Struct):
    """What every version of ours has in its greeting."""

    versions: Versions


class Answer(msgspec.Struct):
    greeting: Older


def test_a_worker_of_another_version_is_understood_as_far_as_its_versions_go() -> None:
    greeting = messages.Greeting(own(), "host", None, (), "", False)
    assert messages.unpack(messages.pack(Reply(greeting=greeting)), Answer).greeting.versions == own()


def test_the_digest_of_the_source_sees_every_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x")
    (tmp_path / "words").mkdir()
    before = source_digest(tmp_path)
    (tmp_path / "words" / "en.toml").write_text("")
    assert source_digest(tmp_path) != before
    (tmp_path / "words" / "en.toml").unlink()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("")
    assert source_digest(tmp_path) == before


def test_workers_of_one_machine_have_a_core_each(tmp_path: Path) -> None:
    folder = tmp_path / "cores"
    with Core(folder, 3) as first, Core(folder, 3) as second, Core(folder, 3) as third:
        assert {first.number, second.number, third.number} == {0, 1, 2}
        with Core(folder, 3) as one_more:
            assert one_more.number in {0, 1, 2}
        second.close()
        with Core(folder, 3) as next_one:
            assert next_one.number == second.number


def test_a_folder_that_cannot_be_trusted_costs_only_the_core_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "cores").symlink_to(tmp_path / "theirs")
    with Core(tmp_path / "cores", 3) as core:
        assert 0 <= core.number < 3
    assert list((tmp_path / "theirs").iterdir()) == []
