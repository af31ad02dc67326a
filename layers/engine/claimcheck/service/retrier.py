"""Retries of failed jobs: each is a new job, with the kept input of the failed one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from claimcheck.domain.errors import (
    Conflict,
    InputNotKept,
    JobExpired,
    JobNotFailed,
    JobNotFound,
    OutcomeUnknown,
    Unavailable,
)
from claimcheck.domain.job import Status
from claimcheck.domain.keys import FREE
from claimcheck.service.submission import AcceptedJob, Draft
from claimcheck.service.transition import CHANGING, MOST_CHANGES, leave_to_newer_code

if TYPE_CHECKING:
    from claimcheck.domain.job import Job
    from claimcheck.domain.ports import Clock
    from claimcheck.service.payloads import Payloads
    from claimcheck.service.reader import JobReader
    from claimcheck.service.submission import Submission


class JobRetrier:
    def __init__(self, submission: Submission, reader: JobReader, payloads: Payloads, clock: Clock) -> None:
        self._submission = submission
        self._reader = reader
        self._payloads = payloads
        self._clock = clock

    def replay(self, org: str, job_id: str) -> AcceptedJob | None:
        """Return the retry of a job, as it is now, or None.

        Raises: MalformedJobId, JobNotFound; JobExpired if the retry is gone.
        """
        return self._made(self._reader.get(org, job_id))

    def retry(self, org: str, job_id: str) -> AcceptedJob:
        """Submit a failed job again. A repeat returns the same new job, as it is now.

        The newest version of the job type checks the input, and sets the price.
        Raises: MalformedJobId, JobNotFound, JobNotFailed, InputNotKept; JobExpired if the new job is gone;
        DuplicateJob, InvalidFields, InsufficientCredits, FlowFull, Unavailable, OutcomeUnknown.
        """
        for _ in range(MOST_CHANGES):
            job = self._reader.get(org, job_id)
            if made := self._made(job):
                return made
            try:
                return self._submission.submit(self._draft(job))
            except Conflict:
                continue  # It was retried, or otherwise changed: look again.
            except OutcomeUnknown as error:
                raise OutcomeUnknown(
                    "The job may or may not have been retried: repeat the request."
                ) from error
        raise Unavailable(CHANGING.format("job"))

    def _made(self, job: Job) -> AcceptedJob | None:
        if job.retried_as is None:
            return None
        try:
            return AcceptedJob(self._reader.get(job.org, job.retried_as), replayed=True)
        except JobNotFound as gone:
            raise JobExpired(f"The job was retried as {job.retried_as}, which has expired since.") from gone

    def _draft(self, job: Job) -> Draft:
        if job.status is not Status.FAILED:
            raise JobNotFailed
        if job.input is None:
            raise InputNotKept
        leave_to_newer_code(job)
        return Draft(
            org=job.org,
            plan=FREE,
            dialect=job.dialect,
            type=job.type,
            input=json.loads(self._payloads.load(job.input)),
            deadline=self._clock.now() + job.deadline - max(job.run_at, job.created_at),
            retention=job.retention,
            metadata=job.metadata,
            # Not the org's default callback, which has no URL here.
            callback_url=(job.callback and job.callback.url) or None,
            unique_key=job.unique_key,
            alone_in=job.alone_in,
            flow=None if job.flow is None or job.flow.declared else job.flow.name,
            flow_at=None,
            trace=job.trace,
            retry_of=job,
        )
