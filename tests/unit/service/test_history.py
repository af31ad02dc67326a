"""A job's executions, and the metrics of ended jobs."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from claimcheck.domain.job import HOUR, MINUTE
from claimcheck.domain.outcome import Retry
from claimcheck.service.worker import Unclaimed
from tests.kit.world import Echo, Words, World

if TYPE_CHECKING:
    import pytest

    from claimcheck.authoring.context import JobContext


def outcomes(world: World, job_id: str) -> list[str]:
    executions = world.request("GET", f"/v1/jobs/{job_id}/executions").json["executions"]
    return [execution["outcome"] for execution in executions]


def metrics(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if "_aws" in line]


def test_a_late_end_is_not_recorded_as_a_lost_worker() -> None:
    def slow(given: Words, job: JobContext) -> Echo:
        world.clock.advance(10 * MINUTE)
        with suppress(Unclaimed):
            world.engine.worker.run(job.job_id, lambda: 1000)
        return Echo(text="late")

    world = World({"echo": slow})
    job_id = world.submit()
    world.work()

    assert outcomes(world, job_id) == ["completed"]


def test_a_zombie_overwrites_no_history() -> None:
    def zombie(given: Words, job: JobContext) -> Echo:
        if job.attempt == 1:
            world.clock.advance(10 * MINUTE)
            world.engine.worker.run(job.job_id, lambda: HOUR)
            raise Retry(message="from the grave")
        return Echo(text="second")

    world = World({"echo": zombie})
    job_id = world.submit()
    world.work()

    assert outcomes(world, job_id) == ["completed", "worker_lost"]


def test_an_ended_job_is_counted_by_its_type_and_status(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    world.submit()
    world.work()

    (counted,) = metrics(capsys)

    assert counted["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["type", "status"]]
    assert (counted["type"], counted["status"]) == ("echo", "completed")


def test_a_cancelled_job_is_counted_once(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    job_id = world.submit()
    for _ in range(2):
        world.request("POST", f"/v1/jobs/{job_id}/cancel")
    world.advance(HOUR)

    assert [counted["error_code"] for counted in metrics(capsys)] == ["cancelled"]


def test_a_job_that_the_sweeper_ends_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    world.submit(deadline="2026-06-21T10:05:00Z")
    world.handlers.clear()
    world.advance(10 * MINUTE)

    assert [counted["error_code"] for counted in metrics(capsys)] == ["deadline_exceeded"]
