"""Sweeps in which a part fails: the other parts are swept, and the next sweep makes up for it in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import MINUTE, SECOND
from claimcheck.domain.outcome import Retry
from claimcheck.domain.ports import shard_of
from claimcheck.service.sweeper import PAGE
from tests.kit.schedule_world import every
from tests.kit.world import Echo, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

JOBS = 2 * PAGE
every_error = pytest.mark.parametrize(
    "error", [Unavailable(), RuntimeError("unforeseen")], ids=["known", "new"]
)


def failing_once(operation: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    errors = [error]

    def call(*args: Any) -> Any:
        if errors:
            raise errors.pop()
        return operation(*args)

    return call


def lost_wake_ups(world: World) -> list[str]:
    """Return jobs that are due because their wake-ups were lost."""
    job_ids = [world.submit() for _ in range(JOBS)]
    while world.queue.receive() is not None:
        pass
    world.clock.advance(2 * MINUTE)
    return job_ids


def ended(world: World, job_ids: Iterable[str]) -> int:
    return sum(world.job(job_id).ended_at is not None for job_id in job_ids)


@every_error
def test_a_page_that_cannot_be_read_stops_no_other(error: Exception) -> None:
    world = World()
    job_ids = lost_wake_ups(world)

    with patch.object(world.store, "read_many", failing_once(world.store.read_many, error)):
        world.sweep()
    world.work()
    first = ended(world, job_ids)
    world.advance(2 * MINUTE)

    assert first == JOBS - PAGE
    assert ended(world, job_ids) == JOBS


@every_error
def test_a_shard_that_cannot_be_read_stops_no_other(error: Exception) -> None:
    world = World()
    job_ids = lost_wake_ups(world)
    every(world, "1 minute")
    world.clock.advance(MINUTE)

    with patch.object(world.store, "due", failing_once(world.store.due, error)):
        world.sweep()
    world.work()

    # The first query is that of the first shard.
    assert ended(world, job_ids) == sum(shard_of(job_id) != 0 for job_id in job_ids)


@every_error
def test_a_queue_that_fails_stops_no_sweep(error: Exception) -> None:
    world = World()
    job_ids = lost_wake_ups(world)
    every(world, "1 minute")

    with (
        patch.object(world.queue, "waiting", side_effect=error),
        patch.object(world.queue, "send_many", failing_once(world.queue.send_many, error)),
    ):
        swept = world.engine.sweeper.sweep(lambda: MINUTE)

    assert swept.slots == 1
    world.advance(5 * MINUTE)
    assert ended(world, job_ids) == JOBS


def test_a_timer_whose_wake_up_could_not_be_sent_is_sent_again_in_time() -> None:
    world = World()
    start = world.clock.now() + 20 * MINUTE
    job_id = world.submit(run_at=rfc3339(start))

    with patch.object(world.queue, "send_many", lambda wake_ups: list(wake_ups)):
        world.advance(10 * MINUTE)
    world.advance(11 * MINUTE)

    assert world.job(job_id).started_at == start


def test_a_sweep_that_dies_makes_no_timer_late() -> None:
    world = World()
    start = world.clock.now() + 20 * MINUTE
    job_id = world.submit(run_at=rfc3339(start))
    world.clock.advance(7 * MINUTE)

    class Died(BaseException):
        """The process of the sweeper is gone."""

    for operation in ("replace", "read_many"):
        with patch.object(world.store, operation, side_effect=Died), pytest.raises(Died):
            world.sweep()
    with patch.object(world.queue, "send_many", side_effect=Died), pytest.raises(Died):
        world.sweep()
    world.advance(14 * MINUTE)

    assert world.job(job_id).started_at == start


def test_a_timer_is_woken_once() -> None:
    world = World()
    world.submit(run_at=rfc3339(world.clock.now() + 20 * MINUTE))

    for _ in range(19):
        world.clock.advance(MINUTE)
        world.sweep()

    assert len(world.queue) == 1
    world.clock.advance(59 * SECOND)
    world.sweep()
    assert len(world.queue) == 1


def test_a_timer_whose_submission_could_not_send_its_wake_up_is_on_time() -> None:
    world = World()
    start = world.clock.now() + 10 * MINUTE

    with patch.object(world.queue, "send", side_effect=Unavailable):
        job_id = world.submit(run_at=rfc3339(start))
    world.advance(11 * MINUTE)

    assert world.job(job_id).started_at == start


def test_a_retry_whose_wake_up_could_not_be_sent_is_on_time() -> None:
    outcomes = [Retry(after=600), Echo(text="done")]
    world = World({"echo": lambda given, job: outcomes.pop(0)})
    job_id = world.submit()
    start = world.clock.now() + 10 * MINUTE

    with patch.object(world.queue, "send", side_effect=Unavailable):
        world.work()
    world.advance(11 * MINUTE)

    assert world.job(job_id).started_at == start
