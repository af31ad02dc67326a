"""How late timers are on the local stack: five hundred within a minute, from their executions."""

from __future__ import annotations

import tempfile
from collections import Counter
from itertools import accumulate
from pathlib import Path
from typing import Any

from bench import plots
from bench.figures import Figure, Findings
from local import stack
from local.keys import create_key
from tests.kit.client import Client
from tests.kit.deployed_stack import with_added_app
from tests.kit.measuring.timers import SPREAD, percentile, run_timers

TIMERS = 500
WORKERS = 8
# Requests per minute: more than the benchmark sends.
PLENTY = 1_000_000


def measure() -> Findings:
    with (
        tempfile.TemporaryDirectory() as folder,
        stack.running(with_added_app(Path(folder)), WorkerMaxConcurrency=str(WORKERS)) as running,
    ):
        client = Client(running.api_url, create_key(running, "acme", limit=PLENTY))
        try:
            return findings(run_timers(client, TIMERS, WORKERS))
        finally:
            client.close()


def findings(executions: list[dict[str, Any]]) -> Findings:
    late = sorted(execution["lateness_ms"] for execution in executions)
    early = sum(execution["started_at"] < execution["due_at"] for execution in executions)
    about = f"of {len(late)} timers in {SPREAD:.0f} s, {WORKERS} workers"
    rows = [
        ("early", f"started early, {about}", early, "", 0),
        ("p50", "late by, p50", percentile(late, 0.5), "ms", 30),
        ("p99", "late by, p99", percentile(late, 0.99), "ms", 250),
        ("latest", "late by, maximum", late[-1], "ms", None),
    ]
    figures = [Figure(name, what, value, unit=unit, most=most) for name, what, value, unit, most in rows]
    return Findings(figures=figures, series={"late": {str(ms): count for ms, count in Counter(late).items()}})


def draw(findings: Findings) -> None:
    """docs/plots/lateness.svg"""
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
