"""What every message of the wire is, and how bytes become one."""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

from grader.wire.frames import Malformed

T = TypeVar("T")

Int = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""An integer of the wire: one of any size would be none that a float, a page or a clock can take."""


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="m"):
    """Frozen, told apart by its tag in the field `m`; a field that it does not have is refused."""


def decoded(decoder: msgspec.json.Decoder[T], content: bytes, what: str) -> T:
    """What `content` holds. Raises `Malformed`, saying that it is no `what`."""
    try:
        return decoder.decode(content)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Malformed(f"no {what}: {error}") from error
