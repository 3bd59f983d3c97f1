"""The Korean of every text that students and teachers see: ours, the notes, the lessons', the sample's."""

from __future__ import annotations

from pathlib import Path

import pytest
from korean import (
    FILES,
    INTERFACE,
    english_of,
    hanging,
    plain_endings,
    read,
    strangers,
    untranslated,
)

from grader.report.words import Words

FREE = {
    "/title",  # of the lesson charseq: "a vocabulary of your own" is a pun, 나만의 글자 목록 is the thing
}


def named(path: Path) -> str:
    return path.stem if path.stem != "ko" else f"{path.parent.parent.name}/{path.parent.name}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_no_particle_hangs_on_a_placeholder_or_on_code(path: Path) -> None:
    assert {key: found for key, text in read(path).items() if (found := hanging(text))} == {}


@pytest.mark.parametrize("path", FILES, ids=named)
def test_the_glossary_is_kept(path: Path) -> None:
    korean = read(path)
    english = read(english_of(path))
    missing = {
        key: found
        for key, text in english.items()
        if key in korean and key not in FREE and (found := untranslated(text, korean[key]))
    }
    assert missing == {}


@pytest.mark.parametrize("path", FILES, ids=named)
def test_one_thing_has_one_name(path: Path) -> None:
    assert {key: found for key, text in read(path).items() if (found := strangers(text))} == {}


@pytest.mark.parametrize("path", FILES, ids=named)
def test_facts_and_promises_are_stated_alike(path: Path) -> None:
    said = {
        key: found
        for key, text in read(path).items()
        if "/hints/" not in key and not key.startswith("/@") and (found := plain_endings(text))
    }
    assert said == {}


@pytest.mark.parametrize(("key", "word"), INTERFACE.items())
def test_the_interface_says_it_as_the_glossary_does(key: str, word: str) -> None:
    assert Words.load(None).ui(key, "ko") == word


def test_the_rules_find_what_breaks_them() -> None:
    assert hanging("`{name}`은 클래스입니다.")
    assert hanging("모두 {n}으로 같습니다.")
    assert hanging("`fit`이 배웁니다.")
    assert not hanging("`fit` 함수가 {n}개를 배웁니다. 값은 {n}입니다. {n}가지입니다.")
    assert untranslated("The gradient of `loss` vanishes.", "경사가 사라집니다.") == ["gradients?"]
    assert strangers("루프를 도세요.") != strangers("학습 루프를 도세요.") == []
    assert plain_endings("값이 같다.") == ["값이 같다."]
    assert plain_endings("값이 같습니다. 왜 그런가요?") == []
