"""More jobs than the workers can do: the sweeper adds no load, and still loses no job."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import DAY, FAR_LEAD, GRACE, HOUR, MINUTE, SECOND
from claimcheck.domain.ports import SHARDS
from claimcheck.service.sweeper import CROWD, PAGE
from claimcheck.testing import MemoryWakeUpQueue
from tests.kit.world import World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimcheck.domain.job import Job
    from claimcheck.domain.ports import WakeUp

ROUND = PAGE * SHARDS
JOBS = ROUND + 900
LATE = GRACE + SECOND
HOURS = 6 * HOUR


class Watched(MemoryWakeUpQueue):
    """Records the wake-ups that the sweeper sends. `reported` replaces their count if it is not None."""

    def __init__(self, world: World, reported: int | None = None) -> None:
        super().__init__(world.clock)
        self.reported = reported
        self.sent: list[WakeUp] = []

    def send_many(self, wake_ups: Sequence[WakeUp]) -> list[WakeUp]:
        self.sent += wake_ups
        return super().send_many(wake_ups)

    def waiting(self) -> int:
        return super().waiting() if self.reported is None else self.reported


@cache
def jobs(**body: str) -> list[Job]:
    """Return `count` submitted jobs."""
    world = World()
    for _ in range(JOBS):
        world.submit(**body)
    return list(world.store.all_jobs())


def crowd(**body: str) -> tuple[World, Watched]:
    """Create jobs whose wake-ups wait for workers."""
    # Its tokens must differ from those of the world that created the jobs.
    world = World(seed=1)
    queue = Watched(world)
    for job in jobs(**body):
        world.store.insert(job, None, None)
    world.rebuild(queue=queue)
    return world, queue


def test_of_jobs_that_wait_for_workers_a_sweep_wakes_a_part() -> None:
    world, queue = crowd()
    queue.reported = 10 * CROWD
    world.clock.advance(LATE)

    world.sweep()

    assert len(queue.sent) == pytest.approx(JOBS / 10, rel=0.3)
    assert all(job.due_at > world.clock.now() for job in world.store.all_jobs()), "all of them are moved"


def test_when_the_queue_is_not_full_all_wake_ups_are_lost_and_sent_again() -> None:
    world, queue = crowd()
    queue.reported = CROWD
    world.clock.advance(LATE)

    world.sweep()

    assert len(queue.sent) == JOBS


def test_a_queue_that_cannot_be_asked_is_taken_for_empty() -> None:
    world, queue = crowd()

    def refuse() -> int:
        raise Unavailable

    queue.waiting = refuse  # type: ignore[method-assign]
    world.clock.advance(LATE)

    world.sweep()

    assert len(queue.sent) == JOBS


def test_timers_are_woken_in_time_however_many_others_wait() -> None:
    run_at = World().clock.now() + DAY
    world, queue = crowd(run_at=rfc3339(run_at))
    queue.reported = 100 * CROWD
    world.clock.advance_to(run_at - FAR_LEAD)

    world.sweep()

    assert len(queue.sent) == JOBS


def test_in_ten_times_a_crowd_lost_wake_ups_are_made_up_for_before_the_deadline() -> None:
    world, queue = crowd()
    queue.reported = 10 * CROWD

    for _ in range(59):
        world.clock.advance(MINUTE)
        world.sweep()

    assert len({each.job_id for each in queue.sent}) > 0.95 * JOBS


def test_each_lost_wake_up_is_replaced_in_the_end() -> None:
    start = World().clock.now()
    world, queue = crowd(deadline=rfc3339(start + DAY))
    queue.reported = 2 * CROWD

    while len({each.job_id for each in queue.sent}) < JOBS and world.clock.now() < start + HOURS:
        world.clock.advance(MINUTE)
        world.sweep()

    assert {each.job_id for each in queue.sent} == {job.job_id for job in world.store.all_jobs()}
