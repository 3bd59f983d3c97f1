"""`student`: the notebook's names as a check sees them. Calls take and return tensors.

`student.Net(8, 16, 5)` describes a model (built afresh in the guest for every request);
`student.make_batch(words, chars)` calls a function and returns its value. Whatever the student's
side does instead of answering becomes a `Finding`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import nn

from grader.judge.answer import Answer, read_results
from grader.judge.crossing import crossing
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.guest import Guest, GuestGone
from grader.judge.known import Known
from grader.judge.model import Model
from grader.judge.remote import Steps
from grader.judge.supplied import Kind, Supplied
from grader.wire.frames import MAX_PAYLOAD
from grader.wire.replies import NameSeen, Quoted, Reply, Seen
from grader.wire.requests import Call, Case, Lab, Look, Request, Source
from grader.wire.tensors import Reader, Writer
from grader.wire.values import Named, Other, Value

MOST_READS = 4
"""Times that the bytes of a reply may be read: its header could name the same ones thousands of times."""


class Student:
    """One submission behind the wall, for one check. Attributes are handles to names of the notebook.

    known: what earlier checks have learnt; this one adds to it
    """

    def __init__(self, guest: Guest, draw: Draw, known: Known | None = None) -> None:
        self._guest = guest
        self._draw = draw
        self._known = known or Known()
        self._seen: dict[str, NameSeen] = {}
        self._examples: dict[str, Callable[..., Sequence[Any]]] = {}
        self._conversation: Steps | None = None
        self._weak = False

    def __repr__(self) -> str:
        return "student"

    def __getattr__(self, name: str) -> Handle:
        if name.startswith("_"):
            raise AttributeError(name)
        return Handle(self, name)

    def reading(self, **examples: Callable[..., Sequence[Any]]) -> Student:
        """This student, with what models read, by name: a function from what the model is built with to the
        arguments of one call. Lazy layers (`LazyLinear`, `LazyConv2d`) find their sizes in that call, before
        anything else is done with a model; models without such layers are not called."""
        self._examples.update(examples)
        return self

    def _handle(self, name: str) -> Handle:
        return Handle(self, name)

    def _ask(self, request: Request, payload: bytes = b"", *, about: str) -> tuple[Reply, Reader]:
        reply, data = self._asked(request, payload, about=about)
        return reply, Reader(data, most=MOST_READS * len(data))

    def _asked(self, request: Request, payload: bytes, *, about: str) -> tuple[Reply, bytes]:
        try:
            return self._known.ask(self._guest, request, payload)
        except GuestGone as gone:
            raise Finding(
                gone.code, facts={"name": about, "detail": gone.detail, "seconds": gone.seconds}, about=about
            ) from gone

    def _look(self, name: str) -> NameSeen:
        if name not in self._seen:
            names = list(self._known.names) if name in self._known.names else [name]
            reply, _ = self._ask(Look(names), about=name)
            if not isinstance(reply, Seen) or [seen.name for seen in reply.names] != names:
                raise Finding(
                    "reply.malformed", facts={"name": name, "detail": "no answer to a look-up"}, about=name
                )
            self._seen |= {seen.name: seen for seen in reply.names}
        return self._seen[name]


class Handle:
    """A name of the notebook. Calling it builds a model or calls a function."""

    def __init__(self, student: Student, name: str) -> None:
        self.student = student
        self.name = name

    def __repr__(self) -> str:
        return f"student.{self.name}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """A `Model` for a class or a factory of modules; the function's value otherwise."""
        if self.callable().kind == "class":
            return self.model(*args, **kwargs)
        (answer,) = self.calls([args], **kwargs)
        value = answer.get()
        return self.model(*args, **kwargs) if isinstance(value, Other) and value.module else value

    def model(self, *args: Any, **kwargs: Any) -> Model:
        """A model made by this class or factory; nothing is asked of the guest yet."""
        self.require()
        example = self.student._examples.get(self.name)
        first = tuple(example(*args, **kwargs)) if example else ()
        return Model(self.student, self.name, args, kwargs, first=first)

    def stand_in(self, kind: Kind, *sizes: int, knows: Mapping[str, int] | None = None) -> Model:
        """`torch.nn.<kind>(*sizes)` under this name: for checks of what is done with a model, where the
        notebook's own cannot be used. See the marker `prefers`. `knows`: attributes that it has besides,
        where the contract gives models such."""
        supplied = Supplied(kind, sizes, attributes=knows or {})
        return Model(self.student, self.name, sizes, {}, stand_in=supplied)

    def calls(
        self, cases: Sequence[Sequence[Any]], *, seed: int = 0, lab: Lab | None = None, **kwargs: Any
    ) -> list[Answer]:
        """One answer per tuple of arguments, all in one message. Arguments may hold tensors, arrays,
        `Model`s, `Given` modules, lists, tuples, dictionaries, text and numbers."""
        self.callable()
        writer = Writer(MAX_PAYLOAD)
        named = dict(zip(kwargs, self.written(list(kwargs.values()), writer), strict=True))
        written = [Case(self.written(args, writer), named, seed) for args in cases]
        request = Call(Named(self.name), written, lab or Lab(mode="as_is"))
        reply, reader = self.student._ask(request, bytes(writer.payload), about=self.name)
        return read_results(reply, reader, len(cases), self.name)

    def written(self, args: Sequence[Any], writer: Writer) -> list[Value]:
        """Arguments in wire form, recipes of modules included; tensors join `writer`'s payload."""
        return [writer.value(crossing(value, writer)) for value in args]

    def require(self) -> NameSeen:
        """What the name is. Raises `name.missing` or `name.wrong_kind`."""
        seen = self.callable()
        if seen.kind == "module":
            raise Finding("name.wrong_kind", facts={"name": self.name, "type": seen.type})
        return seen

    def callable(self) -> NameSeen:
        """As `require`; but a module of a class of the notebook's own is a function, too. One of torch's own
        stands there by mistake: it takes what it takes, and no contract asks for that."""
        seen = self.student._look(self.name)
        if seen.kind == "missing":
            facts = {"name": self.name, "near": seen.near[0] if seen.near else ""}
            raise Finding("name.missing", facts=facts)
        if seen.kind == "value" or (seen.kind == "module" and hasattr(nn, seen.type)):
            raise Finding("name.wrong_kind", facts={"name": self.name, "type": seen.type})
        return seen

    def lines(self) -> Quoted | None:
        """The student's own lines that define this name, where the guest can tell."""
        try:
            reply, _ = self.student._guest.ask(Source(self.name), b"")
        except GuestGone:
            return None
        return reply if isinstance(reply, Quoted) else None
