"""Reading notebooks: what is taken as it comes, what is repaired and noted, what is refused and where."""

from __future__ import annotations

import codecs
import json
from typing import Any

import msgspec
import pytest

from grader import notebook
from grader.errors import SubmissionError
from grader.notebook import Cell, Notebook, Noted


def _bytes(*sources: Any, **fields: Any) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "source": s, "outputs": []} for s in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells, **fields}).encode()


def _refusal(content: bytes, **caps: int) -> SubmissionError:
    with pytest.raises(SubmissionError) as caught:
        notebook.read(content, **caps)
    assert caught.value.code == "notebook.unreadable"
    assert str(caught.value).endswith((".", "?"))
    return caught.value


def test_cells_keep_their_kind_and_source_and_lose_their_outputs() -> None:
    content = json.dumps(
        {
            "nbformat": 4,
            "metadata": {"grader": {"lesson": "rnn_basics"}, "colab": {"user": {"photoUrl": "https://x"}}},
            "cells": [
                {"cell_type": "markdown", "source": ["# One\n", "two"]},
                {"cell_type": "code", "source": "x = 1", "outputs": [{"text": "a secret output"}]},
                {"cell_type": "raw", "source": "raw"},
            ],
        }
    ).encode()
    read = notebook.read(content)
    assert read == Notebook(
        [Cell("markdown", "# One\ntwo"), Cell("code", "x = 1"), Cell("raw", "raw")],
        "rnn_basics",
        "python",
        [],
    )
    assert b"photoUrl" not in msgspec.json.encode(read)
    assert b"secret" not in msgspec.json.encode(read)


@pytest.mark.parametrize("minor", range(6))
def test_every_minor_of_nbformat_4_is_read_without_ids_and_metadata(minor: int) -> None:
    content = json.dumps(
        {"nbformat": 4, "nbformat_minor": minor, "cells": [{"cell_type": "code", "source": "1"}]}
    )
    assert notebook.read(content.encode()) == Notebook([Cell("code", "1")], None, "python", [])


def test_doubled_ids_and_unknown_fields_change_nothing() -> None:
    cell = {"cell_type": "code", "id": "same", "source": "1", "novel": [1]}
    content = json.dumps({"cells": [cell, cell], "nbformat": 5, "extra": {}}).encode()
    assert notebook.read(content).cells == [Cell("code", "1")] * 2


def test_worksheets_of_nbformat_3_are_read_and_noted() -> None:
    content = json.dumps(
        {
            "nbformat": 3,
            "worksheets": [
                {"cells": [{"cell_type": "heading", "level": 1, "source": ["Title"]}]},
                {"cells": [{"cell_type": "code", "input": ["x = 1\n", "x"], "language": "python"}]},
            ],
        }
    ).encode()
    read = notebook.read(content)
    assert read.cells == [Cell("markdown", "Title"), Cell("code", "x = 1\nx")]
    assert read.notes == [Noted("note.repaired", {"what": "nbformat 3"})]


@pytest.mark.parametrize(
    ("encoded", "what"),
    [
        (lambda text: codecs.BOM_UTF8 + text.encode(), "BOM"),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "UTF-16"),
        (lambda text: text.encode("utf-16-le"), "UTF-16"),
        (lambda text: text.encode("utf-16-be"), "UTF-16"),
        (lambda text: text.encode("utf-32"), "UTF-32"),
    ],
)
def test_byte_order_marks_and_utf_16_are_read_and_noted(encoded: Any, what: str) -> None:
    text = json.dumps({"cells": [{"cell_type": "code", "source": "s = '한글'"}]}, ensure_ascii=False)
    read = notebook.read(encoded(text))
    assert read.cells == [Cell("code", "s = '한글'")]
    assert read.notes == [Noted("note.repaired", {"what": what})]


def test_not_a_number_in_json_is_read_and_noted() -> None:
    content = b'{"cells": [{"cell_type": "code", "source": "1", "outputs": [NaN, -Infinity]}]}'
    read = notebook.read(content)
    assert read.cells == [Cell("code", "1")]
    assert read.notes == [Noted("note.repaired", {"what": "-Infinity, NaN"})]


def test_whole_numbers_of_any_length_are_read() -> None:
    assert notebook.read(b'{"cells": [], "execution_count": ' + b"9" * 5000 + b"}").cells == []


def test_line_ends_become_lf_and_odd_blanks_stay() -> None:
    read = notebook.read(_bytes("a = 1\r\nif a:\r\n\tb =\u00a02\rc = 3"))
    assert read.cells == [Cell("code", "a = 1\nif a:\n\tb =\u00a02\nc = 3")]
    assert read.notes == []


def test_a_surrogate_alone_becomes_a_replacement_character_so_that_the_cell_can_be_compiled() -> None:
    read = notebook.read(rb'{"cells": [{"cell_type": "code", "source": "x = \"\ud83d\""}]}')
    assert read.cells == [Cell("code", 'x = "\ufffd"')]
    assert read.notes == [Noted("note.repaired", {"what": "cell 1"})]
    compile(read.cells[0].source, "cell", "exec")


def test_cells_of_a_wrong_form_are_repaired_and_noted() -> None:
    content = json.dumps({"cells": [3, {"cell_type": ["code"], "source": ["a", 1, "b"]}, None]}).encode()
    read = notebook.read(content)
    assert read.cells == [Cell("raw", ""), Cell("raw", "ab"), Cell("raw", "")]
    assert read.notes == [Noted("note.repaired", {"what": "cell 1, cell 2, cell 3"})]


def test_many_repairs_are_cut_in_the_note() -> None:
    [note] = notebook.read(json.dumps({"cells": [None] * 100}).encode()).notes
    assert note.facts["what"] == ", ".join(f"cell {n}" for n in range(1, 9)) + ", …"


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "my-private-kernel", "display_name": "?"}},
        {"kernelspec": {"name": "pytorch", "language": "python"}},
        {"kernelspec": {"language": "R"}, "language_info": {"name": "python"}},
        {"kernelspec": "broken", "language_info": [], "grader": 3},
    ],
)
def test_the_kernel_does_not_matter(metadata: object) -> None:
    assert notebook.read(_bytes("1", metadata=metadata)).language == "python"


@pytest.mark.parametrize("language", ["R", "julia"])
def test_another_language_is_refused_by_name(language: str) -> None:
    error = _refusal(_bytes("1", metadata={"language_info": {"name": language}}))
    assert error.facts == {"reason": "wrong_language", "language": language}
    assert language in str(error)


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        (["import tensorflow as tf"], "tensorflow"),
        (["x = 1\n  from keras.layers import Dense", "import os, tensorflow.v1 as tf"], "keras, tensorflow"),
        (["import tensorflow", "from torch import nn"], None),
        (["import keras_tuner, torchvision", "# import tensorflow"], None),
    ],
)  # fmt: skip
def test_another_framework_is_noted_where_torch_is_not_used(sources: list[str], said: str | None) -> None:
    expected = [Noted("note.other_framework", {"what": said})] if said else []
    assert notebook.read(_bytes(*sources)).notes == expected


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (b"", {"reason": "empty"}),
        (b" \r\n\t", {"reason": "empty"}),
        (codecs.BOM_UTF8, {"reason": "empty"}),
        (b'{"cells": [\n  {"cell_type": "code",\n', {"reason": "not_json", "line": 3, "column": 1}),
        (b'{"cells": [\n  {"cell_type": "co', {"reason": "not_json", "line": 2, "column": 17}),
        (b"import torch\n", {"reason": "not_json", "line": 1, "column": 1}),
        (b'{\n "cells": "\xb0\xa1"}', {"reason": "encoding", "line": 2, "column": 12}),
        (b"{}", {"reason": "no_cells"}),
        (b"[]", {"reason": "no_cells"}),
        (b'{"cells": {}, "worksheets": 1}', {"reason": "no_cells"}),
        (b"[" * 100_000, {"reason": "too_deep"}),
        (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", {"reason": "too_deep"}),
        (b'{"a":' * 100_000, {"reason": "too_deep"}),
    ],
)
def test_what_is_no_notebook_is_refused_with_reason_and_place(
    content: bytes, facts: dict[str, object]
) -> None:
    assert _refusal(content).facts == facts


def test_a_truncated_file_is_said_to_break_off_and_another_kind_of_file_is_named() -> None:
    assert "breaks off at line 1, column 11" in str(_refusal(b'{"cells": '))
    assert "a web page" in str(_refusal(b"<!DOCTYPE html><p>Sign in"))
    assert "a zip archive" in str(_refusal(b"PK\x03\x04\xff\xff"))


def test_caps_on_bytes_and_cells() -> None:
    content = _bytes("1", "2", "3")
    size = len(content)
    assert len(notebook.read(content, max_bytes=size, max_cells=3).cells) == 3
    assert _refusal(content, max_bytes=size - 1).facts == {
        "reason": "too_large",
        "bytes": size,
        "limit": size - 1,
    }
    assert _refusal(content, max_cells=2).facts == {"reason": "too_large", "cells": 3, "limit": 2}


def test_the_lesson_in_the_metadata() -> None:
    assert notebook.lesson_of(_bytes(metadata={"grader": {"lesson": "cnn"}})) == "cnn"
    for other in ({}, {"grader": "cnn"}, {"grader": {"lesson": ["cnn"]}}, {"grader": {"lesson": "x" * 101}}):
        assert notebook.lesson_of(_bytes(metadata=other)) is None
    assert notebook.lesson_of(b"no notebook") is None
