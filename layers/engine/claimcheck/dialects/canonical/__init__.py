"""Claimcheck's own contract: `/v1/jobs`, snake_case, RFC 9457 problems.

This file is on the path of every poll; what only a submission needs is in `requests`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.clock import rfc3339
from claimcheck.dialects.canonical.callbacks import render_callback, render_delivery
from claimcheck.dialects.canonical.schedules import ROUTES as SCHEDULES
from claimcheck.endpoints import accept, draft_of
from claimcheck.http import Call, Dialect, Request, Response
from claimcheck.problems import problem
from claimcheck.routing import Route
from claimcheck.service.reading import pause
from claimcheck.tenancy import READ, WRITE

if TYPE_CHECKING:
    from claimcheck.catalog import Catalog, JobType
    from claimcheck.model import Execution, Job, JobError, Millis
    from claimcheck.openapi.reference import Reference
    from claimcheck.service.submission import Accepted

NAME = "canonical"


def submit_job(call: Call) -> Response:
    from claimcheck.dialects.canonical.requests import submission_of

    submission = call.engine.submission
    return accepted(accept(call, NAME, lambda body: submission_of(body, call.key, submission)))


def submit_input(job_type: JobType, call: Call) -> Response:
    """At the endpoint of a job type of its own: the body is the input."""
    return accepted(accept(call, NAME, lambda body: draft_of(call, NAME, job_type, body)))


def accepted(accepted: Accepted) -> Response:
    job = accepted.job
    poll_url = _url(job)
    response = Response.json(
        202,
        render(job) | {"poll_url": poll_url},
        location=poll_url,
        retry_after=str(pause(job, job.created_at)),
    )
    return response.with_headers({"Idempotent-Replayed": "true"} if accepted.replayed else {})


def get_job(call: Call) -> Response:
    return show(call, call.engine.reading.get(call.org, call.params["job_id"]))


def show(call: Call, job: Job) -> Response:
    return _state(200, job, call.engine.clock.now(), call.engine.reading.shown_result(job))


def get_result(call: Call) -> Response:
    result = call.engine.reading.result(call.org, call.params["job_id"])
    if result.url is not None:
        return Response(303, "", {"Location": result.url})
    return Response(200, result.text or "", {"Content-Type": "application/json"})


def list_jobs(call: Call) -> Response:
    from claimcheck.dialects.canonical.listing import listing_of

    wanted = listing_of(call.request.query)
    listing = call.engine.reading.list_jobs(call.org, wanted.status, wanted.type, wanted.limit, wanted.cursor)
    jobs = [render(job) for job in listing.jobs]
    return Response.json(200, {"jobs": jobs, "next_cursor": listing.after})


def list_executions(call: Call) -> Response:
    executions = call.engine.reading.executions(call.org, call.params["job_id"])
    return Response.json(200, {"executions": [render_execution(each) for each in executions]})


def cancel_job(call: Call) -> Response:
    job = call.engine.cancellation.cancel(call.org, call.params["job_id"])
    return _state(202, job, call.engine.clock.now(), None)


def list_deliveries(call: Call) -> Response:
    deliveries = call.engine.redelivery.deliveries(call.org, call.params["job_id"])
    return Response.json(200, {"deliveries": [render_delivery(each) for each in deliveries]})


def redeliver(call: Call) -> Response:
    job = call.engine.redelivery.redeliver(call.org, call.params["job_id"])
    return _state(202, job, call.engine.clock.now(), None)


def get_openapi(call: Call) -> Response:
    return Response(200, call.engine.openapi, {"Content-Type": "application/json"})


def get_health(call: Call) -> Response:
    return Response.json(200, {"status": "ok"})


def document_of(job: Job, result: str | None) -> str:
    """The job as `get_job` shows it, for its callback."""
    return Response.json(200, render(job, result)).body


def render(job: Job, result: str | None = None) -> dict[str, Any]:
    """The job as the union on `status` shows it. `result` is JSON text; without it there is a URL."""
    progress = job.progress and {
        "done": job.progress.done,
        "total": job.progress.total,
        "message": job.progress.message,
    }
    document: dict[str, Any] = {
        "job_id": job.job_id,
        "type": job.type,
        "type_version": job.type_version,
        "status": job.status,
        "attempt": job.attempt,
        "progress": progress,
        "metadata": job.metadata,
        "created_at": rfc3339(job.created_at),
        "updated_at": rfc3339(job.updated_at),
        "run_at": rfc3339(job.run_at),
        "deadline": rfc3339(job.deadline),
        "cancel_requested_at": _time(job.cancel_requested_at),
        "callback": render_callback(job.callback, job.not_before if job.owes_callback else None),
    }
    if job.ended_at is None:
        return document
    return document | _end(job, result)


def _end(job: Job, result: str | None) -> dict[str, Any]:
    ended = {"ended_at": _time(job.ended_at), "expires_at": _time(job.expires_at)}
    if job.error is not None:
        return {"error": _error(job.error), **ended}
    if result is None:
        return {"result_url": f"{_url(job)}/result", **ended}
    return {"result": json.loads(result), **ended}


def _error(error: JobError) -> dict[str, str]:
    return {"code": error.code, "message": error.message}


def render_execution(execution: Execution) -> dict[str, Any]:
    return {
        "number": execution.number,
        "attempt": execution.attempt,
        "outcome": execution.outcome,
        "due_at": _time(execution.due_at),
        "started_at": rfc3339(execution.started_at),
        "lateness_ms": None if execution.due_at is None else execution.started_at - execution.due_at,
        "ended_at": _time(execution.ended_at),
        "error": execution.error and _error(execution.error),
        "details": execution.details,
    }


def secret(request: Request) -> str | None:
    return request.bearer() or request.headers.get("x-api-key")


def _time(at: Millis | None) -> str | None:
    return None if at is None else rfc3339(at)


def _state(status: int, job: Job, now: Millis, result: str | None) -> Response:
    response = Response.json(status, render(job, result))
    if job.ended_at is not None:
        return response
    return response.with_headers({"Retry-After": str(pause(job, now))})


def _url(job: Job) -> str:
    return f"/v1/jobs/{job.job_id}"


def describe(catalog: Catalog) -> Reference:
    from claimcheck.dialects.canonical.reference import reference

    return reference(catalog)


DIALECT = Dialect(
    name=NAME,
    precedence=0,
    key_prefix="cck_live_",
    routes=(
        Route("GET", "/v1/jobs/{job_id}", get_job, READ),
        Route("POST", "/v1/jobs", submit_job, WRITE),
        Route("GET", "/v1/jobs", list_jobs, READ),
        Route("GET", "/v1/jobs/{job_id}/result", get_result, READ),
        Route("GET", "/v1/jobs/{job_id}/executions", list_executions, READ),
        Route("POST", "/v1/jobs/{job_id}/cancel", cancel_job, WRITE),
        Route("GET", "/v1/jobs/{job_id}/deliveries", list_deliveries, READ),
        Route("POST", "/v1/jobs/{job_id}/redeliver", redeliver, WRITE),
        *SCHEDULES,
        Route("GET", "/openapi.json", get_openapi),
        Route("GET", "/health", get_health),
    ),
    secret=secret,
    accept=submit_input,
    show=show,
    problem=problem,
    describe=describe,
)
