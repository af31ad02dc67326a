"""Many timers due within a minute on a local stack, and the lateness of each execution."""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.kit.client import Client

BATCH = 100
# Seconds from the first timer to the last.
SPREAD = 60.0
# Seconds until the first, at least: all of them are submitted before.
AHEAD = 15.0
CLIENTS = 8
PATIENCE = 120.0
# A worker waits for up to two seconds before a job's time, so other workers have to start.
HELD = timedelta(seconds=3)


def run_timers(client: Client, timers: int, workers: int) -> list[dict[str, Any]]:
    """Submit whole batches of timers to a stack with these workers, and return the execution of each."""
    # Batches submit faster than single requests.
    ahead = max(AHEAD, timers * warm_up(client, workers))
    first = datetime.now(UTC) + timedelta(seconds=ahead)

    def timer(number: int) -> dict[str, Any]:
        run_at = first + timedelta(seconds=SPREAD * number / timers)
        return {"type": "echo", "input": {"text": "It is time."}, "run_at": run_at.isoformat()}

    def submit(start: int) -> list[dict[str, Any]]:
        entries = [timer(number) for number in range(start, start + BATCH)]
        answers = client.http.post("/v1/jobs/batch", json={"jobs": entries}).json()["jobs"]
        return [each["job"] for each in answers]

    def execution_of(job: dict[str, Any]) -> dict[str, Any]:
        client.ended(job["job_id"], within=PATIENCE)
        [execution] = client.executions(job["job_id"])
        assert execution["outcome"] == "completed"
        assert execution["due_at"] == job["run_at"]
        return execution

    jobs = [job for start in range(0, timers, BATCH) for job in submit(start)]
    assert datetime.now(UTC) < first, "submitting took so long that the first were due"
    # No client polls while they are due, because the machine needs its CPU for them.
    time.sleep((first - datetime.now(UTC)).total_seconds() + SPREAD + 2)
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(execution_of, jobs))


def warm_up(client: Client, workers: int) -> float:
    """Keep all workers busy at one time, so that no timer waits for one to start.

    Return the seconds that a submission takes on this machine now.
    """
    client.submit("echo", {"text": "Start the function that submits."})
    began = time.monotonic()
    at = datetime.now(UTC) + HELD
    held = [client.submit("echo", {"text": "Wait."}, run_at=at.isoformat()) for _ in range(workers * 2)]
    taken = (time.monotonic() - began) / len(held)
    for job_id in held:
        client.ended(job_id, within=PATIENCE)
    return taken


def percentile(values: list[int], share: float) -> int:
    """Return the smallest value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * share) - 1, 0)]
