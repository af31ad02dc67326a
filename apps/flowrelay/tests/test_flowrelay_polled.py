"""One submission of `poll_until` runs this contract to its end, over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from apps.flowrelay.tests.world import BILLING, flowrelay

if TYPE_CHECKING:
    from tests.kit.world import World

polls = pytest.importorskip("apps.requests.tests.poll_world", reason="apps/requests is not here")

WORDS = {
    "until": "body.job.status == 'completed'",
    "fail_if": "body.job.status == 'failed' && body.job.error",
    "result": "body.result",
}


def flowrelay_start(there: World, wanted: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {there.acme}", "Content-Type": "application/json"}
    return {"url": "/api/v1/handoffs", "headers": headers, "body": BILLING | {"wanted": wanted}}


def test_a_handoff_of_flowrelays_is_started_polled_and_read() -> None:
    there = flowrelay()
    start = flowrelay_start(there, "Billing: rows lost")
    ended, reported = polls.drive(there, start, "/api/v1/jobs/{{start.body.jobId}}", WORDS)

    assert ended["status"] == "completed"
    assert ended["result"]["output"] == {"title": "Billing: rows lost"}
    assert [each["details"]["request"] for each in reported] == ["start"] + ["poll"] * (len(reported) - 1)
    assert [each["outcome"] for each in reported] == ["again"] * (len(reported) - 1) + ["completed"]
    assert ended["result"]["polls"] == len(reported) - 1 >= 3
    # FlowRelay's Retry-After is 2, and so is `every`.
    assert [each["due_at"][17:19] for each in reported[:3]] == ["00", "02", "04"]
    assert len(there.store.all_jobs()) == 1


def test_a_failure_of_the_upstream_has_its_message() -> None:
    there = flowrelay()
    ended, _ = polls.drive(
        there, flowrelay_start(there, "refused"), "/api/v1/jobs/{{start.body.jobId}}", WORDS
    )

    assert ended["error"] == {
        "code": "upstream_failed",
        "message": "The model refuses to answer about this.",
    }


def test_a_key_that_is_refused_ends_the_job_at_its_start() -> None:
    there = flowrelay()
    start = flowrelay_start(there, "title")
    start["headers"]["Authorization"] = "Bearer unknown"
    ended, reported = polls.drive(there, start, "/api/v1/jobs/{{start.body.jobId}}", WORDS)

    assert ended["error"]["code"] == "upstream_rejected"
    assert len(reported) == 1
    assert "Bearer unknown" not in json.dumps(reported)
