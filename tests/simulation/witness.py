"""A store that checks the invariants at every write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from claimcheck.domain.callbacks import CALL_TIMEOUT
from claimcheck.domain.job import (
    CANCELLED,
    EXPIRED,
    KNOWN_NEEDS,
    LEASE_MARGIN,
    SECOND,
    SKIPPED,
    Job,
    Millis,
    Status,
    has_unknown_needs,
)
from claimcheck.domain.ports import RECORDED
from claimcheck.service.attempt import Interruption
from claimcheck.testing import MemoryJobStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from claimcheck.domain.job import Delivery, Execution, FlowKey, Reservation
    from claimcheck.domain.ports import NewJob
    from claimcheck.domain.schedules import Replacement, Schedule


# A slot's idempotency key: the schedule's name and time of creation, and the time of the slot.
SLOT = re.compile(r"SLOT#[\w-]+#\d+#\d+")


# Newer code writes them into every other job of a client.
NEED = "care"
ADDED = {"added": "later"}
# The needs of the newer code.
KNOWN = KNOWN_NEEDS | {NEED}
# All other calls of ports can change what is stored or sent.
READS = {
    *("read", "read_many", "reservation", "list_jobs", "list_failed", "due", "executions", "deliveries"),
    *("list_schedules", "job_ids", "list_flows", "view", "waiting", "get", "url", "find", "open", "now"),
    *("all_jobs", "api_key", "credits", "ledger"),
}
# The most jobs that a flow of this name ever admits at once.
ADMITTED = {"one": 1, "three": 3}
# The flow whose jobs start at this distance at least.
PACED, PACE = "paced", 10 * SECOND


class Killed(Interruption):
    """The process is gone: nothing after this line of it runs."""


class Witness(MemoryJobStore):
    """Its indexes lag behind its rows until they are allowed to catch up."""

    def __init__(self) -> None:
        super().__init__()
        self.actor = "worker"
        self.violations: list[str] = []
        self.ends: dict[str, Job] = {}
        self.made: set[str] = set()
        # The jobs of each slot. A schedule that is deleted and created again has new slots.
        self.slots: dict[tuple[str, str], set[str]] = {}
        # The retries of each failed job.
        self.retries: dict[str, set[str]] = {}
        # The starts that flows have granted.
        self.starts: dict[FlowKey, list[Millis]] = {}
        self._index: dict[str, Job] = {}

    def insert(
        self,
        job: Job,
        key_hash: str | None,
        reservation: Reservation | None,
        schedule: Replacement | None = None,
        retried: Job | None = None,
    ) -> None:
        job = self._by_newer(job)
        stored = schedule and self.schedules.read(schedule.old.key)
        super().insert(job, key_hash, reservation, schedule, retried)
        if schedule is not None and stored is not None and job.job_id not in self.made:
            self._check_slot(stored, schedule.new)
        if job.retry_of is not None:
            self._check_retry(job.retry_of, job)
        if key_hash and (slot := SLOT.match(key_hash)):
            self.slots.setdefault((job.org, slot[0]), set()).add(job.job_id)
        self._check_made(job)

    def insert_many(self, jobs: Sequence[NewJob]) -> None:
        jobs = [each._replace(job=self._by_newer(each.job)) for each in jobs]
        super().insert_many(jobs)
        for each in jobs:
            self._check_made(each.job)

    def _by_newer(self, job: Job) -> Job:
        """Give every other job of a client what only newer code knows, if newer code submits it.

        The submitter writes again if its wake-up was not sent.
        """
        if self.actor == "submitter" and int(job.job_id[-1], 16) % 2 and not has_unknown_needs((NEED,)):
            return job.evolve(needs=(*job.needs, NEED), unknown=ADDED)
        return job

    def _check_made(self, job: Job) -> None:
        self.made.add(job.job_id)
        self._must(job.due_at is not None, "an accepted job is in no safety net")
        self._check_names()

    def replace(self, old: Job, new: Job, record: Execution | Delivery | None = None) -> None:
        before, new = self.read(old.job_id), self._by_newer(new)
        super().replace(old, new, record)
        if before is not None and before.written_by != new.written_by:
            self._check(before, new)
            self._check_names()
            self._check_flow(before, new)
        if new.ended_at is not None:
            self.ends[new.job_id] = new

    def take_name(self, org: str, name: str, job_id: str) -> None:
        """Store the row of a name as a job that is gone has left it."""
        self._names[org, name] = job_id

    def _check_names(self) -> None:
        """Check that each name belongs to the one job that holds it, and to no other."""
        going = [job for job in self.all_jobs() if job.ended_at is None]
        keys = [(job.org, job.unique_key) for job in going if job.unique_key is not None]
        self._must(len(set(keys)) == len(keys), "two jobs have one unique key")
        came = [job for job in going if job.executions or (job.waits, job.slot) != (None, None)]
        alone = [(job.org, job.alone_in) for job in came if job.alone_in is not None]
        self._must(len(set(alone)) == len(alone), "two jobs of a schedule run at once")
        held = {(job.org, name, job.job_id) for job in going for name in job.unique_names}
        rows = {(*named, job_id) for named, job_id in self._names.items() if job_id in self.made}
        self._must(rows <= held, "a unique name outlived its job")

    def _check_flow(self, before: Job, new: Job) -> None:
        """Check that a flow's slots and tickets are exactly those of its jobs, and no more than it admits."""
        if (key := new.flow) is None:
            return
        view = self.flows.view(key)
        jobs = [job for job in self.all_jobs() if job.flow == key]
        held = {(job.slot, job.job_id) for job in jobs if job.slot is not None}
        waiting = {(job.waits, job.job_id) for job in jobs if job.waits is not None}
        self._must({slot[:2] for slot in view.slots} == held, "a slot is not that of its job")
        self._must({ticket[:2] for ticket in view.tickets} == waiting, "a ticket is not that of its job")
        ended = [job for job in jobs if job.ended_at is not None]
        self._must(all((job.slot, job.waits) == (None, None) for job in ended), "an ended job has a slot")
        admitted = ADMITTED.get(key.name, len(held))
        self._must(len(held) <= admitted, "more jobs run than their flow admits")
        if before.waits is not None and new.slot is not None:
            self.starts.setdefault(key, []).append(new.not_before)
        started = new.executions > 0 == before.executions
        self._must(not started or new.slot is not None or key.name == "three", "a job started without a slot")
        given = new.slot is not None and new.slot != before.slot
        self._must(not given or started or before.waits is not None, "a slot was given outside the line")

    def check_schedules(self, now: Millis) -> None:
        """Check that no job waits for a slot of a schedule that is gone."""
        there = {f"SLOT#{each.name}#{each.created_at}#": each.org for each in self.schedules.all_schedules()}
        for (org, slot), job_ids in self.slots.items():
            if there.get(slot[: slot.rindex("#") + 1]) != org:
                waits = any(self.waits(job_id, now) for job_id in job_ids)
                self._must(not waits, "a deleted schedule has a job")

    def waits(self, job_id: str, now: Millis) -> bool:
        job = self.read(job_id)
        return job is not None and job.status is Status.PENDING and job.run_at > now

    def expire(self, now: Millis) -> list[Job]:
        gone = super().expire(now)
        self._must(all(job.ended_at is not None for job in gone), "TTL took a debt")
        return gone

    def indexed(self) -> list[Job]:
        return list(self._index.values())

    def catch_up(self) -> None:
        self._index = {job.job_id: job for job in self.all_jobs()}

    def _check_slot(self, before: Schedule, new: Schedule) -> None:
        moves = ("next_at", "through", "runs", "refusal", "written_by")
        same = before.evolve(**{name: getattr(new, name) for name in moves})
        self._must(same == new, "a slot of a schedule that has changed was submitted")

    def _check_retry(self, failed_id: str, job: Job) -> None:
        retries = self.retries.setdefault(failed_id, set())
        retries.add(job.job_id)
        self._must(len(retries) == 1, "a failed job was retried twice")
        self._must(
            self.ends[failed_id].error not in (None, CANCELLED), "a job that has not failed was retried"
        )

    def _check(self, before: Job, new: Job) -> None:
        self._must(
            not has_unknown_needs(before.needs)
            or new == before.evolve(due_at=new.due_at, written_by=new.written_by),
            "old code changed a job with a need",
        )
        self._must(before.unknown.items() <= new.unknown.items(), "a field of newer code was lost")
        owing = new.ended_at is None or new.owes_callback
        self._must((new.due_at is not None) == owing, "a debt left the safety net")
        if before.ended_at is not None:
            self._check_delivery(before, new)
            return
        self._must(new.executions >= before.executions, "a number was given back")
        self._must(
            new.error not in (EXPIRED, SKIPPED) or not new.executions, "a job was left out after its start"
        )
        self._check_executions(new)
        self._check_input(before, new)
        back = before.status is Status.PROCESSING and new.status is Status.PENDING
        self._must(not back, "a status moved backwards")
        if new.executions > before.executions:
            self._check_claim(before, new)
        if self.actor == "worker":
            return
        if new.ended_at is not None:
            self._must(not before.leased(new.ended_at), "a job was ended under a live lease")
        else:
            self._must(new.lease == before.lease, "a lease was taken away")

    def _check_executions(self, job: Job) -> None:
        """Check that all executions are recorded, but the last only if the job waits for another."""
        numbers = [each.number for each in self.executions(job.job_id)]
        without_last = list(range(job.executions - 1, 0, -1))[:RECORDED]
        with_last = list(range(job.executions, 0, -1))[:RECORDED]
        waits = job.ended_at is None and job.lease is None
        whole = numbers == with_last or (not waits and numbers == without_last)
        self._must(whole, "an execution is missing or is there twice")

    def _check_claim(self, before: Job, new: Job) -> None:
        now = new.started_at or 0
        self._must(not before.leased(now), "a live lease was replaced")
        self._must(before.not_before <= now < new.deadline, "claimed early, or past its deadline")
        expired = before.start_by is not None and not before.executions and before.start_by <= now
        self._must(not expired, "a job was started after its start_by")

    def _check_delivery(self, before: Job, new: Job) -> None:
        moves = ("callback", "lease", "not_before", "due_at", "written_by")
        same = new.evolve(**{name: getattr(before, name) for name in moves})
        self._must(same == before, "a job was written to after its end")
        self._must(before.owes_callback or self.actor == "redeliverer", "a settled callback was written to")
        calls = [job.callback.calls for job in (before, new) if job.callback is not None]
        self._must(calls == sorted(calls), "a number was given back")
        numbers = [each.number for each in self.deliveries(new.job_id)]
        self._must(numbers == list(range(calls[-1], 0, -1)), "a delivery is missing")
        if len(set(calls)) > 1 and new.lease is not None:
            now = new.lease.until - CALL_TIMEOUT - LEASE_MARGIN
            self._must(before.lease is None or before.lease.until <= now, "a live lease was replaced")
            self._must(new.not_before <= now, "called back early")
        if self.actor == "sweeper" and new.owes_callback:
            self._must(new.lease == before.lease, "a lease was taken away")

    def _check_input(self, before: Job, new: Job) -> None:
        kept = new.ended_at is None or new.error not in (None, CANCELLED)
        self._must(new.input == (before.input if kept else None), "an input was lost, or kept for nothing")

    def _must(self, holds: bool, otherwise: str) -> None:
        """Record a violation instead of raising it, because the engine handles exceptions of its store."""
        if not holds:
            self.violations.append(otherwise)
