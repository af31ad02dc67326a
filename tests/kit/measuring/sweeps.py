"""A sweep's AWS calls, by what is due, counted under the real adapters in front of moto."""

from __future__ import annotations

from collections import Counter
from contextlib import redirect_stdout
from functools import cache, partial
from io import StringIO
from typing import TYPE_CHECKING

from claimcheck.authoring.catalog import Catalog
from claimcheck.aws.dynamodb.rows import job_item
from claimcheck.aws.dynamodb.schedule_rows import schedule_item
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.job import HOUR, MINUTE
from claimcheck.domain.recurrence import Cron
from claimcheck.testing import FrozenClock, SeededRandomness
from tests.kit.cloud import moto_cloud, queue_time
from tests.kit.jobs import new_job
from tests.kit.measuring.filling import fill
from tests.kit.schedules import new_schedule
from tests.kit.wire import tap
from tests.kit.world import job_type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from claimcheck.aws.dynamodb.rows import Item
    from claimcheck.domain.job import Millis

APART = 100
"""How many overdue jobs and slots."""


def timers(count: int, now: Millis) -> list[Item]:
    """Store far timers that come within reach of a delayed wake-up."""
    randomness, run_at = SeededRandomness(), now + 13 * MINUTE
    return [
        job_item(
            new_job(
                job_id=randomness.job_id(now),
                org=f"org-{number % 10}",
                created_at=now - MINUTE,
                run_at=run_at,
                not_before=run_at,
                deadline=run_at + MINUTE,
                due_at=now,
            )
        )
        for number in range(count)
    ]


def overdue(count: int, now: Millis) -> list[Item]:
    """Store jobs past their deadline without a lease."""
    randomness, run_at = SeededRandomness(), now - 2 * MINUTE
    changes = {"created_at": run_at, "run_at": run_at, "not_before": run_at, "due_at": now}
    return [
        job_item(
            new_job(job_id=randomness.job_id(now), org=f"org-{number % 10}", deadline=now - MINUTE, **changes)
        )
        for number in range(count)
    ]


def slots(count: int, now: Millis) -> list[Item]:
    """Store hourly schedules with a due slot."""
    hourly = partial(new_schedule, recurrence=Cron("0 * * * *"), next_at=now - now % HOUR)
    return [schedule_item(hourly(org=f"org-{number % 10}", name=f"s{number}")) for number in range(count)]


@cache
def calls_of_a_sweep(due: Callable[[int, Millis], Sequence[Item]], count: int) -> Counter[str]:
    """Return the calls of a sweep. The ids, and so the shards and the calls, are the same every time."""
    clock = FrozenClock()
    with moto_cloud() as cloud, queue_time(clock):
        wire = tap()
        catalog = Catalog([job_type()])
        engine = bootstrap(cloud.settings, clock, SeededRandomness(1), catalog=catalog, spread=map)
        fill(cloud, due(count, clock.now()))
        # Each ended job logs a line.
        with redirect_stdout(StringIO()):
            swept = engine.sweeper.sweep(lambda: MINUTE)
        assert swept.moved + swept.slots == count, swept
        return Counter(wire.operations)
