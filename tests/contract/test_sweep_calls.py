"""What a sweep of many rows asks of AWS: pages of a hundred, batches of ten, one write a row."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from claimcheck.bootstrap import Engine, bootstrap
from claimcheck.catalog import Catalog
from claimcheck.model import MINUTE, SECOND
from claimcheck.ports import SHARDS
from claimcheck.recurrence import Cron
from claimcheck.rows import shard_of
from claimcheck.service.sweeping import PAGE
from claimcheck.sqs import BATCH
from tests.contract.suite.jobs import new_job
from tests.contract.suite.schedule_store import new_schedule
from tests.world import job_type

if TYPE_CHECKING:
    from tests.contract.conftest import Wired

COUNT = 500


def sweeper(wired: Wired) -> Engine:
    parts = {name: getattr(wired.engine, name) for name in ("store", "schedule_store", "queue", "objects")}
    clock = wired.engine.clock
    return bootstrap(wired.cloud.settings, clock, catalog=Catalog([job_type()]), spread=map, **parts)


def calls_of_a_sweep(wired: Wired) -> Counter[str]:
    engine = sweeper(wired)
    wired.wire.operations.clear()
    engine.sweeping.sweep(lambda: MINUTE)
    return Counter(wired.wire.operations)


def test_nothing_due_is_one_query_a_shard(wired: Wired) -> None:
    assert calls_of_a_sweep(wired) == {"dynamodb.Query": SHARDS}


def test_many_timers_are_pages_of_a_hundred_and_batches_of_ten(wired: Wired) -> None:
    now = wired.engine.clock.now()
    run_at = now + 13 * MINUTE
    jobs = [
        new_job(
            created_at=now - MINUTE, run_at=run_at, not_before=run_at, deadline=run_at + MINUTE, due_at=now
        )
        for _ in range(COUNT)
    ]
    for job in jobs:
        wired.engine.store.insert(job, None, None)

    calls = calls_of_a_sweep(wired)

    shards = Counter(shard_of(job.job_id) for job in jobs)
    pages = [size for whole in shards.values() for size in _split(whole)]
    assert calls["dynamodb.PutItem"] == COUNT
    assert calls["dynamodb.BatchGetItem"] == len(pages)
    assert calls["sqs.SendMessageBatch"] == sum(-(-size // BATCH) for size in pages)
    # A page that was full may be followed by an empty one.
    assert len(pages) <= calls["dynamodb.Query"] <= len(pages) + SHARDS
    assert sum(calls.values()) < COUNT * 1.2
    assert {"dynamodb.GetItem", "dynamodb.TransactWriteItems"}.isdisjoint(calls)


def _split(count: int) -> list[int]:
    return [PAGE] * (count // PAGE) + ([count % PAGE] if count % PAGE else [])


def test_each_schedule_is_six_calls_and_none_is_made_twice(wired: Wired) -> None:
    slot = wired.engine.clock.now() // MINUTE * MINUTE + MINUTE
    for number in range(100):
        schedule = new_schedule(name=f"s{number}", recurrence=Cron("* * * * *"), next_at=slot + 10 * MINUTE)
        wired.engine.schedule_store.put(None, schedule)
    wired.engine.clock.sleep(slot + 9 * MINUTE - wired.engine.clock.now() - SECOND)

    calls = calls_of_a_sweep(wired)

    assert calls == {
        "dynamodb.Query": SHARDS,
        "dynamodb.GetItem": 200,
        "dynamodb.TransactWriteItems": 100,
        "sqs.SendMessage": 100,
        "dynamodb.PutItem": 200,
    }
