"""A day of one stack, from an empty table at midnight."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import simpy

from studies.growth.clients import Clients
from studies.growth.load import DAY, MINUTE
from studies.growth.sweeper import Sweeper
from studies.growth.system import System
from studies.growth.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Generator

    from studies.growth.load import Load
    from studies.growth.parameters import Deployment
    from studies.growth.tally import Tally


class Day(NamedTuple):
    """A day's results. `left` jobs are in the system at its end; `refused` counts throttled calls by
    limit."""

    tally: Tally
    left: int
    refused: dict[str, int]


def simulate(
    load: Load, deployment: Deployment, seed: int, duration: int = DAY, *, alone: bool = False
) -> Day:
    """Run one cell for `duration` seconds. `alone` makes every job a cohort of its own."""
    system = System(simpy.Environment(), np.random.default_rng(seed), load, deployment, alone)
    workers = Workers(system)
    # The order within a second. A wake-up is delivered in the same second if a worker is free.
    for process in (_meter(system, workers), Clients(system).run(), Sweeper(system).run(), workers.run()):
        system.env.process(process)
    system.env.run(until=duration)
    return Day(system.tally, system.rows.total, system.table.refused)


def _meter(system: System, workers: Workers) -> Generator[simpy.Event, None, None]:
    """Advance the table every second, and record every minute."""
    while True:
        system.table.second()
        if system.now and system.now % MINUTE == 0:
            system.table.minute()
            _note(system, workers)
        yield system.env.timeout(1)


def _note(system: System, workers: Workers) -> None:
    table, (live, stale) = system.table, system.wake_ups.visible(system.now)
    oldest = system.wake_ups.first(system.now)
    if oldest is not None:
        system.tally.peak("queue_age", system.now - oldest)
    system.tally.minute(
        waiting=live,
        stale=stale,
        busy=workers.busy,
        hottest_shard=table.hottest_shard,
        hottest_org=table.hottest_org,
        written=table.written / MINUTE,
    )
    table.hottest_shard = table.hottest_org = table.written = 0
