"""Retries with exponential backoff and jitter."""

from dataclasses import dataclass

from claimcheck.domain.job import Millis
from claimcheck.domain.ports import Randomness


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """At most `max_attempts` attempts. After attempt n a wait of base x 2^(n-1) seconds, at most `cap`.

    The wait is random between half of that and all of it ("equal jitter": AWS Architecture Blog, "Exponential
    Backoff And Jitter"). So the defaults outlast an outage of 35 seconds: with full jitter, all retries could
    come within one.
    """

    max_attempts: int = 4
    base: float = 10
    cap: float = 300

    def __post_init__(self) -> None:
        if self.max_attempts < 1 or self.base < 0 or self.cap < self.base:
            raise ValueError(f"{self}: must have max_attempts >= 1 and 0 <= base <= cap")

    def wait(self, attempt: int, randomness: Randomness) -> Millis:
        """Return the wait after attempt number `attempt` (from 1) has failed."""
        ceiling = int(min(self.cap, self.base * 2 ** min(attempt - 1, 40)) * 1000)
        return ceiling - randomness.below(ceiling // 2)
