"""Bugs, planted one at a time, to check that the simulation finds them."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from claimcheck.domain.errors import JobNotFound, OutcomeUnknown
from claimcheck.domain.flows import Ticket
from claimcheck.domain.job import Job, Movement, last_execution
from claimcheck.service import worker
from claimcheck.service.callbacks import sender
from claimcheck.service.callbacks.sender import CallbackSender
from claimcheck.service.claim import Claims
from claimcheck.service.files import AttemptFiles
from claimcheck.service.flows.pump import Pump
from claimcheck.service.flows.sweeper import FlowSweeper
from claimcheck.service.reader import JobReader
from claimcheck.service.schedules import slots
from claimcheck.service.schedules.editor import ScheduleEditor
from claimcheck.service.submission import Submission
from claimcheck.service.sweeper import Sweeper
from claimcheck.service.transition import Jobs
from claimcheck.service.verdict import Verdict, lost
from claimcheck.service.worker import Worker
from claimcheck.testing import MemoryCreditStore, MemoryFlowStore, MemoryJobStore
from tests.simulation.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from claimcheck.domain.errors import NameTaken
    from claimcheck.domain.job import FlowKey, Millis
    from claimcheck.domain.ports import NewJob
    from claimcheck.domain.schedules import Schedule
    from claimcheck.service.claim import Claim
    from claimcheck.service.submission import IdempotencyKey


@contextmanager
def changed(owner: type, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    """Replace the attribute `name` of a class by `make` of it."""
    with patch.object(owner, name, make(owner.__dict__[name])):
        yield


def blind_end() -> Any:
    """Write an end without checking the lease or the job's status."""

    def make(replaced: Callable[..., None]) -> Any:
        def blindly(self: Witness, old: Job, new: Job, *record: Any) -> None:
            current = self.read(old.job_id) if new.ended_at is not None else None
            replaced(self, current or old, new, *record)

        return blindly

    return changed(Witness, "replace", make)


def claim_that_ignores_a_live_lease() -> Any:
    return changed(Job, "claimable", lambda _: lambda job, now: job.ended_at is None)


def retry_that_removes_due_at() -> Any:
    def make(applied: Callable[..., Job]) -> Any:
        return lambda self, job, now: applied(self, job, now).evolve(due_at=None)

    return changed(Verdict, "applied", make)


def sweeper_that_ends_a_live_job() -> Any:
    def make(swept: Callable[[Job, Millis], Job]) -> Any:
        def at_once(job: Job, now: Millis) -> Job:
            return swept(job._replace(lease=None), now)

        return at_once

    return changed(Job, "swept", make)


def sweeper_that_moves_without_its_condition() -> Any:
    def make(_: object) -> Any:
        def move(self: Any, job: Job, now: Millis) -> tuple[Job, Job] | None:
            if job.due_at is None or job.due_at > now:
                return None
            current = self._jobs.store.read(job.job_id)
            moved = job.swept(now).evolve(written_by=self._jobs.randomness.token())
            if current is not None:
                self._jobs.store.replace(current, moved)
            return job, moved

        return move

    return changed(Sweeper, "_move", make)


def transaction_that_takes_effect_twice() -> Any:
    """A refund times out but took effect, and its repeat moves the credits again."""

    def make(replaced: Callable[..., None]) -> Any:
        def again(self: Witness, old: Job, new: Job, *record: Any) -> None:
            stored = self.read(old.job_id)
            replaced(self, old, new, *record)
            if stored is not None and stored.written_by == new.written_by and new.refund:
                refunded = Movement(new.ended_at or 0, new.refund, "refunded", new.job_id)
                self.credits.move(new.org, refunded, f"{new.job_id} again")

        return again

    return changed(Witness, "replace", make)


@contextmanager
def slot_that_neither_moves_its_schedule_nor_has_a_key() -> Iterator[None]:
    tokens, slot_key = count(), slots.slot_key

    def another(schedule: Schedule, slot: Millis, again: str = "") -> IdempotencyKey:
        return slot_key(schedule, slot, f"{again}{next(tokens)}")

    def make(insert: Callable[..., None]) -> Any:
        return lambda self, job, key_hash, reservation, schedule=None, retried=None: insert(
            self, job, key_hash, reservation, None, retried
        )

    with patch.object(slots, "slot_key", another), changed(Witness, "insert", make):
        yield


def submission_that_sets_delete_at() -> Any:
    return changed(Job, "delete_at", lambda _: property(lambda job: job.created_at + job.retention))


def old_code_that_ignores_a_need() -> Any:
    return patch.object(Job, "newer_than_code", False)


def end_that_forgets_its_callback() -> Any:
    return changed(Job, "calling_back", lambda _: lambda job, now: job)


def delivery_that_is_done_before_its_call() -> Any:
    """A worker that is lost during the call has reported nothing."""

    def make(call: Callable[..., Any]) -> Any:
        def too_early(self: Any, claim: Claim, *message: Any) -> Any:
            done = claim.job.called_back(self._jobs.clock.now(), "delivered")
            self._jobs.store.replace(claim.job, done.evolve(written_by=""))
            return call(self, claim, *message)

        return too_early

    return changed(CallbackSender, "_call", make)


def sweeper_that_wakes_no_ended_job() -> Any:
    """A callback with a lost wake-up waits until it is given up."""

    def make(move: Callable[..., tuple[Job, Job] | None]) -> Any:
        def only_if_not_ended(self: Any, job: Job, now: Millis) -> tuple[Job, Job] | None:
            return None if job.ended_at is not None else move(self, job, now)

        return only_if_not_ended

    return changed(Sweeper, "_move", make)


def delivery_that_ignores_a_live_lease() -> Any:
    return changed(Job, "leased", lambda leased: lambda job, now: job.ended_at is None and leased(job, now))


def execution_that_is_not_recorded() -> Any:
    return changed(Verdict, "record", lambda _: lambda self, before, after: None)


def lost_execution_that_is_recorded_as_the_next() -> Any:
    def make(before: Job, after: Job, now: Millis) -> Any:
        found = lost(before, after, now)
        return found and found._replace(number=after.executions)

    return patch.object(worker, "lost", make)


def reader_that_takes_the_job_and_its_executions_for_one_moment() -> Any:
    def executions(self: Any, org: str, job_id: str) -> Any:
        job = self.get(org, job_id)
        recorded = self._store.executions(job_id)
        if job.executions == 0 or (recorded and recorded[0].number == job.executions):
            return recorded
        return [last_execution(job), *recorded]

    return changed(JobReader, "executions", lambda _: executions)


def delivery_that_is_not_recorded_with_its_claim() -> Any:
    return patch.object(sender, "_begun", lambda before, after, now: None)


def slot_that_ignores_a_change_of_its_schedule() -> Any:
    def make(insert: Callable[..., None]) -> Any:
        def blindly(
            self: Witness,
            job: Job,
            key_hash: Any,
            reservation: Any,
            schedule: Any = None,
            retried: Any = None,
        ) -> None:
            stored = schedule and self.schedules.read(schedule.old.key)
            insert(self, job, key_hash, reservation, stored and schedule._replace(old=stored), retried)

        return blindly

    return changed(Witness, "insert", make)


@contextmanager
def timer_that_starts_early() -> Iterator[None]:
    def make(claim: Callable[..., Any]) -> Any:
        return lambda self, job, *moves: claim(self, job.evolve(not_before=0), *moves)

    is_time = changed(Worker, "_is_time", lambda _: lambda self, job, remaining: True)
    with is_time, changed(Claims, "claim", make):
        yield


def reader_that_shows_the_jobs_of_all_orgs() -> Any:
    def get(self: Any, org: str, job_id: str) -> Job:
        job: Job | None = self._store.read(job_id)
        if job is None:
            raise JobNotFound
        return job

    return changed(JobReader, "get", lambda _: get)


def unique_name_that_outlives_its_job() -> Any:
    """An end that forgets the row of its unique name."""

    def make(beside: Callable[..., None]) -> Any:
        def kept(self: Witness, old: Job | None, new: Job) -> None:
            names = dict(self._names)
            beside(self, old, new)
            self._names |= names

        return kept

    return changed(MemoryJobStore, "_beside", make)


def submission_that_takes_over_a_name_in_use() -> Any:
    """A name that is taken is taken to be void, without a look at the job that has it."""

    def release(self: Jobs, org: str, taken: NameTaken) -> None:
        self.store.release_name(org, taken.name, taken.job_id)

    return patch.object(Jobs, "holder", release)


def claim_that_ignores_its_start_by() -> Any:
    return changed(Job, "limit", lambda limit: property(lambda job: limit.fget(job.evolve(start_by=None))))


def claim_that_takes_no_name() -> Any:
    def make(names: Any) -> Any:
        return property(lambda job: names.fget(job.evolve(alone_in=None)))

    return changed(Job, "unique_names", make)


def line_that_takes_no_name() -> Any:
    """Jobs of a schedule that run one at a time pile up in the line of a flow."""

    def make(names: Any) -> Any:
        return property(lambda job: names.fget(job.evolve(waits=None, slot=None)))

    return changed(Job, "unique_names", make)


def end_that_forgets_the_default_callback() -> Any:
    def make(ended: Callable[..., Job]) -> Any:
        return lambda job, now, **end: ended(job.evolve(org_callback=None), now, **end)

    return changed(Job, "ended", make)


def deletion_that_cancels_no_job() -> Any:
    return changed(ScheduleEditor, "cancel_waiting", lambda _: lambda self, org, runs: None)


def files_that_all_attempts_share() -> Any:
    """The secret is the job's, so a stalled worker writes the file that the result names."""

    def make(init: Callable[..., None]) -> Any:
        return lambda self, store, job, secret, base_path: init(self, store, job, job.job_id, base_path)

    return changed(AttemptFiles, "__init__", make)


def failed_job_with_files() -> Any:
    def make(ended: Callable[..., Job]) -> Any:
        def keeping(job: Job, now: Millis, **how: Any) -> Job:
            return ended(job, now, **how).evolve(files=job.lease and job.lease.token)

        return keeping

    return changed(Job, "ended", make)


def batch_that_is_charged_once() -> Any:
    return changed(MemoryCreditStore, "charge", lambda charge: lambda self, jobs: charge(self, jobs[:1]))


def batch_without_its_keys() -> Any:
    def make(insert_many: Callable[..., None]) -> Any:
        return lambda self, jobs: insert_many(self, [each._replace(key_hash=None) for each in jobs])

    return changed(Witness, "insert_many", make)


def batch_that_drops_the_inputs_of_jobs_that_may_be_stored() -> Any:
    def make(insert_many: Callable[..., Any]) -> Any:
        def dropping(self: Submission, jobs: Sequence[NewJob]) -> Any:
            try:
                return insert_many(self, jobs)
            except OutcomeUnknown:
                for each in jobs:
                    self.drop_input(each)
                raise

        return dropping

    return changed(Submission, "insert_many", make)


def old_code_that_drops_fields_of_newer_code() -> Any:
    def make(evolve: Callable[..., Job]) -> Any:
        return lambda job, **changes: evolve(job, **{"unknown": {}} | changes)

    return changed(Job, "evolve", make)


def list_that_begins_with_the_oldest() -> Any:
    def make(listed: Callable[..., Any]) -> Any:
        def reversed_page(self: Any, *asked: Any) -> Any:
            page = listed(self, *asked)
            return page._replace(entries=page.entries[::-1])

        return reversed_page

    return changed(JobReader, "list_jobs", make)


def flow_that_forgets_its_last_start() -> Any:
    return changed(MemoryFlowStore, "reserve", lambda _: lambda self, key, seen, next_start_at, turn: True)


def retry_without_its_mark() -> Any:
    def make(insert: Callable[..., None]) -> Any:
        return lambda self, *job, retried=None: insert(self, *job[:4])

    return changed(Witness, "insert", make)


def end_that_keeps_no_input() -> Any:
    def make(ended: Callable[..., Job]) -> Any:
        return lambda self, now, **how: ended(self.evolve(input=None), now, **how)

    return changed(Job, "ended", make)


def slot_that_is_given_back_twice() -> Any:
    """The delivery of the callback frees the slot that the end has freed."""
    slots: dict[str, int | None] = {}

    def make(replaced: Callable[..., None]) -> Any:
        def again(self: Witness, old: Job, new: Job, *record: Any) -> None:
            replaced(self, old, new, *record)
            if old.ended_at is None:
                slots[new.job_id] = old.slot
            else:
                self.flows.move(old.evolve(slot=slots[new.job_id]), new)

        return again

    return changed(Witness, "replace", make)


def slot_that_is_taken_without_its_condition() -> Any:
    return changed(MemoryFlowStore, "check", lambda _: lambda self, old, new: None)


def ticket_that_is_outside_its_jobs_transaction() -> Any:
    """A ticket comes before its job waits, and stays if the job ends in line: it would block the line."""

    def make(replaced: Callable[..., None]) -> Any:
        def apart(self: Witness, old: Job, new: Job, *record: Any) -> None:
            if old.waits is None and new.waits is not None:
                self.flows.move(old, new)
                old = old.evolve(waits=new.waits)
            replaced(self, old if new.ended_at is None else old.evolve(waits=None), new, *record)

        return apart

    return changed(Witness, "replace", make)


@contextmanager
def pump_that_does_not_check_that_the_job_waits() -> Iterator[None]:
    def give(
        self: Any, job: Job, ticket: Ticket, slot: int | None, start: Millis, starts: list[Millis]
    ) -> Job | None:
        now, token = self._jobs.clock.now(), self._jobs.randomness.token()
        starts.remove(start)
        given: Job = self._jobs.transition(job, lambda job: job.granted(slot, start, now), token)[1]
        return given

    never = changed(Ticket, "void", lambda _: lambda self, key, job: job is None)
    with changed(Pump, "_give", lambda _: give), never:
        yield


def pump_that_does_not_make_its_flow_due() -> Any:
    return changed(MemoryFlowStore, "set_due", lambda _: lambda self, key, seen, due_at: False)


def sweep_that_forgets_the_line() -> Any:
    def sweep(self: Any, key: FlowKey, now: Millis) -> int:
        self._flows.set_due(key, self._flows.view(key).due_at, None)
        return 0

    return changed(FlowSweeper, "sweep", lambda _: sweep)
