"""The worker of a job: claim it, do the work, end or reschedule it.

A wake-up proves nothing: the worker reads the job and decides again.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from claimcheck.domain.callbacks import CALL_TIMEOUT
from claimcheck.domain.errors import SlotTaken, Unavailable
from claimcheck.domain.job import SECOND, WAIT_OUT, WORKER_LOST, Job, Millis
from claimcheck.domain.observability import count_end, count_repeat, failure, info, named, warn
from claimcheck.service.attempt import DEPLOY_WAIT
from claimcheck.service.verdict import lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claimcheck.authoring.catalog import Catalog, JobType
    from claimcheck.domain.flows import View
    from claimcheck.service.attempt import Attempts
    from claimcheck.service.callbacks.sender import CallbackSender
    from claimcheck.service.claim import Claim, Claims
    from claimcheck.service.flows.pump import Pump
    from claimcheck.service.transition import Jobs

    Remaining = Callable[[], Millis]

# The worker keeps this time for the work after the handler.
SPARE = 10 * SECOND
# Slots of a flow that a job tries to take. If others are faster each time, it waits in line.
MOST_SLOTS = 3


class Unclaimed(Exception):
    """Too little time is left to claim the job, or its flow did not answer.

    The wake-up returns to the queue.
    """


class Worker:
    def __init__(
        self,
        jobs: Jobs,
        claims: Claims,
        attempts: Attempts,
        callback_sender: Callable[[], CallbackSender],
        pump: Callable[[], Pump],
        catalog: Catalog,
    ) -> None:
        self._jobs = jobs
        self._claims = claims
        self._attempts = attempts
        self._callback_sender = callback_sender
        self._pump = pump
        self._catalog = catalog

    def run(self, job_id: str, remaining: Remaining) -> None:
        """Run the job or deliver its callback, if it is time.

        `remaining` returns the milliseconds left to this worker.
        Raises: Unclaimed if the wake-up must be received again; Unavailable if the sweeper will send another.
        """
        job = self._jobs.store.read(job_id)
        if job is None:
            info("wake-up for a job that is not there", job_id=job_id)
        elif job.newer_than_code:
            self._leave(job)
        else:
            self._follow(job, remaining)

    def _follow(self, job: Job, remaining: Remaining) -> None:
        if job.ended_at is not None or job.waits is not None:
            self._pump_flow(job)
        if job.claimable(self._jobs.clock.now()) and self._is_time(job, remaining):
            self._start(job, remaining)
        elif job.deliverable(self._jobs.clock.now()) and self._is_time(job, remaining):
            self._deliver(job, remaining)

    def _leave(self, job: Job) -> None:
        """Leave the job to newer code: look again in half a minute, until the sweeper looks at it."""
        again = max(job.not_before, self._jobs.clock.now() + DEPLOY_WAIT)
        if again < (job.due_at or 0):
            self._jobs.wake(job.evolve(not_before=again))

    def _is_time(self, job: Job, remaining: Remaining) -> bool:
        """Sleep until the start if it is at most two seconds ahead. Otherwise send another wake-up."""
        early = job.not_before - self._jobs.clock.now()
        if early > WAIT_OUT and job.overdue(self._jobs.clock.now()) is None:
            self._jobs.wake(job)
            return False
        while 0 < (early := job.not_before - self._jobs.clock.now()) <= WAIT_OUT:
            if remaining() < early + SPARE:
                raise Unclaimed
            self._jobs.clock.sleep(early)
        return True

    def _start(self, job: Job, remaining: Remaining) -> None:
        """Claim the job, with a slot if it has a flow. Otherwise let it wait in the flow's line."""
        if not job.needs_slot or job.overdue(self._jobs.clock.now()) is not None:
            self._claim(job, remaining)
            return
        for _ in range(MOST_SLOTS):
            look = self._pump().look(job)
            if not look.open:
                break
            with suppress(SlotTaken):
                self._claim(job, remaining, look.room[0])
                return
        self._wait(job, look.view)

    def _wait(self, job: Job, seen: View) -> None:
        """Let the job wait in its flow's line, or end it if it is too late or must not overlap. Then pump."""
        with _insistent():
            self._pump().expect(job, seen)
            claim = self._claims.claim(job, _may_wait, lambda job, now, token: job.in_line(now), lost)
        if claim.written and claim.job.ended_at is not None:
            self._follow_up(claim.job)
        else:
            self._pump_flow(claim.job)

    def _pump_flow(self, job: Job) -> None:
        """Give what is free in the job's flow to the first in line."""
        if job.flow is not None:
            with _insistent():
                self._pump().pump(job)

    def _claim(self, job: Job, remaining: Remaining, slot: int | None = None) -> None:
        claim = self._claims.claim(job, Job.claimable, partial(self._begun, remaining, slot), lost)
        if claim.held:
            if claim.before.lease is not None:
                count_repeat(claim.job, "worker_lost")
            self._work(claim)
        elif claim.written:
            self._follow_up(claim.job)

    def _deliver(self, job: Job, remaining: Remaining) -> None:
        if remaining() < CALL_TIMEOUT + SPARE:
            raise Unclaimed
        self._callback_sender().deliver(job)

    def _begun(self, remaining: Remaining, slot: int | None, job: Job, now: Millis, token: str) -> Job:
        job_type = self.find_type(job)
        if job_type is None or not self._attempts.can_make(job_type):
            warn("unknown job type", **named(job), version=job.type_version)
            waiting = job.rescheduled(now, min(now + DEPLOY_WAIT, job.deadline), job.attempt)
            # A lost lease is kept: it shows that its attempt was used.
            return waiting.evolve(lease=None if waiting.ended_at else job.lease)
        if job.lease is not None and job.attempt >= job_type.retry.max_attempts:
            return job.ended(now, error=WORKER_LOST)
        if remaining() < job_type.timeout * SECOND + SPARE:
            raise Unclaimed
        # Another worker may have given it one meanwhile.
        slot = slot if job.needs_slot else job.slot
        return job.claimed(now, token, job_type.timeout * SECOND).evolve(slot=slot)

    def find_type(self, job: Job) -> JobType | None:
        """Return the job's type, or None if this code has none that can be loaded."""
        try:
            return self._catalog.find(job.type, job.type_version)
        except (Exception, SystemExit):  # noqa: BLE001 - jobs of other types run
            failure("job type not loaded", **named(job), version=job.type_version)
            return None

    def _work(self, claim: Claim) -> None:
        job_type = self._catalog.find(claim.job.type, claim.job.type_version)
        assert job_type is not None
        verdict = self._attempts.make(claim, job_type)
        settled = self._claims.settle(claim, verdict.applied, verdict.record)
        if settled is None:
            return
        self._follow_up(settled)
        if verdict.not_before is not None and verdict.outcome != "again":
            count_repeat(settled, verdict.outcome)

    def _follow_up(self, job: Job) -> None:
        if job.ended_at is not None:
            count_end(job)
        if job.due_at is not None:
            self._jobs.wake(job)
        if job.ended_at is not None:
            self._pump_flow(job)


def _may_wait(job: Job, now: Millis) -> bool:
    return job.needs_slot and job.claimable(now)


@contextmanager
def _insistent() -> Iterator[None]:
    """Return the wake-up to the queue if a flow does not answer. Raises: Unclaimed.

    The sweeper looks at a flow only if it is due, and at a job in its line only every hour.
    """
    try:
        yield
    except Unavailable as error:
        raise Unclaimed from error
