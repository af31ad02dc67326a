"""The simulation loses no job, depends only on the seed, and agrees with queueing theory and with the
engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from math import exp, lgamma, log, sqrt
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from claimcheck.domain.job import MINUTE, SECOND
from claimcheck.domain.outcome import Retry
from claimcheck.domain.ports import SHARDS, shard_of
from claimcheck.testing import MemoryWakeUpQueue
from studies.growth.capacity import Key, OnDemand, Table
from studies.growth.day import simulate
from studies.growth.load import HOUR, Kind, Load, Span
from studies.growth.moves import State, claimed, rescheduled, submitted, swept
from studies.growth.parameters import Deployment
from studies.growth.rows import AWAY, Rows
from studies.growth.sweeper import Calls
from studies.growth.tally import recorded
from studies.growth.units import Units, costs
from studies.growth.workers import LOOK
from tests.kit.world import Echo, World

if TYPE_CHECKING:
    from claimcheck.domain.ports import WakeUp
    from studies.growth.day import Day

PROJECT = Path(__file__).parents[3]
NEVER = Span(-1, -1)
STEADY = Load(
    rate=1, swing=0, burst=NEVER, outage=NEVER, durations=((1, 1.0),), horizons=(), on_the_hour=0,
    fails=0, crashes=0, lost=0, polls=0,
)  # fmt: skip
AMPLE = Deployment(
    api_rate=10**9, api_burst=10**9, workers=10**6, workers_at_first=10**6, workers_growth=1e9,
    table_writes=10**9, warm_writes=10**9,
)  # fmt: skip
ROUGH = Load(
    rate=10, burst=Span(300, 600), outage=Span(900, 1500), fails=0.3, crashes=0.02, lost=0.05,
    horizons=((300, 0.1), (1000, 0.1), (2000, 0.1)),
)  # fmt: skip


@pytest.mark.parametrize(
    "deployment",
    [
        pytest.param(AMPLE, id="enough of everything"),
        pytest.param(Deployment(), id="too few workers"),
        pytest.param(replace(AMPLE, table_writes=25, warm_writes=25), id="a table that throttles"),
        pytest.param(replace(AMPLE, row_cpu=1.0), id="a sweeper that falls behind"),
    ],
)
def test_every_accepted_job_ends_or_is_still_there(deployment: Deployment) -> None:
    day = simulate(ROUGH, deployment, 1, 2000)

    assert day.tally.ends > 1000
    assert day.tally.totals["accepted"] == day.tally.ends + day.left


def test_with_enough_of_everything_nothing_is_left_behind() -> None:
    day = simulate(replace(ROUGH, horizons=(), on_the_hour=0), AMPLE, 1, 5000)

    assert day.left < 20 * ROUGH.rate, "the sweeper finds lost wake-ups and lost workers within two minutes"
    assert day.refused == {}
    assert day.tally.totals["refused by the API"] == 0


def test_the_same_seed_gives_the_same_day_with_any_hash_seed() -> None:
    first = recorded(simulate(ROUGH, AMPLE, 3, 1200).tally)
    script = (
        "import json; from studies.growth.tests.test_growth_simulation import *; "
        "print(json.dumps(recorded(simulate(ROUGH, AMPLE, 3, 1200).tally)))"
    )
    path = os.pathsep.join(str(PROJECT / part) for part in ("", "layers/engine"))
    again = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONHASHSEED": "12345", "PYTHONPATH": path},
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert json.loads(again.stdout) == json.loads(json.dumps(first))
    assert recorded(simulate(ROUGH, AMPLE, 4, 1200).tally) != first


@pytest.mark.parametrize("workers", [9, 10**6])
def test_no_timer_is_early(workers: int) -> None:
    load = replace(ROUGH, fails=0, crashes=0, lost=0, outage=NEVER, on_the_hour=0.1)
    day = simulate(load, replace(AMPLE, workers=workers), 1, 3700)

    for kind in (Kind.NEAR, Kind.FAR):
        assert sum(day.tally.late[kind].values()) > 50
        assert min(day.tally.late[kind]) >= 0
    assert (max(day.tally.late[Kind.FAR]) == 0) == (workers == 10**6)


def test_a_lost_wake_up_delays_the_start_to_the_tick_after_a_minute() -> None:
    day = simulate(replace(STEADY, lost=0.01, rate=50), AMPLE, 1, 2000)
    late = day.tally.late[Kind.NOW]

    assert late[0] > 0.98 * sum(late.values())
    assert all(60 <= seconds < 120 for seconds in late if 0 < seconds < 120)


# ---- queues


def mean_wait(workers: int, rate: float, seconds: int) -> float:
    day = simulate(replace(STEADY, rate=rate), replace(AMPLE, workers=workers), 2, seconds)
    late = day.tally.late[Kind.NOW]
    return sum(wait * count for wait, count in late.items()) / sum(late.values())


def crommelin(servers: int, load: float) -> float:
    """Return the mean wait of an M/D/c queue, in service times (H. C. Tijms, "A First Course in Stochastic
    Models", 9.6.2, after C. D. Crommelin, 1932)."""

    def at_least(least: int, mean: float) -> float:
        return 1 - sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(least))

    return sum(
        at_least(i * servers, i * load) - servers / load * at_least(i * servers + 1, i * load)
        for i in range(1, 200)
    )


def test_one_worker_is_the_queue_of_pollaczek_and_khinchine() -> None:
    assert mean_wait(1, 0.8, 4 * HOUR) == pytest.approx(0.8 / (2 * (1 - 0.8)), rel=0.2)


@pytest.mark.parametrize(("workers", "rate"), [(1, 0.7), (5, 4), (20, 18)])
def test_many_workers_are_the_queue_of_crommelin(workers: int, rate: float) -> None:
    assert mean_wait(workers, rate, 4 * HOUR) == pytest.approx(crommelin(workers, rate), rel=0.2)


def test_too_few_workers_are_always_busy() -> None:
    day = simulate(replace(STEADY, rate=10), replace(AMPLE, workers=4), 1, 1800)

    done, looks = day.tally.ended["completed"], day.tally.totals["looks"]
    assert done + looks * LOOK == pytest.approx(4 * 1800, rel=0.01)
    assert looks > 1000, "the sweeper wakes what waits for a worker, too"


# ---- cohorts, job by job, and the engine


def rates(day: Day) -> dict[str, float]:
    totals, jobs = day.tally.totals, day.tally.totals["accepted"]
    return {
        "attempts": totals["attempts"] / jobs,
        "moves": totals["moved"] / jobs,
        "wake-ups": totals["wake-ups"] / jobs,
        "workers lost": totals["workers lost"] / jobs,
        "out of attempts": day.tally.ended["attempts_exhausted"] / jobs,
        "worker lost": day.tally.ended["worker_lost"] / jobs,
    }


def test_cohorts_give_the_same_rates_as_single_jobs() -> None:
    load = replace(ROUGH, rate=1, crashes=0.1, lost=0.1)
    # A higher rate could crowd the queue, which changes what the sweeper does.
    cohorts = simulate(replace(load, rate=10), AMPLE, 1, 2000)
    alone = simulate(load, AMPLE, 2, 2000, alone=True)

    jobs = alone.tally.totals["accepted"]
    assert jobs > 1_000
    for name, rate in rates(cohorts).items():
        assert rates(alone)[name] == pytest.approx(rate, abs=5 * sqrt(rate / jobs)), name


class Leaky(MemoryWakeUpQueue):
    """A queue that loses some wake-ups."""

    def __init__(self, clock: Any, chance: Random, lost: float) -> None:
        super().__init__(clock)
        self._chance, self._lost = chance, lost
        self.sent = 0

    def send(self, wake_up: WakeUp) -> None:
        self.sent += 1
        if self._chance.random() >= self._lost:
            super().send(wake_up)

    def send_many(self, wake_ups: Any) -> list[Any]:
        for wake_up in wake_ups:
            self.send(wake_up)
        return []


def the_engine(jobs: int, fails: float, lost: float) -> dict[str, float]:
    """Run the real services on the stores in memory until every job has ended, and return the rates."""
    chance = Random(7)

    def flaky(given: Any, _: Any) -> Echo:
        if chance.random() < fails:
            raise Retry
        return Echo(text=given.text)

    world = World(handlers={"echo": flaky})
    world.queue = Leaky(world.clock, chance, lost)
    world.rebuild(queue=world.queue)
    for _ in range(jobs):
        world.submit()
    moved = 0
    for second in range(HOUR // 2):
        world.work()
        if second % 60 == 0:
            moved += world.engine.sweeper.sweep(lambda: MINUTE).moved
        world.clock.advance(SECOND)
    ended = world.store.all_jobs()
    return {
        "attempts": sum(job.executions for job in ended) / jobs,
        "moves": moved / jobs,
        "wake-ups": world.queue.sent / jobs,
        "out of attempts": sum(job.status == "failed" for job in ended) / jobs,
    }


def test_the_simulation_gives_the_same_rates_as_the_engine() -> None:
    engine = the_engine(500, fails=0.7, lost=0.2)
    day = simulate(replace(STEADY, rate=50, fails=0.7, lost=0.2), AMPLE, 1, 2 * HOUR)

    simulated = rates(day)
    for name, rate in engine.items():
        assert simulated[name] == pytest.approx(rate, abs=3.5 * sqrt(rate / 500)), name


# ---- the parts


def test_the_moves_are_the_engines() -> None:
    new = submitted(1000, 1000, 4600, Kind.NOW)
    running = claimed(new, 1010, 60, 3).state
    assert running is not None

    assert new == State(1000, 4600, 1060)
    assert running == State(1000, 4600, 1060, attempt=1, lease_until=1075)
    assert swept(running, 1060).state == running._replace(due_at=1075)
    assert rescheduled(running, 1020, 2).state == State(1022, 4600, 1082, attempt=1)
    assert swept(new, 1060).state == new._replace(due_at=1120)
    assert swept(new, 4600).code == claimed(new, 4600, 60, 3).code == "deadline_exceeded"
    assert claimed(running._replace(attempt=3), 1075, 60, 3).code == "worker_lost"
    assert submitted(0, 7200, 10800, Kind.FAR).due_at == 7200 - 14 * 60


def test_a_sweeps_calls_are_those_of_the_sweeper() -> None:
    world, calls = World(), Counter[str]()
    for _ in range(800):
        world.submit()
    world.clock.advance(2 * MINUTE)
    shards = Counter(shard_of(job.job_id) for job in world.store.all_jobs())
    for part, name in ((world.store, "due"), (world.store, "read_many")):
        counted(part, name, calls)
    batches: list[int] = []

    def send_many(wake_ups: Any) -> list[Any]:
        batches.append(len(wake_ups))
        return []

    world.queue.send_many = send_many
    world.sweep()

    expected = Calls.of([shards[shard] for shard in range(SHARDS)])
    assert (calls["due"], calls["read_many"]) == (expected.queries, expected.batch_reads)
    assert max(batches) <= 100
    assert sum(-(-size // 10) for size in batches) == expected.batch_sends
    assert Calls.of([0] * SHARDS) == (SHARDS, 0, 0)
    assert Calls.of([250, 100]) == (5, 4, 35)
    assert Calls.of([10, 10]) == (2, 1, 2)


def counted(part: Any, name: str, calls: Counter[str]) -> None:
    operation = getattr(part, name)

    def call(*args: Any) -> Any:
        calls[name] += 1
        return operation(*args)

    setattr(part, name, call)


def test_a_plain_job_is_six_units_and_a_move_three() -> None:
    found = costs()

    assert found.put == Units(1, 1, 1)
    assert sum(each.total for each in (found.put, found.claim, found.end)) == 6
    assert found.claim.by_due == 0, "a status write touches no index"
    assert found.move == Units(1, 0, 2)
    assert found.reschedule == Units(4, 0, 2), "the job and the execution, each written twice"


def test_a_key_admits_exactly_its_capacity() -> None:
    key = Key(1_000, np.random.default_rng(1))
    granted = []
    for _ in range(50):
        key.second()
        granted.append(0)
        for _ in range(3):
            admitted = key.admits(400, 2)
            key.used += 2 * admitted
            granted[-1] += admitted

    assert max(granted) <= 500
    assert np.mean(granted) > 480


def test_an_index_that_is_full_refuses_the_tables_writes() -> None:
    table = Table(replace(AMPLE, shards=1), np.random.default_rng(1))
    table.second()

    assert table.write(5_000, Units(1)) == 5_000
    assert table.write(5_000, Units(1, by_due=1)) == 1_000
    assert table.refused == {"a shard of by_due": 4_000}


def test_an_on_demand_table_doubles_its_peak_each_half_hour_up_to_its_quota() -> None:
    table = OnDemand(replace(AMPLE, warm_writes=4_000, table_writes=10_000))
    limits = []
    for _ in range(100):
        table.used = 60 * table.limit
        table.minute()
        limits.append(table.limit)

    assert limits[:30] == [4_000] * 30
    assert limits[30] == 8_000
    assert limits[-1] == 10_000


def test_rows_cannot_be_taken_twice() -> None:
    rows, state = Rows(), submitted(0, 0, 3600, Kind.NOW)
    rows.add(AWAY, state, 3)
    rows.take(AWAY, state, 2)

    with pytest.raises(ValueError, match="2 of 1 jobs"):
        rows.take(AWAY, state, 2)
    assert (list(rows.due(60)), rows.count_due(60)) == ([(AWAY, state)], 1)
    assert (list(rows.due(59)), rows.count_due(59)) == ([], 0)
