"""Many timers within a minute: none is early, and few are late."""

import pytest

from tests.kit.client import Client
from tests.kit.deployed_stack import WORKERS
from tests.kit.measuring.timers import percentile, run_timers

LATEST = 5000
"""Milliseconds for 99 of 100: generous, for machines that have much else to do. Usual are less than 100."""


@pytest.mark.parametrize("timers", [200, pytest.param(500, marks=pytest.mark.soak)])
def test_timers_within_a_minute_are_never_early_and_seldom_late(
    timers: int, acme: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    executions = run_timers(acme, timers, WORKERS)

    late = [each["lateness_ms"] for each in executions]
    with capsys.disabled():
        print(f"\nTimers are late by {percentile(late, 0.5)} ms (p50), {percentile(late, 0.99)} ms (p99).")
    assert len(executions) == timers
    assert [each for each in executions if each["started_at"] < each["due_at"]] == []
    assert percentile(late, 0.99) < LATEST
