"""The errors of the engine.

The class docstring is the default message, for the API's caller. Programs read the stable `code`.
This module knows no HTTP statuses. No caller sees `Conflict`, `KeyTaken`, `NameTaken`, `SlotTaken` (these
between engine and store) and `UnsupportedLanguage` (between translator and handler).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from claimcheck.domain.job import Job, Reservation
    from claimcheck.domain.keys import Allowance


class FieldError(NamedTuple):
    """One wrong field: a JSON pointer (RFC 6901) and a message with the bound.

    The pointer of a query or path parameter is `?` and its name.
    """

    pointer: str
    message: str


class ClaimcheckError(Exception):
    """Something went wrong."""

    code = "error"

    def __init_subclass__(cls, code: str | None = None) -> None:
        cls.code = code or cls.code

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)

    @property
    def message(self) -> str:
        return str(self)


class BadRequest(ClaimcheckError, code="bad_request"):
    """The request could not be understood."""


class MalformedJobId(BadRequest, code="malformed_job_id"):
    """A job id is a UUID, such as 01922f7e-6a10-7cc3-98a4-1f2e3d4c5b6a."""


class MalformedScheduleName(BadRequest, code="malformed_schedule_name"):
    """A schedule's name has 1 to 64 characters of a-z, A-Z, 0-9, - and _."""


class MalformedFlowName(BadRequest, code="malformed_flow_name"):
    """A flow's name has 1 to 64 characters of a-z, A-Z, 0-9, - and _."""


class MalformedJson(BadRequest, code="malformed_json"):
    """The body is not valid JSON."""


class InvalidIdempotencyKey(BadRequest, code="invalid_idempotency_key"):
    """An Idempotency-Key has 1 to 255 printable ASCII characters."""


class Unauthenticated(ClaimcheckError, code="unauthenticated"):
    """No valid API key was given."""


class MissingApiKey(Unauthenticated, code="missing_api_key"):
    """An API key is missing."""


class MissingScope(ClaimcheckError, code="missing_scope"):
    """This API key does not have the scope that the request needs."""


class PlanRequired(ClaimcheckError, code="plan_required"):
    """This needs a paid plan, and this API key is on the free plan."""


class InsufficientCredits(ClaimcheckError, code="insufficient_credits"):
    """There are not enough credits left for this."""

    def __init__(self, needed: int, left: int) -> None:
        super().__init__(f"This needs {needed} credits, and {left} are left.")
        self.needed, self.left = needed, left


class NotFound(ClaimcheckError, code="not_found"):
    """Not found."""


class JobNotFound(NotFound, code="job_not_found"):
    """There is no job with this id: it is unknown, or expired."""


class OtherOrgsJob(JobNotFound):
    """There is no job with this id: it is unknown, or expired.

    Another org has it. Only a dialect whose contract requires it shows the difference.
    """

    def __init__(self, dialect: str) -> None:
        super().__init__(JobNotFound.__doc__)
        self.dialect = dialect


class DocumentNotFound(NotFound, code="document_not_found"):
    """Your organisation has no such document."""


class NoSuchFile(NotFound, code="file_not_found"):
    """The job's result names no file with this URL."""


class ScheduleNotFound(NotFound, code="schedule_not_found"):
    """There is no schedule with this name."""


class DefaultCallbackNotFound(NotFound, code="default_callback_not_found"):
    """Your organisation has no default callback."""


class FlowNotFound(NotFound, code="flow_not_found"):
    """There is no flow with this name."""


class RouteNotFound(NotFound, code="route_not_found"):
    """There is no such path."""


class MethodNotAllowed(ClaimcheckError, code="method_not_allowed"):
    """This path does not take this method."""

    def __init__(self, allowed: list[str]) -> None:
        super().__init__(f"This path takes {', '.join(allowed)}.")
        self.allowed = allowed


class WrongState(ClaimcheckError, code="wrong_state"):
    """The job's status does not allow this."""


class JobNotEnded(WrongState, code="job_not_ended"):
    """The job has not ended yet, so it has no result: poll the job until it ends."""


class JobEnded(WrongState, code="job_already_ended"):
    """The job has already ended and cannot be cancelled."""


class JobExpired(WrongState, code="job_expired"):
    """This Idempotency-Key's job was accepted and has expired since: to run it again, use another key."""


class JobFailed(WrongState, code="job_failed"):
    """The job failed, so it has no result: read the job for its error."""


class DuplicateJob(WrongState, code="duplicate_job"):
    """Another job with this unique_key has not ended."""

    def __init__(self, job_id: str) -> None:
        super().__init__(
            f"The job {job_id} has this unique_key and has not ended: poll it, or try again later."
        )
        self.job_id = job_id


class JobNotFailed(WrongState, code="job_not_failed"):
    """The job has not failed, so it cannot be retried."""


class InputNotKept(WrongState, code="input_not_kept"):
    """The input of this job was not kept, so it cannot be retried: submit a new job."""


class NoCallback(WrongState, code="job_has_no_callback"):
    """The job was submitted without a `callback_url`, so there is nothing to deliver."""


class FlowInUse(WrongState, code="flow_in_use"):
    """Jobs of this flow run or wait, so it cannot be deleted: wait for their ends, or cancel them."""


class BodyTooLarge(ClaimcheckError, code="body_too_large"):
    """A request body is at most 1 MiB (1,048,576 bytes)."""


class UnsupportedMediaType(ClaimcheckError, code="unsupported_media_type"):
    """The body must be JSON, sent with Content-Type: application/json."""


class Unprocessable(ClaimcheckError, code="unprocessable"):
    """The request was understood but cannot be accepted."""


class InvalidFields(Unprocessable, code="invalid_fields"):
    """Some fields are wrong. Each one is listed."""

    # A body of 1 MiB can hold more wrong fields than a response.
    shown = 100

    def __init__(self, errors: list[FieldError]) -> None:
        many = f"{len(errors)} fields are wrong, and the first {self.shown} are named."
        super().__init__(many if len(errors) > self.shown else None)
        self.errors = errors[: self.shown]


class TooManySchedules(Unprocessable, code="too_many_schedules"):
    """Your organisation has 100 schedules, the most that it can have: delete one."""


class TooManyFlows(Unprocessable, code="too_many_flows"):
    """Your organisation has 100 flows, the most that it can have: delete one."""


class IdempotencyKeyReused(Unprocessable, code="idempotency_key_reused"):
    """This Idempotency-Key was already used for a different request."""


class RateLimited(ClaimcheckError, code="rate_limited"):
    """Too many requests."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(self._message(allowance))
        self.allowance = allowance

    def _message(self, allowance: Allowance) -> str:
        return f"This API key is limited to {allowance.limit} requests a minute."


class DailyLimitReached(RateLimited, code="daily_limit_reached"):
    """This API key's jobs of the day are used up. The next day begins at 00:00 UTC."""

    def _message(self, allowance: Allowance) -> str:
        return (
            f"This API key is limited to {allowance.limit} jobs a day. The next day begins at 00:00 UTC, in "
            f"{allowance.reset} seconds."
        )


class FlowFull(ClaimcheckError, code="flow_full"):
    """As many jobs wait in this flow as its `max_waiting` allows: try again later."""


class Unavailable(ClaimcheckError, code="unavailable"):
    """The service cannot do this right now: try again."""


class UnsupportedLanguage(ClaimcheckError, code="unsupported_language"):
    """The translator does not support this pair of languages."""


class OutcomeUnknown(Unavailable, code="outcome_unknown"):
    """The job may or may not have been accepted: repeat the request with the same Idempotency-Key."""


class Conflict(ClaimcheckError, code="conflict"):
    """The row has changed since it was read."""

    def __init__(self, current: Job | None) -> None:
        super().__init__()
        self.current = current


class KeyTaken(ClaimcheckError, code="key_taken"):
    """The Idempotency-Key belongs to an earlier submission."""

    def __init__(self, reservation: Reservation) -> None:
        super().__init__()
        self.reservation = reservation


class NameTaken(ClaimcheckError, code="name_taken"):
    """Another job has this unique name."""

    def __init__(self, name: str, job_id: str) -> None:
        super().__init__()
        self.name, self.job_id = name, job_id


class SlotTaken(ClaimcheckError, code="slot_taken"):
    """Another job has taken this slot of the flow."""


class InternalError(ClaimcheckError, code="internal_error"):
    """Something went wrong on our side; it has been recorded."""
