"""One attempt at a job: load the input, call the handler under a timer, check the result."""

from __future__ import annotations

import json
import signal
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from claimcheck.authoring.catalog import CHECKED, field_errors
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import LEASE_MARGIN, MINUTE, SECOND, Job, JobError, Millis, Progress, clipped
from claimcheck.domain.json_text import noted
from claimcheck.domain.observability import JobLog, failure, named, warn
from claimcheck.domain.outcome import Outcome, Retry
from claimcheck.service.transition import insist
from claimcheck.service.verdict import MESSAGE_LIMIT, Verdict, failed, judge, overran, unstarted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType
    from typing import BinaryIO

    from claimcheck.authoring.catalog import JobType
    from claimcheck.authoring.context import JobContext, Tools
    from claimcheck.authoring.files import File, FileRef
    from claimcheck.domain.errors import FieldError
    from claimcheck.domain.ports import Clock, Randomness
    from claimcheck.service.claim import Claim, Claims
    from claimcheck.service.files import AttemptFiles
    from claimcheck.service.payloads import Payloads
    from claimcheck.service.secrets import Secrets

    Handler = Callable[[Any, JobContext], Any]
    Timer = Callable[[Millis], AbstractContextManager[None]]

# Bytes. To check and store such a result takes up to 100 MB beyond the handler's own.
RESULT_LIMIT = 10 * 1024 * 1024
# The wait for object storage that does not answer.
STORAGE_WAIT = 5 * SECOND
# The wait for the deploy that brings a job type, or code that can read an input.
DEPLOY_WAIT = 30 * SECOND
# Old code runs this long after a deploy at most: "Timeout: 900 seconds" (AWS Lambda Developer Guide, "Lambda
# quotas").
LONGEST_DEPLOY = 15 * MINUTE
PROGRESS_LIMIT = 500  # characters of a progress message


class Interruption(BaseException):
    """Stops an attempt from outside. A handler's `except Exception` does not catch it."""


class Overrun(Interruption):
    """The time is up."""


@contextmanager
def limit(duration: Millis) -> Iterator[None]:
    """Raise Overrun in this block after `duration`, which is more than 0. For the main thread only.

    Overrun is raised once: if a handler swallows it or blocks the signal, the lease expires.
    """

    def interrupt(signum: int, frame: FrameType | None) -> None:
        raise Overrun

    # An earlier handler may have left the signal blocked, and one pending: ignoring it discards that one.
    previous = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, duration / 1000)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


class ResultTooLarge(Exception):
    """A result has more than `RESULT_LIMIT` bytes as JSON."""


class Attempt:
    """The `JobContext` of a handler. `job` is the job as last read or written."""

    def __init__(
        self,
        claims: Claims,
        claim: Claim,
        stop_at: Millis,
        clock: Clock,
        tools: Tools,
        secrets: Callable[[], Secrets],
        files: AttemptFiles,
    ) -> None:
        self.tools = tools
        self.files = files
        self._secrets = secrets
        self._claims = claims
        self._claim = claim
        self._stop_at = stop_at
        self._clock = clock
        self.told: Progress | None = None
        self.details: dict[str, Any] | None = None
        self._told_at = 0
        self._looked_at = 0

    @property
    def job(self) -> Job:
        return self._claim.job

    @property
    def job_id(self) -> str:
        return self.job.job_id

    @property
    def attempt(self) -> int:
        return self.job.attempt

    @property
    def trace(self) -> dict[str, str]:
        return self.job.trace.headers if self.job.trace else {}

    @property
    def log(self) -> JobLog:
        return JobLog(**named(self.job), attempt=self.job.attempt)

    @property
    def state(self) -> Any:
        return None if self.job.state is None else json.loads(self.job.state)

    def secret(self, name: str) -> str:
        return self._secrets().read(self.job.type, name)

    def open(self, file: File) -> BinaryIO:
        return self.files.open(file)

    def save(self, name: str, content: bytes | BinaryIO, content_type: str) -> FileRef:
        return self.files.save(name, content, content_type)

    def remaining(self) -> float:
        return max(self._stop_at - self._clock.now(), 0) / SECOND

    def progress(self, done: int, total: int | None = None, message: str | None = None) -> None:
        total = None if total is None else int(total)
        self.told = progress = Progress(int(done), total, message and clipped(message, PROGRESS_LIMIT))
        now = self._clock.now()
        if now - self._told_at < SECOND:
            return
        self._told_at = now
        self._claims.update(self._claim, lambda job, now: job.evolve(progress=progress, updated_at=now))

    def note(self, **details: Any) -> None:
        self.details = noted(self.details, details)

    def cancelled(self) -> bool:
        now = self._clock.now()
        if now - self._looked_at >= SECOND:
            self._looked_at = now
            self._claims.look(self._claim)
        return self.job.cancel_requested_at is not None or not self._claim.held


class Attempts:
    def __init__(
        self,
        claims: Claims,
        payloads: Payloads,
        find_handler: Callable[[str], Handler | None],
        clock: Clock,
        randomness: Randomness,
        tools: Tools,
        secrets: Callable[[], Secrets],
        files_of: Callable[[Claim], AttemptFiles],
        timer: Timer = limit,
    ) -> None:
        self._claims = claims
        self._payloads = payloads
        self._find_handler = find_handler
        self._tools = tools
        self._secrets = secrets
        self._files_of = files_of
        self._timer = timer
        self._clock = clock
        self._randomness = randomness

    def can_make(self, job_type: JobType) -> bool:
        return self._find_handler(job_type.name) is not None

    def make(self, claim: Claim, job_type: JobType) -> Verdict:
        assert claim.job.input is not None
        # The lease started with the claim, so the time since then counts.
        stop_at = claim.until - LEASE_MARGIN
        files = self._files_of(claim)
        attempt = Attempt(self._claims, claim, stop_at, self._clock, self._tools, self._secrets, files)
        try:
            text = self._payloads.load(claim.job.input)
        except Unavailable:
            unread = JobError("unavailable", "The input could not be read.")
            return unstarted(claim.job, self._clock.now() + STORAGE_WAIT, unread)
        verdict = self._verdict(attempt, job_type, text, stop_at - self._clock.now())
        return verdict._replace(progress=attempt.told, details=attempt.details)

    def _verdict(self, attempt: Attempt, job_type: JobType, text: str, duration: Millis) -> Verdict:
        job, policy = attempt.job, job_type.retry
        try:
            if duration <= 0:
                raise Overrun
            with self._timer(duration):
                result = self._call(attempt, job_type, text)
        except Overrun:
            return overran(job, policy, self._clock.now(), self._randomness)
        if isinstance(result, Verdict):
            return result
        if isinstance(result, Outcome):
            return judge(result, job, policy, self._clock.now(), self._randomness)
        return self._keep(job, job_type, result)._replace(files=attempt.files.secret)

    def _call(self, attempt: Attempt, job_type: JobType, text: str) -> Outcome | Verdict | str:
        """Return the handler's outcome, or its result as JSON, or the verdict on one that does not fit.

        An unexpected exception of the handler, or of a validator of its models, is a Retry.
        """
        try:
            return self._outcome(attempt, job_type, text)
        except Interruption:
            raise
        except BaseException:  # noqa: BLE001 - a handler's fault must not stop the worker, not even SystemExit
            failure("handler raised", **named(attempt.job), attempt=attempt.attempt)
            return Retry(message="An unexpected error occurred.")

    def _outcome(self, attempt: Attempt, job_type: JobType, text: str) -> Outcome | Verdict | str:
        handler = self._find_handler(job_type.name)
        assert handler is not None
        try:
            given = job_type.input.model_validate_json(text, context=CHECKED)
        except ValidationError as error:
            warn("invalid input", **named(attempt.job), error=_places(error))
            return self._unfit(attempt.job, field_errors(error))
        try:
            result = handler(given, attempt)
        except Outcome as outcome:
            return outcome
        except Unavailable:
            warn("a service of the handler did not answer", **named(attempt.job), attempt=attempt.attempt)
            return Retry(message="A service that the job needs did not answer.", code="unavailable")
        return result if isinstance(result, Outcome) else self._checked(attempt, job_type, result)

    def _unfit(self, job: Job, errors: list[FieldError]) -> Verdict:
        """Judge an input that was valid at its submission, for code with another model of the same version.

        Shortly after the submission that can be newer code, which is being deployed.
        """
        wrong = "; ".join(f"{each.pointer} {each.message}" for each in errors)
        error = JobError(
            "invalid_input", clipped(f"The input no longer fits its job type: {wrong}.", MESSAGE_LIMIT)
        )
        now = self._clock.now()
        if now < job.created_at + LONGEST_DEPLOY:
            return unstarted(job, now + DEPLOY_WAIT, error)
        return failed(error)

    def _checked(self, attempt: Attempt, job_type: JobType, result: Any) -> Verdict | str:
        try:
            return checked_result(job_type, result, attempt.files.saved)
        except ResultTooLarge:
            message = f"The result is larger than {RESULT_LIMIT // 1024 // 1024} MiB."
            return failed(JobError("result_too_large", message))
        except (ValueError, TypeError, RecursionError) as error:
            warn("invalid result", **named(attempt.job), error=_places(error))
            return failed(JobError("invalid_result", "The handler's result does not fit its job type."))

    def _keep(self, job: Job, job_type: JobType, text: str) -> Verdict:
        until = job.lease.until if job.lease else 0
        try:
            payload = insist(lambda: self._payloads.store(job, "result", text), self._clock, until - SECOND)
        except Unavailable:
            # The work is lost, so to repeat it is another attempt.
            lost = Retry(message="The result could not be stored.")
            return judge(lost, job, job_type.retry, self._clock.now(), self._randomness)
        return Verdict(outcome="completed", result=payload)


def checked_result(job_type: JobType, result: Any, saved: Mapping[str, FileRef]) -> str:
    """Return a handler's result as JSON text, validated by the job type's model.

    Raises: ResultTooLarge; ValueError, TypeError or RecursionError if it does not fit, or names a file that
    is not among the `saved`.
    """
    # Without dictionaries in between: as Python objects, a result can take twenty times its size.
    if isinstance(result, BaseModel):
        text = result.model_dump_json()
    else:
        text = json.dumps(result, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    checked = job_type.result.model_validate_json(_within_limit(text), context=saved).model_dump_json()
    if "NaN" in checked or "Infinity" in checked:
        json.loads(checked, parse_constant=_refuse)
    return _within_limit(checked)


def _refuse(constant: str) -> None:
    """Raises: ValueError for a number that JSON does not have: not that word in a text."""
    raise ValueError(f"{constant} is not JSON")


def _within_limit(text: str) -> str:
    if len(text.encode()) > RESULT_LIMIT:
        raise ResultTooLarge
    return text


def _places(error: Exception) -> str:
    """Return the wrong places of an input or a result, without its values: they are the customer's."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{each['loc']}: {each['type']}" for each in error.errors())
    return type(error).__name__
