"""What a failing test says: its line, its message, what it got; and whose fault an exception is."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.judge.asserted import asserted, stopped
from grader.judge.finding import Finding


class Area:
    """Stands for the notebook; its `area` is always 7."""

    def area(self, *sides: Any) -> int:
        return 7


def failing(folder: Path, body: str) -> BaseException:
    """What a check with this body raises."""
    path = folder / "check_file.py"
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    path.write_text(f"import unittest\nimport numpy as np\nimport pytest\ndef check(notebook):\n{lines}\n")
    spec = importlib.util.spec_from_file_location("check_file", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.raises(BaseException) as caught:  # noqa: PT011
        module.check(Area())
    return caught.value


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("assert notebook.area(1, 2) == 2, 'why'", "assert area(1, 2) == 2", "why"),
        ("with pytest.raises(OSError):\n    notebook.area(-1)", "with pytest.raises(OSError):", "DID NOT"),
        ("np.testing.assert_equal(notebook.area(3), 9)", "np.testing.assert_equal(area(3), 9)", "DESIRED: 9"),
        ("unittest.TestCase().assertEqual(notebook.area(3), 9)", None, "7 != 9"),
        ("if notebook.area(3) != 9:\n    raise AssertionError('9!')", "raise AssertionError('9!')", "9!"),
    ],
)  # fmt: skip
def test_every_kind_of_assert_fails_with_its_words(
    tmp_path: Path, body: str, line: str | None, said: str
) -> None:
    found = asserted(failing(tmp_path, body), tmp_path)
    assert found is not None
    assert found.code == "test.failed"
    assert said in str(found.facts["said"])
    if line is not None:
        assert found.facts["line"] == line
    if "raise" not in body:
        assert found.about == "area"


def test_a_plain_exception_is_no_assertion_but_may_be_theirs(tmp_path: Path) -> None:
    error = failing(tmp_path, "x = notebook.area(1)[0]")
    assert asserted(error, tmp_path) is None
    found = stopped(error, tmp_path)
    assert found is not None
    assert (found.code, found.about) == ("test.stopped", "area")
    assert found.facts["line"] == "x = area(1)[0]"
    assert found.facts["type"] == "TypeError"


@pytest.mark.parametrize("body", ["nobody", "import nothing_of_this_name", "compile('(', '', 'exec')"])
def test_the_tests_own_mistakes_are_nobody_elses(tmp_path: Path, body: str) -> None:
    assert stopped(failing(tmp_path, body), tmp_path) is None


def test_what_our_own_code_asserts_is_no_verdict(tmp_path: Path) -> None:
    assert asserted(Finding("call.failed"), tmp_path) is None
    with pytest.raises(AssertionError) as caught:
        np.testing.assert_equal(1, 2)
    assert asserted(caught.value, tmp_path) is None
