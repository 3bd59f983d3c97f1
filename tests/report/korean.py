"""What Korean words must keep to: particles, one word for one thing, the endings of facts and hints.

The glossary is that of the style guide. Where a notebook of the course already speaks of a thing, the words
take the notebook's term: students read both side by side, and call a window 창.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from grader.report.sentences import SENTENCE_END
from grader.report.words import OURS

COURSE = OURS.parents[2] / "assignments"
FILES = sorted(
    [
        *(OURS / "ko").glob("*.toml"),
        *COURSE.glob("*/words/ko.toml"),
        Path(__file__).parent / "lesson_words/ko.toml",
    ]
)

# The particles whose form depends on the sound before them, and nouns that merely begin like one.
_PARTICLE = (
    r"(?:은|는|이(?!번|상|하|내|전|후|름)|가(?!지|운데|장)|을|를|와|과(?!제|목|정)"
    r"|으로|로(?!그)|이?나(?!머지|온)|이?란|이?라)"
)
_HANGING = re.compile(r"\}[`'\"”’)\]]*" + _PARTICLE + r"|`[^`]+`[)\]]?" + _PARTICLE)
_CODE = re.compile(r"`[^`]*`|\{[^}]*\}")

GLOSSARY: Mapping[str, str] = {
    "padding|padded": "패딩",
    "hidden state": "은닉 상태",
    "cell state": "셀 상태",
    "batch(es)?": "배치|[Pp]acked batch",
    "loss(es)?": "손실",
    "gradients?": "기울기",
    "shapes?": "모양",
    "weights?": "가중치",
    "encoder": "인코더",
    "decoder": "디코더",
    "teacher forcing": "교사 강요",
    "windows?": "창",
    "notebooks?": "노트북",
    "hidden checks?": "비공개 점검",
    "submissions?": "제출물",
    "median": "중앙값",
    "dropout": "드롭아웃",
    "learning rate": "학습률",
    "optimisers?": "옵티마이저",
    "layers?": "층",
    "axis|axes": "축",
    "bias(es)?": "편향",
    "kernel": "커널",
    "stride": "보폭",
    "parameters?": "파라미터",
    "seed": "시드",
    "targets?": "정답|target",
    "sentences?": "문장",
    "evaluation": "평가",
}
"""A term in English and what stands for it in Korean, wherever the English has it."""

INSTEAD: Mapping[str, str] = {
    r"(?<!학습 )루프": "반복문 (학습 루프 is the whole of a training loop)",
    "윈도|윈도우": "창",
    "순환층": "순환 층",
    "반환|리턴": "돌려주다",
    "레이어": "층",
    "그래디언트|그레이디언트": "기울기",
    "로스(?!트)|웨이트": "손실, 가중치",
    "형상|형태로 변환": "모양",
    "에러": "오류",
    "테스트용": "시험용",
    "매개변수|인수(?!분해)": "인자, 파라미터",
    "특성": "특징",
    "랜덤|임의": "무작위, 난수",
    "부르|불렀|불러": "호출하다",
    "우리가|우리의": "채점기",
    "파이썬": "Python",
}
"""What is not written, and what is instead."""

INTERFACE: Mapping[str, str] = {
    "state.passed": "통과",
    "state.failed": "고쳐야 함",
    "state.blocked": "대기 중",
    "state.undecided": "판단 보류",
    "state.broken": "채점기 오류",
    "run_state.out_of_time": "시간 초과",
    "page.tried": "시도한 것",
    "page.expected": "기대한 것",
    "page.saw": "실제 결과",
    "page.why": "왜 중요한가요?",
    "page.checks": "점검 항목",
    "terminal.hint": "힌트",
    "class.median": "중앙값",
    "class.needs_you": "확인이 필요한 제출물",
    "class.mistakes": "흔한 실수",
    "page.hidden": "비공개 점검",
}
"""The same word for a thing on every page and in the terminal."""


def texts(tree: object, above: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of every text in a word file."""
    if isinstance(tree, str):
        yield above, tree
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield from texts(value, f"{above}/{key}")
    elif isinstance(tree, list):
        for at, value in enumerate(tree):
            yield from texts(value, f"{above}/{at}")


def read(path: Path) -> dict[str, str]:
    return dict(texts(tomllib.loads(path.read_text("utf-8"))))


def english_of(path: Path) -> Path:
    return path.with_name("en.toml") if path.name == "ko.toml" else OURS / "en" / path.name


def hanging(text: str) -> list[str]:
    """Particles that follow a placeholder or a code span, whose sound nobody knows beforehand."""
    return _HANGING.findall(text)


def untranslated(english: str, korean: str) -> list[str]:
    """Terms of the glossary in the English whose Korean word is missing."""
    plain = _CODE.sub("", english)
    return [
        term
        for term, word in GLOSSARY.items()
        if re.search(rf"(?<![\w.-])(?:{term})(?![\w-])", plain, re.IGNORECASE) and not re.search(word, korean)
    ]


def strangers(korean: str) -> list[str]:
    """Words that stand where another one was agreed on."""
    plain = _CODE.sub("", korean)
    return [f"{word}: {instead}" for word, instead in INSTEAD.items() if re.search(word, plain)]


def plain_endings(korean: str) -> list[str]:
    """Sentences that end as a diary does (한다, 했다, 해요), not as a report (합니다)."""
    return [
        sentence
        for sentence in SENTENCE_END.split(korean)
        if re.search(r"(?<!니)다\.?$|[아어해네]요\.?$", sentence.strip()) and not sentence.endswith("?")
    ]
