"""What a sweep asks of AWS, by how much is due: counted under the real adapters, in front of moto."""

from __future__ import annotations

from collections import Counter
from contextlib import redirect_stdout
from functools import cache, partial
from io import StringIO
from typing import TYPE_CHECKING

from bench.figures import Figure, Findings
from bench.filling import fill
from claimcheck.authoring.catalog import Catalog
from claimcheck.aws.dynamodb.rows import job_item
from claimcheck.aws.dynamodb.schedule_rows import schedule_item
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.job import HOUR, MINUTE
from claimcheck.domain.ports import SHARDS
from claimcheck.domain.recurrence import Cron
from claimcheck.testing import FrozenClock, SeededRandomness
from tests.contract.suite.schedule_store import new_schedule
from tests.kit.cloud import moto_cloud, queue_time
from tests.kit.jobs import new_job
from tests.kit.wire import tap
from tests.kit.world import job_type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from claimcheck.aws.dynamodb.rows import Item
    from claimcheck.domain.job import Millis

COUNTS = (0, 10, 100, 1_000, 10_000)
# How many overdue jobs and slots; each slot is a transaction, for which moto copies the whole table.
APART = 100
# For a row that is due: one conditional move, and its share of what is read and sent together.
A_ROW = 1.2


def timers(count: int, now: Millis) -> list[Item]:
    """Far ones that come within reach of a delayed wake-up."""
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
    """Jobs past their deadline that nobody holds."""
    randomness, run_at = SeededRandomness(), now - 2 * MINUTE
    changes = {"created_at": run_at, "run_at": run_at, "not_before": run_at, "due_at": now}
    return [
        job_item(
            new_job(job_id=randomness.job_id(now), org=f"org-{number % 10}", deadline=now - MINUTE, **changes)
        )
        for number in range(count)
    ]


def slots(count: int, now: Millis) -> list[Item]:
    """Schedules of every hour, which it is."""
    hourly = partial(new_schedule, recurrence=Cron("0 * * * *"), next_at=now - now % HOUR)
    return [schedule_item(hourly(org=f"org-{number % 10}", name=f"s{number}")) for number in range(count)]


@cache
def calls_of_a_sweep(due: Callable[[int, Millis], Sequence[Item]], count: int) -> Counter[str]:
    """The ids, and with them the shards, are the same every time: so are the calls."""
    clock = FrozenClock()
    with moto_cloud() as cloud, queue_time(clock):
        wire = tap()
        catalog = Catalog([job_type()])
        engine = bootstrap(cloud.settings, clock, SeededRandomness(1), catalog=catalog, spread=map)
        fill(cloud, due(count, clock.now()))
        # Ended jobs are told by a line each.
        with redirect_stdout(StringIO()):
            swept = engine.sweeper.sweep(lambda: MINUTE)
        assert swept.moved + swept.slots == count, swept
        return Counter(wire.operations)


def measure(counts: Sequence[int] = COUNTS) -> Findings:
    calls = {count: calls_of_a_sweep(timers, count) for count in counts}
    ends = calls_of_a_sweep(overdue, APART).total()
    fired = calls_of_a_sweep(slots, APART).total()
    figures = [figure for count in counts for figure in _of_timers(count, calls[count].total())]
    figures += [
        _beyond("ends", f"calls an overdue job, of {APART} that the sweep ends", ends, APART),
        _beyond("slots", f"calls a slot of a schedule, of {APART} that the sweep submits", fired, APART),
    ]
    series = {"calls": {str(count): dict(each) for count, each in calls.items()}}
    return Findings(figures=figures, series=series)


def _of_timers(count: int, calls: int) -> list[Figure]:
    if count == 0:
        what = "calls when nothing is due: a query a shard"
        return [Figure(name="calls_0", what=what, value=calls, most=SHARDS, kept=True)]
    whole = Figure(name=f"calls_{count}", what=f"calls for {count:,} due rows", value=calls, kept=True)
    what = f"a row, of {count:,}, beyond the {SHARDS} shards' queries"
    return [whole, _beyond(f"a_row_{count}", what, calls, count, A_ROW)]


def _beyond(name: str, what: str, calls: int, rows: int, most: float | None = None) -> Figure:
    return Figure(name=name, what=what, value=round((calls - SHARDS) / rows, 4), most=most, kept=True)


def draw(findings: Findings) -> None:
    """docs/plots/sweeps.svg"""
    # Not for the tests that only measure: it takes longer to load than they have.
    from bench import plots

    assert findings.series is not None
    calls = {
        int(count): sum(each.values()) for count, each in findings.series["calls"].items() if count != "0"
    }
    rows = sorted(calls)
    with plots.plot("sweeps", "Calls of a sweep") as axes:
        axes.loglog(rows, [calls[count] for count in rows], "o-", label="measured")
        limit = [SHARDS + A_ROW * count for count in rows]
        axes.loglog(rows, limit, "--", color=plots.COLOURS[7], label=f"{SHARDS} and {A_ROW} a row")
        axes.set_xlabel("rows due")
        axes.set_ylabel("calls to AWS")
        axes.legend(frameon=False)
