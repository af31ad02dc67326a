"""One submission of `poll_until` drives a 202-style API to its end: two of our own contracts, over HTTP."""

from __future__ import annotations

import json
from contextlib import nullcontext
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from apps.deepidv.tests.world import SCREENED, DeepidvWorld
from apps.flowrelay.tests.world import BILLING, flowrelay
from apps.requests.tests.poll_world import executions, poll_world, read, submit
from claimcheck.domain.job import MINUTE
from claimcheck.domain.outcome import Fail
from tests.kit.http_world import served

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.world import World

FLOWRELAY = {
    "until": "body.job.status == 'completed'",
    "fail_if": "body.job.status == 'failed' && body.job.error",
    "result": "body.result",
}
DEEPIDV = {
    "until": "body.status == 'ready'",
    "fail_if": "body.status == 'failed' && body.error",
    "result": "body.result",
}


def drive(there: World, start: dict[str, Any], poll: str, expressions: dict[str, str], at: int = 3) -> Any:
    """The job's end and its executions; the service works only after the poll of number `at`."""
    here = poll_world()
    # It works in the thread that serves it, where no signal comes.
    there.rebuild(timer=lambda duration: nullcontext())
    asked = 0

    def after_each() -> None:
        nonlocal asked
        asked += 1
        there.clock.advance_to(here.clock.now())
        if asked > at:
            there.work()

    with served(there, after_each) as url:
        job_id = submit(
            here,
            start=start | {"url": url + start["url"], "body": json.dumps(start["body"])},
            poll={"url": url + poll, "headers": start["headers"]},
            every=2,
            **expressions,
        )
        here.advance(MINUTE)
    return read(here, job_id), executions(here, job_id)


def flowrelay_start(there: World, wanted: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {there.acme}", "Content-Type": "application/json"}
    return {"url": "/api/v1/handoffs", "headers": headers, "body": BILLING | {"wanted": wanted}}


def test_a_handoff_of_flowrelays_is_started_polled_and_read() -> None:
    there = flowrelay()
    start = flowrelay_start(there, "Billing: rows lost")
    ended, told = drive(there, start, "/api/v1/jobs/{{start.body.jobId}}", FLOWRELAY)

    assert ended["status"] == "completed"
    assert ended["result"]["output"] == {"title": "Billing: rows lost"}
    assert [each["details"]["request"] for each in told] == ["start"] + ["poll"] * (len(told) - 1)
    assert [each["outcome"] for each in told] == ["again"] * (len(told) - 1) + ["completed"]
    assert ended["result"]["polls"] == len(told) - 1 >= 3
    # FlowRelay's Retry-After is 2, and so is `every`.
    assert [each["due_at"][17:19] for each in told[:3]] == ["00", "02", "04"]
    assert len(there.store.all_jobs()) == 1


def test_a_failure_of_theirs_is_told_in_their_words() -> None:
    there = flowrelay()
    ended, _ = drive(there, flowrelay_start(there, "refused"), "/api/v1/jobs/{{start.body.jobId}}", FLOWRELAY)

    assert ended["error"] == {
        "code": "upstream_failed",
        "message": "The model refuses to answer about this.",
    }


def test_a_screening_of_deepidvs_is_polled_where_its_location_says() -> None:
    there = DeepidvWorld()
    headers = {"x-api-key": there.acme, "Content-Type": "application/json"}
    start = {"url": "/v1/adverse-media-screenings", "headers": headers, "body": {"name": "John Doe"}}
    ended, told = drive(there, start, "/v1/async-jobs/{{start.body.jobId}}", DEEPIDV)

    assert ended["status"] == "completed"
    assert ended["result"]["output"] == SCREENED.model_dump(by_alias=True)
    # deepidv asks for 2 to 5 seconds between polls, and has them.
    due = [datetime.fromisoformat(each["due_at"]) for each in told]
    assert all((later - earlier).total_seconds() >= 2 for earlier, later in pairwise(due))


def test_a_failed_screening_fails_the_job() -> None:
    def handle(*_: Any) -> Any:
        raise Fail("unreadable_name", "The name has no letters.")

    failing: Callable[..., Any] = handle
    there = DeepidvWorld(failing)
    headers = {"x-api-key": there.acme, "Content-Type": "application/json"}
    start = {"url": "/v1/adverse-media-screenings", "headers": headers, "body": {"name": "John Doe"}}
    ended, _ = drive(there, start, "/v1/async-jobs/{{start.body.jobId}}", DEEPIDV)

    assert ended["error"]["code"] == "upstream_failed"
    assert "letters" in ended["error"]["message"]


def test_a_key_that_is_refused_ends_the_job_at_its_start() -> None:
    there = flowrelay()
    start = flowrelay_start(there, "title")
    start["headers"]["Authorization"] = "Bearer unknown"
    ended, told = drive(there, start, "/api/v1/jobs/{{start.body.jobId}}", FLOWRELAY)

    assert ended["error"]["code"] == "upstream_rejected"
    assert len(told) == 1
    assert "Bearer unknown" not in json.dumps(told)
