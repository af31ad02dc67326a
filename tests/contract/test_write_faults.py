"""Writes of a job with every fault: repeated until their result is known, and effective once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.aws.calls import CONFLICT_TRIES, TRIES
from claimcheck.domain.errors import Conflict, InsufficientCredits, KeyTaken, OutcomeUnknown, Unavailable
from tests.contract.faults import always, every_doubt, every_fault, every_refusal, once
from tests.contract.orgs import FUNDS, NOTHING, PRICE, SHAPES, Shape, Stored, funded_job, insert, once_only
from tests.kit import wire
from tests.kit.jobs import claimed, ended, new_job, reserve

if TYPE_CHECKING:
    from tests.contract.conftest import Wired
    from tests.kit.wire import Fault

every_shape = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)


class TestInsert:
    @every_shape
    @every_fault
    def test_a_fault_delays_the_job_and_nothing_else(self, wired: Wired, fault: Fault, shape: Shape) -> None:
        job = funded_job(wired.engine, shape)

        with wired.wire.broken(once(fault)):
            insert(wired.engine, job, shape)

        assert len(wired.wire.operations) == 2
        assert wired.engine.store.read(job.job_id) == job
        assert Stored.of(wired.engine, job.org) == once_only(shape)

    @every_shape
    @every_refusal
    def test_a_write_refused_every_time_is_known_to_be_absent(
        self, wired: Wired, fault: Fault, shape: Shape
    ) -> None:
        job = funded_job(wired.engine, shape)

        with wired.wire.broken(always(fault)), pytest.raises(Unavailable) as refused:
            insert(wired.engine, job, shape)

        tries = CONFLICT_TRIES if fault is wire.conflicting else TRIES
        assert refused.type is Unavailable
        assert len(wired.wire.operations) == tries
        assert Stored.of(wired.engine, job.org) == NOTHING

    @every_shape
    @every_doubt
    def test_a_write_in_doubt_every_time_is_unknown(self, wired: Wired, fault: Fault, shape: Shape) -> None:
        job = funded_job(wired.engine, shape)

        with wired.wire.broken(always(fault)), pytest.raises(OutcomeUnknown):
            insert(wired.engine, job, shape)

        assert len(wired.wire.operations) == TRIES
        assert Stored.of(wired.engine, job.org) in (NOTHING, once_only(shape))

    @every_shape
    @every_doubt
    def test_refusals_after_a_doubt_do_not_remove_it(self, wired: Wired, fault: Fault, shape: Shape) -> None:
        job = funded_job(wired.engine, shape)

        def plan(number: int, operation: str) -> Fault:
            return fault if number == 0 else wire.throttled

        with wired.wire.broken(plan), pytest.raises(OutcomeUnknown):
            insert(wired.engine, job, shape)

        insert(wired.engine, job, shape)
        assert Stored.of(wired.engine, job.org) == once_only(shape)

    @every_fault
    def test_a_fault_does_not_hide_that_the_key_is_taken(self, wired: Wired, fault: Fault) -> None:
        shape = SHAPES["reserved and charged"]
        first = funded_job(wired.engine, shape)
        second = new_job(org=first.org, charge=PRICE)
        insert(wired.engine, first, shape)

        with wired.wire.broken(once(fault)), pytest.raises(KeyTaken) as taken:
            insert(wired.engine, second, shape)

        assert taken.value.reservation == reserve(first)
        assert Stored.of(wired.engine, first.org) == once_only(shape)

    @every_fault
    def test_a_fault_does_not_hide_that_credits_are_too_few(self, wired: Wired, fault: Fault) -> None:
        job = funded_job(wired.engine, Shape()).evolve(charge=FUNDS + 1)

        with wired.wire.broken(once(fault)), pytest.raises(InsufficientCredits):
            insert(wired.engine, job, SHAPES["reserved"])

        assert Stored.of(wired.engine, job.org) == NOTHING

    @every_fault
    def test_the_last_credits_are_spent_once(self, wired: Wired, fault: Fault) -> None:
        shape = Shape(charge=FUNDS)
        job = funded_job(wired.engine, shape)

        with wired.wire.broken(once(fault)):
            insert(wired.engine, job, shape)

        assert Stored.of(wired.engine, job.org) == once_only(shape)

    def test_a_transaction_in_progress_is_waited_for(self, wired: Wired) -> None:
        shape = SHAPES["reserved and charged"]
        job = funded_job(wired.engine, shape)
        answers: dict[int, Fault] = {
            0: wire.timed_out_late,
            1: lambda exchange: exchange.refused(400, "TransactionInProgressException"),
        }

        with wired.wire.broken(lambda number, operation: answers.get(number)):
            insert(wired.engine, job, shape)

        assert len(wired.wire.operations) == 3
        assert Stored.of(wired.engine, job.org) == once_only(shape)


class TestReplace:
    @every_fault
    def test_a_fault_delays_the_write_and_nothing_else(self, wired: Wired, fault: Fault) -> None:
        store, job = wired.engine.store, new_job()
        mine = claimed(job)
        store.insert(job, None, None)

        with wired.wire.broken(once(fault)):
            store.replace(job, mine)

        assert store.read(job.job_id) == mine

    @every_fault
    def test_a_fault_does_not_hide_an_earlier_writer(self, wired: Wired, fault: Fault) -> None:
        store, job = wired.engine.store, new_job()
        theirs = ended(job)
        store.insert(job, None, None)
        store.replace(job, theirs)

        with wired.wire.broken(once(fault)), pytest.raises(Conflict) as conflict:
            store.replace(job, claimed(job))

        assert conflict.value.current == theirs
        assert store.read(job.job_id) == theirs

    @every_fault
    def test_a_write_that_fails_every_time_can_be_repeated(self, wired: Wired, fault: Fault) -> None:
        store, job = wired.engine.store, new_job()
        mine = claimed(job)
        store.insert(job, None, None)

        with wired.wire.broken(always(fault)), pytest.raises(Unavailable) as unavailable:
            store.replace(job, mine)
        store.replace(job, mine)

        assert unavailable.type is Unavailable
        assert store.read(job.job_id) == mine
