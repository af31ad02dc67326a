"""Failed jobs are found and retried in the deployed API: one or many, with large inputs and small ones."""

from typing import Any

from local.stack import Stack
from tests.kit.client import Client

# The second is stored as an object.
NOTES = ("small", "large" * 2000)
LABEL = {"test": "retries"}


def failed(acme: Client) -> list[str]:
    job_ids = [acme.submit("fail", {"note": note}, metadata=LABEL) for note in NOTES]
    assert [acme.ended(job_id, within=60)["status"] for job_id in job_ids] == ["failed"] * 2
    return job_ids


def found(acme: Client) -> list[dict[str, Any]]:
    query = {"status": "failed", "metadata[test]": "retries", "limit": "100"}
    jobs: list[dict[str, Any]] = acme.http.get("/v1/jobs", params=query).json()["jobs"]
    return jobs


def inputs_of(deployed: Stack, job_id: str) -> int:
    storage = deployed.endpoint.client("s3")
    found = storage.list_objects_v2(Bucket=deployed.outputs["BucketName"], Prefix="input/4/")
    return sum(f"/{job_id}-" in each["Key"] for each in found.get("Contents", []))


def run_bulk(acme: Client, **body: Any) -> Any:
    filters = {"status": "failed", "metadata": LABEL}
    answer = acme.http.post("/v1/bulk", json={"action": "retry", "filter": filters} | body)
    assert answer.status_code == 202, answer.text
    return acme.ended(answer.json()["job_id"], within=60)["result"]


def test_failed_jobs_are_found_and_retried(acme: Client, deployed: Stack) -> None:
    small, large = failed(acme)
    listed = [job["job_id"] for job in found(acme)]
    first, again = (acme.http.post(f"/v1/jobs/{large}/retry") for _ in range(2))
    retry = acme.ended(first.json()["job_id"], within=60)
    counted, done = run_bulk(acme, dry_run=True), run_bulk(acme)

    assert sorted(listed[:2]) == sorted([small, large])
    assert (first.status_code, retry["retry_of"], retry["status"]) == (202, large, "failed")
    assert again.json()["job_id"] == retry["job_id"] == acme.job(large)["retried_as"]
    assert inputs_of(deployed, large) == inputs_of(deployed, retry["job_id"]) == 1
    # The retried job, its failed retry, and the other one.
    assert counted == {"matched": 3, "done": 0, "skipped": 0}
    assert done == {"matched": 3, "done": 2, "skipped": 1}
    assert acme.job(small)["retried_as"] is not None
