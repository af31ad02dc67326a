"""What endpoints of several dialects share. Whatever they look like, they accept and read alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimcheck.http.contract import Response
from claimcheck.service.reader import pause

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.job import Job
    from claimcheck.http.contract import Call
    from claimcheck.service.submission import Accepted, Draft


# Asks for a callback at any endpoint, in whatever contract: bodies are each dialect's own.
CALLBACK_URL = "claimcheck-callback-url"


def accept(call: Call, read: Callable[[Any], Draft]) -> Accepted:
    """Accept the job that `read` makes of the body, and of the header that asks for a callback; a
    repetition with the same `Idempotency-Key`, path, body and callback gets the first job again, before
    anything is read.

    Raises: what `Request.json`, `IdempotencyKey.of`, `Submission.submit` and `read` raise.
    """
    from claimcheck.service.submission import IdempotencyKey

    body = call.request.json()
    given = call.request.headers.get("idempotency-key")
    callback_url = call.request.headers.get(CALLBACK_URL)
    said = [call.dialect.name, call.request.path, body] + ([callback_url] if callback_url is not None else [])
    key = IdempotencyKey.of(given, *said)
    submission = call.engine.submission
    return submission.replay(call.org, key) or submission.submit(_calling_back(read(body), callback_url), key)


def _calling_back(draft: Draft, url: str | None) -> Draft:
    """Raises: InvalidFields when the body asks for a callback, too."""
    from claimcheck.domain.errors import FieldError, InvalidFields

    if url is None:
        return draft
    if draft.callback_url is not None:
        twice = FieldError("/callback_url", "is told by the header Claimcheck-Callback-Url, too")
        raise InvalidFields([twice])
    return draft._replace(callback_url=url, callback_at="")


def draft_of(call: Call, job_type: JobType, body: Any) -> Draft:
    """The job that a body asks for which is its input, but for what stands in the path.

    Raises: InvalidFields.
    """
    from claimcheck.service.submission import Draft

    return Draft(
        org=call.org,
        plan=call.key.plan,
        dialect=call.dialect.name,
        type=job_type.name,
        input=_without(call.params, body) | dict(call.params),
        input_at="",
    )


def _without(params: Any, body: Any) -> dict[str, Any]:
    from claimcheck.domain.errors import FieldError, InvalidFields

    if not isinstance(body, dict):
        raise InvalidFields([FieldError("", "must be an object")])
    if twice := [name for name in params if name in body]:
        raise InvalidFields([FieldError(f"/{name}", "is told by the path") for name in twice])
    return body


def accepted_response(
    accepted: Accepted, document: Mapping[str, object], location: str, seconds: int | None = None
) -> Response:
    """The 202 to a submission. `location` is where to poll the job, first after `seconds`: unless given,
    when such a job usually ends."""
    job = accepted.job
    wait = pause(job, job.created_at) if seconds is None else seconds
    response = Response.json(202, document, location=location, retry_after=str(wait))
    return response.with_headers({"Idempotent-Replayed": "true"} if accepted.replayed else {})


def state_response(
    call: Call, job: Job, document: Mapping[str, object], seconds: int | None = None, status: int = 200
) -> Response:
    """A job's state, with `Retry-After` until the job has ended: `seconds`, or when it usually ends."""
    response = Response.json(status, document)
    if job.ended_at is not None:
        return response
    wait = pause(job, call.engine.clock.now()) if seconds is None else seconds
    return response.with_headers({"Retry-After": str(wait)})


def show_job(call: Call) -> Response:
    """A path that dialects share: a job is shown by the dialect that made it, or by the first of all
    when a deploy has removed that one.

    Raises: what `JobReader.get` raises.
    """
    job = call.engine.reader.get(call.org, call.params["job_id"])
    first = next(iter(call.dialects.values()))
    return call.dialects.get(job.dialect, first).show(call, job)
