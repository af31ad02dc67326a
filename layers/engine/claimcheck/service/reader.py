"""Reads of jobs. A poll is one read, without a write and without pydantic."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from claimcheck.domain.errors import (
    JobFailed,
    JobNotEnded,
    JobNotFound,
    MalformedJobId,
    NoSuchFile,
    OtherOrgsJob,
)
from claimcheck.domain.job import MINUTE, SECOND, Delivery, Execution, Job, Millis, Status, last_execution
from claimcheck.domain.ports import FAR, RECORDED, Clock, FileStore, JobStore, Page, failed_place
from claimcheck.service.payloads import Payloads

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
# Bytes. A result up to this size is shown with the job; a larger one has a URL.
SHOWN_LIMIT = 256 * 1024
# Bytes, for contracts without a result URL. A function's answer is at most 6 MB ("Lambda quotas").
EMBEDDED_LIMIT = 5 * 1024 * 1024 // 2
MAX_PAGE = 100
LONGEST_PAUSE = 5 * MINUTE


class JobFilter(NamedTuple):
    """Which jobs to list: those created from `created_after` on, and before `created_before`."""

    status: str | None = None
    type: str | None = None
    error_code: str | None = None
    flow: str | None = None
    created_after: Millis = 0
    created_before: Millis = FAR
    metadata: Mapping[str, str] = {}

    @property
    def failed(self) -> bool:
        """Return whether only failed jobs match. They have an index of their own."""
        return self.status == Status.FAILED or self.error_code is not None

    def matches(self, job: Job) -> bool:
        wanted: list[tuple[Any, Any]] = [
            (self.status, job.status),
            (self.type, job.type),
            (self.error_code, job.error and job.error.code),
            (self.flow, job.flow and job.flow.name),
        ]
        return (
            all(each in (None, found) for each, found in wanted)
            and self.created_after <= job.created_at < self.created_before
            and self.metadata.items() <= job.metadata.items()
        )

    def cursor_of(self, job: Job) -> str:
        """Return the cursor of the page after a listed job."""
        return failed_place(job.ended_at or 0, job.job_id) if self.failed else job.job_id


class Result(NamedTuple):
    """The result's JSON text, or a URL of it."""

    text: str | None
    url: str | None


class JobReader:
    """`files` builds the file store on first use: few jobs have files."""

    def __init__(
        self, store: JobStore, payloads: Payloads, files: Callable[[], FileStore], clock: Clock
    ) -> None:
        self._store = store
        self._payloads = payloads
        self._files = files
        self._clock = clock

    def get(self, org: str, job_id: str) -> Job:
        """Raises: MalformedJobId; JobNotFound, also for an expired job; OtherOrgsJob."""
        job = self._store.read(check_id(job_id))
        if job is None or self._expired(job):
            raise JobNotFound
        if job.org != org:
            raise OtherOrgsJob(job.dialect)
        return job

    def shown_result(self, job: Job, limit: int = SHOWN_LIMIT) -> str | None:
        """Return the JSON text to show with a completed job, or None if it is larger than `limit` bytes."""
        if job.result is None or job.result.size > limit:
            return None
        return self._payloads.load(job.result)

    def result(self, org: str, job_id: str) -> Result:
        """Raises: as `get` does; JobNotEnded; JobFailed."""
        job = self.get(org, job_id)
        if job.ended_at is None:
            raise JobNotEnded
        if job.result is None:
            raise JobFailed
        url = None if job.result.size <= SHOWN_LIMIT else self._payloads.url(job.result)
        return Result(None if url else self._payloads.load(job.result), url)

    def file_url(self, org: str, job_id: str, token: str) -> str:
        """Return a URL of a file that the job's result names. Raises: as `get` does; NoSuchFile."""
        from claimcheck.domain.files import file_key, is_token

        job = self.get(org, job_id)
        if job.files is None or not is_token(token, job.files):
            raise NoSuchFile
        return self._files().url(file_key(org, job.job_id, token))

    def list_jobs(self, org: str, wanted: JobFilter, limit: int, after: str | None = None) -> Page[Job]:
        """Return an org's jobs, newest first; only failed ones in the order of their ends, last first.

        It reads `limit` rows, so a filtered page may be short. `after` is a cursor of the same filter.
        """
        limit = min(limit, MAX_PAGE)
        if wanted.failed:
            # No job ends before it is created.
            page = self._store.list_failed(org, after, limit, wanted.created_after)
        else:
            page = self._store.list_jobs(org, after, limit, wanted.created_after, wanted.created_before)
        return Page([job for job in self.some(org, page.entries) if wanted.matches(job)], page.after)

    def some(self, org: str, job_ids: Sequence[str]) -> list[Job]:
        """Return at most 100 of an org's jobs, in the order of `job_ids`, without expired ones."""
        found = self._store.read_many(job_ids)
        return [job for job in found if job.org == org and not self._expired(job)]

    def executions(self, org: str, job_id: str) -> list[Execution]:
        """Return the last 100, newest first. The newest is in the job's row until it is recorded."""
        job = self.get(org, job_id)
        # Read after the job, so they are complete, but some may be newer.
        recorded = [each for each in self._store.executions(job.job_id) if each.number <= job.executions]
        if job.executions == 0 or (recorded and recorded[0].number == job.executions):
            return recorded
        return [last_execution(job), *recorded][:RECORDED]

    def deliveries(self, org: str, job_id: str) -> list[Delivery]:
        """Return the last 100 deliveries of the callback, newest first. Raises: as `get` does."""
        return self._store.deliveries(self.get(org, job_id).job_id)

    def _expired(self, job: Job) -> bool:
        return job.expires_at is not None and job.expires_at <= self._clock.now()


def check_id(job_id: str) -> str:
    """Return the id in lower case. Raises: MalformedJobId unless it is a UUID."""
    if not UUID.fullmatch(job_id):
        raise MalformedJobId
    return job_id.lower()


def pause(job: Job, now: Millis) -> int:
    """Return the seconds until the next poll: until the usual end, then ever longer, 1 to 300."""
    usual_end = max(job.not_before, job.created_at) + job.typical
    if job.status is Status.PROCESSING and job.lease is not None:
        usual_end = (job.started_at or now) + job.typical
    wait = usual_end - now if usual_end > now else (now - usual_end) // 2
    return -(-min(max(wait, SECOND), LONGEST_PAUSE) // SECOND)
