"""Fingerprints of a stream of tokens: k-grams, and of those the few that winnowing keeps.

Winnowing is that of Schleimer, Wilkerson and Aiken (SIGMOD 2003): of each window of `WINDOW` k-grams that in
which the hash is least. Two streams that share `K + WINDOW - 1` tokens in a row share a fingerprint.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from grader.similar.tokens import OWN, Token

K = 12
WINDOW = 4


def grams(tokens: Sequence[Token]) -> list[int]:
    """The hash (64 bits) of each `K` tokens in a row, by the place of the first.

    Names of the notebook's own are numbered by their first place in the gram: `a = a + b` is `x = x + y`, and
    is not `x = y + x`.
    """
    forms = [token.form for token in tokens]
    texts = [token.text for token in tokens]
    hashes = []
    for at in range(len(forms) - K + 1):
        numbers: dict[str, str] = {}
        gram = [
            numbers.setdefault(texts[place], f"{OWN}{len(numbers)}") if forms[place] == OWN else forms[place]
            for place in range(at, at + K)
        ]
        digest = blake2b("\n".join(gram).encode("utf-8", "surrogatepass"), digest_size=8).digest()
        hashes.append(int.from_bytes(digest, "big"))
    return hashes


def winnowed(hashes: Sequence[int]) -> list[int]:
    """The places of the hashes that are kept: the least of each window.

    Of equal ones that which is kept already, else the last: code that repeats itself has few.
    """
    if len(hashes) <= WINDOW:
        return [min(range(len(hashes)), key=lambda at: (hashes[at], -at))] if hashes else []
    kept: list[int] = []
    least = -1
    for first in range(len(hashes) - WINDOW + 1):
        newest = first + WINDOW - 1
        if least < first:
            least = min(range(first, newest + 1), key=lambda at: (hashes[at], -at))
        elif hashes[newest] < hashes[least]:
            least = newest
        if not kept or kept[-1] != least:
            kept.append(least)
    return kept
