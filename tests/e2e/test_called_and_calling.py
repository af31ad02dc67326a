"""Callbacks and schedules on the deployed stack."""

from collections.abc import Callable
from typing import Any

import pytest

from local.keys import administer
from local.stack import Stack
from tests.kit.client import Client, eventually
from tests.kit.receiver import verified
from tests.kit.upstream import Upstream, reply

TICK = 60.0
"""Seconds between two sweeps; a schedule of a minute has its first slot within two of them."""


@pytest.fixture
def client(client_of: Callable[..., Client], request: pytest.FixtureRequest) -> Client:
    """A new org for each test."""
    return client_of(request.node.name.replace("_", "-")[:60])


def org_of(request: pytest.FixtureRequest) -> str:
    return str(request.node.name.replace("_", "-")[:60])


def test_a_job_s_end_is_sent_signed_and_resent_until_it_is_accepted(
    deployed: Stack, client: Client, upstream: Upstream, request: pytest.FixtureRequest
) -> None:
    secret = administer(deployed, "secret", org=org_of(request))["secret"]
    hook = upstream.at("/hook", reply(500), reply(204))
    job_id = client.submit("echo", {"text": "Call me."}, callback_url=hook)

    eventually(lambda: len(upstream.requests) == 2, TICK, "two deliveries")
    reported = [verified(each, secret) for each in upstream.requests]
    done = eventually(lambda: _settled(client, job_id), TICK, "the delivery's end")
    assert done is not None

    assert {each["job_id"] for each in reported} == {job_id}
    assert reported[1]["result"]["text"] == "Call me."
    assert [each["status"] for each in done] == [204, 500]


def _settled(client: Client, job_id: str) -> list[dict[str, Any]] | None:
    deliveries: list[dict[str, Any]] = client.http.get(f"/v1/jobs/{job_id}/deliveries").json()["deliveries"]
    return deliveries if client.job(job_id)["callback"]["status"] == "delivered" else None


def test_a_schedule_s_job_starts_at_its_slot(client: Client) -> None:
    asked = {"rate": "1 minute", "type": "echo", "input": {"text": "Again and again."}}
    stored = client.http.put("/v1/schedules/minutely", json=asked)
    at_once = client.http.post("/v1/schedules/minutely/run")

    slot = stored.json()["next_run_at"]
    found = eventually(lambda: _job_at(client, slot), 3 * TICK, f"the job of {slot}", every=1)
    ended = client.ended(found["job_id"], within=2 * TICK)
    [execution] = client.executions(found["job_id"])
    deleted = client.http.delete("/v1/schedules/minutely")

    assert (stored.status_code, at_once.status_code, deleted.status_code) == (201, 202, 204)
    assert ended["status"] == "completed"
    assert execution["started_at"] >= slot
    assert execution["lateness_ms"] < 5000


def _job_at(client: Client, slot: str) -> Any:
    jobs = client.http.get("/v1/schedules/minutely/jobs").json()["jobs"]
    return next((job for job in jobs if job["run_at"] == slot), None)
