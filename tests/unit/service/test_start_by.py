"""A job that has not started by its `start_by` fails with `expired`, and a job that has started goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import HOUR, MINUTE, SECOND
from claimcheck.domain.outcome import Retry
from tests.kit.schedule_world import every
from tests.kit.world import Echo, Words, World, job_type

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext


def submit(world: World, after: int, **body: str) -> str:
    return world.submit(start_by=rfc3339(world.clock.now() + after), **body)


def drop_wake_ups(world: World) -> None:
    while world.queue.receive() is not None:
        pass


def error_of(world: World, job_id: str) -> str | None:
    answer = world.request("GET", f"/v1/jobs/{job_id}")
    return str(answer.json["error"]["code"]) if answer.json["status"] == "failed" else None


def test_a_job_that_starts_in_time_is_done() -> None:
    world = World()
    job_id = submit(world, SECOND)

    world.work()

    assert world.job(job_id).status == "completed"
    assert world.request("GET", f"/v1/jobs/{job_id}").json["start_by"] == rfc3339(
        world.job(job_id).created_at + SECOND
    )


@pytest.mark.parametrize("late", [0, 1])
def test_a_worker_that_comes_too_late_ends_the_job_and_runs_nothing(late: int) -> None:
    world = World()
    job_id = submit(world, 10 * SECOND)

    world.clock.advance(10 * SECOND + late)
    world.work()

    assert error_of(world, job_id) == "expired"
    assert world.job(job_id).executions == 0


def test_a_sweep_ends_a_job_that_no_worker_came_for_within_a_minute() -> None:
    world = World()
    job_id = submit(world, 10 * SECOND)
    drop_wake_ups(world)

    world.advance(10 * SECOND + MINUTE)

    job = world.job(job_id)
    assert (error_of(world, job_id), job.executions) == ("expired", 0)
    assert job.ended_at is not None
    assert job.ended_at <= job.created_at + 10 * SECOND + MINUTE


def test_an_expired_job_is_refunded() -> None:
    world = World(job_types=[job_type(price=lambda given: 7)])
    world.engine.credits.add_credits("acme", 7, world.clock.now(), "funds")
    submit(world, SECOND)
    drop_wake_ups(world)

    world.advance(2 * MINUTE)

    assert world.engine.credits.credits("acme") == 7


def test_a_second_attempt_may_start_later() -> None:
    def busy_once(given: Words, job: JobContext) -> Echo | Retry:
        return Retry(after=30) if job.attempt == 1 else Echo(text="done")

    world = World({"echo": busy_once})
    job_id = submit(world, SECOND)

    world.advance(MINUTE)

    assert world.job(job_id).status == "completed"


def test_the_time_counts_from_run_at_for_a_timer() -> None:
    world = World()
    start = world.clock.now() + HOUR
    job_id = world.submit(run_at=rfc3339(start), start_by=rfc3339(start + SECOND))

    world.advance(HOUR)

    assert world.job(job_id).status == "completed"


@pytest.mark.parametrize("after", [HOUR, 0, -HOUR])
def test_a_time_that_is_not_after_the_start_is_refused(after: int) -> None:
    world = World()
    start = world.clock.now() + HOUR
    body = {"type": "echo", "input": {"text": "x"}, "run_at": rfc3339(start)}

    answer = world.request("POST", "/v1/jobs", body | {"start_by": rfc3339(start + min(after, 0))})

    assert answer.json["errors"] == [
        {"pointer": "/start_by", "message": "must be after run_at and after now"}
    ]


def test_a_time_after_the_deadline_changes_nothing() -> None:
    world = World()
    now = world.clock.now()
    job_id = world.submit(deadline=rfc3339(now + MINUTE), start_by=rfc3339(now + HOUR))
    drop_wake_ups(world)

    world.advance(3 * MINUTE)

    assert error_of(world, job_id) == "deadline_exceeded"


def test_the_jobs_of_a_schedule_expire_so_long_after_their_slots() -> None:
    world = World()
    every(world, "10 minutes", start_by_seconds=30)
    world.advance(9 * MINUTE + 30 * SECOND)
    [job] = world.store.all_jobs()

    world.clock.advance(2 * MINUTE)
    world.work()

    assert world.request("GET", "/v1/schedules/nightly").json["start_by_seconds"] == 30
    assert job.start_by == job.run_at + 30 * SECOND
    assert error_of(world, job.job_id) == "expired"
