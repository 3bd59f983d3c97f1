"""The course's secret, from which every hidden input is drawn. Only its fingerprint is ever written."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from platformdirs import user_config_path

from grader.errors import UsageError

PUBLIC = b"public inputs of grader check"
"""What `check` draws from: a student's own run needs no secret."""

_LEAST_BYTES = 16


def load(path: Path | None) -> bytes:
    """The secret in `path`, in the file named by GRADER_SECRET, or in the user's config folder.

    The last is made at first use (mode 0600), but never under CI=true, where a secret made anew in
    every run would give the same submission other inputs each time. Raises `UsageError`.
    """
    kept = existing(path)
    if kept is not None:
        return kept
    own = user_config_path("grader") / "secret"
    if os.environ.get("CI", "").lower() == "true":
        raise UsageError(
            "No secret: CI needs the course's own, so that a submission always meets the same inputs. "
            "Give --secret FILE or set GRADER_SECRET to its path."
        )
    own.parent.mkdir(parents=True, exist_ok=True)
    made = secrets.token_hex(32).encode()
    handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(made + b"\n")
    return made


def existing(path: Path | None = None) -> bytes | None:
    """The secret that `load` would give, where there is one already; makes none. Raises `UsageError`."""
    if path is None and os.environ.get("GRADER_SECRET"):
        path = Path(os.environ["GRADER_SECRET"])
    if path is None:
        path = user_config_path("grader") / "secret"
        if not path.exists():
            return None
    try:
        secret = path.read_bytes().strip()
    except OSError as error:
        raise UsageError(f"The secret {path} cannot be read: {error.strerror}.") from error
    return _checked(secret, path)


def derive(secret: bytes, lesson: str, digest: str) -> bytes:
    """The key of one submission in one lesson; a judge gets this and never the course's secret."""
    return hmac.new(
        secret, b"\0".join([b"grader", lesson.encode(), digest.encode()]), hashlib.sha256
    ).digest()


def fingerprint(secret: bytes) -> str:
    """Sixteen hexadecimal digits that tell secrets apart and do not lead back to one."""
    return hashlib.sha256(b"grader secret fingerprint\0" + secret).hexdigest()[:16]


def _checked(secret: bytes, path: Path) -> bytes:
    if len(secret) < _LEAST_BYTES:
        raise UsageError(f"The secret {path} is too short: put at least {_LEAST_BYTES} random bytes into it.")
    return secret
