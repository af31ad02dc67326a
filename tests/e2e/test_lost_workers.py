"""No job is lost when its worker is killed, and none comes twice when its submission is."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.keys import administer
from local.stack import Stack
from tests.kit.client import Client, eventually
from tests.kit.deployed_stack import WORKERS, processes, saved_paths
from tests.kit.measuring.timers import warm_up

# A lost worker's job waits for the sweeper, a minute after its start time, and then for its second attempt.
# Its wake-up returns to the queue only after two minutes.
PATIENCE = 100.0
# Of the job type `errand`, which these tests add.
PRICE = 7
FUNDS = 1_000_000


@pytest.fixture(scope="module", autouse=True)
def lost(acme: Client) -> str:
    """Submit a job whose worker dies, so that its minute passes during the other tests."""
    return acme.submit("careless", {"then": "die"})


def kill(deployed: Stack, function: str) -> list[int]:
    killed = processes(deployed, function)
    for process in killed:
        os.kill(process, signal.SIGKILL)
    return killed


def test_every_job_ends_when_workers_are_killed_at_work(deployed: Stack, acme: Client) -> None:
    # Workers that start first would reach the fragile jobs at different times.
    warm_up(acme, WORKERS)
    fragile = [acme.submit("doze_once", {"seconds": 15}) for _ in range(2)]
    sturdy = [acme.submit("doze", {"seconds": 3}) for _ in range(18)]

    def look() -> dict[str, dict[str, Any]]:
        return {job_id: acme.job(job_id) for job_id in [*fragile, *sturdy]}

    def at_work() -> bool:
        """Return the running fragile jobs, in one request, because they do not run for long."""
        listed = acme.http.get("/v1/jobs", params={"status": "processing", "limit": 100}).json()["jobs"]
        return set(fragile) < {job["job_id"] for job in listed}

    def ended() -> dict[str, dict[str, Any]] | None:
        deployed.endpoint.client("lambda").invoke(FunctionName=deployed.outputs["SweeperName"])
        jobs = look()
        return jobs if all("ended_at" in job for job in jobs.values()) else None

    eventually(at_work, 60, "both fragile jobs at work, and others")
    killed = kill(deployed, "WorkerName")
    jobs = eventually(ended, PATIENCE, "every job ended", every=2)

    assert killed
    assert jobs
    assert Counter(job["status"] for job in jobs.values()) == {"completed": 18, "failed": 2}
    assert [jobs[job_id]["error"]["code"] for job_id in fragile] == ["worker_lost"] * 2
    second_tries = [job_id for job_id in sturdy if jobs[job_id]["attempt"] == 2]
    assert second_tries
    for job_id in second_tries:
        assert [each["outcome"] for each in acme.executions(job_id)] == ["completed", "worker_lost"]
        assert jobs[job_id]["result"] == {"attempt": 2}


def test_a_batch_whose_function_is_killed_is_completed_by_its_repeat(
    deployed: Stack, client_of: Callable[..., Client]
) -> None:
    client = client_of("hasty")
    administer(deployed, "credits", org="hasty", add=FUNDS)
    # No errand fails, so each job keeps its price.
    entries = [{"type": "errand", "input": {"number": 3 * number + 1}} for number in range(100)]

    def submit() -> httpx.Response:
        """Submit the batch once: the client's own transport repeats what was not answered."""
        caller = client.http.headers["Authorization"]
        headers = {"Authorization": caller, "Idempotency-Key": "batch"}
        url = f"{deployed.api_url}/v1/jobs/batch"
        return httpx.post(url, json={"jobs": entries}, headers=headers, timeout=60, trust_env=False)

    def jobs() -> int:
        left: int = client.http.get("/v1/credits").json()["credits"]
        return (FUNDS - left) // PRICE

    def accepted() -> list[str] | None:
        """Return the ids of the batch's jobs, or None if it has to be repeated, as on a busy machine."""
        answer = submit()
        if answer.status_code != httpx.codes.OK:
            return None
        found: list[dict[str, Any]] = answer.json()["jobs"]
        whole = all(each["status"] == httpx.codes.ACCEPTED for each in found)
        return [each["job"]["job_id"] for each in found] if whole else None

    with ThreadPoolExecutor(1) as pool:
        submitted = pool.submit(submit)
        eventually(lambda: jobs() > 0, 60, "a job of the batch")
        # Where it hits is luck: `tests/integration/test_batches.py` kills at chosen writes.
        assert kill(deployed, "SubmitJobName")
        submitted.result()
    first, second = (eventually(accepted, PATIENCE, "the batch's jobs") for _ in range(2))

    assert first == second
    assert len(set(first or ())) == 100
    assert jobs() == 100


def test_files_of_a_lost_worker_reach_nobody_and_those_of_the_next_do(
    deployed: Stack, acme: Client, lost: str
) -> None:
    def ended() -> dict[str, Any] | None:
        deployed.endpoint.client("lambda").invoke(FunctionName=deployed.outputs["SweeperName"])
        job = acme.job(lost)
        return job if "ended_at" in job else None

    job = eventually(ended, PATIENCE, "the second attempt's end", every=2)

    assert job
    [file] = job["result"]["files"]
    assert acme.download(file["url"]).content == b"attempt 2"
    [unreachable] = set(saved_paths(deployed, "acme", lost)) - {file["url"]}
    assert acme.http.get(unreachable).status_code == 404
