"""Many jobs at once: none is lost, none runs twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.stack import Stack
from tests.kit.client import Client, eventually
from tests.kit.deployed_stack import FUNCTIONS, logged, processes, refused

CLIENTS = 8
# Requests that a function of the local stack answers at a time.
ANSWERED = 4
PATIENCE = 180.0


@pytest.mark.parametrize("jobs", [100, pytest.param(1000, marks=pytest.mark.soak)])
def test_many_jobs_all_complete_and_none_runs_twice(jobs: int, deployed: Stack, acme: Client) -> None:
    def submit(number: int) -> str:
        return acme.submit("echo", {"text": f"Document {number} of {jobs}."})

    def outcomes(job_id: str) -> list[str]:
        return [execution["outcome"] for execution in acme.executions(job_id)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        submitted = list(pool.map(submit, range(jobs)))
        ended = [job for start in range(0, jobs, 100) for job in all_ended(acme, submitted[start:][:100])]
        runs = list(pool.map(outcomes, submitted))

    assert len(set(submitted)) == jobs
    assert [job["status"] for job in ended] == ["completed"] * jobs
    assert runs == [["completed"]] * jobs
    assert 1 < len(processes(deployed, "SubmitJobName")) <= ANSWERED


def all_ended(client: Client, ids: list[str]) -> list[dict[str, Any]]:
    """Wait for the ends of up to 100 jobs, each time in one request."""

    def look() -> list[dict[str, Any]] | None:
        jobs: list[dict[str, Any]] = client.http.get("/v1/jobs", params={"ids": ",".join(ids)}).json()["jobs"]
        return jobs if all("ended_at" in job for job in jobs) else None

    return eventually(look, PATIENCE, "all ended", every=1) or []


def test_a_hundred_jobs_of_one_request_are_polled_in_one(acme: Client) -> None:
    entries = [{"type": "echo", "input": {"text": str(number)}} for number in range(100)]

    submitted = acme.http.post("/v1/jobs/batch", json={"jobs": entries}, headers={"Idempotency-Key": "many"})
    ids = [each["job"]["job_id"] for each in submitted.json()["jobs"]]

    jobs = all_ended(acme, ids)

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
    # The first sweep comes within a minute.
    lines = eventually(lambda: logged(deployed, function), PATIENCE, "lines of the function")

    assert lines
    assert refused(lines) == []
