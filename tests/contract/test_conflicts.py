"""Transactions that conflict on one row: each is retried, longer than after any other fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.aws.calls import CONFLICT_TRIES, TRIES, Service
from claimcheck.domain.errors import OutcomeUnknown, Unavailable
from claimcheck.domain.job import CANCELLED
from claimcheck.service.worker import SPARE
from claimcheck.testing import FrozenClock, SeededRandomness
from tests.contract.faults import every_doubt
from tests.contract.orgs import FUNDS, SHAPES, Stored, funded_job, insert, once_only
from tests.kit import wire
from tests.kit.jobs import NOW, RANDOMNESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.contract.conftest import Wired
    from tests.kit.wire import Fault, Plan

SHAPE = SHAPES["reserved and charged"]


def busy_until_the_last_try(number: int, operation: str) -> Fault | None:
    return wire.conflicting if number < CONFLICT_TRIES - 1 else None


def after(first: Sequence[Fault]) -> Plan:
    """Return a plan with these faults, and then conflicts until the last attempt."""
    return lambda number, operation: (
        first[number] if number < len(first) else busy_until_the_last_try(number, operation)
    )


def test_a_charge_is_retried_after_conflicts(wired: Wired) -> None:
    job = funded_job(wired.engine, SHAPE)

    with wired.wire.broken(busy_until_the_last_try):
        insert(wired.engine, job, SHAPE)

    assert len(wired.wire.operations) == CONFLICT_TRIES > TRIES
    assert Stored.of(wired.engine, job.org) == once_only(SHAPE)


def test_a_refund_is_retried_after_conflicts(wired: Wired) -> None:
    job = funded_job(wired.engine, SHAPE)
    insert(wired.engine, job, SHAPE)
    failed = job.ended(NOW, error=CANCELLED).evolve(written_by=RANDOMNESS.token())

    with wired.wire.broken(busy_until_the_last_try):
        wired.engine.store.replace(job, failed)

    assert Stored.of(wired.engine, job.org).credits == FUNDS


@every_doubt
def test_a_doubt_is_resolved_after_conflicts(wired: Wired, fault: Fault) -> None:
    job = funded_job(wired.engine, SHAPE)

    with wired.wire.broken(after([fault])):
        insert(wired.engine, job, SHAPE)

    assert Stored.of(wired.engine, job.org) == once_only(SHAPE)


def test_conflicts_do_not_add_retries_for_other_faults(wired: Wired) -> None:
    job = funded_job(wired.engine, SHAPE)
    faults = [wire.conflicting, wire.throttled, wire.conflicting, *[wire.throttled] * (TRIES - 1)]

    with wired.wire.broken(after(faults)), pytest.raises(Unavailable):
        insert(wired.engine, job, SHAPE)

    assert len(wired.wire.operations) == len(faults)


def test_a_doubt_before_lasting_conflicts_remains(wired: Wired) -> None:
    job = funded_job(wired.engine, SHAPE)

    def plan(number: int, operation: str) -> Fault:
        return wire.conflicting if number else wire.timed_out

    with wired.wire.broken(plan), pytest.raises(OutcomeUnknown):
        insert(wired.engine, job, SHAPE)

    assert len(wired.wire.operations) == CONFLICT_TRIES


def test_even_the_longest_wait_leaves_a_worker_the_time_to_end_its_job(wired: Wired) -> None:
    class Unlucky(SeededRandomness):
        def below(self, bound: int) -> int:
            return bound

    clock = FrozenClock()
    started = clock.now()
    service = Service(wired.engine._table.client, clock, Unlucky())
    row: dict[str, Any] = {"TableName": wired.cloud.table_name, "Item": {"pk": {"S": "a"}, "sk": {"S": "b"}}}

    with wired.wire.broken(lambda number, operation: wire.conflicting), pytest.raises(Unavailable):
        service.call(service.client.put_item, **row)

    assert clock.now() - started < SPARE
