"""A clock that moves only on request, and repeatable randomness."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from claimcheck.domain.clock import uuid7

if TYPE_CHECKING:
    from claimcheck.domain.job import Millis

MIDSUMMER: Millis = 1_782_036_000_000  # 2026-06-21T10:00:00Z


class FrozenClock:
    def __init__(self, now: Millis = MIDSUMMER) -> None:
        self._now = now

    def now(self) -> Millis:
        return self._now

    def sleep(self, duration: Millis) -> None:
        self.advance(duration)

    def advance(self, duration: Millis) -> None:
        self._now += duration

    def advance_to(self, at: Millis) -> None:
        self._now = max(self._now, at)


class SeededRandomness:
    def __init__(self, seed: int = 0) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose

    def job_id(self, now: Millis) -> str:
        return uuid7(now, self._random.getrandbits(74))

    def token(self) -> str:
        return f"{self._random.getrandbits(128):032x}"

    def below(self, bound: int) -> int:
        return self._random.randint(0, bound)
