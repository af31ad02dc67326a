"""One submission of `poll_until` runs this contract to its end, over HTTP."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from apps.deepidv.tests.world import SCREENED, DeepidvWorld
from claimcheck.domain.outcome import Fail

if TYPE_CHECKING:
    from collections.abc import Callable

polls = pytest.importorskip("apps.requests.tests.poll_world", reason="apps/requests is not here")

WORDS = {
    "until": "body.status == 'ready'",
    "fail_if": "body.status == 'failed' && body.error",
    "result": "body.result",
}


def test_a_screening_of_deepidvs_is_polled_where_its_location_says() -> None:
    there = DeepidvWorld()
    headers = {"x-api-key": there.acme, "Content-Type": "application/json"}
    start = {"url": "/v1/adverse-media-screenings", "headers": headers, "body": {"name": "John Doe"}}
    ended, reported = polls.drive(there, start, "/v1/async-jobs/{{start.body.jobId}}", WORDS)

    assert ended["status"] == "completed"
    assert ended["result"]["output"] == SCREENED.model_dump(by_alias=True)
    # deepidv asks for 2 to 5 seconds between polls.
    due = [datetime.fromisoformat(each["due_at"]) for each in reported]
    assert all((later - earlier).total_seconds() >= 2 for earlier, later in pairwise(due))


def test_a_failed_screening_fails_the_job() -> None:
    def handle(*_: Any) -> Any:
        raise Fail("unreadable_name", "The name has no letters.")

    failing: Callable[..., Any] = handle
    there = DeepidvWorld(failing)
    headers = {"x-api-key": there.acme, "Content-Type": "application/json"}
    start = {"url": "/v1/adverse-media-screenings", "headers": headers, "body": {"name": "John Doe"}}
    ended, _ = polls.drive(there, start, "/v1/async-jobs/{{start.body.jobId}}", WORDS)

    assert ended["error"]["code"] == "upstream_failed"
    assert "letters" in ended["error"]["message"]
