"""When to try again: exponential backoff with full jitter, in whole milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from claimcheck.domain.job import Millis
    from claimcheck.domain.ports import Randomness


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """`max_attempts` tries in all; before try n+1 a random wait of up to base x 2^(n-1) seconds,
    never more than `cap` ("full jitter": AWS Architecture Blog, "Exponential Backoff And Jitter").
    """

    max_attempts: int = 3
    base: float = 1
    cap: float = 300

    def __post_init__(self) -> None:
        if self.max_attempts < 1 or self.base < 0 or self.cap < self.base:
            raise ValueError(f"not a retry policy: {self}")

    def wait(self, attempt: int, randomness: Randomness) -> Millis:
        """How long to wait after the attempt of this number (from 1) failed."""
        ceiling = min(self.cap, self.base * 2 ** min(attempt - 1, 40))
        return randomness.below(int(ceiling * 1000))
