"""A lesson sent to a node: what comes is what was sent, or is not used."""

from __future__ import annotations

import os
import stat
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.cluster import bundle
from grader.cluster.kept import Kept
from grader.digests import digest_of
from grader.errors import ClusterError, LessonError
from grader.lesson import Lesson
from tests.cli.classes import CHECKS, HIDDEN, F
from tests.cli.making import lesson, notebook


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    root = tmp_path_factory.mktemp("course")
    folder = lesson(root, checks=CHECKS, hidden=HIDDEN, reference=notebook(F))
    (folder / "data" / "below").mkdir(parents=True)
    (folder / "data" / "below" / "rows.csv").write_bytes(b"1,2\n")
    (folder / "words").mkdir()
    (folder / "words" / "en.toml").write_text('title = "Tiny"\n')
    (folder / "README.md").write_text("not read by a grading")
    (folder / "hidden" / "__pycache__").mkdir()
    (folder / "hidden" / "__pycache__" / "x.pyc").write_bytes(b"")
    return Lesson.open(folder)


def sent(files: dict[str, bytes]) -> tuple[bytes, str]:
    """A bundle that somebody made of these files, and its digest."""
    content = zlib.compress(msgspec.msgpack.encode([list(one) for one in files.items()]))
    return content, digest_of(sorted(files.items()))


def test_a_bundle_holds_what_a_grading_reads_and_nothing_else(tiny: Lesson) -> None:
    files = bundle.unpack(bundle.pack(tiny), "tiny", bundle.digest(tiny))
    inside = "assignments/tiny/"
    assert set(files) == {
        *(inside + name for name in ("lesson.toml", "tiny.ipynb", "checks/test_checks.py")),
        *(inside + name for name in ("hidden/test_hidden.py", "data/below/rows.csv", "words/en.toml")),
        "solutions/tiny/reference.ipynb",
    }


def test_a_kept_lesson_is_the_lesson(tiny: Lesson, tmp_path: Path) -> None:
    kept, digest = Kept(tmp_path / "kept"), bundle.digest(tiny)
    assert kept.find("tiny", digest, "") is None
    kept.keep("tiny", digest, bundle.pack(tiny))
    found = kept.find("tiny", digest, "")
    assert found is not None
    assert found.digest == tiny.digest
    assert (found.solutions / "reference.ipynb").read_bytes() == notebook(F)
    assert kept.find("tiny", "0" * 64, "") is None


def test_only_its_owner_can_enter_the_cache_but_data_can_be_shown(tiny: Lesson, tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        Kept(tmp_path / "kept").keep("tiny", bundle.digest(tiny), bundle.pack(tiny))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
    data = next((tmp_path / "kept").rglob("rows.csv"))
    assert data.stat().st_mode & 0o004
    assert data.parent.stat().st_mode & 0o001


def test_the_drivers_own_folder_is_used_where_it_is_seen(tiny: Lesson, tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    found = kept.find("tiny", bundle.digest(tiny), str(tiny.folder))
    assert found is not None
    assert found.folder == tiny.folder
    assert kept.find("tiny", "0" * 64, str(tiny.folder)) is None


def test_a_kept_lesson_that_was_changed_is_not_used_and_is_replaced(tiny: Lesson, tmp_path: Path) -> None:
    kept, digest = Kept(tmp_path / "kept"), bundle.digest(tiny)
    kept.keep("tiny", digest, bundle.pack(tiny))
    check = next((tmp_path / "kept").rglob("test_hidden.py"))
    check.write_text(check.read_text() + "\n")
    assert kept.find("tiny", digest, "") is None
    kept.keep("tiny", digest, bundle.pack(tiny))
    assert kept.find("tiny", digest, "") is not None
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [digest]


def test_workers_of_a_node_may_fill_it_at_once(tiny: Lesson, tmp_path: Path) -> None:
    kept, digest, content = Kept(tmp_path / "kept"), bundle.digest(tiny), bundle.pack(tiny)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: kept.keep("tiny", digest, content), range(24)))
    assert kept.find("tiny", digest, "") is not None
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [digest]


def test_a_cache_of_somebody_else_is_refused(tiny: Lesson, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "kept").symlink_to(tmp_path / "theirs")
    with pytest.raises(ClusterError, match="GRADER_CACHE"):
        Kept(tmp_path / "kept").keep("tiny", bundle.digest(tiny), bundle.pack(tiny))
    assert list((tmp_path / "theirs").iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "../outside", "/etc/passwd", "assignments/tiny/../../../outside", "assignments/other/x", "x",
        "assignments/tiny", "assignments/tiny/", "assignments/tiny//x", "assignments/tiny/./x",
        "assignments/tiny/a\\..\\b", "assignments/tiny/a\0b", "solutions/other/reference.ipynb", "",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_are_refused(name: str, tmp_path: Path) -> None:
    content, digest = sent({name: b"x"})
    with pytest.raises(ClusterError):
        Kept(tmp_path / "kept").keep("tiny", digest, content)
    assert not (tmp_path / "kept").exists()


def test_another_bundle_than_the_announced_is_refused(tiny: Lesson) -> None:
    content, _ = sent({"assignments/tiny/lesson.toml": b"x"})
    with pytest.raises(ClusterError, match="announced"):
        bundle.unpack(content, "tiny", bundle.digest(tiny))


@given(st.data())
def test_a_damaged_bundle_is_refused(tiny: Lesson, data: st.DataObject) -> None:
    content = bytearray(bundle.pack(tiny))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ClusterError):
        bundle.unpack(bytes(content[: data.draw(st.integers(0, len(content)))]), "tiny", bundle.digest(tiny))


@given(st.binary(max_size=200))
def test_rubbish_is_refused(content: bytes) -> None:
    for given_ in (content, zlib.compress(content)):
        with pytest.raises(ClusterError):
            bundle.unpack(given_, "tiny", "0" * 64)


def test_a_bundle_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(ClusterError, match="MiB"):
        bundle.unpack(zlib.compress(bytes(bundle.MOST + (2 << 20))), "tiny", "0" * 64)


def test_a_lesson_too_large_to_send_says_what_to_do(tmp_path: Path) -> None:
    folder = lesson(tmp_path, checks=CHECKS, reference=notebook(F))
    (folder / "data").mkdir()
    with (folder / "data" / "large").open("wb") as file:
        file.truncate(bundle.MOST + 1)
    with pytest.raises(LessonError, match="same path"):
        bundle.pack(Lesson.open(folder))
