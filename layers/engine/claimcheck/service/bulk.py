"""The engine's own job type: it cancels or retries many jobs of its org.

It reads them page by page, newest first, and never sees a job that is newer than itself: not the retries that
it makes, either.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from pydantic import Field

from claimcheck.authoring.catalog import JobModel, JobType
from claimcheck.authoring.timestamps import Timestamp  # noqa: TC001 - pydantic reads it
from claimcheck.domain.errors import (
    FlowFull,
    InsufficientCredits,
    InvalidFields,
    NotFound,
    Unavailable,
    WrongState,
)
from claimcheck.domain.job import DAY, SECOND, Status
from claimcheck.domain.outcome import Again, Retry
from claimcheck.domain.ports import FAR, every
from claimcheck.domain.retry import RetryPolicy
from claimcheck.service.reader import MAX_PAGE, JobFilter

if TYPE_CHECKING:
    from claimcheck.domain.job import Job
    from claimcheck.service.attempt import Attempt
    from claimcheck.service.editor import JobEditor
    from claimcheck.service.reader import JobReader
    from claimcheck.service.retrier import JobRetrier

NAME = "bulk"
# The job stays as it is: it has changed since it was read, or its retry would not be accepted.
REFUSALS = (NotFound, WrongState, InvalidFields, InsufficientCredits, FlowFull)
# Seconds. Another page is read only if this much time is left.
PAGE_TIME = 20


class BulkFilter(JobModel):
    """The jobs to change. Without a field, all jobs match it."""

    status: Literal["pending", "processing", "completed", "failed"] | None = Field(
        default=None, description="Only jobs with this status."
    )
    type: str | None = Field(default=None, description="Only jobs of this type.")
    error_code: str | None = Field(default=None, description="Only jobs that failed with this code.")
    flow: str | None = Field(default=None, description="Only jobs of this flow.")
    created_after: Timestamp | None = Field(
        default=None, description="Only jobs created at this time or later."
    )
    created_before: Timestamp | None = Field(default=None, description="Only jobs created before this time.")
    metadata: dict[str, str] | None = Field(
        default=None, description="Only jobs with these metadata.", examples=[{"order": "6735"}]
    )


class BulkInput(JobModel):
    """An action, and the jobs to which it applies."""

    action: Literal["cancel", "retry"] = Field(
        description="`cancel` is for jobs that have not ended, `retry` for failed jobs."
    )
    filter: BulkFilter = Field(
        description="The jobs to change: of your organisation, created before this one."
    )
    dry_run: bool = Field(default=False, description="Count the jobs, and change none.")


class BulkResult(JobModel):
    """The numbers of jobs. A dry run only counts those that matched."""

    matched: int = Field(description="Jobs that the action and the filter apply to.", ge=0)
    done: int = Field(description="Jobs that were cancelled or retried.", ge=0)
    skipped: int = Field(
        description="Jobs that were not: they have changed meanwhile, were already retried, or their "
        "retry was refused.",
        ge=0,
    )


JOB_TYPE = JobType(
    name=NAME,
    summary="Cancels or retries many jobs.",
    input=BulkInput,
    result=BulkResult,
    timeout=60,
    typical=10,
    deadline=DAY // SECOND,
    # More than fifteen minutes: newer code may have to be deployed before a job can be changed.
    retry=RetryPolicy(max_attempts=20, base=2, cap=60),
)


class Walk(NamedTuple):
    """The numbers so far, and the cursor of the next page."""

    matched: int = 0
    done: int = 0
    skipped: int = 0
    after: str | None = None


class Bulk:
    def __init__(self, reader: JobReader, editor: JobEditor, retrier: JobRetrier) -> None:
        self._reader = reader
        self._editor = editor
        self._retrier = retrier

    def handle(self, given: BulkInput, attempt: Attempt) -> BulkResult | Again:
        """Walk to the next page with a match, and change its jobs. Their number is then stored.

        If the worker is lost before, the page is repeated: what was done counts as skipped, or not at all.
        """
        walk = Walk(**(attempt.state or {}))
        try:
            while True:
                before, walk = walk, self._page(given, attempt, walk)
                if walk.after is None:
                    return BulkResult(matched=walk.matched, done=walk.done, skipped=walk.skipped)
                if walk.matched > before.matched or attempt.remaining() < PAGE_TIME:
                    return Again(after=0, state=walk._asdict())
        except Unavailable as error:
            raise Retry(message=error.message) from error

    def _page(self, given: BulkInput, attempt: Attempt, walk: Walk) -> Walk:
        job = attempt.job
        page = self._reader.list_jobs(job.org, _wanted(given, job), MAX_PAGE, walk.after)
        matched, done, skipped, _ = walk
        for each in page.entries:
            if not _applies(given.action, each):
                continue
            if attempt.cancelled():
                # The end of this attempt ends the job.
                raise Again(after=0, state=walk._asdict())
            matched += 1
            if not given.dry_run:
                changed = self._changes(given.action, each)
                done, skipped = done + changed, skipped + (not changed)
            attempt.progress(matched)
        return Walk(matched, done, skipped, page.after)

    def _changes(self, action: str, job: Job) -> bool:
        """Return whether the action changed the job. Raises: Unavailable."""
        if job.retried_as is not None:
            return False
        try:
            if action == "retry":
                return not self._retrier.retry(job.org, job.job_id).replayed
            self._editor.cancel(job.org, job.job_id)
        except REFUSALS:
            return False
        return True


def cancel_bulk_jobs(reader: JobReader, editor: JobEditor, org: str) -> list[str]:
    """Cancel the bulk jobs of an org, which would go on to submit jobs. Return their ids.

    It reads all jobs of the org. Raises: Unavailable.
    """
    listed = every(partial(reader.list_jobs, org, JobFilter(type=NAME), MAX_PAGE))
    found = [job.job_id for job in listed if job.ended_at is None]
    for job_id in found:
        with suppress(NotFound, WrongState):  # it has ended by itself
            editor.cancel(org, job_id)
    return found


def _applies(action: str, job: Job) -> bool:
    """Return whether an action is for jobs like this. No bulk job changes another, or itself."""
    right = job.ended_at is None if action == "cancel" else job.failed_at is not None
    return right and job.type != NAME


def _wanted(given: BulkInput, job: Job) -> JobFilter:
    wanted = given.filter
    before = FAR if wanted.created_before is None else wanted.created_before
    failed = given.action == "retry" and wanted.status is None
    return JobFilter(
        status=Status.FAILED if failed else wanted.status,
        type=wanted.type,
        error_code=wanted.error_code,
        flow=wanted.flow,
        created_after=wanted.created_after or 0,
        created_before=min(before, job.created_at),
        metadata=wanted.metadata or {},
    )
