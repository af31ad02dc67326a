"""A sweep's AWS calls for many rows: pages of a hundred, batches of ten, one write per row."""

from __future__ import annotations

from collections import Counter

import pytest

from claimcheck.aws.sqs import BATCH
from claimcheck.domain.ports import SHARDS
from claimcheck.service.sweeper import PAGE
from claimcheck.testing import FrozenClock
from tests.kit.measuring.sweeps import APART, calls_of_a_line, calls_of_a_sweep, overdue, slots, timers

COUNT = 1_000


def test_nothing_due_is_one_query_a_shard() -> None:
    assert calls_of_a_sweep(timers, 0) == {"dynamodb.Query": SHARDS}


def test_many_timers_are_pages_of_a_hundred_and_batches_of_ten() -> None:
    calls = calls_of_a_sweep(timers, COUNT)

    shards = Counter(row["due_shard"]["N"] for row in timers(COUNT, FrozenClock().now()))
    assert max(shards.values()) <= PAGE, "one page of each shard, whose rows are read and woken together"
    assert calls["dynamodb.Query"] == SHARDS
    assert calls["dynamodb.BatchGetItem"] == COUNT // PAGE
    assert calls["dynamodb.PutItem"] == COUNT
    assert calls["sqs.SendMessageBatch"] == COUNT // BATCH
    assert sum(calls.values()) < COUNT * 1.2
    assert {"dynamodb.GetItem", "dynamodb.TransactWriteItems"}.isdisjoint(calls)


def test_an_overdue_job_is_ended_by_one_write_and_woken_by_none() -> None:
    calls = calls_of_a_sweep(overdue, APART)

    assert calls["dynamodb.PutItem"] == APART
    assert set(calls) == {"dynamodb.Query", "dynamodb.BatchGetItem", "dynamodb.PutItem"}


def test_each_schedule_is_three_calls_and_none_is_made_twice() -> None:
    assert calls_of_a_sweep(slots, APART) == {
        # And the default callbacks, once for all.
        "dynamodb.Query": SHARDS + 1,
        "dynamodb.GetItem": APART,
        "dynamodb.TransactWriteItems": APART,
        "sqs.SendMessage": APART,
    }


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.soak)])
def test_a_line_of_any_length_is_one_look_of_the_sweep_and_one_of_a_worker(count: int) -> None:
    swept, worked = calls_of_a_line(count)

    assert swept == {
        # The shards, and the flow with its slots and the first of its line.
        "dynamodb.Query": SHARDS + 1,
        "dynamodb.UpdateItem": 1,
        # Their jobs.
        "dynamodb.BatchGetItem": 2,
        "sqs.SendMessage": 1,
    }
    assert worked - Counter({"sqs.ReceiveMessage": 1}) == {"dynamodb.GetItem": 1, "dynamodb.Query": 1}
