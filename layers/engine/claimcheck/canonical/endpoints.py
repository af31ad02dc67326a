"""Claimcheck's own contract: `/v1/jobs`, snake_case, RFC 9457 problems.

This file is on the path of every poll; what only a submission needs is in `requests`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.canonical.answers import accepted, state
from claimcheck.canonical.rendering import NAME, render, render_delivery, render_execution
from claimcheck.canonical.schedule_endpoints import ROUTES as SCHEDULES
from claimcheck.domain.keys import READ, WRITE
from claimcheck.http.contract import Call, Dialect, Request, Response, Route
from claimcheck.http.problems import problem
from claimcheck.http.submissions import accept, draft_of

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.job import Job


def submit_job(call: Call) -> Response:
    from claimcheck.canonical.requests import submission_of

    submission = call.engine.submission
    return accepted(accept(call, NAME, lambda body: submission_of(body, call.key, submission)))


def submit_input(job_type: JobType, call: Call) -> Response:
    """At the endpoint of a job type of its own: the body is the input."""
    return accepted(accept(call, NAME, lambda body: draft_of(call, NAME, job_type, body)))


def get_job(call: Call) -> Response:
    return show(call, call.engine.reader.get(call.org, call.params["job_id"]))


def show(call: Call, job: Job) -> Response:
    return state(200, job, call.engine.clock.now(), call.engine.reader.shown_result(job))


def get_result(call: Call) -> Response:
    result = call.engine.reader.result(call.org, call.params["job_id"])
    if result.url is not None:
        return Response(303, "", {"Location": result.url})
    return Response(200, result.text or "", {"Content-Type": "application/json"})


def list_jobs(call: Call) -> Response:
    from claimcheck.canonical.listing import listing_of

    wanted = listing_of(call.request.query)
    listing = call.engine.reader.list_jobs(call.org, wanted.status, wanted.type, wanted.limit, wanted.cursor)
    jobs = [render(job) for job in listing.jobs]
    return Response.json(200, {"jobs": jobs, "next_cursor": listing.after})


def list_executions(call: Call) -> Response:
    executions = call.engine.reader.executions(call.org, call.params["job_id"])
    return Response.json(200, {"executions": [render_execution(each) for each in executions]})


def cancel_job(call: Call) -> Response:
    job = call.engine.cancellation.cancel(call.org, call.params["job_id"])
    return state(202, job, call.engine.clock.now(), None)


def list_deliveries(call: Call) -> Response:
    deliveries = call.engine.redelivery.deliveries(call.org, call.params["job_id"])
    return Response.json(200, {"deliveries": [render_delivery(each) for each in deliveries]})


def redeliver(call: Call) -> Response:
    job = call.engine.redelivery.redeliver(call.org, call.params["job_id"])
    return state(202, job, call.engine.clock.now(), None)


def get_openapi(call: Call) -> Response:
    return Response(200, call.engine.openapi, {"Content-Type": "application/json"})


def get_health(call: Call) -> Response:
    return Response.json(200, {"status": "ok"})


def secret(request: Request) -> str | None:
    return request.bearer() or request.headers.get("x-api-key")


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
)
