"""Words: complete in both languages, with the same facts, in the tone that the style asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from korean import texts
from sample_records import LESSON_WORDS

from grader.errors import LessonError
from grader.lesson import Lesson
from grader.report.sentences import SENTENCE_END, placeholders
from grader.report.words import FIELDS, OURS, Words

GROUPS = sorted({path.name for lang in ("en", "ko") for path in (OURS / lang).glob("*.toml")})
LESSONS = sorted(path.parent for path in (OURS.parents[2] / "assignments").glob("*/words"))
CODES = [name for name in GROUPS if name != "ui.toml"]
LATIN = re.compile(r"\b(e\.g\.|i\.e\.|etc\.|vs\.)")
EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u26ff]")


def read(lang: str, name: str) -> dict[str, Any]:
    return tomllib.loads((OURS / lang / name).read_text("utf-8"))


@pytest.mark.parametrize("name", GROUPS)
def test_both_languages_say_the_same_with_the_same_facts(name: str) -> None:
    english, korean = dict(texts(read("en", name))), dict(texts(read("ko", name)))
    # A plural of one needs a text of its own in English only.
    plural = {path for path in {*english, *korean} if path.endswith(".one")}
    assert set(english) - plural == set(korean) - plural
    for path in set(english) & set(korean):
        assert placeholders(english[path]) == placeholders(korean[path]), path


@pytest.mark.parametrize("name", CODES)
def test_each_code_belongs_to_its_file_and_has_a_headline_and_a_hint(name: str) -> None:
    for lang in ("en", "ko"):
        for code, entry in read(lang, name).items():
            if code == "@":
                continue
            assert code.partition(".")[0] == name.removesuffix(".toml"), code
            assert entry.get("headline"), code
            assert entry.get("hints"), code
            assert set(entry) <= {*FIELDS, "hints", "by"}, code
            for by_value in entry.get("by", {}).values():
                assert all(set(part) <= {*FIELDS, "hints"} for part in by_value.values()), code


def test_advice_may_depend_on_a_fact() -> None:
    words = Words.load(None)

    def hints(**facts: str) -> tuple[str, ...]:
        return words.said("notebook.cell_failed", facts, "en").hints

    assert hints(type="NameError")[0].startswith("Restart the kernel")
    assert hints(type="RuntimeError") == hints() != hints(type="NameError")
    assert words.said("notebook.cell_failed", {"type": "NameError", "cell": 3}, "en").headline.endswith(
        "cell 3"
    )


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", GROUPS)
def test_the_tone_is_sober(name: str, lang: str) -> None:
    for path, text in texts(read(lang, name)):
        assert "!" not in text, (path, text)
        assert not EMOJI.search(text), (path, text)
        assert not LATIN.search(text), (path, text)


@pytest.mark.parametrize("name", [name for name in CODES if name != "note.toml"])
def test_korean_states_facts_in_hapnida_and_asks_in_hints(name: str) -> None:
    for code, entry in read("ko", name).items():
        if code == "@":
            continue
        for field in FIELDS:
            assert not re.search(r"(해요|어요|아요|네요|한다|된다)\.?$", entry.get(field, "")), (code, field)
        for hint in entry["hints"]:
            assert "세요" in hint or "?" in hint, (code, hint)


def test_a_finding_is_said_in_both_languages(words: Words) -> None:
    facts = {"of": 4, "changed": 3, "worst": 1.13, "tolerance": 1e-5}
    english = words.said("packing.reads_padding", facts, "en", "test_padding_changes_nothing")
    assert english.saw == "3 of 4 words changed. The shorter the word, the larger the change: up to 113%."
    assert english.message.startswith("Padding changes what your network says. 3 of 4 words changed.")
    assert "최대 113%" in words.said("packing.reads_padding", facts, "ko").saw


def test_a_lesson_overrides_a_finding_and_a_check_fills_what_it_leaves_out(words: Words) -> None:
    assert words.said("shape.wrong", {}, "en").headline == "Your tagger returns another shape"
    assert words.said("shape.wrong", {}, "en", "test_shapes").tried.startswith("We gave your network batches")
    overridden = words.said("packing.reads_padding", {"of": 2}, "en", "test_padding_changes_nothing")
    assert overridden.why.startswith("The same word gets another answer")


def test_an_unknown_code_and_a_missing_fact_still_give_a_sentence(words: Words) -> None:
    for lang in ("en", "ko"):
        assert words.said("nosuch.code", {}, lang).headline
        assert words.said("name.missing", {}, lang).headline
    assert words.said("check.assertion", {"text": "3 != 4"}, "en").saw == "3 != 4"


def test_a_check_with_a_parameter_takes_the_title_of_its_function(words: Words) -> None:
    assert words.check_title("test_cells[gru]", "en") == "The gru cell is what it says"
    assert words.check_title("test_shapes[lstm]", "en") == "The network answers with one row per word (lstm)"
    assert words.check_title("test_nobody_named_this", "en") == "Nobody named this"


def test_a_label_without_words_is_still_readable(words: Words) -> None:
    assert words.label("@column.mean_drift", "ko") == "mean drift"
    assert words.label("@axis.batch", "ko") == "배치"
    assert words.label("hello", "ko") == "hello"


def test_a_plural_of_one(words: Words) -> None:
    assert words.ui("page.ran", "en", n=1, seconds="0.1") == "One code cell in 0.1 s."
    assert words.ui("page.ran", "en", n=2, seconds="0.1") == "2 code cells in 0.1 s."


def test_a_broken_lesson_file_is_the_author_s_to_mend(tmp_path: Path) -> None:
    (tmp_path / "en.toml").write_text("title = ")
    with pytest.raises(LessonError, match=r"en\.toml"):
        Words.load(tmp_path)


def test_without_a_lesson_there_are_our_words(words: Words) -> None:
    ours = Words.load(None)
    assert ours.lesson_title("en") == ""
    assert ours.findings["en"].keys() == ours.findings["ko"].keys()
    assert words.lesson_title("ko") == "패킹된 시퀀스"


def test_the_sample_lesson_is_complete_in_both_languages() -> None:
    english, korean = (
        tomllib.loads((LESSON_WORDS / f"{lang}.toml").read_text("utf-8")) for lang in ("en", "ko")
    )
    assert {path for path, _ in texts(english)} == {path for path, _ in texts(korean)}


def test_a_fact_that_is_a_token_is_said_in_words(words: Words) -> None:
    facts = {"reason": "not_json"}
    assert words.said("notebook.unreadable", facts, "en").saw == "We could not read it: it is not JSON."
    assert "JSON 형식이 아닙니다" in words.said("notebook.unreadable", facts, "ko").saw


def test_no_key_of_the_interface_is_said_twice() -> None:
    for lang in ("en", "ko"):
        keys = [path for path, _ in texts(read(lang, "ui.toml"))]
        labels = [read(lang, name).get("@", {}) for name in CODES]
        keys += ["/" + key.replace(".", "/") for of_group in labels for key in of_group]
        assert len(keys) == len(set(keys)), [key for key in keys if keys.count(key) > 1]


@pytest.mark.parametrize("name", CODES)
def test_a_headline_that_needs_a_fact_has_one_that_does_not(name: str) -> None:
    for lang in ("en", "ko"):
        for code, entry in read(lang, name).items():
            if code != "@" and all(placeholders(part) for part in SENTENCE_END.split(entry["headline"])):
                assert entry.get("bare"), code
            assert not placeholders(entry.get("bare", "")), code


@pytest.mark.parametrize("folder", LESSONS, ids=lambda folder: folder.name)
def test_the_words_of_a_lesson_are_complete_in_both_languages(folder: Path) -> None:
    english, korean = (
        tomllib.loads((folder / f"words/{lang}.toml").read_text("utf-8")) for lang in ("en", "ko")
    )
    assert {name.partition("[")[0] for name in english["checks"]} == set(
        Lesson.open(folder).expected_checks(hidden=True)
    )
    said = dict(texts(korean))
    assert set(dict(texts(english))) == set(said)
    for path, text in texts(english):
        assert placeholders(text) == placeholders(said[path]), path
        assert "!" not in text + said[path], path
    assert all(check.get("title") for of_lang in (english, korean) for check in of_lang["checks"].values())
