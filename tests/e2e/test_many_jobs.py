"""A thousand jobs at once: none is lost, none runs twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.stack import Stack
from tests.kit.client import Client, eventually
from tests.kit.deployed_stack import FUNCTIONS, logged, refused

JOBS = 1000
CLIENTS = 16
PATIENCE = 180.0


def test_a_thousand_jobs_all_complete_and_none_runs_twice(acme: Client) -> None:
    def submit(number: int) -> str:
        return acme.submit("echo", {"text": f"Document {number} of {JOBS}."})

    def outcome(job_id: str) -> tuple[str, list[str]]:
        job = acme.ended(job_id, within=PATIENCE)
        return job["status"], [execution["outcome"] for execution in acme.executions(job_id)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        submitted = list(pool.map(submit, range(JOBS)))
        outcomes = list(pool.map(outcome, submitted))

    assert len(set(submitted)) == JOBS
    assert outcomes == [("completed", ["completed"])] * JOBS


def test_a_hundred_jobs_of_one_request_are_polled_in_one(acme: Client) -> None:
    entries = [{"type": "echo", "input": {"text": str(number)}} for number in range(100)]

    submitted = acme.http.post("/v1/jobs/batch", json={"jobs": entries}, headers={"Idempotency-Key": "many"})
    ids = [each["job"]["job_id"] for each in submitted.json()["jobs"]]

    def all_ended() -> list[dict[str, Any]] | None:
        jobs: list[dict[str, Any]] = acme.http.get("/v1/jobs", params={"ids": ",".join(ids)}).json()["jobs"]
        return jobs if all("ended_at" in job for job in jobs) else None

    jobs = eventually(all_ended, PATIENCE, "all of a batch ended", every=1)
    assert jobs
    assert [job["result"]["text"] for job in jobs] == [str(number) for number in range(100)]


def test_wrong_entries_do_not_keep_right_ones_from_running(acme: Client) -> None:
    right = {"type": "echo", "input": {"text": "right"}}
    file = {"upload_id": "019ee99f-6d00-7c21-a29f-6fbed82c07cd"}
    wrong: tuple[Any, ...] = (
        7,
        None,
        {},
        {"type": "nope", "input": {}},
        right | {"input": {"text": 3}},
        right | {"more": 1},
    )
    lost = {"type": "copy_file", "input": {"file": file, "names": []}}

    def submit(*jobs: Any) -> httpx.Response:
        return acme.http.post("/v1/jobs/batch", json={"jobs": jobs})

    found = submit(right, *wrong, lost, right).json()["jobs"]

    assert [each["status"] for each in found] == [202, *[422] * 7, 202]
    assert {acme.ended(found[place]["job"]["job_id"], 60)["status"] for place in (0, -1)} == {"completed"}
    assert [submit(*[right] * size).status_code for size in (0, 101)] == [422, 422]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_ever_lacked_a_permission(function: str, deployed: Stack) -> None:
    lines = logged(deployed, function)

    assert lines
    assert refused(lines) == []
