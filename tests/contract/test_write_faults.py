"""Writes of a job, met by every fault: repeated until settled, with their effect had once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.aws import TRIES
from claimcheck.errors import Conflict, KeyTaken, OutcomeUnknown, Unavailable
from tests import wire
from tests.contract.faults import always, every_doubt, every_fault, every_refusal, once
from tests.contract.suite.jobs import claimed, ended, new_job, reserve

if TYPE_CHECKING:
    from claimcheck.bootstrap import Engine
    from claimcheck.model import Job
    from tests.contract.conftest import Wired
    from tests.wire import Fault

either_way = pytest.mark.parametrize("key_hash", [None, "key"], ids=["alone", "reserved"])


def insert(engine: Engine, job: Job, key_hash: str | None) -> None:
    engine.store.insert(job, key_hash, reserve(job) if key_hash else None)


def stored(wired: Wired, org: str) -> tuple[int, bool]:
    """How many jobs an org has, and whether its key is reserved."""
    store = wired.engine.store
    return len(store.list_jobs(org, None, 10).job_ids), store.reservation(org, "key") is not None


class TestInsert:
    @either_way
    @every_fault
    def test_a_fault_delays_the_job_and_nothing_else(
        self, wired: Wired, fault: Fault, key_hash: str | None
    ) -> None:
        job = new_job()

        with wired.wire.broken(once(fault)):
            insert(wired.engine, job, key_hash)

        assert len(wired.wire.operations) == 2
        assert wired.engine.store.read(job.job_id) == job
        assert stored(wired, job.org) == (1, key_hash is not None)

    @either_way
    @every_refusal
    def test_refused_to_the_end_it_is_known_not_to_be_there(
        self, wired: Wired, fault: Fault, key_hash: str | None
    ) -> None:
        job = new_job()

        with wired.wire.broken(always(fault)), pytest.raises(Unavailable) as refused:
            insert(wired.engine, job, key_hash)

        assert refused.type is Unavailable
        assert len(wired.wire.operations) == TRIES
        assert stored(wired, job.org) == (0, False)

    @either_way
    @every_doubt
    def test_in_doubt_to_the_end_it_says_so(self, wired: Wired, fault: Fault, key_hash: str | None) -> None:
        job = new_job()

        with wired.wire.broken(always(fault)), pytest.raises(OutcomeUnknown):
            insert(wired.engine, job, key_hash)

        assert len(wired.wire.operations) == TRIES
        assert stored(wired, job.org) in ((0, False), (1, key_hash is not None))

    @either_way
    @every_doubt
    def test_one_doubt_is_not_removed_by_refusals_after_it(
        self, wired: Wired, fault: Fault, key_hash: str | None
    ) -> None:
        job = new_job()

        def plan(number: int, operation: str) -> Fault:
            return fault if number == 0 else wire.throttled

        with wired.wire.broken(plan), pytest.raises(OutcomeUnknown):
            insert(wired.engine, job, key_hash)

        insert(wired.engine, job, key_hash)
        assert stored(wired, job.org) == (1, key_hash is not None)

    @every_fault
    def test_a_fault_does_not_hide_that_the_key_is_taken(self, wired: Wired, fault: Fault) -> None:
        first = new_job()
        second = new_job(org=first.org)
        insert(wired.engine, first, "key")

        with wired.wire.broken(once(fault)), pytest.raises(KeyTaken) as taken:
            insert(wired.engine, second, "key")

        assert taken.value.reservation == reserve(first)
        assert stored(wired, first.org) == (1, True)

    def test_a_transaction_still_under_way_is_waited_for(self, wired: Wired) -> None:
        job = new_job()
        answers: dict[int, Fault] = {
            0: wire.timed_out_late,
            1: lambda exchange: exchange.refused(400, "TransactionInProgressException"),
        }

        with wired.wire.broken(lambda number, operation: answers.get(number)):
            insert(wired.engine, job, "key")

        assert len(wired.wire.operations) == 3
        assert stored(wired, job.org) == (1, True)


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
    def test_a_fault_does_not_hide_who_came_first(self, wired: Wired, fault: Fault) -> None:
        store, job = wired.engine.store, new_job()
        theirs = ended(job)
        store.insert(job, None, None)
        store.replace(job, theirs)

        with wired.wire.broken(once(fault)), pytest.raises(Conflict) as conflict:
            store.replace(job, claimed(job))

        assert conflict.value.current == theirs
        assert store.read(job.job_id) == theirs

    @every_fault
    def test_failing_to_the_end_it_can_be_repeated(self, wired: Wired, fault: Fault) -> None:
        store, job = wired.engine.store, new_job()
        mine = claimed(job)
        store.insert(job, None, None)

        with wired.wire.broken(always(fault)), pytest.raises(Unavailable) as unavailable:
            store.replace(job, mine)
        store.replace(job, mine)

        assert unavailable.type is Unavailable
        assert store.read(job.job_id) == mine
