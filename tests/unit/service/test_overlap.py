"""With `overlap: "skip"`, at most one job of a schedule runs at a time. Others are skipped at their start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.job import MINUTE, SECOND
from claimcheck.domain.outcome import Again
from tests.kit.schedule_world import PATH, every, shown
from tests.kit.world import Echo, Words, World, job_type

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext
    from claimcheck.domain.job import Job


def long_world(seconds: int, **parts: object) -> World:
    """A world whose jobs take so long, in polls."""

    def work(given: Words, job: JobContext) -> Echo | Again:
        return Again(after=seconds, state="asked") if job.state is None else Echo(text="done")

    return World({"echo": work}, [job_type(price=lambda given: 5)], **parts)  # type: ignore[arg-type]


def outcomes(world: World) -> list[str]:
    jobs = sorted(world.store.all_jobs(), key=lambda job: job.run_at)
    return [job.error.code if job.error else str(job.status) for job in jobs]


def funded(world: World, amount: int) -> World:
    world.engine.credits.add_credits("acme", amount, world.clock.now(), "funds")
    return world


def test_slots_are_skipped_while_a_job_runs_and_refunded() -> None:
    world = funded(long_world(150), 100)
    every(world, "1 minute", overlap="skip")

    world.advance(5 * MINUTE + 10 * SECOND)

    # The first runs from 1:00 to 3:30, the fourth from 4:00.
    assert outcomes(world)[:5] == ["completed", "skipped", "skipped", "processing", "skipped"]
    skipped = [job for job in world.store.all_jobs() if job.error]
    assert all((job.status, job.executions) == ("failed", 0) for job in skipped)
    charged = [job for job in world.store.all_jobs() if not job.error]
    assert world.engine.credits.credits("acme") == 100 - 5 * len(charged)
    assert shown(world)["overlap"] == "skip"


def test_without_it_jobs_overlap() -> None:
    world = funded(long_world(150), 100)
    every(world, "1 minute")

    world.advance(3 * MINUTE + 10 * SECOND)

    assert outcomes(world)[:3] == ["processing", "processing", "processing"]
    assert shown(world)["overlap"] == "allow"


def test_a_skipped_slot_does_not_hide_the_job_that_runs() -> None:
    world = funded(long_world(9 * 60), 100)
    every(world, "1 minute", overlap="skip", retention_seconds=60)

    # Skipped jobs expire, and are deleted, while the first one runs.
    for _ in range(9):
        world.advance(MINUTE)
        world.store.expire(world.clock.now())

    running = [job for job in world.store.all_jobs() if job.executions and job.ended_at is None]
    assert len(running) == 1


def test_a_run_by_hand_counts_too() -> None:
    world = funded(long_world(150), 100)
    every(world, "10 minutes", overlap="skip")
    first = world.request("POST", f"{PATH}/run").json["job_id"]
    world.work()

    second = world.request("POST", f"{PATH}/run").json["job_id"]
    world.work()

    assert world.job(first).status == "processing"
    error = world.job(second).error
    assert error is not None
    assert error.code == "skipped"


def test_a_running_job_that_is_cancelled_makes_room() -> None:
    world = funded(long_world(600), 100)
    every(world, "1 minute", overlap="skip")
    world.advance(MINUTE)
    [running] = [job for job in world.store.all_jobs() if job.executions]

    world.request("POST", f"/v1/jobs/{running.job_id}/cancel")
    world.advance(MINUTE)

    assert outcomes(world)[:2] == ["cancelled", "processing"]


def test_a_name_of_a_job_that_is_gone_stops_nothing() -> None:
    world = funded(long_world(600), 100)
    every(world, "1 minute", overlap="skip")
    world.advance(MINUTE)
    [running] = [job for job in world.store.all_jobs() if job.executions]
    del world.store._jobs[running.job_id]

    world.advance(MINUTE)

    started: list[Job] = [job for job in world.store.all_jobs() if job.executions]
    assert len(started) == 1
