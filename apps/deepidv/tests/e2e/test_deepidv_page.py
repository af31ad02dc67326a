"""deepidv's page: start a screening, then poll with its curl line until it is ready or failed."""

from typing import Any

import pytest

from local.keys import create_key
from local.stack import Stack
from tests.kit.client import eventually
from tests.kit.pages import Answer, curl, needs_curl

pytestmark = needs_curl


@pytest.fixture(scope="module")
def key(deployed: Stack) -> str:
    return create_key(deployed, "deepidv-page", dialect="deepidv", limit=1000)


def screen(deployed: Stack, key: str, body: str) -> Answer:
    url = f"{deployed.api_url}/v1/adverse-media-screenings"
    return curl("-s", url, "-H", f"x-api-key: {key}", "-H", "Content-Type: application/json", "-d", body)


def read(deployed: Stack, key: str, job_id: str) -> Answer:
    return curl("-s", f"{deployed.api_url}/v1/async-jobs/{job_id}", "-H", f"x-api-key: {key}")


def ended(deployed: Stack, key: str, accepted: Answer) -> dict[str, Any]:
    assert accepted.status == 202

    def look() -> dict[str, Any] | None:
        job: dict[str, Any] = read(deployed, key, accepted.json["jobId"]).json
        return job if job["status"] in ("ready", "failed") else None

    found = eventually(look, 60, f"the end of {accepted.json}", every=1)
    assert found is not None
    return found


def test_a_screening_of_the_news_becomes_ready(deployed: Stack, key: str) -> None:
    job = ended(deployed, key, screen(deployed, key, '{"subject": {"name": "John Doe"}}'))

    assert set(job) == {"jobId", "createdAt", "updatedAt", "status", "result"}
    assert job["status"] == "ready"
    assert job["result"]["totalHits"] == len(job["result"]["findings"]) > 0
    assert sum(job["result"]["exposuresByCategory"].values()) >= job["result"]["totalHits"]
    assert job["result"]["riskLevel"] in ("MEDIUM", "HIGH")


def test_a_news_search_that_refuses_makes_it_fail_with_a_reason(deployed: Stack, key: str) -> None:
    job = ended(deployed, key, screen(deployed, key, '{"subject": {"name": "Rejected Person"}}'))

    assert set(job) == {"jobId", "createdAt", "updatedAt", "status", "error"}
    assert job["status"] == "failed"
    assert isinstance(job["error"], str)


def test_another_orgs_job_is_refused_as_not_its_own(deployed: Stack, key: str) -> None:
    accepted = screen(deployed, key, '{"subject": {"name": "John Doe"}, "documents": []}')
    accepted = (
        accepted if accepted.status == 202 else screen(deployed, key, '{"subject": {"name": "John Doe"}}')
    )
    other = create_key(deployed, "deepidv-other", dialect="deepidv")
    missing = curl("-s", f"{deployed.api_url}/v1/async-jobs/{accepted.json['jobId']}")

    assert read(deployed, other, accepted.json["jobId"]).status == 403
    assert read(deployed, "nobody", accepted.json["jobId"]).status == 401
    assert missing.status == 403
    assert read(deployed, key, "00000000-0000-7000-8000-000000000001").status == 404
    assert read(deployed, key, "no-id").status == 400
