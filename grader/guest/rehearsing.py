"""Calling functions of the notebook on an encoder and a decoder that are listened to, and may be prompted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from grader.guest import lab as laboratory
from grader.guest.calls import raised
from grader.guest.prompting import Prompter
from grader.guest.reciting import recite
from grader.guest.replacing import replaced
from grader.guest.targets import Targets
from grader.wire.cases import Lab
from grader.wire.frames import WireError
from grader.wire.outcomes import Outcome, Raised, Returned
from grader.wire.rehearsing import Act, Heard, Played, Rehearse, Rehearsed
from grader.wire.tensors import Writer


def rehearse(request: Rehearse, targets: Targets, writer: Writer) -> Rehearsed:
    """Every act in turn; one that raises does not stop the others. Raises as making the cast does."""
    with laboratory.laboratory(Lab(mode="as_is", grad=True)):
        laboratory.seed(request.acts[0].seed if request.acts else 0)
        cast = [targets.argument(value) for value in request.cast]
        played = []
        for act in request.acts:
            played.append(_play(act, cast, targets, writer))
            torch.set_grad_enabled(True)
        recited = [] if request.recital is None else recite(request.recital, cast[-2:], writer)
    return Rehearsed(played, laboratory.state(), recited)


def _play(act: Act, cast: list[Any], targets: Targets, writer: Writer) -> Played:
    encoder, decoder = cast[-2:]
    prompter = Prompter(encoder, decoder, act)
    outcome: Outcome
    laboratory.seed(act.seed)
    with _listening(prompter, encoder, decoder):
        try:
            function = targets.named(act.function)
            before = [targets.argument(value) for value in act.before]
            rest = [targets.argument(value) for value in act.rest]
            named = {name: targets.argument(value) for name, value in act.named.items()}
            outcome = Returned(writer.value(function(*before, *cast, *rest, **named)))
        except WireError as error:
            outcome = Raised("ReplyError", str(error)[:500])
        except (Exception, SystemExit) as error:
            outcome = raised(error)
    heard = [
        Heard(
            note.by,
            note.tokens,
            None if note.given is None else writer.tensor(note.given),
            None if note.left is None else writer.tensor(note.left),
            note.bound,
            note.reached,
            None if note.loss is None else writer.tensor(note.loss),
        )
        for note in prompter.notes
    ]
    return Played(outcome, heard)


@contextlib.contextmanager
def _listening(prompter: Prompter, *modules: Any) -> Iterator[None]:
    """Calls of these modules go through the prompter, those of their `forward` by name, too."""
    kinds = dict.fromkeys(type(module) for module in modules if isinstance(module, nn.Module))
    with contextlib.ExitStack() as stack:
        for kind in kinds:
            stack.enter_context(replaced(kind, "forward", prompter.between))
        yield
