"""A job's executions, and the metrics of ended jobs."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from claimcheck.domain.job import HOUR, MINUTE
from claimcheck.domain.outcome import Retry
from claimcheck.service.worker import Unclaimed
from tests.kit.world import Echo, Words, World

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext


def outcomes(world: World, job_id: str) -> list[str]:
    executions = world.request("GET", f"/v1/jobs/{job_id}/executions").json["executions"]
    return [execution["outcome"] for execution in executions]


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
