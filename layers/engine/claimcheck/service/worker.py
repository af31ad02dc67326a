"""The worker of a job: claim it, do the work, end or reschedule it.

A wake-up proves nothing: the worker reads the job and decides again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from claimcheck.domain.callbacks import CALL_TIMEOUT
from claimcheck.domain.job import SECOND, WAIT_OUT, WORKER_LOST, Job, Millis
from claimcheck.domain.observability import count_end, count_repeat, failure, info, named, warn
from claimcheck.service.attempt import DEPLOY_WAIT
from claimcheck.service.transition import wake
from claimcheck.service.verdict import lost

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring.catalog import Catalog, JobType
    from claimcheck.domain.ports import Clock, JobStore, WakeUpQueue
    from claimcheck.service.attempt import Attempts
    from claimcheck.service.callbacks.sender import CallbackSender
    from claimcheck.service.claim import Claim, Claims

    Remaining = Callable[[], Millis]

# The worker keeps this time for the work after the handler.
SPARE = 10 * SECOND


class Unclaimed(Exception):
    """Too little time is left to claim the job: the wake-up returns to the queue."""


class Worker:
    def __init__(
        self,
        store: JobStore,
        queue: Callable[[], WakeUpQueue],
        claims: Claims,
        attempts: Attempts,
        callback_sender: Callable[[], CallbackSender],
        catalog: Catalog,
        clock: Clock,
    ) -> None:
        self._store = store
        self._queue = queue
        self._claims = claims
        self._attempts = attempts
        self._callback_sender = callback_sender
        self._catalog = catalog
        self._clock = clock

    def run(self, job_id: str, remaining: Remaining) -> None:
        """Run the job or deliver its callback, if it is time.

        `remaining` returns the milliseconds left to this worker.
        Raises: Unclaimed if the wake-up must be received again; Unavailable if the sweeper will send another.
        """
        job = self._store.read(job_id)
        if job is None:
            info("wake-up for a job that is not there", job_id=job_id)
        elif job.newer_than_code:
            self._leave(job)
        elif job.claimable(self._clock.now()) and self._is_time(job, remaining):
            self._claim(job, remaining)
        elif job.deliverable(self._clock.now()) and self._is_time(job, remaining):
            self._deliver(job, remaining)

    def _leave(self, job: Job) -> None:
        """Leave the job to newer code: look again in half a minute, until the sweeper looks at it."""
        again = max(job.not_before, self._clock.now() + DEPLOY_WAIT)
        if again < (job.due_at or 0):
            wake(self._store, self._queue(), self._clock, job.evolve(not_before=again))

    def _is_time(self, job: Job, remaining: Remaining) -> bool:
        """Sleep until the start if it is at most two seconds ahead. Otherwise send another wake-up."""
        early = job.not_before - self._clock.now()
        if early > WAIT_OUT and job.overdue(self._clock.now()) is None:
            wake(self._store, self._queue(), self._clock, job)
            return False
        while 0 < (early := job.not_before - self._clock.now()) <= WAIT_OUT:
            if remaining() < early + SPARE:
                raise Unclaimed
            self._clock.sleep(early)
        return True

    def _claim(self, job: Job, remaining: Remaining) -> None:
        claim = self._claims.claim(job, Job.claimable, partial(self._begun, remaining), lost)
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

    def _begun(self, remaining: Remaining, job: Job, now: Millis, token: str) -> Job:
        job_type = self._find_type(job)
        if job_type is None or not self._attempts.can_make(job_type):
            warn("unknown job type", **named(job), version=job.type_version)
            waiting = job.rescheduled(now, min(now + DEPLOY_WAIT, job.deadline), job.attempt)
            # A lost lease is kept: it shows that its attempt was used.
            return waiting.evolve(lease=None if waiting.ended_at else job.lease)
        if job.lease is not None and job.attempt >= job_type.retry.max_attempts:
            return job.ended(now, error=WORKER_LOST)
        if remaining() < job_type.timeout * SECOND + SPARE:
            raise Unclaimed
        return job.claimed(now, token, job_type.timeout * SECOND)

    def _find_type(self, job: Job) -> JobType | None:
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
        if job.has_work:
            wake(self._store, self._queue(), self._clock, job)
