"""Letters as rows: every usual way passes, each mistake gets its name."""

from __future__ import annotations

import pytest

from grader.evidence import Steps
from grader.judge.finding import Finding
from grader.judge.probes import Probes
from tests.fakes import student_of

HEAD = "import numpy as np\nimport torch\nimport torch.nn.functional as F\n"


def judge(body: str, batch: str = "torch.stack([one_hot(w, chars) for w in words])") -> Finding | None:
    """The finding about `one_hot` whose body is this expression, then about `make_batch`."""
    source = f"{HEAD}def one_hot(word, chars):\n    return {body}\n"
    source += f"def make_batch(words, chars):\n    return {batch}\n"
    for key in (b"a", b"b"):
        student, draw = student_of(source, key=key)
        try:
            Probes(draw).one_hot(student.one_hot)
            Probes(draw).batch_of_words(student.make_batch)
        except Finding as finding:
            return finding
    return None


INDEX = "[list(chars).index(c) for c in word]"
RIGHT = f"torch.eye(len(chars))[{INDEX}]"


@pytest.mark.parametrize(
    ("body", "batch"),
    [
        (RIGHT, "torch.stack([one_hot(w, chars) for w in words])"),
        (
            f"F.one_hot(torch.tensor({INDEX}), len(chars)).float()",
            "torch.cat([one_hot(w, chars)[None] for w in words])",
        ),
        (f"np.eye(len(chars))[{INDEX}]", "torch.Tensor(np.array([one_hot(w, chars) for w in words]))"),
        (
            "torch.tensor([[float(a == b) for b in chars] for a in word])",
            "one_hot(''.join(words), chars).view(len(words), -1, len(chars))",
        ),
        (
            f"np.eye(len(chars), dtype=np.float32)[{INDEX}]",
            "np.stack([one_hot(w, chars) for w in words])",
        ),
    ],
)
def test_right_styles_pass(body: str, batch: str) -> None:
    assert judge(body, batch) is None


@pytest.mark.parametrize(
    ("body", "batch", "code"),
    [
        (f"{RIGHT}.T", None, "shape.axes_swapped"),
        (f"{RIGHT}.long()", None, "dtype.wrong"),
        (f"torch.tensor({INDEX})", None, "shape.wrong"),
        (f"{RIGHT}.flip(1)", None, "encode.wrong"),
        (f"{RIGHT} * 2", None, "encode.wrong"),
        ("torch.zeros(len(word), len(chars))", None, "encode.wrong"),
        (f"{RIGHT}.tolist()", None, "reply.malformed"),
        (RIGHT.replace("list(chars)", "sorted(chars)"), None, "encode.wrong"),
        (RIGHT.replace("index(c)", "index(c.lower())"), None, "encode.wrong"),
        (RIGHT, "torch.stack([one_hot(w, chars) for w in dict.fromkeys(words)])", "shape.wrong"),
        (RIGHT, "torch.stack([one_hot(w, chars) for w in words], 1)", "shape.axes_swapped"),
        (RIGHT, "torch.stack([one_hot(w, chars) for w in words]).double()", "dtype.wrong"),
        (RIGHT, "torch.stack([one_hot(w, chars) for w in reversed(words)])", "encode.wrong"),
        (RIGHT, "[one_hot(w, chars) for w in words]", "reply.malformed"),
    ],
)
def test_each_mistake_gets_its_name(body: str, batch: str | None, code: str) -> None:
    finding = judge(body) if batch is None else judge(body, batch)
    assert finding is not None
    assert finding.code == code


def test_a_wrong_row_is_shown_read_back() -> None:
    finding = judge(f"{RIGHT}.roll(1, 1)")
    assert finding is not None
    (steps,) = finding.evidence
    assert isinstance(steps, Steps)
    given, read = steps.tokens
    assert given == list(str(finding.facts["word"]))
    assert read == list(str(finding.facts["read"]))
    assert steps.bad == [[1, step] for step in range(len(given))]
