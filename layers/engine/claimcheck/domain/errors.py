"""Everything that can go wrong, as one tree.

    ClaimcheckError
    ├── BadRequest: MalformedJobId, MalformedScheduleName, MalformedJson, InvalidIdempotencyKey
    ├── Unauthenticated: MissingApiKey
    ├── MissingScope
    ├── PlanRequired, InsufficientCredits
    ├── NotFound: JobNotFound (OtherOrgsJob), DocumentNotFound, ScheduleNotFound, RouteNotFound
    ├── MethodNotAllowed
    ├── WrongState: JobNotEnded, JobEnded, JobFailed, NoCallback
    ├── BodyTooLarge
    ├── UnsupportedMediaType
    ├── Unprocessable: InvalidFields, IdempotencyKeyReused
    ├── RateLimited
    ├── Unavailable: OutcomeUnknown
    ├── Conflict: KeyTaken          (between engine and store: never leaves the engine)
    ├── UnsupportedLanguage        (between translator and handler: never leaves the worker)
    └── InternalError

The class docstring is the default message, in words for the API's caller; `code` is stable
and is what programs read. HTTP statuses are none of this module's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from claimcheck.domain.job import Job, Reservation
    from claimcheck.domain.keys import Allowance


class FieldError(NamedTuple):
    """One wrong field: where (a JSON pointer, RFC 6901) and what is wrong, with the bound.

    The pointer of a parameter, of the query or the path, is its name after a `?`.
    """

    pointer: str
    message: str


class ClaimcheckError(Exception):
    """Something went wrong."""

    code = "error"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or type(self).__doc__)

    @property
    def message(self) -> str:
        return str(self)


class BadRequest(ClaimcheckError):
    """The request could not be understood."""

    code = "bad_request"


class MalformedJobId(BadRequest):
    """A job id is a UUID, such as 01922f7e-6a10-7cc3-98a4-1f2e3d4c5b6a."""

    code = "malformed_job_id"


class MalformedScheduleName(BadRequest):
    """A schedule's name has 1 to 64 of a-z, A-Z, 0-9, - and _."""

    code = "malformed_schedule_name"


class MalformedJson(BadRequest):
    """The body is not valid JSON."""

    code = "malformed_json"


class InvalidIdempotencyKey(BadRequest):
    """An Idempotency-Key has 1 to 255 printable ASCII characters."""

    code = "invalid_idempotency_key"


class Unauthenticated(ClaimcheckError):
    """No valid API key was given."""

    code = "unauthenticated"


class MissingApiKey(Unauthenticated):
    """An API key is missing."""

    code = "missing_api_key"


class MissingScope(ClaimcheckError):
    """This API key does not have the scope that the request needs."""

    code = "missing_scope"


class PlanRequired(ClaimcheckError):
    """This needs a paid plan, and this API key is on the free one."""

    code = "plan_required"


class InsufficientCredits(ClaimcheckError):
    """There are not enough credits left for this."""

    code = "insufficient_credits"

    def __init__(self, needed: int, left: int) -> None:
        super().__init__(f"This needs {needed} credits, and {left} are left.")
        self.needed = needed
        self.left = left


class NotFound(ClaimcheckError):
    """There is nothing here."""

    code = "not_found"


class JobNotFound(NotFound):
    """There is no job with this id: it is unknown, or expired."""

    code = "job_not_found"


class OtherOrgsJob(JobNotFound):
    """There is no job with this id: it is unknown, or expired.

    That it is there, for others, is told by no dialect but one whose contract says so.
    """

    def __init__(self, dialect: str) -> None:
        super().__init__(JobNotFound.__doc__)
        self.dialect = dialect


class DocumentNotFound(NotFound):
    """There is no such thing in your organisation."""

    code = "document_not_found"


class ScheduleNotFound(NotFound):
    """There is no schedule of this name."""

    code = "schedule_not_found"


class RouteNotFound(NotFound):
    """There is no such path."""

    code = "route_not_found"


class MethodNotAllowed(ClaimcheckError):
    """This path does not take this method."""

    code = "method_not_allowed"

    def __init__(self, allowed: list[str]) -> None:
        super().__init__(f"This path takes {', '.join(allowed)}.")
        self.allowed = allowed


class WrongState(ClaimcheckError):
    """The job's status does not allow this."""

    code = "wrong_state"


class JobNotEnded(WrongState):
    """The job has not ended yet, so it has no result: poll it until it has."""

    code = "job_not_ended"


class JobEnded(WrongState):
    """The job has already ended and cannot be cancelled."""

    code = "job_already_ended"


class JobFailed(WrongState):
    """The job failed, so it has no result: read the job for its error."""

    code = "job_failed"


class NoCallback(WrongState):
    """The job was submitted without a `callback_url`, so there is nothing to deliver."""

    code = "job_has_no_callback"


class BodyTooLarge(ClaimcheckError):
    """A request body is at most 1 MiB (1,048,576 bytes)."""

    code = "body_too_large"


class UnsupportedMediaType(ClaimcheckError):
    """The body must be JSON, sent with Content-Type: application/json."""

    code = "unsupported_media_type"


class Unprocessable(ClaimcheckError):
    """The request was understood but cannot be accepted."""

    code = "unprocessable"


class InvalidFields(Unprocessable):
    """Some fields are wrong, and each is named."""

    code = "invalid_fields"
    # A body of 1 MiB has room for more wrong fields than an answer.
    shown = 100

    def __init__(self, errors: list[FieldError]) -> None:
        many = f"{len(errors)} fields are wrong, and the first {self.shown} are named."
        super().__init__(many if len(errors) > self.shown else None)
        self.errors = errors[: self.shown]


class IdempotencyKeyReused(Unprocessable):
    """This Idempotency-Key was already used for a different request."""

    code = "idempotency_key_reused"


class RateLimited(ClaimcheckError):
    """Too many requests."""

    code = "rate_limited"

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(f"This API key is limited to {allowance.limit} requests a minute.")
        self.allowance = allowance


class Unavailable(ClaimcheckError):
    """The service cannot do this right now: try again."""

    code = "unavailable"


class UnsupportedLanguage(ClaimcheckError):
    """The translator does not know this pair of languages."""

    code = "unsupported_language"


class OutcomeUnknown(Unavailable):
    """The job may or may not have been accepted: repeat the request with the same Idempotency-Key."""

    code = "outcome_unknown"


class Conflict(ClaimcheckError):
    """The row has changed since it was read."""

    code = "conflict"

    def __init__(self, current: Job | None) -> None:
        super().__init__()
        self.current = current


class KeyTaken(ClaimcheckError):
    """The Idempotency-Key belongs to an earlier submission."""

    code = "key_taken"

    def __init__(self, reservation: Reservation) -> None:
        super().__init__()
        self.reservation = reservation


class InternalError(ClaimcheckError):
    """Something went wrong on our side; it has been recorded."""

    code = "internal_error"
