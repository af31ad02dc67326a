"""A sweep's AWS calls, by what is due, and those of the worker that it wakes for a flow.

They are counted under the real adapters in front of moto.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, redirect_stdout
from functools import cache, partial
from io import StringIO
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

from claimcheck.authoring.catalog import Catalog
from claimcheck.aws.dynamodb import flow_rows
from claimcheck.aws.dynamodb.rows import due, job_item
from claimcheck.aws.dynamodb.schedule_rows import schedule_item
from claimcheck.aws.dynamodb.table import Table
from claimcheck.aws.sqs import wake_up_of
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.flows import Limits
from claimcheck.domain.job import HOUR, MINUTE
from claimcheck.domain.ports import shard_of_key
from claimcheck.domain.recurrence import Cron
from claimcheck.testing import FrozenClock, SeededRandomness
from tests.kit.cloud import moto_cloud, queue_time
from tests.kit.flows import new_flow
from tests.kit.jobs import new_job
from tests.kit.measuring.filling import fill
from tests.kit.schedules import new_schedule
from tests.kit.wire import tap
from tests.kit.world import job_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from claimcheck.aws.dynamodb.rows import Item
    from claimcheck.bootstrap import Engine
    from claimcheck.domain.job import Millis
    from tests.kit.cloud import Cloud
    from tests.kit.wire import Wire

APART = 100
"""How many overdue jobs and slots."""
RUNNING = 10
"""How many jobs of a flow run while others wait."""


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


def line(count: int, now: Millis) -> list[Item]:
    """Store a due flow whose slots are taken, and jobs in its line."""
    flow, randomness = new_flow(org="acme", limits=Limits(RUNNING)), SeededRandomness()
    table: Any = Table(Mock(), "table")
    items = [flow_rows.flow_item(flow) | due(shard_of_key(flow.key), now)]
    for number in range(RUNNING + count):
        job = new_job(
            job_id=randomness.job_id(now),
            org="acme",
            flow=flow.key,
            due_at=now + HOUR,
            deadline=now + 2 * HOUR,
        )
        place = {"slot": number} if number < RUNNING else {"waits": job.not_before}
        [part] = flow_rows.place_parts(table, job, placed := job.evolve(**place))
        items += [job_item(placed), part.write["Put"]["Item"]]
    return items


@contextmanager
def _engine_over(items: Callable[[Millis], Sequence[Item]]) -> Iterator[tuple[Engine, Cloud, Wire]]:
    """The ids, and so the shards and the calls, are the same every time."""
    clock = FrozenClock()
    # Each ended job logs a line.
    with moto_cloud() as cloud, queue_time(clock), redirect_stdout(StringIO()):
        wire = tap()
        catalog = Catalog([job_type()])
        engine = bootstrap(cloud.settings, clock, SeededRandomness(1), catalog=catalog, spread=map)
        fill(cloud, items(clock.now()))
        yield engine, cloud, wire


@cache
def calls_of_a_sweep(due: Callable[[int, Millis], Sequence[Item]], count: int) -> Counter[str]:
    """Return the calls of a sweep that finds these rows due."""
    with _engine_over(partial(due, count)) as (engine, _, wire):
        swept = engine.sweeper.sweep(lambda: MINUTE)
        assert swept.moved + swept.slots == count, swept
        return Counter(wire.operations)


def calls_of_a_line(count: int) -> tuple[Counter[str], Counter[str]]:
    """Return the calls of a sweep while jobs wait for a flow, and of the worker that it wakes."""
    with _engine_over(partial(line, count)) as (engine, cloud, wire):
        engine.sweeper.sweep(lambda: MINUTE)
        swept = Counter(wire.operations)
        [message] = cloud.receive()
        wire.operations.clear()
        engine.worker.run(wake_up_of(message["Body"]), lambda: HOUR)
        return swept, Counter(wire.operations)
