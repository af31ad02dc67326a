"""Fliq's page: its curl line schedules the first check, and its handler each next one until the export is
done."""

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest

from local.keys import create_key
from local.stack import Stack
from tests.kit.client import eventually
from tests.kit.pages import Answer, curl, needs_curl, needs_node
from tests.kit.upstream import Upstream, reply

pytestmark = [needs_curl, needs_node]


@pytest.fixture(scope="module")
def key(deployed: Stack) -> str:
    return create_key(deployed, "fliq-page", dialect="fliq", limit=1000)


@pytest.fixture
def handler(deployed: Stack, key: str) -> Iterator[IO[str]]:
    """The page's check handler, served by Node, which logs a line of JSON per event."""
    own = {"FLIQ_API_URL": deployed.api_url, "FLIQ_API_TOKEN": key, "CHECK_INTERVAL_MS": "1500"}
    with subprocess.Popen(
        ["node", str(Path(__file__).with_name("fliq_check.mjs"))],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | own,
    ) as served:
        assert served.stdout is not None
        yield served.stdout
        served.terminate()


def schedule(deployed: Stack, key: str, url: str) -> Answer:
    at = (datetime.now(UTC) + timedelta(seconds=1)).isoformat(timespec="seconds").replace("+00:00", "Z")
    body = {
        "url": url,
        "http_method": "POST",
        "scheduled_at": at,
        "headers": {"Content-Type": "application/json"},
        "body": '{"task_id":"task_abc"}',
        "max_retries": 3,
    }
    return curl(
        *("-s", "-X", "POST", f"{deployed.api_url}/jobs"),
        *("-H", f"Authorization: Bearer {key}"),
        *("-H", "Content-Type: application/json"),
        *("-d", json.dumps(body)),
    )


def read(deployed: Stack, key: str, path: str) -> Any:
    answer = curl("-s", f"{deployed.api_url}{path}", "-H", f"Authorization: Bearer {key}")
    assert answer.status == 200
    return answer.json


def ended(deployed: Stack, key: str, job_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        job: dict[str, Any] = read(deployed, key, f"/jobs/{job_id}")
        return job if job["status"] in ("done", "failed") else None

    found = eventually(look, 60, f"the end of {job_id}", every=0.5)
    assert found is not None
    return found


def test_the_loop_checks_until_the_upstream_is_done_and_then_stops(
    deployed: Stack, key: str, handler: IO[str]
) -> None:
    listening = json.loads(handler.readline())
    first = schedule(deployed, key, listening["url"])
    reported: list[dict[str, Any]] = []
    while not reported or reported[-1]["event"] != "ready":
        reported.append(json.loads(handler.readline()))
    scheduled = [event["job"]["id"] for event in reported if event["event"] == "scheduled"]
    jobs = [ended(deployed, key, job_id) for job_id in (first.json["id"], *scheduled)]
    sends = [read(deployed, key, f"/jobs/{job['id']}/executions")["executions"] for job in jobs]

    assert first.status == 202
    assert [event["status"] for event in reported if event["event"] == "checked"] == [
        "running",
        "running",
        "done",
    ]
    assert [job["status"] for job in jobs] == ["done"] * 3
    assert [len(each) for each in sends] == [1, 1, 1]
    assert json.loads(jobs[-1]["result"]["body"]) == {"done": True}


def test_an_endpoint_that_is_not_there_ends_the_job_with_its_status(deployed: Stack, key: str) -> None:
    with Upstream() as upstream:
        upstream.at("/gone", reply(404))
        job = ended(deployed, key, schedule(deployed, key, f"{upstream.url}/gone").json["id"])

    assert job["status"] == "failed"
    assert "404" in job["error"]["message"]


def test_a_blip_is_covered_by_max_retries(deployed: Stack, key: str) -> None:
    with Upstream() as upstream:
        upstream.at("/flaky", reply(500), reply(200, b"at last"))
        job = ended(deployed, key, schedule(deployed, key, f"{upstream.url}/flaky").json["id"])
        executions = read(deployed, key, f"/jobs/{job['id']}/executions")["executions"]

    assert job["status"] == "done"
    assert job["result"]["body"] == "at last"
    assert len(executions) == 2
