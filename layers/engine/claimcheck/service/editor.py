"""Changes of a job by its org: cancel it, or redeliver its callback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.errors import Conflict, JobEnded, JobNotEnded, JobNotFound, NoCallback
from claimcheck.domain.job import CANCELLED, Job, Millis
from claimcheck.domain.observability import count_end

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.service.reader import JobReader
    from claimcheck.service.transition import Jobs


class JobEditor:
    def __init__(self, jobs: Jobs, reader: JobReader) -> None:
        self._jobs = jobs
        self._reader = reader

    def cancel(self, org: str, job_id: str) -> Job:
        """End a job at once, or request a cancel if a worker holds its lease. A repeat changes nothing.

        Raises: MalformedJobId; JobNotFound; JobEnded if it ended in another way.
        """
        cancelled, written = self._change(org, job_id, _cancelled)
        if written and cancelled.ended_at is not None:
            count_end(cancelled)
        return cancelled

    def redeliver(self, org: str, job_id: str) -> Job:
        """Deliver a job's callback again, with all its tries, even if it was delivered before.

        Raises: MalformedJobId, JobNotFound, NoCallback, JobNotEnded.
        """
        return self._change(org, job_id, _calling_back)[0]

    def _change(self, org: str, job_id: str, move: Callable[[Job, Millis], Job]) -> tuple[Job, bool]:
        now, token = self._jobs.clock.now(), self._jobs.randomness.token()
        job = self._reader.get(org, job_id)
        try:
            before, changed = self._jobs.transition(job, lambda job: move(job, now), token)
        except Conflict as gone:
            raise JobNotFound from gone
        written = changed.written_by == token
        if written and changed.owes_callback:
            self._jobs.wake(changed)
        elif written and changed.ended_at is not None:
            self._jobs.wake_for_flow(before, changed)
        return changed, written


def _cancelled(job: Job, now: Millis) -> Job:
    if job.error and job.error.code == CANCELLED.code:
        return job
    if job.ended_at is not None:
        raise JobEnded
    return job.cancelled(now)


def _calling_back(job: Job, now: Millis) -> Job:
    if job.callback is None:
        raise NoCallback
    if job.ended_at is None:
        raise JobNotEnded("The job has not ended yet: its callback is sent when it ends.")
    return job.calling_back(now)
