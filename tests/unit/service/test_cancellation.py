"""Cancelling a job in every status."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from claimcheck.domain.job import HOUR, MINUTE, SECOND, Status
from claimcheck.domain.outcome import Fail, Retry
from claimcheck.service.attempt import Interruption
from tests.kit.world import Echo, Words, World, job_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring.context import JobContext


def world_of(handler: Callable[..., Any]) -> World:
    return World({"echo": handler}, [job_type()])


def cancel(world: World, job_id: str) -> Any:
    return world.request("POST", f"/v1/jobs/{job_id}/cancel")


def test_a_pending_job_is_cancelled_at_once_and_asking_again_changes_nothing() -> None:
    world = World()
    job_id = world.submit()

    first, second = cancel(world, job_id), cancel(world, job_id)
    world.advance(HOUR)

    assert (first.status, second.status) == (202, 202)
    assert first.json == second.json
    assert first.json["error"]["code"] == "cancelled"
    assert world.job(job_id).attempt == 0


def test_a_running_handler_sees_the_cancel_and_its_retry_becomes_the_end() -> None:
    reported: list[bool] = []

    def stop_when_cancelled(given: Words, job: JobContext) -> Echo | Retry:
        reported.append(job.cancelled())
        answers.append(cancel(world, job.job_id))
        world.clock.advance(SECOND)
        reported.append(job.cancelled())
        return Retry(after=1)

    answers: list[Any] = []
    world = world_of(stop_when_cancelled)
    job_id = world.submit()
    world.work()

    assert reported == [False, True]
    assert answers[0].status == 202
    assert answers[0].json["status"] == "processing"
    assert answers[0].json["cancel_requested_at"] is not None
    assert world.job(job_id).error == world.job(cancelled_at_once(world)).error


def cancelled_at_once(world: World) -> str:
    job_id = world.submit()
    cancel(world, job_id)
    return job_id


def test_a_finished_result_beats_a_cancel_that_was_only_asked_for() -> None:
    def finish(given: Words, job: JobContext) -> Echo:
        cancel(world, job.job_id)
        return Echo(text="finished")

    world = world_of(finish)
    job_id = world.submit()
    world.work()

    assert world.job(job_id).status is Status.COMPLETED


def test_a_failure_beats_a_cancel_that_was_only_asked_for() -> None:
    def fail(given: Words, job: JobContext) -> Fail:
        cancel(world, job.job_id)
        return Fail("broken", "It broke.")

    world = world_of(fail)
    job_id = world.submit()
    world.work()

    error = world.job(job_id).error
    assert error is not None
    assert error.code == "broken"


def test_a_job_that_waits_for_a_retry_is_cancelled_at_once() -> None:
    world = world_of(lambda given, job: Retry(after=60))
    job_id = world.submit()
    world.work()

    answer = cancel(world, job_id)

    assert answer.status == 202
    assert answer.json["status"] == "failed"
    assert answer.json["error"]["code"] == "cancelled"


def test_a_cancel_asked_of_a_lost_worker_is_honoured_by_the_sweeper() -> None:
    class Killed(Interruption):
        pass

    def die(given: Words, job: JobContext) -> Echo:
        cancel(world, job.job_id)
        raise Killed

    world = world_of(die)
    job_id = world.submit()
    with contextlib.suppress(Killed):
        world.work()
    world.advance(5 * MINUTE)

    error = world.job(job_id).error
    assert error is not None
    assert error.code == "cancelled"


def test_a_job_that_ended_otherwise_cannot_be_cancelled() -> None:
    world = World()
    job_id = world.submit()
    world.work()

    answer = cancel(world, job_id)

    assert answer.status == 409
    assert answer.json["code"] == "job_already_ended"


def test_a_timer_can_be_cancelled_before_it_is_due() -> None:
    world = World()
    job_id = world.submit(run_at="2026-06-21T12:00:00Z")

    answer = cancel(world, job_id)
    world.advance(3 * HOUR)

    assert answer.json["status"] == "failed"
    assert world.job(job_id).executions == 0
