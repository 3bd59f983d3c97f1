"""Test code on our side and objects on the other: what is kept, what is refused, what a forger can say."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from grader.judge.conversation import Conversation
from grader.judge.finding import Finding
from grader.judge.guest import GuestGone
from grader.judge.patience import limited
from grader.judge.remote import Notebook, Remote, is_a, is_callable
from grader.judge.student import Student
from grader.judge.thrown import Thrown, thrown
from grader.judge.weakly import weakly
from grader.live.history import History
from grader.wire.outcomes import Raised, State
from grader.wire.remote import Gave, Ran, Step, Threw, Walk, Walked
from grader.wire.replies import Reply, Seen
from grader.wire.requests import Request
from grader.wire.values import Kept, Known, Named, Scalar, Tensor, Value
from tests.fakes import InProcessGuest, student_of

STATE = State("float32", True, 1, False)
CELL = """
import torch
class Own(KeyError): pass
class Equal:
    def __eq__(self, other): return True
    def __gt__(self, other): return True
def equal(): return Equal()
def own(): raise Own('k')
def ends(): raise SystemExit(1)
def blank():
    raise NotImplementedError()
def kernel(): raise NotImplementedError("not implemented for 'Half'")
def same(x): return x
def fill(x, at=None): x.fill_(1)
def huge(): return list(range(30_000))
"""


class Forger:
    """A guest that gives this reply to whatever it is asked."""

    def __init__(self, reply: Reply | GuestGone, payload: bytes = b"") -> None:
        self.reply, self.payload = reply, payload

    def ask(self, request: Request, payload: bytes) -> tuple[Reply, bytes]:
        if isinstance(self.reply, GuestGone):
            raise self.reply
        return self.reply, self.payload


def talk(*cells: str) -> tuple[Notebook, Conversation]:
    student, _ = student_of(*(cells or (CELL,)))
    conversation = Conversation(student, 1)
    return Notebook(conversation), conversation


def forged(value: Value | None = None, reply: Reply | GuestGone | None = None) -> tuple[Any, Conversation]:
    _, draw = student_of("")
    said = reply or Walked(Gave(value or Scalar(1)), STATE)
    conversation = Conversation(Student(Forger(said), draw), 1)
    return Notebook(conversation), conversation


def test_an_exception_is_of_the_first_of_pythons_kinds() -> None:
    notebook, _ = talk()
    with pytest.raises(KeyError) as caught:
        notebook.own()
    assert isinstance(caught.value, Thrown)
    assert type(caught.value).__name__ == "Own"
    assert caught.value.finding.code == "call.failed"


@pytest.mark.parametrize(
    ("name", "code"),
    [("ends", "call.failed"), ("blank", "notebook.not_attempted"), ("nothing", "name.missing")],
)
def test_what_no_test_may_expect_ends_the_conversation(name: str, code: str) -> None:
    notebook, conversation = talk()
    with pytest.raises(Finding, match=code):
        getattr(notebook, name)()
    with pytest.raises(Finding, match=code):
        notebook.same(1)
    assert conversation.ended is not None


def test_an_operation_that_torch_lacks_is_no_blank() -> None:
    notebook, conversation = talk()
    with pytest.raises(NotImplementedError):
        notebook.kernel()
    assert conversation.ended is None


def test_exceptions_that_need_more_than_a_message_become_their_parents() -> None:
    finding = Finding("call.failed")
    error = thrown(["UnicodeDecodeError", "UnicodeError", "ValueError", "Exception"], "no", finding)
    assert isinstance(error, ValueError)
    assert not isinstance(error, UnicodeDecodeError)
    assert thrown(["SystemExit", "BaseException"], "", finding) is None
    assert type(thrown(["not a name!", "Exception"], "", finding)).__name__ == "Exception"


@pytest.mark.parametrize("compare", ["==", "!=", ">", "<"])
def test_an_object_is_not_compared_with_a_plain_value(compare: str) -> None:
    notebook, conversation = talk()
    with pytest.raises(Finding, match=r"test\.own_object"):
        eval(f"thing {compare} 3", {"thing": notebook.equal()})  # noqa: S307
    assert conversation.ended is not None


def test_a_test_cannot_hand_over_what_cannot_cross() -> None:
    notebook, conversation = talk()
    with pytest.raises(TypeError, match="cannot be handed"):
        notebook.same(lambda x: x)
    assert notebook.same(torch.float32).grader_held.type == "dtype"
    assert conversation.ended is None


def test_what_is_too_large_is_the_students() -> None:
    notebook, _ = talk()
    with pytest.raises(Finding, match=r"reply\.malformed"):
        notebook.huge()


def test_a_tensor_is_filled_here_as_well() -> None:
    notebook, _ = talk()
    x = torch.zeros(2)
    notebook.fill(x)
    notebook.fill(at=0, x=x[:1])
    assert x.tolist() == [1, 1]


LIES: list[Reply] = [
    Walked(Gave(Tensor("float64", [10**6], 0)), STATE),
    Walked(Gave(Known("torch.zeros")), STATE),
    Walked(Gave(Scalar(1)), STATE, {"7": Scalar(1)}),
    Walked(Gave(Scalar(1)), STATE, {"0": Tensor("float32", [3], 0)}),
    Seen([], STATE),
    Ran(None, STATE),
]


@pytest.mark.parametrize("reply", LIES)
def test_a_forged_reply_is_malformed(reply: Reply) -> None:
    _, conversation = forged(reply=reply)
    with pytest.raises(Finding, match=r"reply\.malformed"):
        conversation.step("call", Named("f"), "f", ([1],))
    assert conversation.ended is not None


def test_forged_kinds_raise_nothing_but_exceptions() -> None:
    for kinds in ([], ["exit"], ["BaseException"], ["KeyboardInterrupt"], ["print"], ["GeneratorExit"]):
        _, conversation = forged(reply=Walked(Threw(Raised("X", "m"), kinds), STATE))
        with pytest.raises(Finding):
            conversation.step("call", Named("f"), "f")


def test_forged_lengths_and_members_are_no_numbers_of_ours() -> None:
    _, conversation = forged(Scalar(-5))
    thing = Remote(conversation, Kept(0, "T", ["builtins.int"], True), "f")
    with pytest.raises(Finding, match=r"test\.own_object"):
        len(thing)
    assert is_callable(thing)
    assert is_a(thing, int)
    assert not is_a(thing, (str, list))


def test_a_guest_that_has_gone_ends_it() -> None:
    notebook, conversation = forged(reply=GuestGone("call.out_of_time", "2 s"))
    for _ in range(2):
        with pytest.raises(Finding, match=r"call\.out_of_time"):
            notebook.anything  # noqa: B018
    assert conversation.ended is not None


def test_weak_code_says_where_it_stopped() -> None:
    student, _ = student_of("x = 1")
    weakly(student, "y = x + 1\nassert y == 2")
    with pytest.raises(Finding) as caught:
        weakly(student, "y = x\nassert y == 2, 'no'")
    assert caught.value.facts == {"type": "AssertionError", "message": "no", "line": "assert y == 2, 'no'"}
    assert student._weak


@pytest.mark.parametrize("reply", [Seen([], STATE), Walked(Gave(Scalar(1)), STATE)])
def test_weak_code_wants_its_own_reply(reply: Reply) -> None:
    _, draw = student_of("")
    with pytest.raises(Finding, match=r"reply\.malformed"):
        weakly(Student(Forger(reply), draw), "pass")


def test_a_line_that_is_none_of_the_source_is_not_shown() -> None:
    _, draw = student_of("")
    with pytest.raises(Finding) as caught:
        weakly(Student(Forger(Ran(Raised("E", "m"), STATE, 99)), draw), "pass")
    assert caught.value.facts["line"] == ""


def test_a_guest_that_forgets_is_told_everything_again() -> None:
    class Forgetful(InProcessGuest):
        def __init__(self, *cells: str) -> None:
            super().__init__(*cells)
            self.history = History()

        def ask(self, request: Request, payload: bytes) -> tuple[Reply, bytes]:
            self.objects.clear()
            if isinstance(request, Walk):
                request, payload = self.history.told(request, payload)
            return super().ask(request, payload)

    _, draw = student_of("")
    cell = (
        "class Box:\n    def __init__(self, x):\n        self.x = x\n"
        "    def add(self, y):\n        self.x += y\n"
    )
    notebook = Notebook(Conversation(Student(Forgetful(cell), draw), 1))
    box = notebook.Box(torch.ones(2))
    box.add(torch.tensor([1.0, 2.0]))
    box.add(torch.tensor([1.0, 2.0]))
    assert box.x.tolist() == [3, 5]


def test_a_history_begins_anew_with_a_conversation() -> None:
    history = History()
    step = Step("read", Named("x"))
    history.told(Walk([step], fresh=True), b"abc")
    walk, payload = history.told(Walk([step]), b"d")
    assert (len(walk.steps), payload, walk.fresh) == (2, b"abcd", True)
    walk, payload = history.told(Walk([step], fresh=True), b"")
    assert (len(walk.steps), payload) == (1, b"")


def test_a_test_that_is_kept_busy_is_stopped() -> None:
    def over() -> None:
        raise Finding("test.too_long")

    with pytest.raises(Finding, match=r"test\.too_long"), limited(over, 0.05):
        for _ in range(10**12):
            pass
