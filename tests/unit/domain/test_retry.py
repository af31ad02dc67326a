"""The waits between attempts."""

from __future__ import annotations

import pytest

from claimcheck.domain.job import SECOND
from claimcheck.domain.retry import RetryPolicy
from claimcheck.testing import SeededRandomness


@pytest.mark.parametrize("seed", range(100))
def test_a_wait_doubles_from_the_base_to_the_cap_and_is_never_below_its_half(seed: int) -> None:
    policy, randomness = RetryPolicy(max_attempts=21, base=10, cap=50), SeededRandomness(seed)
    waits = [policy.wait(attempt, randomness) / SECOND for attempt in range(1, 21)]

    for wait, ceiling in zip(waits, [10, 20, 40, *[50] * 17], strict=True):
        assert ceiling / 2 <= wait <= ceiling


def test_the_default_outlasts_half_a_minute() -> None:
    class Shortest(SeededRandomness):
        def below(self, bound: int) -> int:
            return bound

    policy = RetryPolicy()
    waits = [policy.wait(attempt, Shortest()) for attempt in range(1, policy.max_attempts)]

    assert sum(waits) >= 30 * SECOND


def test_waits_are_spread() -> None:
    randomness = SeededRandomness()

    assert len({RetryPolicy().wait(1, randomness) for _ in range(100)}) > 90
