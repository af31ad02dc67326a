"""Retries with exponential backoff and full jitter."""

from dataclasses import dataclass

from claimcheck.domain.job import Millis
from claimcheck.domain.ports import Randomness


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """At most `max_attempts` attempts. After attempt n a random wait of up to base x 2^(n-1) seconds.

    The wait is at most `cap` seconds ("full jitter": AWS Architecture Blog, "Exponential Backoff And
    Jitter").
    """

    max_attempts: int = 3
    base: float = 1
    cap: float = 300

    def __post_init__(self) -> None:
        if self.max_attempts < 1 or self.base < 0 or self.cap < self.base:
            raise ValueError(f"{self}: must have max_attempts >= 1 and 0 <= base <= cap")

    def wait(self, attempt: int, randomness: Randomness) -> Millis:
        """Return the wait after attempt number `attempt` (from 1) has failed."""
        ceiling = min(self.cap, self.base * 2 ** min(attempt - 1, 40))
        return randomness.below(int(ceiling * 1000))
