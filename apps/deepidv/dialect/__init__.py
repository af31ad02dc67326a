"""deepidv's contract: `x-api-key`, camelCase, a `jobId` to poll at `/v1/async-jobs/{jobId}`.

This file is on the path of every poll; what only the API's description needs is in `reference`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import (
    InsufficientCredits,
    InvalidFields,
    JobNotFound,
    MissingApiKey,
    OtherOrgsJob,
    Unavailable,
    Unprocessable,
)
from claimcheck.domain.job import Status
from claimcheck.domain.keys import READ
from claimcheck.http.contract import Call, Dialect, Request, Response, Route
from claimcheck.http.submissions import accept, draft_of
from claimcheck.service.reader import EMBEDDED_LIMIT, pause

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.domain.job import Job, Millis

NAME = "deepidv"
WORDS = {
    Status.PENDING: "pending",
    Status.PROCESSING: "processing",
    Status.COMPLETED: "ready",
    Status.FAILED: "failed",
}
# "Poll on a backoff interval (e.g. every 2-5 seconds)", in seconds.
SHORTEST_PAUSE, LONGEST_PAUSE = 2, 5


class ForeignJob(JobNotFound):
    """This job belongs to another organisation."""

    code = "foreign_job"


def submit_job(job_type: JobType, call: Call) -> Response:
    """At the endpoint of a job type: the body is the input."""
    accepted = accept(call, NAME, lambda body: draft_of(call, NAME, job_type, body))
    job = accepted.job
    response = Response.json(
        202, _common(job), location=f"/v1/async-jobs/{job.job_id}", retry_after=_pause(job, job.created_at)
    )
    return response.with_headers({"Idempotent-Replayed": "true"} if accepted.replayed else {})


def get_async_job(call: Call) -> Response:
    """Raises: what `JobReader.get` raises; ForeignJob. What another contract made is no async job of this
    one: nobody is told that it is there."""
    try:
        job = call.engine.reader.get(call.org, call.params["jobId"])
    except OtherOrgsJob as error:
        raise (ForeignJob if error.dialect == NAME else JobNotFound) from None
    if job.dialect != NAME:
        raise JobNotFound
    return show(call, job)


def show(call: Call, job: Job) -> Response:
    response = Response.json(200, render(job, call.engine.reader.shown_result(job, EMBEDDED_LIMIT)))
    if job.ended_at is not None:
        return response
    return response.with_headers({"Retry-After": _pause(job, call.engine.clock.now())})


def render(job: Job, result: str | None) -> dict[str, Any]:
    """The union on `status`. `result` is JSON text; a job that is ready without it has a large one."""
    if job.error is not None:
        return _common(job) | {"error": job.error.message or job.error.code}
    if job.ended_at is None:
        return _common(job)
    if result is None:
        return _common(job) | {"result": {"resultUrl": f"/v1/jobs/{job.job_id}/result"}}
    return _common(job) | {"result": json.loads(result)}


def _common(job: Job) -> dict[str, Any]:
    return {
        "jobId": job.job_id,
        "status": WORDS[job.status],
        "createdAt": job.created_at,
        "updatedAt": rfc3339(job.updated_at),
    }


def _pause(job: Job, now: Millis) -> str:
    return str(min(max(pause(job, now), SHORTEST_PAUSE), LONGEST_PAUSE))


def problem(error: ClaimcheckError, status: int, request: Request) -> Response:
    """`error` is a string, as a failed job's is; `code` is for programs."""
    document: dict[str, Any] = {
        "error": error.message,
        "code": error.code,
        "requestId": request.request_id,
    }
    if isinstance(error, InvalidFields):
        document["errors"] = [{"pointer": each.pointer, "message": each.message} for each in error.errors]
    if isinstance(error, InsufficientCredits):
        document |= {"needed": error.needed, "left": error.left}
    return Response.json(status, document)


def secret(request: Request) -> str | None:
    return request.headers.get("x-api-key")


DIALECT = Dialect(
    name=NAME,
    key_prefix="didv_live_",
    # No registered scheme says "in this header" (IANA, "HTTP Authentication Scheme Registry").
    challenge='ApiKey header="x-api-key"',
    routes=(Route("GET", "/v1/async-jobs/{jobId}", get_async_job, READ),),
    secret=secret,
    accept=submit_job,
    show=show,
    problem=problem,
    # Its page has 400, 401, 403, 404 and 500.
    statuses={MissingApiKey: 403, ForeignJob: 403, Unprocessable: 400, Unavailable: 500},
)
