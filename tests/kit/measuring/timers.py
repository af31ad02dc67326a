"""Five hundred timers within a minute on a local stack: each one's execution says how late it was."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.client import Client

TIMERS = 500
# Seconds from the first timer to the last.
SPREAD = 60.0
# Seconds until the first, at least: all of them are submitted before.
AHEAD = 45.0
CLIENTS = 8
WORKERS = 8
PATIENCE = 120.0
# A worker waits out the last two seconds before a job's time: so long it is held, and others have to start.
HELD = timedelta(seconds=3)


def fire(client: Client) -> list[dict[str, Any]]:
    """The execution of each timer, as the API tells it."""
    ahead = max(AHEAD, 2 * TIMERS * warm_up(client))
    first = datetime.now(UTC) + timedelta(seconds=ahead)

    def submit(number: int) -> str:
        run_at = first + timedelta(seconds=SPREAD * number / TIMERS)
        return client.submit("text_statistics", {"text": "It is time."}, run_at=run_at.isoformat())

    def told(job_id: str) -> dict[str, Any]:
        job = client.ended(job_id, within=PATIENCE)
        [execution] = client.executions(job_id)
        assert execution["outcome"] == "completed"
        assert execution["due_at"] == job["run_at"]
        return execution

    return _all(submit, told, first)


def warm_up(client: Client) -> float:
    """Keep all workers busy at one time, so that no timer waits for one to start.

    Return the seconds that a submission takes on this machine now.
    """
    began = time.monotonic()
    at = datetime.now(UTC) + HELD
    held = [
        client.submit("text_statistics", {"text": "Wait."}, run_at=at.isoformat()) for _ in range(WORKERS * 2)
    ]
    taken = (time.monotonic() - began) / len(held)
    for job_id in held:
        client.ended(job_id, within=PATIENCE)
    return taken


def _all(
    submit: Callable[[int], str], told: Callable[[str], dict[str, Any]], first: datetime
) -> list[dict[str, Any]]:
    """Nobody asks while they fire: that would cost the machine what it needs for them."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        job_ids = list(pool.map(submit, range(TIMERS)))
        assert datetime.now(UTC) < first, "submitting took so long that the first were due"
        time.sleep((first - datetime.now(UTC)).total_seconds() + SPREAD + 2)
        return list(pool.map(told, job_ids))


def percentile(values: list[int], share: float) -> int:
    """The smallest value that so large a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * share) - 1, 0)]
