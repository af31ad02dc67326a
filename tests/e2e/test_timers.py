"""Five hundred timers within a minute: none fires early, and how late they are."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.client import Client

TIMERS = 500
SPREAD = 60.0
"""Seconds from the first timer to the last."""

AHEAD = 45.0
"""Seconds until the first, in which all of them are submitted."""

CLIENTS = 8
WORKERS = 8
PATIENCE = 120.0
LATEST = 5000
"""Milliseconds for 99 of 100: generous, for machines that have much else to do. Usual are less than 100."""


def percentile(values: list[int], share: float) -> int:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def test_500_timers_within_a_minute_are_never_early_and_seldom_late(
    acme: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    # Workers that have to start first would be late by that.
    for job_id in [acme.submit("doze", {"seconds": 2}) for _ in range(WORKERS * 2)]:
        acme.ended(job_id, within=PATIENCE)
    first = datetime.now(UTC) + timedelta(seconds=AHEAD)

    def submit(number: int) -> str:
        run_at = first + timedelta(seconds=SPREAD * number / TIMERS)
        return acme.submit("text_statistics", {"text": "It is time."}, run_at=run_at.isoformat())

    def fire(job_id: str) -> dict[str, Any]:
        job = acme.ended(job_id, within=PATIENCE)
        [execution] = acme.executions(job_id)
        assert execution["due_at"] == job["run_at"]
        return execution

    fires = _all(submit, fire, first)

    late = [execution["lateness_ms"] for execution in fires]
    with capsys.disabled():
        print(
            f"\n{TIMERS} timers: late by {percentile(late, 0.5)} ms (p50), "
            f"{percentile(late, 0.99)} ms (p99), {max(late)} ms at most"
        )
    assert [each for each in fires if each["started_at"] < each["due_at"]] == []
    assert {each["outcome"] for each in fires} == {"completed"}
    assert percentile(late, 0.99) < LATEST


def _all(
    submit: Callable[[int], str], fire: Callable[[str], dict[str, Any]], first: datetime
) -> list[dict[str, Any]]:
    """Nobody asks while they fire: that would cost the machine what it needs for them."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        job_ids = list(pool.map(submit, range(TIMERS)))
        assert datetime.now(UTC) < first, "submitting took so long that the first were due"
        time.sleep((first - datetime.now(UTC)).total_seconds() + SPREAD + 2)
        return list(pool.map(fire, job_ids))
