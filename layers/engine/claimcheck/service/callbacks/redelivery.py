"""Asking for a callback once more, and what became of each of its deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.errors import Conflict, JobNotEnded, JobNotFound, NoCallback
from claimcheck.service.transition import transition, wake

if TYPE_CHECKING:
    from claimcheck.domain.job import Delivery, Job
    from claimcheck.domain.ports import Clock, JobStore, Randomness, WakeUpQueue
    from claimcheck.service.reader import JobReader


class Redelivery:
    def __init__(
        self, store: JobStore, queue: WakeUpQueue, reader: JobReader, clock: Clock, randomness: Randomness
    ) -> None:
        self._store = store
        self._queue = queue
        self._reader = reader
        self._clock = clock
        self._randomness = randomness

    def redeliver(self, org: str, job_id: str) -> Job:
        """Owe the callback once more, whatever had become of it, with all its tries.

        Raises: MalformedJobId, JobNotFound, NoCallback; JobNotEnded: its end is told by itself.
        """
        now = self._clock.now()

        def decide(job: Job) -> Job:
            if job.callback is None:
                raise NoCallback
            if job.ended_at is None:
                raise JobNotEnded("The job has not ended yet: its callback follows its end.")
            return job.calling_back(now)

        job = self._reader.get(org, job_id)
        try:
            owing = transition(self._store, job, decide, self._randomness.token())
        except Conflict as gone:
            raise JobNotFound from gone
        wake(self._queue, self._clock, owing)
        return owing

    def deliveries(self, org: str, job_id: str) -> list[Delivery]:
        """The last 100, newest first. Raises: what `JobReader.get` raises."""
        return self._store.deliveries(self._reader.get(org, job_id).job_id)
