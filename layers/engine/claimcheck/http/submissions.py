"""The parts of endpoints that several dialects share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from claimcheck.domain.errors import ClaimcheckError, FieldError, InvalidFields, JobExpired
from claimcheck.domain.job import Trace
from claimcheck.http.contract import Call, Response, path_for_clients
from claimcheck.service.reader import pause

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.job import Job
    from claimcheck.service.submission import AcceptedJob, Draft, IdempotencyKey


TRACEPARENT = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<parent>[0-9a-f]{16})-[0-9a-f]{2}", re.ASCII
)
# "Vendors SHOULD propagate at least 512 characters of a combined header" ("tracestate Limits").
TRACESTATE = re.compile(r"[\x20-\x7e]{1,512}")
# Requests a callback in any dialect, since bodies differ.
CALLBACK_URL = "claimcheck-callback-url"
# Names the work in any dialect. A duplicate is rejected.
UNIQUE_KEY = "claimcheck-unique-key"
# Names the flow of a job in any dialect.
FLOW = "claimcheck-flow"
# Each header sets a field of a draft, and empties the field of its place. A new one comes last: what an
# `Idempotency-Key` compares follows this order.
FIELDS = {
    CALLBACK_URL: ("callback_url", "callback_at"),
    UNIQUE_KEY: ("unique_key", "unique_at"),
    FLOW: ("flow", "flow_at"),
}


def accept(call: Call, read: Callable[[Any], Draft]) -> AcceptedJob:
    """Submit the job that `read` makes from the body, with the callback, unique key and flow of the headers.

    A request with the same `Idempotency-Key`, path, body and headers returns the first job, before `read`.

    Raises: what `Request.json`, `IdempotencyKey.of`, `counted`, `Submission.submit` and `read` raise.
    """
    body = call.request.json()
    key = key_of(call, body)
    submission = call.engine.submission
    if replayed := submission.replay(call.org, key):
        return replayed
    draft = with_headers(call, read(body))
    return counted(call, key, lambda: submission.submit(draft, key))


def key_of(call: Call, body: Any) -> IdempotencyKey | None:
    """Return the request's `Idempotency-Key` for `body`. Raises: InvalidIdempotencyKey."""
    from claimcheck.service.submission import IdempotencyKey

    headers = call.request.headers
    asked = [headers.get(name) for name in FIELDS]
    said = [call.dialect.name, call.request.path, body, *_said(asked)]
    return IdempotencyKey.of(headers.get("idempotency-key"), *said)


def with_headers(call: Call, draft: Draft) -> Draft:
    """Return the draft with what the request's headers say of it.

    Raises: InvalidFields if the body has a field that is in a header, too.
    """
    headers = call.request.headers
    for header, (field, place) in FIELDS.items():
        if header not in headers:
            continue
        if getattr(draft, field) is not None:
            raise InvalidFields([FieldError(f"/{field}", f"is already in the header {header.title()}")])
        given: dict[str, Any] = {field: headers[header], place: ""}
        draft = draft._replace(**given)
    return draft._replace(trace=trace_of(headers))


def counted(call: Call, key: IdempotencyKey | None, submit: Callable[[], AcceptedJob]) -> AcceptedJob:
    """Submit a job, and count it in the day of its API key.

    Raises: DailyLimitReached, and what `submit` raises.
    """
    assert call.caller is not None
    limiter = call.engine.daily_limiter
    granted, refusal = limiter.grant(call.caller, 1)
    # A replay is not a new job.
    if refusal is not None and call.engine.submission.replay(call.org, key) is None:
        raise refusal
    try:
        accepted = submit()
    except ClaimcheckError as error:
        limiter.settle(call.caller, granted, [error])
        raise
    limiter.settle(call.caller, granted, [accepted])
    return accepted


def trace_of(headers: Mapping[str, str]) -> Trace | None:
    """Return the trace of a request, or None if it has none that is valid.

    "If parsing fails, the vendor creates a new trace" (W3C Trace Context, "Processing model"): without one
    of our own, the job has none.
    """
    parent, state = headers.get("traceparent", ""), headers.get("tracestate", "")
    found = TRACEPARENT.fullmatch(parent)
    if not found or found["version"] == "ff" or not int(found["trace"], 16) or not int(found["parent"], 16):
        return None
    return Trace(parent, state if TRACESTATE.fullmatch(state) else None)


def _said(asked: list[str | None]) -> list[str | None]:
    """Return the headers' values without the last ones that are missing.

    So a header that is added here later changes no fingerprint of requests without it.
    """
    while asked and asked[-1] is None:
        asked = asked[:-1]
    return asked


def draft_of(call: Call, job_type: JobType, body: Any) -> Draft:
    """Return the job whose input is the body and the fields in the path. Raises: InvalidFields."""
    from claimcheck.service.submission import Draft

    if not isinstance(body, dict):
        raise InvalidFields([FieldError("", "must be an object")])
    if twice := [name for name in call.params if name in body]:
        raise InvalidFields([FieldError(f"/{name}", "is already in the path") for name in twice])

    return Draft(
        org=call.org,
        plan=call.key.plan,
        dialect=call.dialect.name,
        type=job_type.name,
        input=body | dict(call.params),
        input_at="",
    )


def accepted_response(
    accepted: AcceptedJob, document: Mapping[str, object], location: str, seconds: int | None = None
) -> Response:
    """Return the 202 of a submission, or 200 for a job that was there before. `location` is the path to poll,
    first after `seconds`; the default is the usual time of such a job.

    Raises: JobExpired for a replay whose job cannot be polled any more.
    """
    if accepted.expired:
        raise JobExpired
    job = accepted.job
    wait = pause(job, job.created_at) if seconds is None else seconds
    status = 200 if accepted.existing else 202
    response = Response.json(status, document, location=path_for_clients(location), retry_after=str(wait))
    return response.with_headers(replayed(accepted))


def replayed(accepted: AcceptedJob) -> dict[str, str]:
    """Return the header of an answer that repeats an earlier one."""
    return {"Idempotent-Replayed": "true"} if accepted.replayed else {}


def state_response(
    call: Call, job: Job, document: Mapping[str, object], seconds: int | None = None, status: int = 200
) -> Response:
    """Return a job, with `Retry-After` until it has ended: `seconds`, or when it usually ends."""
    response = Response.json(status, document)
    if job.ended_at is not None:
        return response
    wait = pause(job, call.engine.clock.now()) if seconds is None else seconds
    return response.with_headers({"Retry-After": str(wait)})


def show_job(call: Call) -> Response:
    """Return a job at a shared path, in its own dialect, or the first one if its own was removed.

    Raises: what `JobReader.get` raises.
    """
    job = call.engine.reader.get(call.org, call.params["job_id"])
    first = next(iter(call.dialects.values()))
    return call.dialects.get(job.dialect, first).show(call, job)
