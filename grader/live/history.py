"""A conversation with a guest that forgets: every step is told again before the next."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec.structs import replace

from grader.wire.remote import Step, Walk


@dataclass
class History:
    """The steps of the conversation so far, with the bytes of their tensors."""

    steps: list[Step] = field(default_factory=list)
    payload: bytearray = field(default_factory=bytearray)

    def told(self, walk: Walk, payload: bytes) -> tuple[Walk, bytes]:
        """The whole conversation up to the end of `walk`, as one that begins."""
        if walk.fresh:
            self.steps.clear()
            self.payload.clear()
        begin = len(self.payload)
        self.steps += [replace(step, begin=begin + step.begin) for step in walk.steps]
        self.payload += payload
        return replace(walk, steps=list(self.steps), fresh=True), bytes(self.payload)
