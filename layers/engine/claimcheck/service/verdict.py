"""The rules that turn an attempt's outcome into a job's end or its next attempt."""

from typing import Any, NamedTuple

from claimcheck.domain.job import (
    DEADLINE_EXCEEDED,
    SECOND,
    TIMED_OUT,
    WORKER_LOST,
    Execution,
    Job,
    JobError,
    Millis,
    Payload,
    Progress,
    clipped,
    last_execution,
)
from claimcheck.domain.outcome import Again, Fail, Outcome, Retry
from claimcheck.domain.ports import Randomness
from claimcheck.domain.retry import RetryPolicy

# Characters of an error's code and message.
CODE_LIMIT = 100
MESSAGE_LIMIT = 2000


class Verdict(NamedTuple):
    """An end (a `result` or an `error`), or a next attempt at `not_before`, counted from `attempt`.

    `files` is the secret of the files that the result names.

    The execution is recorded with `outcome`, `reason` as its error, and the handler's `details`.
    """

    outcome: str
    result: Payload | None = None
    files: str | None = None
    error: JobError | None = None
    not_before: Millis | None = None
    attempt: int = 0
    reason: JobError | None = None
    progress: Progress | None = None
    details: dict[str, Any] | None = None
    state: str | None = None

    def applied(self, job: Job, now: Millis) -> Job:
        job = job.evolve(progress=self.progress or job.progress, state=self.state or job.state)
        if self.not_before is not None:
            return job.rescheduled(now, self.not_before, self.attempt)
        ended = job.ended(now, result=self.result, error=self.error)
        return ended.evolve(details=self.details, files=self.files)

    def record(self, before: Job, after: Job) -> Execution | None:
        """Return the execution, unless the job's row has it because it was the last."""
        if self.not_before is None:
            return None
        return last_execution(before)._replace(
            ended_at=after.updated_at, outcome=self.outcome, error=self.reason, details=self.details
        )


def lost(before: Job, after: Job, now: Millis) -> Execution | None:
    """Return the execution whose worker was lost, if `after` is the claim of another."""
    if before.lease is None or after.executions == before.executions:
        return None
    return last_execution(before)._replace(
        ended_at=before.lease.until, outcome="worker_lost", error=WORKER_LOST
    )


def failed(error: JobError) -> Verdict:
    return Verdict(outcome="failed", error=error)


def unstarted(job: Job, not_before: Millis, reason: JobError) -> Verdict:
    """The handler did not run: the claim counts as no attempt. The wait ends at the deadline at last."""
    not_before = min(not_before, job.deadline)
    return Verdict(outcome="retry", not_before=not_before, attempt=job.attempt - 1, reason=reason)


def judge(outcome: Outcome, job: Job, policy: RetryPolicy, now: Millis, randomness: Randomness) -> Verdict:
    match outcome:
        case Fail(code=code, message=message):
            return failed(_error(code, message))
        case Again(after=after, state=state):
            return Verdict(outcome="again", not_before=now + _millis(after), attempt=0, state=state)
        case Retry():
            return _retried(outcome, job, policy, now, randomness)
    raise TypeError(f"not an outcome: {outcome!r}")


def _retried(asked: Retry, job: Job, policy: RetryPolicy, now: Millis, randomness: Randomness) -> Verdict:
    if job.attempt >= policy.max_attempts:
        return failed(_exhausted(policy.max_attempts, asked))
    wait = policy.wait(job.attempt, randomness) if asked.after is None else _millis(asked.after)
    reason = _error(asked.code or "retry", asked.message or "The handler asked for another attempt.")
    return Verdict(outcome="retry", not_before=now + wait, attempt=job.attempt, reason=reason)


def overran(job: Job, policy: RetryPolicy, now: Millis, randomness: Randomness) -> Verdict:
    """The handler was stopped by the deadline or by its job type's timeout."""
    if now >= job.deadline:
        return failed(DEADLINE_EXCEEDED)
    if job.attempt >= policy.max_attempts:
        return failed(TIMED_OUT)
    not_before = now + policy.wait(job.attempt, randomness)
    return Verdict(outcome="timeout", not_before=not_before, attempt=job.attempt, reason=TIMED_OUT)


def _exhausted(max_attempts: int, last: Retry) -> JobError:
    tries = "The only attempt" if max_attempts == 1 else f"The last of {max_attempts} attempts"
    said = f": {last.message}" if last.message else "."
    return _error(last.code or "attempts_exhausted", f"{tries} did not succeed{said}")


def _error(code: str, message: str) -> JobError:
    return JobError(clipped(code, CODE_LIMIT), clipped(message, MESSAGE_LIMIT))


def _millis(seconds: float) -> Millis:
    return max(int(seconds * SECOND), 0)
