"""A timer starts at its time, never earlier, although the queue's delays are whole seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import MINUTE, SECOND, WAIT_OUT, wake_up_delay
from claimcheck.service.worker import Unclaimed
from tests.kit.world import Echo, Words, World

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext


@pytest.mark.parametrize(
    ("ahead", "delay"),
    [
        (-5 * SECOND, 0),
        (0, 0),
        (999, 0),
        (2 * SECOND, 0),
        (2 * SECOND + 1, 2),
        (2 * SECOND + 999, 2),
        (15 * MINUTE, 900),
        (15 * MINUTE + 1, None),
    ],
)
def test_a_wake_up_is_never_sent_for_after_its_time(ahead: int, delay: int | None) -> None:
    assert wake_up_delay(1_000_000 + ahead, 1_000_000) == delay


@pytest.mark.parametrize("ahead", [1, 999, 1001, 1999, 2000, 2001, 2999, 3500, 14 * MINUTE + 1])
def test_a_timer_starts_at_its_millisecond_and_holds_a_worker_for_two_seconds_at_most(ahead: int) -> None:
    started: list[int] = []

    def work(given: Words, job: JobContext) -> Echo:
        started.append(world.clock.now() - start)
        return Echo(text="")

    world = World({"echo": work})
    start = world.clock.now()
    world.submit(run_at=rfc3339(start + ahead))
    taken_up = world.queue.next_visible_at - start
    world.advance(ahead)

    assert started == [ahead]
    assert 0 <= ahead - taken_up <= WAIT_OUT


def test_a_worker_that_is_woken_too_early_sends_the_wake_up_on() -> None:
    world = World()
    job_id = world.submit(run_at=rfc3339(world.clock.now() + 10 * SECOND))
    before = world.clock.now()
    world.engine.worker.run(job_id, lambda: MINUTE)

    assert world.clock.now() == before
    assert world.job(job_id).started_at is None
    assert len(world.queue) == 2


def test_a_worker_with_too_little_time_left_does_not_wait() -> None:
    world = World()
    world.submit(run_at=rfc3339(world.clock.now() + 1900))
    wake_up, end = world.queue.receive(), world.clock.now() + 500
    assert wake_up is not None

    with pytest.raises(Unclaimed):
        world.engine.worker.run(wake_up.job_id, lambda: end - world.clock.now())

    assert world.clock.now() <= end
