"""The parts of endpoints that several dialects share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from claimcheck.http.contract import Call, Request, Response, path_for_clients
from claimcheck.service.reader import pause

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.job import Job, Trace
    from claimcheck.service.submission import AcceptedJob, Draft


TRACEPARENT = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<parent>[0-9a-f]{16})-[0-9a-f]{2}", re.ASCII
)
# "Vendors SHOULD propagate at least 512 characters of a combined header" ("tracestate Limits").
TRACESTATE = re.compile(r"[\x20-\x7e]{1,512}")
# Requests a callback in any dialect, since bodies differ.
CALLBACK_URL = "claimcheck-callback-url"
# Names the flow of a job in any dialect.
FLOW = "claimcheck-flow"


def accept(call: Call, read: Callable[[Any], Draft]) -> AcceptedJob:
    """Submit the job that `read` makes from the body, with the callback and the flow of the headers.

    A request with the same `Idempotency-Key`, path, body and headers returns the first job, before `read`.

    Raises: what `Request.json`, `IdempotencyKey.of`, `Submission.submit` and `read` raise.
    """
    from claimcheck.service.submission import IdempotencyKey

    body = call.request.json()
    given = call.request.headers.get("idempotency-key")
    key = IdempotencyKey.of(given, call.dialect.name, call.request.path, body, *said_in_headers(call.request))
    submission = call.engine.submission
    if replayed := submission.replay(call.org, key):
        return replayed
    headers = call.request.headers
    draft = _calling_back(read(body), headers.get(CALLBACK_URL))
    draft = _in_flow(draft, headers.get(FLOW))
    return submission.submit(draft._replace(trace=trace_of(call.request.headers)), key)


def said_in_headers(request: Request) -> list[Any]:
    """Return what the headers of a submission say beside its body, for the fingerprint of the request.

    Without a flow it is what version 0.2 makes of a callback, so replays are recognised across a deploy.
    """
    callback_url, flow = (request.headers.get(name) for name in (CALLBACK_URL, FLOW))
    if flow is not None:
        return [callback_url, flow]
    return [] if callback_url is None else [callback_url]


def trace_of(headers: Mapping[str, str]) -> Trace | None:
    """Return the trace of a request, or None if it has none that is valid.

    "If parsing fails, the vendor creates a new trace" (W3C Trace Context, "Processing model"): without one
    of our own, the job has none.
    """
    from claimcheck.domain.job import Trace

    parent, state = headers.get("traceparent", ""), headers.get("tracestate", "")
    found = TRACEPARENT.fullmatch(parent)
    if not found or found["version"] == "ff" or not int(found["trace"], 16) or not int(found["parent"], 16):
        return None
    return Trace(parent, state if TRACESTATE.fullmatch(state) else None)


def _calling_back(draft: Draft, url: str | None) -> Draft:
    """Raises: InvalidFields if the body has a callback, too."""
    from claimcheck.domain.errors import FieldError, InvalidFields

    if url is None:
        return draft
    if draft.callback_url is not None:
        raise InvalidFields([FieldError("/callback_url", "is already in the header Claimcheck-Callback-Url")])
    return draft._replace(callback_url=url, callback_at="")


def _in_flow(draft: Draft, name: str | None) -> Draft:
    """Raises: InvalidFields if the body names a flow, too."""
    from claimcheck.domain.errors import FieldError, InvalidFields

    if name is None:
        return draft
    if draft.flow is not None:
        raise InvalidFields([FieldError("/flow", "is already in the header Claimcheck-Flow")])
    return draft._replace(flow=name, flow_at="")


def draft_of(call: Call, job_type: JobType, body: Any) -> Draft:
    """Return the job whose input is the body and the fields in the path. Raises: InvalidFields."""
    from claimcheck.domain.errors import FieldError, InvalidFields
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
    """Return the 202 of a submission. `location` is the path to poll, first after `seconds`; the default is
    the usual time of such a job.

    Raises: JobExpired for a replay whose job cannot be polled any more.
    """
    if accepted.expired:
        from claimcheck.domain.errors import JobExpired

        raise JobExpired
    job = accepted.job
    wait = pause(job, job.created_at) if seconds is None else seconds
    response = Response.json(202, document, location=path_for_clients(location), retry_after=str(wait))
    return response.with_headers({"Idempotent-Replayed": "true"} if accepted.replayed else {})


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
