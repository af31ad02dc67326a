"""A thousand jobs at once: none is lost, none runs twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from local.stack import STACK_NAME, Stack
from tests.kit.client import Client

JOBS = 1000
CLIENTS = 16
PATIENCE = 180.0


def test_a_thousand_jobs_all_complete_and_none_runs_twice(acme: Client) -> None:
    def submit(number: int) -> str:
        return acme.submit("text_statistics", {"text": f"Document {number} of {JOBS}.", "keywords": 1})

    def outcome(job_id: str) -> tuple[str, list[str]]:
        job = acme.ended(job_id, within=PATIENCE)
        return job["status"], [execution["outcome"] for execution in acme.executions(job_id)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        submitted = list(pool.map(submit, range(JOBS)))
        outcomes = list(pool.map(outcome, submitted))

    assert len(set(submitted)) == JOBS
    assert outcomes == [("completed", ["completed"])] * JOBS


@pytest.mark.parametrize("function", ["submit_job", "get_job", "worker", "sweeper"])
def test_no_function_ever_lacked_a_permission(function: str, deployed: Stack) -> None:
    pages = deployed.endpoint.client("logs").get_paginator("filter_log_events")
    group = f"/{STACK_NAME}/{function}"

    lines = [event["message"] for page in pages.paginate(logGroupName=group) for event in page["events"]]

    assert lines
    assert [line for line in lines if "AccessDenied" in line] == []
