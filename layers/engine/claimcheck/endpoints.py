"""What endpoints of several dialects share. Whatever they look like, they accept and read alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.catalog import JobType
    from claimcheck.http import Call, Response
    from claimcheck.service.submission import Accepted, Draft


def accept(call: Call, dialect: str, read: Callable[[Any], Draft]) -> Accepted:
    """Accept the job that `read` makes of the body; a repetition with the same `Idempotency-Key`,
    path and body gets the first job again, before anything is read.

    Raises: what `Request.json`, `IdempotencyKey.of`, `Submission.submit` and `read` raise.
    """
    from claimcheck.service.submission import IdempotencyKey

    body = call.request.json()
    given = call.request.headers.get("idempotency-key")
    key = IdempotencyKey.of(given, dialect, call.request.path, body)
    submission = call.engine.submission
    return submission.replay(call.org, key) or submission.submit(read(body), key)


def draft_of(call: Call, dialect: str, job_type: JobType, body: Any) -> Draft:
    """The job that a body asks for which is its input, but for what stands in the path.

    Raises: InvalidFields.
    """
    from claimcheck.service.submission import Draft

    return Draft(
        org=call.org,
        plan=call.key.plan,
        dialect=dialect,
        type=job_type.name,
        input=_without(call.params, body) | dict(call.params),
        input_at="",
    )


def _without(params: Any, body: Any) -> dict[str, Any]:
    from claimcheck.errors import FieldError, InvalidFields

    if not isinstance(body, dict):
        raise InvalidFields([FieldError("", "must be an object")])
    if twice := [name for name in params if name in body]:
        raise InvalidFields([FieldError(f"/{name}", "is told by the path") for name in twice])
    return body


def show_job(call: Call) -> Response:
    """A path that dialects share: a job is shown by the dialect that made it, or by the first of all
    when a deploy has removed that one.

    Raises: what `Reading.get` raises.
    """
    job = call.engine.reading.get(call.org, call.params["job_id"])
    first = next(iter(call.dialects.values()))
    return call.dialects.get(job.dialect, first).show(call, job)
