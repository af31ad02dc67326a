"""Cancelling: at once when nobody works on the job, else as a request that its worker honours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.errors import Conflict, JobEnded, JobNotFound
from claimcheck.domain.job import CANCELLED, Job
from claimcheck.domain.observability import count_end
from claimcheck.service.transition import transition, wake

if TYPE_CHECKING:
    from claimcheck.domain.ports import Clock, JobStore, Randomness, WakeUpQueue
    from claimcheck.service.reader import JobReader


class Cancellation:
    def __init__(
        self, store: JobStore, queue: WakeUpQueue, reader: JobReader, clock: Clock, randomness: Randomness
    ) -> None:
        self._store = store
        self._queue = queue
        self._reader = reader
        self._clock = clock
        self._randomness = randomness

    def cancel(self, org: str, job_id: str) -> Job:
        """Ask for a job's end; asking again changes nothing.

        Raises: MalformedJobId, JobNotFound; JobEnded when it ended in another way.
        """
        now = self._clock.now()

        def decide(job: Job) -> Job:
            if job.error == CANCELLED:
                return job
            if job.ended_at is not None:
                raise JobEnded
            return job.cancelled(now)

        job, token = self._reader.get(org, job_id), self._randomness.token()
        try:
            cancelled = transition(self._store, job, decide, token)
        except Conflict as gone:
            raise JobNotFound from gone
        if cancelled.ended_at is not None and cancelled.written_by == token:
            count_end(cancelled)
            if cancelled.owes_callback:
                wake(self._queue, self._clock, cancelled)
        return cancelled
