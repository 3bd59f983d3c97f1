"""Real messages, notebooks and archives, small: what fuzzing starts from."""

from __future__ import annotations

import io
import json
import stat
import struct
import tarfile
import zipfile
from functools import cache

import torch

from grader.guest.answers import answer
from grader.wire import cells
from grader.wire.replies import encode_reply
from grader.wire.requests import (
    Call,
    Case,
    Describe,
    Differentiate,
    Look,
    Observe,
    Request,
    Source,
    encode_request,
)
from grader.wire.tensors import Writer
from grader.wire.values import Built, Given, Named
from tests.fuzz.properties import MOST, joined, names

_METADATA = {
    "grader": {"lesson": "cnn"},
    "language_info": {"name": "python"},
    "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"},
}
_OUTPUT = {"output_type": "stream", "name": "stdout", "text": ["a\n"]}


@cache
def messages() -> list[bytes]:
    """Requests, replies, orders and events with their payloads, as `properties.parted` takes them apart."""
    found = []
    for asked, payload in _requests():
        found.append(joined(encode_request(asked), payload))
        told, given = answer(asked, payload, names())
        found.append(joined(encode_reply(told), bytes(given)))
    events: list[cells.Order | cells.Event] = [
        cells.Start(0, 1000, "cnn"),
        cells.Snapshot(),
        cells.Begin(1),
        cells.Printed(1, "stdout"),
        cells.Shown(1, "display"),
        cells.Problem(1, "ValueError", "a", 1),
        cells.End(1, True, 0.5),
        cells.Done(False),
        cells.Hello(),
    ]
    bundle = cells.encode({"text/plain": "a", "image/png": "aGVsbG8="})
    found += [joined(cells.encode(event), bundle) for event in events]
    found.append(joined(cells.encode([cells.Code(1, "x = 1")]), b""))
    return [one for one in found if len(one) < MOST]


def _requests() -> list[tuple[Request, bytes]]:
    torch.set_num_threads(1)
    made: list[tuple[Request, bytes]] = [(Look(["f", "Net", "missing"]), b""), (Source("f"), b"")]

    def tensors(*given: torch.Tensor) -> Writer:
        writer = Writer(MOST)
        for one in given:
            writer.tensor(one)
        return writer

    writer = Writer(MOST)
    plain = [None, True, 5, 0.5, float("nan"), "text", [1, (2, 3)], {"a": 1}, torch.ones(2, 3)]
    packed = torch.nn.utils.rnn.pack_sequence([torch.ones(3, 2), torch.ones(2, 2)])
    case = Case([writer.value(plain)], {"named": writer.value(packed)}, 3)
    made.append((Call(Named("f"), [case, Case([])]), bytes(writer.payload)))
    writer = tensors()
    x = writer.value(torch.ones(1, 3))
    net = Built("Net", [writer.value(3)], {}, {}, [])
    made.append((Call(net, [Case([x])]), bytes(writer.payload)))
    made.append((Describe(net, values=True), b""))
    made.append((Observe(net, Case([x]), ["linear"], ["torch.relu"]), bytes(writer.payload)))
    cotangent = writer.tensor(torch.ones(1, 2))
    made.append((Differentiate(net, Case([x]), [cotangent]), bytes(writer.payload)))
    made.append(
        (Call(Given("Linear", [writer.value(3), writer.value(2)]), [Case([x])]), bytes(writer.payload))
    )
    return made


@cache
def notebooks() -> list[bytes]:
    """Notebooks of several versions and encodings."""
    cell = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# a\n", "b"], "id": "a"},
        {
            "cell_type": "code",
            "metadata": {},
            "source": "import torch\n%time x = 1\r\n",
            "outputs": [_OUTPUT],
        },
    ]
    four = {"cells": cell, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    three = {
        "worksheets": [{"cells": [{"cell_type": "code", "input": "1", "language": "python"}]}],
        "nbformat": 3,
    }
    text = json.dumps(four)
    return [
        text.encode(),
        json.dumps(three).encode(),
        b"\xef\xbb\xbf" + text.encode(),
        text.encode("utf-16"),
        json.dumps(four | {"metadata": {"language_info": {"name": "R"}}}).encode(),
        text.replace("0.5", "NaN").encode(),
        json.dumps([[[[]]]]).encode(),
    ]


@cache
def archives() -> list[bytes]:
    """Archives in every form that programs write, and in some that only attackers do."""
    small = notebooks()[0]
    plain = {"kim.ipynb": small, "lee/hw.ipynb": small, "notes.txt": b"x"}
    slips = {
        "../up.ipynb": small,
        "/abs.ipynb": small,
        "C:\\x.ipynb": small,
        "..\\b.ipynb": small,
        "a\0b.ipynb": b"",
    }
    canvas = {"kim_101_5001_lab.ipynb": small, "Lee_102_assignsubmission_file/a.ipynb": small}
    found = [_zip(files, zipfile.ZIP_DEFLATED) for files in (plain, slips, canvas)]
    found += [_zip(plain, zipfile.ZIP_STORED), _zip(plain, zipfile.ZIP_LZMA), _zip({}, zipfile.ZIP_STORED)]
    found += [_zip({"bomb.ipynb": bytes(1 << 16)}, zipfile.ZIP_DEFLATED), found[0][: len(found[0]) // 2]]
    found += [_streamed(plain), _zip64(plain), _doubled(small), _links(small), _encrypted(small)]
    found += [_tar(plain, "w"), _tar(plain, "w:gz"), b"prefix" * 20 + found[0], found[0] + b"suffix" * 20]
    nested = _zip({"inner.zip": found[0], "kim.ipynb": small}, zipfile.ZIP_DEFLATED)
    return [*found, nested]


def _zip(files: dict[str, bytes], how: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


class _Stream(io.BytesIO):
    """Cannot be sought, so that a zip written to it carries data descriptors."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


def _streamed(files: dict[str, bytes]) -> bytes:
    target = _Stream()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def _zip64(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(content)
    return target.getvalue()


def _doubled(content: bytes) -> bytes:
    """Two entries of one name: written under two, the second renamed in both of its places."""
    return _zip({"kim.ipynb": content, "kin.ipynb": b"{}"}, zipfile.ZIP_STORED).replace(
        b"kin.ipynb", b"kim.ipynb"
    )


def _links(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, form in (("a.ipynb", stat.S_IFLNK), ("b.ipynb", stat.S_IFIFO), ("c.ipynb", stat.S_IFREG)):
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = 3, (form | 0o644) << 16
            archive.writestr(info, content if form == stat.S_IFREG else b"/etc/passwd")
        archive.mkdir("folder.ipynb")
    return target.getvalue()


def _encrypted(content: bytes) -> bytes:
    made = bytearray(_zip({"kim.ipynb": content}, zipfile.ZIP_STORED))
    flags = made.rindex(b"kim.ipynb") - 46 + 8
    made[flags : flags + 2] = struct.pack("<H", 1)
    return bytes(made)


def _tar(files: dict[str, bytes], mode: str) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()
