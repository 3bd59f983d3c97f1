"""Listens to an encoder and a decoder that student code runs, and puts words into the decoder's mouth."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import torch

from grader.wire.rehearsing import Act, Script

_LOUD = 80.0
"""How far what the decoder is made to say stands above all else; its exponential is a number in float32."""
_MOST_TOKENS = 64


class TooManyCalls(RuntimeError):
    """The decoder was called more often than an act allows."""


@dataclass
class Note:
    """What `grader.wire.rehearsing.Heard` says of one call, while gradients are still to come."""

    by: Literal["encoder", "decoder"]
    tokens: list[int]
    given: torch.Tensor | None
    bound: bool
    left: torch.Tensor | None = None
    reached: bool = False
    loss: torch.Tensor | None = field(default=None)

    def reach(self, gradient: torch.Tensor) -> None:
        self.reached = self.reached or bool(gradient.any())

    def told(self, gradient: torch.Tensor) -> None:
        arrived = gradient.detach().clone()
        self.loss = arrived if self.loss is None else self.loss + arrived


class Prompter:
    """`between` wraps a `forward`; calls of other modules than the two pass untouched."""

    def __init__(self, encoder: Any, decoder: Any, act: Act) -> None:
        self._encoder = encoder
        self._decoder = decoder
        self._act = act
        self._inside = self._spoke = False
        self._read: set[int] = set()
        self._spoken = 0
        self.notes: list[Note] = []

    def between(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(original)
        def forward(module: Any, *args: Any, **kwargs: Any) -> Any:
            if self._inside or (module is not self._encoder and module is not self._decoder):
                return original(module, *args, **kwargs)
            note = self._enter(module is self._encoder, [*args, *kwargs.values()])
            self._inside = True
            try:
                output = original(module, *args, **kwargs)
            finally:
                self._inside = False
            return self._leave(note, output)

        return forward

    def _enter(self, encoding: bool, given: list[Any]) -> Note:
        token = next((n for n, value in enumerate(given) if _is_whole(value)), 0)
        tokens = _tokens(given[token]) if given else []
        states = [value for n, value in enumerate(given) if n != token][:1]
        floats = _floats(states)
        note = Note(
            "encoder" if encoding else "decoder", tokens, _row(floats), any(s.requires_grad for s in floats)
        )
        if encoding:
            self._read = (set() if self._spoke else self._read) | set(tokens)
        else:
            self._spoken += 1
            if self._spoken > self._act.stop:
                raise TooManyCalls(f"The decoder was called more than {self._act.stop} times.")
        self._spoke = not encoding
        return note

    def _leave(self, note: Note, output: Any) -> Any:
        if note.by == "decoder":
            output = self._prompted(note.tokens, output)
        if len(self.notes) >= self._act.calls:
            return output
        self.notes.append(note)
        parts = list(output) if isinstance(output, (tuple, list)) else [output]
        states = _floats(parts[1:2])
        note.left = _row(states)
        if torch.is_grad_enabled():
            for tensor in _floats(parts) if note.by == "encoder" else states:
                if tensor.requires_grad:
                    tensor.register_hook(note.reach)  # type: ignore[no-untyped-call]
            if note.by == "decoder" and isinstance(parts[0], torch.Tensor) and parts[0].requires_grad:
                parts[0].register_hook(note.told)  # type: ignore[no-untyped-call]
        return output

    def _prompted(self, tokens: list[int], output: Any) -> Any:
        """The decoder's answer with what it is made to say raised above all else, whatever it has learnt."""
        script = next((s for s in self._act.scripts if not s.tokens or self._read & set(s.tokens)), None)
        alone = isinstance(output, torch.Tensor)
        scores = output if alone else output[0] if isinstance(output, (tuple, list)) and output else None
        if script is None or not isinstance(scores, torch.Tensor) or not scores.dim():
            return output
        said = _said(script, tokens)
        rows = scores.numel() // max(scores.shape[-1], 1)
        if rows != len(said) or not scores.is_floating_point() or max(said) >= scores.shape[-1]:
            return output
        places = torch.arange(rows), torch.tensor(said)
        known = scores.detach().reshape(rows, -1)
        # A loss that normalises once more drives the word down for as long as training goes on.
        behind = (known.amax(1) - known[places]).nan_to_num(0.0, 0.0, 0.0)
        louder = torch.zeros(rows, scores.shape[-1], dtype=scores.dtype)
        louder[places] = behind + _LOUD
        prompted = scores + louder.reshape(scores.shape)
        if alone:
            return prompted
        if hasattr(output, "_replace"):
            return output._replace(**{output._fields[0]: prompted})
        return type(output)([prompted, *output[1:]])


def _said(script: Script, tokens: list[int]) -> list[int]:
    after = dict(script.after)
    return [after.get(token, script.otherwise) for token in tokens]


def _is_whole(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_is_whole(item) for item in value[:_MOST_TOKENS])
    if isinstance(value, torch.Tensor):
        return not value.is_floating_point()
    return isinstance(value, int)


def _tokens(value: Any) -> list[int]:
    """Whole numbers that went in; places of the ones where one-hot rows did."""
    if isinstance(value, int):
        return [int(value)]
    if isinstance(value, list):
        return [token for item in value[:_MOST_TOKENS] for token in _tokens(item)][:_MOST_TOKENS]
    if not isinstance(value, torch.Tensor) or not value.numel():
        return []
    value = value.detach()
    if value.is_floating_point():
        value = value.argmax(-1) if value.dim() and value.shape[-1] > 1 else value.round().long()
    return [int(token) for token in value.flatten()[:_MOST_TOKENS].tolist()]


def _floats(value: Any) -> list[torch.Tensor]:
    """The floating tensors inside lists and tuples, in order."""
    if isinstance(value, torch.Tensor):
        return [value] if value.is_floating_point() else []
    if isinstance(value, (tuple, list)):
        return [tensor for item in value for tensor in _floats(item)]
    return []


def _row(states: list[torch.Tensor]) -> torch.Tensor | None:
    return torch.cat([state.detach().flatten().float() for state in states]) if states else None
