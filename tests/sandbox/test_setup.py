"""Limits, the closure of packages, and what the operator is told when a wall does not stand."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import grader
import grader.sandbox.house as house_module
from grader.errors import LessonError, SandboxError, UsageError
from grader.sandbox import House, Limits, choose, examine, launch
from grader.sandbox.closure import needed
from grader.sandbox.furnish import furnish, readable_to_all
from grader.sandbox.users import Users
from tests.sandbox.rooms import ask, house_of, refused


def test_a_lesson_names_its_limits() -> None:
    limits = Limits.from_table({"cell_cpu": 5, "memory": "1.5 GiB", "disk": 10_000_000, "processes": 8})
    assert limits == Limits(cell_cpu=5.0, memory=3 << 29, disk=10_000_000, processes=8)
    assert Limits.from_table({}) == Limits()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memroy", 1),
        ("memory", True),
        ("memory", "4 gigs"),
        ("memory", -1),
        ("memory", 1000),
        ("processes", "64"),
        ("processes", 1),
        ("cell_cpu", 0),
        ("cell_cpu", True),
        ("cell_cpu", "60"),
        ("cells_wall", float("nan")),
        ("cells_wall", float("inf")),
    ],
)
def test_a_limit_that_makes_no_sense_is_the_authors_error(name: str, value: object) -> None:
    with pytest.raises(LessonError, match=rf"a\.toml.*{name}"):
        Limits.from_table({name: value}, "a.toml")


def test_the_closure_has_what_lessons_need_and_not_the_judge() -> None:
    found = needed()
    assert {"torch", "numpy", "IPython", "matplotlib", "sympy", "typing_extensions.py"} <= set(found)
    assert all(place.exists() for place in found.values())
    tops = {Path(part).parts[0].split("-")[0] for part in found}
    assert not tops & {
        "pytest",
        "_pytest",
        "grader",
        "sklearn",
        "hypothesis",
        "click",
        "nbconvert",
        "bin",
        "..",
    }
    assert not [part for part in found if part.endswith(".pth")]


def test_a_package_that_is_missing_is_named() -> None:
    with pytest.raises(SandboxError, match="no-such-package"):
        needed(["no-such-package"])


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(UsageError, match="bubblewrap, landlock, none"):
        choose("docker")


def test_no_walls_are_taken_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> House:
        raise SandboxError("this part failed; install that")

    monkeypatch.setattr(House, "open", fail)
    assert choose("none") == "none"
    with pytest.raises(
        SandboxError, match=r"bubblewrap: this part failed; install that\nlandlock: this part"
    ):
        choose(None)
    assert [found.works for found in examine()] == [False, False, False]


def test_a_machine_without_bwrap_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    bundled = launch.find_bwrap()
    assert bundled.endswith("/_bin/bwrap")
    monkeypatch.setattr(launch, "find_spec", lambda _: None)
    with pytest.raises(SandboxError, match="apt install bubblewrap"):
        launch.find_bwrap()


def test_the_bundled_bwrap_works_where_the_systems_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not {found.level: found for found in examine()}["bubblewrap"].works:
        pytest.skip("bubblewrap does not work here at all")
    monkeypatch.setenv("PATH", "/nowhere")
    with house_of("bubblewrap", tmp_path) as house, house.guest(0) as room:
        assert "namespace.pid" in room.walls


def test_a_zygote_that_dies_says_why(tmp_path: Path) -> None:
    guest = tmp_path / "guest"
    guest.mkdir()
    (guest / "__init__.py").write_text("")
    (guest / "zygote.py").write_text("raise SystemExit('the library of tensors is broken')")
    with (
        House.open("none", Limits(), warm=False, guest=guest) as house,
        pytest.raises(SandboxError, match="the library of tensors is broken"),
    ):
        house.guest(0)


def test_a_wall_that_does_not_stand_refuses_the_room(tmp_path: Path) -> None:
    source = Path(grader.__file__).parent / "guest"
    guest = tmp_path / "guest"
    guest.mkdir()
    for file in source.glob("*.py"):
        (guest / file.name).write_text(file.read_text())
    with (guest / "seccomp.py").open("a") as code:
        code.write("\n\ndef lock(**_):\n    raise OSError('prctl 22 was refused')\n")
    with (
        House.open("landlock", Limits(), warm=False, guest=guest) as house,
        pytest.raises(SandboxError, match="prctl 22 was refused"),
    ):
        house.guest(0)


def test_a_slot_beyond_the_house_is_a_mistake_of_ours(tmp_path: Path) -> None:
    with house_of("none", tmp_path, slots=2) as house, pytest.raises(ValueError, match="slot 2"):
        house.guest(2)


def test_the_guests_folder_holds_no_judge(tmp_path: Path) -> None:
    furnish(tmp_path)
    code = tmp_path / "guest" / "grader"
    assert sorted(path.name for path in code.iterdir()) == ["__init__.py", "guest", "wire"]
    assert "do nothing" in (code / "__init__.py").read_text()


def test_what_only_its_owner_may_read_is_not_for_other_users(tmp_path: Path) -> None:
    place = tmp_path / "module.py"
    place.write_text("")
    place.chmod(0o644)
    assert readable_to_all([place], parents=False)
    tmp_path.chmod(0o700)
    assert not readable_to_all([place], parents=True)
    place.chmod(0o600)
    assert not readable_to_all([place], parents=False)


def test_closing_a_room_closes_its_sockets(tmp_path: Path) -> None:
    with house_of("none", tmp_path) as house:
        with house.guest(0) as room:
            room.go()
        assert room.guest.fileno() == room.keeper.fileno() == -1


def test_two_houses_never_share_users() -> None:
    first, second = Users(2), Users(2)
    try:
        assert not {first[0], first[1]} & {second[0], second[1]}
    finally:
        first.close()
        second.close()
    with pytest.raises(SandboxError, match="slots"):
        Users(10_000)


def test_on_an_older_kernel_a_room_without_a_user_of_its_own_signals_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not {found.level: found for found in examine()}["landlock"].works:
        pytest.skip("landlock does not work here at all")
    monkeypatch.setattr(house_module, "may_have_users", lambda *_, **__: False)
    source = Path(grader.__file__).parent / "guest"
    guest = tmp_path / "guest"
    shutil.copytree(source, guest, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(Path(__file__).with_name("talking_session.py"), guest / "session.py")
    with (guest / "landlock.py").open("a") as code:
        code.write("\n\ndef version():\n    return 3\n")
    with House.open("landlock", Limits(), warm=False, guest=guest) as house, house.guest(0) as room:
        room.go()
        assert "seccomp.signals" in room.walls
        assert not {"landlock.signals", "landlock.tcp"} & set(room.walls)
        for whom in ("os.getppid()", "-1", "0"):
            assert refused(room, f"import os; os.kill({whom}, 9)") == "PermissionError"
        assert refused(room, "open('/etc/shadow')") == "PermissionError"
        assert ask(room, "answer = 1") == 1
