"""A thousand jobs at once: none is lost, none runs twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from local.stack import Stack
from tests.kit.client import Client
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


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_function_ever_lacked_a_permission(function: str, deployed: Stack) -> None:
    lines = logged(deployed, function)

    assert lines
    assert refused(lines) == []
