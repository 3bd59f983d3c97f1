"""Fresh inputs for every submission, which nobody can know beforehand and the same file gets again.

Source of the numbers: HMAC-SHA256 of a key that belongs to one lesson and one submission, over the
check, a purpose and a counter; 128 bits of it seed NumPy's Philox. Each purpose has a stream of its
own, so that nothing about one (labels) can be continued from another (inputs).
"""

from __future__ import annotations

import hmac
from collections import Counter

import numpy as np
import torch


class Draw:
    """The random numbers of one check. Every call with the same purpose goes on to a new stream."""

    def __init__(self, key: bytes, check: str) -> None:
        self._key = key
        self._check = check
        self._counts: Counter[str] = Counter()

    def __repr__(self) -> str:
        return "draw"

    def __call__(self, purpose: str) -> np.random.Generator:
        """A generator of its own for `purpose`."""
        counter = self._counts[purpose]
        self._counts[purpose] += 1
        text = b"\0".join([self._check.encode(), purpose.encode(), str(counter).encode()])
        seed = hmac.digest(self._key, text, "sha256")[:16]
        return np.random.Generator(np.random.Philox(key=int.from_bytes(seed, "big")))

    def again(self) -> Draw:
        """The numbers of a second run of the same check, none of which the first one gave."""
        return Draw(self._key, f"{self._check}\0again")

    def normal(self, *shape: int, scale: float = 1.0, purpose: str = "inputs") -> torch.Tensor:
        """float64 tensor of `shape`, normal with mean 0 and standard deviation `scale`."""
        return torch.from_numpy(np.asarray(self(purpose).standard_normal(shape) * scale))

    def integers(self, low: int, high: int, *shape: int, purpose: str = "integers") -> torch.Tensor:
        """int64 tensor of `shape`, uniform over low <= n < high."""
        return torch.from_numpy(np.asarray(self(purpose).integers(low, high, shape), dtype=np.int64))

    def seed(self, purpose: str = "seed") -> int:
        """A 31-bit seed to hand to the guest."""
        return int(self(purpose).integers(0, 2**31))

    def words(
        self,
        count: int,
        *,
        lengths: tuple[int, int],
        alphabet: str,
        purpose: str = "words",
        distinct: bool = False,
    ) -> list[str]:
        """Random words, lengths in the closed range `lengths`; letters differ within a word if `distinct`."""
        generator = self(purpose)
        words = []
        for _ in range(count):
            size = int(generator.integers(lengths[0], lengths[1] + 1))
            letters = generator.choice(list(alphabet), size=size, replace=not distinct)
            words.append("".join(letters))
        return words
