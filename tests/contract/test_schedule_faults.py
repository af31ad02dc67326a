"""A schedule's slot whose k-th call to AWS fails, for every k and every fault, and then the next sweep.

There is one job, which runs at the slot, and the schedule has moved on. There are never none or two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring.catalog import Catalog
from claimcheck.bootstrap import bootstrap
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import HOUR, MINUTE, SECOND
from claimcheck.domain.ports import shard_of
from claimcheck.domain.recurrence import Cron
from claimcheck.domain.schedules import LEAD, Run, Schedule
from tests.contract.faults import every_fault
from tests.kit import wire
from tests.kit.jobs import new_org
from tests.kit.schedules import new_schedule
from tests.kit.world import echo, job_type

if TYPE_CHECKING:
    from claimcheck.domain.job import Job
    from tests.contract.conftest import Wired
    from tests.kit.wire import Fault, Plan

LARGE = '{"text":"' + "hello " * 1000 + '"}'
# Read the schedule; write the input; write the job and the schedule; send the wake-up.
# The query is that of the default callbacks, once a minute.
CALLS = [
    *("dynamodb.GetItem", "dynamodb.Query", "s3.PutObject"),
    *("dynamodb.TransactWriteItems", "sqs.SendMessage"),
]
every_call = pytest.mark.parametrize(
    "k", range(len(CALLS)), ids=[f"{k}-{call}" for k, call in enumerate(CALLS)]
)


class Clockwork:
    """An org with one schedule, whose slot is in a minute, and a new sweeper."""

    def __init__(self, wired: Wired) -> None:
        self.wire = wired.wire
        parts = {
            name: getattr(wired.engine, name) for name in ("store", "schedule_store", "queue", "objects")
        }
        self.engine = bootstrap(
            wired.cloud.settings,
            wired.engine.clock,
            catalog=Catalog([job_type()]),
            find_handler={"echo": echo}.get,
            spread=map,
            **parts,
        )
        self.slot = self.engine.clock.now() // HOUR * HOUR + HOUR
        self.engine.clock.advance_to(self.slot - MINUTE)  # type: ignore[attr-defined]
        self.schedule = new_schedule(
            org=new_org(), recurrence=Cron("0 * * * *"), input=LARGE, next_at=self.slot, written_by="first"
        )
        self.engine.schedule_store.put(None, self.schedule)

    def submit_slot(self, plan: Plan = wire.whole) -> int | None:
        """Return how many slots have their jobs, or None if a later sweep must try again."""
        with self.wire.broken(plan):
            try:
                return self.engine.slot_submitter.submit_due(self.schedule.key, self.engine.clock.now())
            except Unavailable:
                return None

    def jobs(self) -> list[Job]:
        return self.engine.store.read_many(self.engine.store.list_jobs(self.schedule.org, None, 100).entries)

    @property
    def stored(self) -> Schedule:
        schedule = self.engine.schedule_store.read(self.schedule.key)
        assert schedule is not None
        return schedule

    def assert_submitted_once(self) -> None:
        (job,) = self.jobs()
        page = self.engine.store.due(shard_of(job.job_id), job.due_at or 0, None, 100)
        listed = self.engine.schedule_store.job_ids(self.schedule.key, None, 10).entries
        assert job.run_at == job.not_before == self.slot
        assert job.job_id in page.job_ids, "no sweep would find the job"
        assert listed == [job.job_id]
        assert self.stored.next_at == self.slot + HOUR
        assert self.stored.runs == (Run(self.slot, job.job_id),)


@pytest.fixture
def clockwork(wired: Wired) -> Clockwork:
    return Clockwork(wired)


def test_these_are_all_the_calls_of_a_slot(clockwork: Clockwork) -> None:
    assert clockwork.submit_slot() == 1

    assert clockwork.wire.operations == CALLS
    clockwork.assert_submitted_once()


@every_call
@every_fault
def test_one_fault_costs_time_and_no_slot(clockwork: Clockwork, k: int, fault: Fault) -> None:
    clockwork.submit_slot(lambda number, operation: fault if number == k else None)

    clockwork.assert_submitted_once()


@every_call
@every_fault
def test_after_a_lasting_fault_the_next_sweep_finds_what_was_done(
    clockwork: Clockwork, k: int, fault: Fault
) -> None:
    later = clockwork.slot + HOUR - LEAD
    submitted = clockwork.submit_slot(lambda number, operation: fault if number >= k else None)
    assert submitted is not None or clockwork.stored.due_at in (clockwork.schedule.due_at, later)
    clockwork.engine.clock.sleep(10 * SECOND)

    clockwork.submit_slot()

    clockwork.assert_submitted_once()


@every_fault
def test_a_wake_up_that_is_never_sent_leaves_the_job_to_the_sweeper(
    clockwork: Clockwork, fault: Fault
) -> None:
    clockwork.submit_slot(lambda number, operation: fault if operation == "sqs.SendMessage" else None)

    clockwork.assert_submitted_once()


@every_fault
def test_a_failing_schedule_stops_no_sweep(clockwork: Clockwork, fault: Fault) -> None:
    other = new_schedule(next_at=clockwork.slot, recurrence=Cron("0 * * * *"))
    clockwork.engine.schedule_store.put(None, other)

    def plan(number: int, operation: str) -> Any:
        return fault if operation == "dynamodb.TransactWriteItems" else None

    with clockwork.wire.broken(plan):
        swept = clockwork.engine.sweeper.sweep(lambda: MINUTE)
    clockwork.engine.sweeper.sweep(lambda: MINUTE)

    assert swept.slots == 0
    assert len(clockwork.engine.store.list_jobs(other.org, None, 10).entries) == 1
    clockwork.assert_submitted_once()
