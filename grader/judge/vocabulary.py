"""A vocabulary that the notebook's own class makes of sentences of ours: built behind the wall, then read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grader.judge.answer import read_results
from grader.judge.crossing import built
from grader.judge.student import Handle
from grader.wire.frames import MAX_PAYLOAD
from grader.wire.requests import Call, Case, Lab
from grader.wire.tensors import Writer
from grader.wire.values import Built, Given, Text

SOS, EOS = 0, 1


@dataclass(frozen=True)
class Vocabulary:
    """`handle()`, to which `add_vocab` has given each sentence in turn; immutable, asks nothing by itself.

    With `ours` a vocabulary of our own takes its place.
    """

    handle: Handle
    sentences: Sequence[str]
    ours: bool = False

    def argument(self, writer: Writer) -> Built | Given:
        """The recipe in wire form."""
        if self.ours:
            return Given("Words", [Text(sentence) for sentence in self.sentences])
        made = built(self.handle.name, (), {}, writer)
        return Built(made.name, calls=[("add_vocab", [Text(sentence)]) for sentence in self.sentences])

    def tables(self) -> tuple[Any, Any, Any]:
        """`vocab2index`, `index2vocab` and `n_vocab`, whatever they are. Raises `call.failed`."""
        if not self.ours:
            self.handle.require()
        writer = Writer(MAX_PAYLOAD)
        names = ("vocab2index", "index2vocab", "n_vocab")
        request = Call(
            self.argument(writer),
            [Case([Text(name)]) for name in names],
            Lab(mode="as_is"),
            "__getattribute__",
        )
        reply, reader = self.handle.student._ask(request, bytes(writer.payload), about=self.handle.name)
        first, second, third = read_results(reply, reader, len(names), self.handle.name)
        return first.get(), second.get(), third.get()


def word_of(table: Any, number: int) -> str | None:
    """What stands at `number` in a dictionary or list of words; None where no text does."""
    found: Any = None
    if isinstance(table, dict):
        found = table.get(number)
    elif isinstance(table, (list, tuple)) and 0 <= number < len(table):
        found = table[number]
    return found if isinstance(found, str) else None
