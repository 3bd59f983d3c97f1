"""`grader.check()` in a live notebook: this side runs student code, the judge's process decides and draws."""

from __future__ import annotations

import contextlib
import json
import locale
import os
import shutil
import sys
from typing import Any

from grader.guest.bench import Bench, bench
from grader.guest.places import live_shell
from grader.wire import live
from grader.wire.frames import Malformed, WireError

_LANGS = ("en", "ko")
_MOST_NAMES = 5000


def check(
    test: str | None = None,
    *,
    lesson: str | None = None,
    lang: str | None = None,
    all: bool = False,
) -> None:
    """Checks the notebook as it is now and shows what came of it. Nothing of it is another afterwards.

    test: one check alone, by its name. lesson: a name or a folder, where it cannot be told. lang: "en" or
    "ko". all: explain every failure, not only the first. Never raises but for Ctrl-C.
    """
    shown = lang if lang in _LANGS else _language()
    judge = bench()
    judge.start()
    try:
        show(_checked(judge, test, lesson, shown, all))
    except KeyboardInterrupt:
        judge.drop()
        show(plain(_SAID["stopped"][shown]))
    except (WireError, OSError) as error:
        judge.drop()
        show(plain(_SAID["gone"][shown].format(error=type(error).__name__)))
    except Exception as error:
        judge.drop()
        show(plain(_SAID["bug"][shown].format(error=f"{type(error).__name__}: {error}"[:300])))


def _checked(judge: Bench, test: str | None, lesson: str | None, lang: str, all: bool) -> dict[str, str]:
    """What to show, by MIME type."""
    from grader.guest.copying import answered
    from grader.guest.ways import reason_against

    namespace, why, host = user_namespace(), reason_against(), None
    if not why:
        from grader.guest import waiting

        host = waiting.host(namespace)
        why = "" if host is not None else "trial"
    names = [name for name in list(namespace) if isinstance(name, str) and not name.startswith("_")]
    job = live.Job(
        None if test is None else str(test)[:200],
        None if lesson is None else str(lesson)[:1000],
        lang,
        bool(all),
        names[:_MOST_NAMES],
        _notebook(namespace),
        os.getcwd(),
        "copies" if host is None else "snapshot",
        why,
        0 if host is None else host.pid,
        max(40, min(100, shutil.get_terminal_size((80, 24)).columns)),
    )
    try:
        judge.hand_over(job, None if host is None else host.sock)
        while True:
            header, payload = judge.hear()
            match live.decode(header):
                case live.Ask() as ask:
                    judge.say(*answered(ask, payload, namespace))
                case live.Show():
                    judge.over()
                    return dict(json.loads(payload))
                case _:
                    raise Malformed("no question and nothing to show")
    finally:
        if host is not None:
            host.end()


def user_namespace() -> dict[str, Any]:
    """The names of the notebook, or of the program that runs."""
    shell = live_shell()
    found: dict[str, Any] = vars(sys.modules["__main__"]) if shell is None else shell.user_ns
    return found


def show(bundle: dict[str, str]) -> None:
    """As rich output in a notebook, as text elsewhere; text that the terminal cannot say is replaced."""
    if live_shell() is not None:
        from IPython.display import display

        publish: Any = display
        shown = {kind: text for kind, text in bundle.items() if "/" in kind}
        more = {kind: json.loads(text) for kind, text in bundle.items() if "/" not in kind}
        publish(shown, metadata=more, raw=True)
        return
    text = bundle["text/plain"].rstrip("\n") + "\n"
    coding = getattr(sys.stdout, "encoding", None) or "utf-8"
    sys.stdout.write(text.encode(coding, "replace").decode(coding))
    sys.stdout.flush()


def plain(text: str) -> dict[str, str]:
    return {"text/plain": text}


def _notebook(namespace: dict[str, Any]) -> str | None:
    """The notebook's path, where the front end tells: VS Code, Jupyter, older ones."""
    said = [
        namespace.get("__vsc_ipynb_file__"),
        os.environ.get("JPY_SESSION_NAME"),
        namespace.get("__session__"),
    ]
    for path in said:
        if isinstance(path, str) and path.lower().endswith(".ipynb"):
            return path[:2000]
    return None


def _language() -> str:
    said = os.environ.get("GRADER_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG")
    with contextlib.suppress(ValueError):
        said = said or locale.getlocale()[0]
    return "ko" if (said or "").lower().startswith("ko") else "en"


_SAID = {
    "stopped": {
        "en": "The check was stopped. Your notebook is as it was.",
        "ko": "점검을 멈췄습니다. 노트북은 그대로입니다.",
    },
    "gone": {
        "en": "The checking process ended on its own ({error}). Run this cell again; it starts a new one.",
        "ko": "점검 프로세스가 끝났습니다({error}). 이 셀을 다시 실행하면 새로 시작합니다.",
    },
    "bug": {
        "en": "Something of the grader's broke, not of yours: {error}\nRun this cell again. "
        "If it stays, save the notebook, use `grader check` in a terminal, and tell your teacher.",
        "ko": "여러분의 코드가 아니라 채점기에 문제가 생겼습니다: {error}\n이 셀을 다시 실행해 보세요. "
        "그래도 같으면 노트북을 저장하고 터미널에서 `grader check`를 쓰고, 선생님께 알려 주세요.",
    },
}
"""What is said where no judge can: it holds all other words."""
