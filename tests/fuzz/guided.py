"""A run guided by coverage over the readers of what others write: `pip install atheris`, then

    python -m tests.fuzz.guided CORPUS SECONDS [libFuzzer's flags]

CORPUS is a folder for the inputs that reached new lines; the first run fills it with real messages,
notebooks and archives. The first byte of an input chooses the property. Whatever gets past a property is
written to `crash-...` in the working folder, and becomes a test.
"""

from __future__ import annotations

import contextlib
import hashlib
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import atheris

with atheris.instrument_imports(include=["grader", "zipfile", "json"]):
    from tests.fuzz import properties

import msgspec

from grader.judge.run import OneGuest, run_checks
from grader.lesson import find
from grader.wire.replies import Reply, encode_reply
from grader.wire.requests import Request, encode_request
from tests.forked import in_fork
from tests.fuzz import seeds
from tests.fuzz.forging import change, damage
from tests.fuzz.test_forged_replies import reference

ROOT = Path(__file__).resolve().parents[2]

_LONGEST = 1 << 15
_FRAME, _MESSAGE, _REPLY, _REQUEST, _NOTEBOOK, _ARCHIVE = range(6)


def main(corpus: Path, seconds: int, flags: list[str]) -> None:
    """Fuzzes for so long; exits with libFuzzer's status."""
    corpus.mkdir(parents=True, exist_ok=True)
    fill(corpus)
    folder = Path(tempfile.mkdtemp(prefix="fuzzed-"))
    checks: dict[int, Callable[[bytes], None]] = {
        _FRAME: properties.frame,
        _MESSAGE: properties.message,
        _REPLY: properties.reply,
        _REQUEST: properties.request,
        _NOTEBOOK: properties.notebook,
        _ARCHIVE: lambda data: properties.archive(data, folder / "in"),
    }

    def one(data: bytes) -> None:
        if data:
            checks[data[0] % len(checks)](data[1:])

    caps = [f"-max_total_time={seconds}", f"-max_len={_LONGEST}", "-timeout=20", "-rss_limit_mb=3000"]
    atheris.Setup(["guided", *caps, *flags, str(corpus)], one, custom_mutator=mutated)
    atheris.Fuzz()


def fill(corpus: Path) -> None:
    """Puts the seeds there, each for every property that reads its kind."""
    real = [path.read_bytes() for path in sorted((ROOT / "assignments").glob("*/*.ipynb"))]
    kinds = {
        (_FRAME, _MESSAGE, _REPLY, _REQUEST): [*seeds.messages(), *recorded("rnn_basics")],
        (_NOTEBOOK,): [*seeds.notebooks(), *real],
        (_ARCHIVE,): seeds.archives(),
    }
    for checks, contents in kinds.items():
        for check in checks:
            for content in contents:
                data = bytes([check]) + content[: _LONGEST - 1]
                (corpus / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def recorded(lesson: str) -> list[bytes]:
    """What passes over the wire while a lesson's reference is judged, as far as it is small."""
    honest = reference(lesson)

    class Recording:
        passed: ClassVar[list[bytes]] = []

        def ask(self, request: Request, payload: bytes) -> tuple[Reply, bytes]:
            reply, data = honest.ask(request, payload)
            self.passed.append(properties.joined(encode_request(request), payload))
            self.passed.append(properties.joined(encode_reply(reply), data))
            return reply, data

    def work() -> bytes:
        run_checks(find(lesson), OneGuest(Recording()), b"recorded")
        small = [one for one in Recording.passed if len(one) < 4000]
        return msgspec.json.encode(small)

    return msgspec.json.decode(in_fork(work), type=list[bytes])


def mutated(data: bytes, most: int, seed: int) -> bytes:
    """Half of the time a change of what the JSON says, else one of its bytes."""
    dice = random.Random(seed)
    if data and data[0] % 6 in (_MESSAGE, _REPLY, _REQUEST, _NOTEBOOK) and dice.random() < 0.5:
        # What is no JSON (yet) is mutated as bytes.
        with contextlib.suppress(ValueError, RecursionError, TypeError):
            return _changed(data, dice)[:most]
    changed: bytes = atheris.Mutate(data, most)
    return changed


def _changed(data: bytes, dice: random.Random) -> bytes:
    kind, content = data[:1], data[1:]
    whole = kind[0] % 6 == _NOTEBOOK
    header, payload = (content, b"") if whole else properties.parted(content)
    tree = msgspec.json.decode(header)
    for _ in range(dice.randint(1, 3)):
        change(dice, tree)
    if payload and dice.random() < 0.3:
        payload = damage(dice, payload)
    encoded = msgspec.json.encode(tree)
    return kind + (encoded if whole else properties.joined(encoded, payload))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
