"""deepidv's contract: `x-api-key`, camelCase, and polling at `/v1/async-jobs/{jobId}`.

Every poll loads this module.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

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
from claimcheck.http.rendering import render_pointers, result_url
from claimcheck.http.submissions import accept, accepted_response, draft_of, state_response
from claimcheck.service.reader import EMBEDDED_LIMIT, pause

if TYPE_CHECKING:
    from apps.deepidv.dialect.described import responses
    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.domain.job import Job, Millis

NAME = "deepidv"
# Seconds. The published page: "Poll on a backoff interval (e.g. every 2-5 seconds)".
SHORTEST_PAUSE, LONGEST_PAUSE = 2, 5


class ForeignJob(JobNotFound):
    """This job belongs to another organisation."""

    code = "foreign_job"


def submit_job(job_type: JobType, call: Call) -> Response:
    accepted = accept(call, lambda body: draft_of(call, job_type, body))
    job = accepted.job
    document: responses.PendingAsyncJob = {**_fields(job), "status": "pending"}
    location = f"/v1/async-jobs/{job.job_id}"
    return accepted_response(accepted, document, location, _pause(job, job.created_at))


def get_async_job(call: Call) -> Response:
    """Show a job of this dialect. Jobs of other dialects do not exist here.

    Raises: ForeignJob, and the errors of `JobReader.get`.
    """
    try:
        job = call.engine.reader.get(call.org, call.params["jobId"])
    except OtherOrgsJob as error:
        raise (ForeignJob if error.dialect == NAME else JobNotFound) from None
    if job.dialect != NAME:
        raise JobNotFound
    return show(call, job)


def show(call: Call, job: Job) -> Response:
    document = render(job, call.engine.reader.shown_result(job, EMBEDDED_LIMIT))
    return state_response(call, job, document, _pause(job, call.engine.clock.now()))


def render(job: Job, result: str | None) -> responses.AsyncJob:
    """Render a job. `result` is JSON text, or None if it is too large to embed."""
    fields = _fields(job)
    if job.error is not None:
        return {**fields, "status": "failed", "error": job.error.message or job.error.code}
    if job.status is Status.PENDING:
        return {**fields, "status": "pending"}
    if job.status is Status.PROCESSING:
        return {**fields, "status": "processing"}
    large: responses.AsyncJobResultElsewhere = {"resultUrl": result_url(job)}
    return {**fields, "status": "ready", "result": large if result is None else json.loads(result)}


def _fields(job: Job) -> responses.AsyncJobFields:
    return {
        "jobId": job.job_id,
        "status": job.status,
        "createdAt": job.created_at,
        "updatedAt": rfc3339(job.updated_at),
    }


def _pause(job: Job, now: Millis) -> int:
    return min(max(pause(job, now), SHORTEST_PAUSE), LONGEST_PAUSE)


def problem(error: ClaimcheckError, status: int, request: Request) -> Response:
    document: responses.DeepidvError = {
        "error": error.message,
        "code": error.code,
        "requestId": request.request_id,
    }
    if isinstance(error, InvalidFields):
        document["errors"] = render_pointers(error)
    if isinstance(error, InsufficientCredits):
        document |= {"needed": error.needed, "left": error.left}
    return Response.json(status, document)


def secret(request: Request) -> str | None:
    return request.headers.get("x-api-key")


DIALECT = Dialect(
    name=NAME,
    key_prefix="didv_live_",
    # No registered scheme means an API key in a header (IANA, "HTTP Authentication Scheme Registry").
    challenge='ApiKey header="x-api-key"',
    routes=(Route("GET", "/v1/async-jobs/{jobId}", get_async_job, READ),),
    secret=secret,
    accept=submit_job,
    show=show,
    problem=problem,
    # The published page has 400, 401, 403, 404 and 500.
    statuses={MissingApiKey: 403, ForeignJob: 403, Unprocessable: 400, Unavailable: 500},
)
