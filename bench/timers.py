"""How late timers are on the local stack: five hundred within a minute, each told by its own execution."""

from __future__ import annotations

import math
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from bench.figures import Figure, Findings
from local import stack
from local.keys import create_key
from tests.kit.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable

TIMERS = 500
# Seconds from the first timer to the last.
SPREAD = 60.0
# Seconds until the first, in which all of them are submitted.
AHEAD = 45.0
CLIENTS = 8
WORKERS = 8
PATIENCE = 120.0
# Requests a minute: this is in a hurry.
PLENTY = 1_000_000
# A worker waits out the last two seconds before a job's time: so long it is held, and others have to start.
HELD = timedelta(seconds=3)


def measure() -> Findings:
    with stack.running(WorkerMaxConcurrency=str(WORKERS)) as running:
        client = Client(running.api_url, create_key(running, "acme", limit=PLENTY))
        try:
            return findings(fire(client))
        finally:
            client.close()


def findings(executions: list[dict[str, Any]]) -> Findings:
    late = sorted(execution["lateness_ms"] for execution in executions)
    early = sum(execution["started_at"] < execution["due_at"] for execution in executions)
    about = f"of {len(late)} timers in {SPREAD:.0f} s, {WORKERS} workers"
    told = [
        ("early", f"early, {about}", early, "", 0),
        ("p50", "late by, half of them at most", percentile(late, 0.5), "ms", 30),
        ("p99", "late by, 99 of 100 at most", percentile(late, 0.99), "ms", 250),
        ("latest", "late by, all of them at most", late[-1], "ms", None),
    ]
    figures = [Figure(name=n, what=w, value=value, unit=unit, most=most) for n, w, value, unit, most in told]
    return Findings(figures=figures, series={"late": {str(ms): count for ms, count in Counter(late).items()}})


def percentile(values: list[int], share: float) -> int:
    """The smallest value that so large a share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * share) - 1, 0)]


def fire(client: Client) -> list[dict[str, Any]]:
    """The execution of each timer, as the API tells it."""
    warm_up(client)
    first = datetime.now(UTC) + timedelta(seconds=AHEAD)

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


def warm_up(client: Client) -> None:
    """A worker that has to start first would be late by that: they are all kept busy at one time."""
    at = datetime.now(UTC) + HELD
    held = [
        client.submit("text_statistics", {"text": "Wait."}, run_at=at.isoformat()) for _ in range(WORKERS * 2)
    ]
    for job_id in held:
        client.ended(job_id, within=PATIENCE)


def _all(
    submit: Callable[[int], str], told: Callable[[str], dict[str, Any]], first: datetime
) -> list[dict[str, Any]]:
    """Nobody asks while they fire: that would cost the machine what it needs for them."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        job_ids = list(pool.map(submit, range(TIMERS)))
        assert datetime.now(UTC) < first, "submitting took so long that the first were due"
        time.sleep((first - datetime.now(UTC)).total_seconds() + SPREAD + 2)
        return list(pool.map(told, job_ids))


def draw(findings: Findings) -> None:
    """docs/plots/lateness.svg"""
    # Not for the tests that only measure: it takes longer to load than they have.
    from bench import plots

    assert findings.series is not None
    counts = {int(ms): count for ms, count in findings.series["late"].items()}
    ordered = sorted(counts)
    shares = [share / sum(counts.values()) for share in accumulate(counts[ms] for ms in ordered)]
    with plots.plot("lateness", "How late timers are on the local stack") as axes:
        axes.step([0, *ordered], [0.0, *shares], where="post")
        for name, y in (("p50", 0.5), ("p99", 0.99)):
            ms = findings.value(name)
            axes.plot(ms, y, "o", color=plots.COLOURS[0])
            axes.annotate(f"{name} {ms:.0f} ms", (ms, y), (8, -12), textcoords="offset points")
        axes.set_xlabel("milliseconds late")
        axes.set_ylabel("share of the timers")
        axes.set_ylim(0, 1.03)
        axes.set_xlim(left=0)
