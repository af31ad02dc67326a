"""A job between its 202 and its end."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND, Status
from claimcheck.domain.outcome import Retry
from claimcheck.domain.retry import RetryPolicy
from claimcheck.service.payloads import INLINE_LIMIT
from claimcheck.testing import MemoryJobStore
from tests.kit.described import Failing
from tests.kit.world import Echo, Killed, Words, World, echo, job_type, killed

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring.context import JobContext

TWICE = RetryPolicy(max_attempts=2, base=10, cap=60)


def world_of(handler: Callable[..., Any], **changes: Any) -> World:
    return World({"echo": handler}, [job_type(retry=TWICE, **changes)])


def test_a_job_goes_from_202_to_its_result() -> None:
    world = World()

    job_id = world.submit("hello")
    pending = world.request("GET", f"/v1/jobs/{job_id}")
    world.work()
    completed = world.request("GET", f"/v1/jobs/{job_id}")

    assert pending.json["status"] == "pending"
    assert pending.headers["Retry-After"] == "10"
    assert completed.json["status"] == "completed"
    assert completed.json["result"] == {"text": "hello"}
    assert "Retry-After" not in completed.headers


def test_a_job_that_waits_for_its_second_attempt_is_still_processing() -> None:
    def busy_once(given: Words, job: JobContext) -> Echo | Retry:
        return Retry(after=30, message="busy") if job.attempt == 1 else Echo(text="done")

    world = world_of(busy_once)
    start = world.clock.now()

    job_id = world.submit()
    world.work()
    waiting = world.request("GET", f"/v1/jobs/{job_id}").json
    world.advance(29 * SECOND)
    still = world.job(job_id)
    world.advance(SECOND)
    done = world.job(job_id)

    assert (waiting["status"], waiting["attempt"]) == ("processing", 1)
    assert still.status is Status.PROCESSING
    assert done.status is Status.COMPLETED
    assert done.started_at == start + 30 * SECOND
    assert done.attempt == 2


def test_a_handler_that_overruns_is_stopped_and_the_last_time_it_is_a_timeout() -> None:
    def dawdle(given: Words, job: JobContext) -> Echo:
        # The attempt's timeout runs on the real clock. This returns only because of it.
        while True:
            time.sleep(0.01)

    world = world_of(dawdle, timeout=1)

    job_id = world.submit()
    world.advance(5 * MINUTE)

    error = world.job(job_id).error
    assert error is not None
    assert error.code == "timeout"
    outcomes = [execution.outcome for execution in world.engine.reader.executions("acme", job_id)]
    assert outcomes == ["failed", "timeout"]


def test_a_deadline_ends_a_job_that_never_started() -> None:
    world = World()

    job_id = world.submit(deadline="2026-06-21T10:05:00Z")
    while world.queue.receive():
        pass
    world.handlers.clear()
    world.advance(6 * MINUTE)

    job = world.job(job_id)
    assert job.error is not None
    assert job.error.code == "deadline_exceeded"
    assert job.attempt == 0


def test_a_retry_past_the_deadline_ends_the_job_at_once() -> None:
    world = world_of(lambda given, job: Retry(after=7200))

    job_id = world.submit()
    world.work()

    job = world.job(job_id)
    assert job.error is not None
    assert job.error.code == "deadline_exceeded"
    assert job.ended_at == world.clock.now()


def test_an_unknown_type_waits_for_its_deploy_and_uses_no_attempt() -> None:
    world = World()

    job_id = world.submit()
    handler = world.handlers.pop("echo")
    world.advance(2 * MINUTE)
    waiting = world.job(job_id)
    world.handlers["echo"] = handler
    world.advance(MINUTE)

    assert waiting.attempt == 0
    assert waiting.status is Status.PENDING
    assert world.job(job_id).status is Status.COMPLETED
    assert world.job(job_id).attempt == 1


def test_an_unknown_type_waits_until_the_deadline() -> None:
    world = World()
    world.handlers.clear()
    deadlines = [world.clock.now() + 20 * SECOND, world.clock.now() + 25 * SECOND]
    jobs = [world.submit(deadline=rfc3339(deadline)) for deadline in deadlines]

    world.advance(10 * SECOND)
    waiting = [world.job(job_id).ended_at for job_id in jobs]
    world.advance(15 * SECOND)

    assert waiting == [None, None]
    assert [world.job(job_id).ended_at for job_id in jobs] == deadlines


def test_an_input_that_cannot_be_read_waits_until_the_deadline() -> None:
    world = World()
    deadline = world.clock.now() + 3 * SECOND
    job_id = world.submit("long " * 1000, deadline=rfc3339(deadline))

    with patch.object(world.objects, "get", side_effect=Unavailable):
        world.advance(SECOND)
        waiting = world.job(job_id)
        world.advance(SECOND)
    world.advance(MINUTE)

    assert waiting.ended_at is None
    assert world.job(job_id).ended_at == deadline


def test_a_lost_wake_up_costs_a_minute_and_not_the_job() -> None:
    world = World()

    job_id = world.submit()
    world.queue.receive()
    world.advance(2 * MINUTE)

    assert world.job(job_id).status is Status.COMPLETED


def test_a_doubled_wake_up_runs_nothing_twice() -> None:
    runs: list[str] = []

    def once(given: Words, job: JobContext) -> Echo:
        runs.append(job.job_id)
        world.engine.worker.run(job.job_id, lambda: HOUR)
        return Echo(text="")

    world = world_of(once)

    job_id = world.submit()
    world.work()
    world.engine.worker.run(job_id, lambda: HOUR)

    assert runs == [job_id]


def test_a_timer_starts_at_its_time_at_any_horizon() -> None:
    world = World()
    start = world.clock.now()
    horizons = [900, 10 * SECOND + 250, 14 * MINUTE, 15 * MINUTE, 16 * MINUTE, 3 * HOUR + 1, 30 * DAY]

    from claimcheck.domain.clock import rfc3339

    ids = {
        horizon: world.submit(run_at=rfc3339(start + horizon), deadline=rfc3339(start + horizon + HOUR))
        for horizon in horizons
    }
    world.advance(31 * DAY)

    started = {horizon: world.store.read(job_id).started_at - start for horizon, job_id in ids.items()}
    assert started == {horizon: horizon for horizon in horizons}


def test_a_lost_worker_is_noticed_and_the_job_is_tried_again() -> None:
    world = world_of(echo, timeout=20)
    world.rebuild(timer=killed)
    job_id = world.submit()
    wake_up = world.queue.receive()
    assert wake_up is not None
    with contextlib.suppress(Killed):
        world.engine.worker.run(wake_up.job_id, lambda: HOUR)
    world.rebuild(timer=None)
    world.advance(3 * MINUTE)

    executions = world.request("GET", f"/v1/jobs/{job_id}/executions").json["executions"]
    assert world.job(job_id).status is Status.COMPLETED
    assert [each["outcome"] for each in executions] == ["completed", "worker_lost"]


def test_a_worker_lost_on_the_last_try_ends_the_job() -> None:
    world = world_of(echo, timeout=20)
    world.rebuild(timer=killed)
    job_id = world.submit()
    for _ in range(5):
        try:
            world.advance(3 * MINUTE)
        except Killed:
            continue

    error = world.job(job_id).error
    assert error is not None
    assert error.code == "worker_lost"
    assert world.job(job_id).attempt == 2


def test_a_worker_without_enough_time_left_claims_nothing() -> None:
    from claimcheck.service.worker import Unclaimed

    world = World()
    job_id = world.submit()

    try:
        world.engine.worker.run(job_id, lambda: 69 * SECOND)
        claimed = True
    except Unclaimed:
        claimed = False

    assert not claimed
    assert world.job(job_id).status is Status.PENDING


def test_a_late_holder_whose_lease_was_not_replaced_still_writes_its_result() -> None:
    def slow(given: Words, job: JobContext) -> Echo:
        world.clock.advance(10 * MINUTE)
        return Echo(text="late")

    world = world_of(slow)
    job_id = world.submit()
    world.work()

    assert world.job(job_id).status is Status.COMPLETED


def test_a_zombie_overwrites_nothing() -> None:
    def zombie(given: Words, job: JobContext) -> Echo:
        if job.attempt == 1:
            world.clock.advance(10 * MINUTE)
            world.engine.worker.run(job.job_id, lambda: HOUR)
            return Echo(text="zombie")
        return Echo(text="second")

    world = world_of(zombie)
    job_id = world.submit()
    world.work()

    assert world.request("GET", f"/v1/jobs/{job_id}").json["result"] == {"text": "second"}


@pytest.mark.parametrize(("error", "objects"), [(Unavailable(), 0), (OutcomeUnknown(), 1)], ids=str)
def test_the_input_of_a_job_that_was_not_stored_is_not_kept(error: Exception, objects: int) -> None:
    """If it is not known whether the job was stored, its input stays."""
    world = World(store=Failing(MemoryJobStore(), "insert", error))
    body = {"type": "echo", "input": {"text": "x" * (INLINE_LIMIT + 1)}}

    assert world.request("POST", "/v1/jobs", body).status == 503
    assert len(world.objects.keys()) == objects


def test_the_input_is_gone_once_the_job_has_ended() -> None:
    world = World()

    job_id = world.submit()
    world.work()

    assert world.job(job_id).input is None


def test_progress_is_shown_while_the_job_runs_and_its_last_word_is_kept() -> None:
    seen: list[Any] = []

    def work(given: Words, job: JobContext) -> Echo:
        for step in range(1, 4):
            job.progress(step, 3, f"step {step}")
            seen.append(world.request("GET", f"/v1/jobs/{job.job_id}").json["progress"])
            world.clock.advance(600)
        return Echo(text="")

    world = world_of(work)
    job_id = world.submit()
    world.work()

    steps = [each["done"] for each in seen]
    assert steps == [1, 1, 3]
    assert world.request("GET", f"/v1/jobs/{job_id}").json["progress"]["done"] == 3
