"""Claimcheck's own contract: `/v1/jobs`, snake_case, RFC 9457 problems.

Every poll loads this module. Code for submissions is in `requests`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.canonical.flow_endpoints import ROUTES as FLOWS
from claimcheck.canonical.rendering import (
    NAME,
    render,
    render_accepted,
    render_delivery,
    render_execution,
    render_jobs,
    url_of,
)
from claimcheck.canonical.schedule_endpoints import ROUTES as SCHEDULES
from claimcheck.domain.keys import READ, WRITE
from claimcheck.http.contract import Call, Dialect, Request, Response, Route
from claimcheck.http.problems import problem
from claimcheck.http.submissions import accept, accepted_response, draft_of, state_response

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import JobType
    from claimcheck.canonical.described import history_responses, responses
    from claimcheck.domain.job import Job
    from claimcheck.service.submission import AcceptedJob


def submit_job(call: Call) -> Response:
    from claimcheck.canonical.requests import submission_of

    submission = call.engine.submission
    return _accepted(accept(call, lambda body: submission_of(body, call.key, submission)))


def submit_input(job_type: JobType, call: Call) -> Response:
    """Serve the path of a job type: the body is the input."""
    return _accepted(accept(call, lambda body: draft_of(call, job_type, body)))


def _accepted(accepted: AcceptedJob) -> Response:
    return accepted_response(accepted, render_accepted(accepted.job), url_of(accepted.job))


def get_job(call: Call) -> Response:
    return show(call, call.engine.reader.get(call.org, call.params["job_id"]))


def show(call: Call, job: Job) -> Response:
    ahead = None if job.waits is None else call.engine.flow_reader.ahead(job)
    return state_response(call, job, render(job, call.engine.reader.shown_result(job), ahead))


def get_result(call: Call) -> Response:
    redirect = _redirect_in(call.request.query)
    result = call.engine.reader.result(call.org, call.params["job_id"])
    if result.url is not None:
        document: responses.ResultUrl = {"url": result.url}
        return Response(303, "", {"Location": result.url}) if redirect else Response.json(200, document)
    return Response(200, result.text or "", {"Content-Type": "application/json"})


def _redirect_in(query: list[tuple[str, str]]) -> bool:
    """Raises: InvalidFields unless the query is empty, or only `redirect=true` or `redirect=false`."""
    if query in ([], [("redirect", "true")]):
        return True
    if query == [("redirect", "false")]:
        return False
    from claimcheck.domain.errors import FieldError, InvalidFields

    raise InvalidFields([FieldError(f"?{query[0][0]}", "the only parameter is redirect, true or false")])


def list_jobs(call: Call) -> Response:
    from claimcheck.canonical.listing import listing_of

    wanted = listing_of(call.request.query)
    listing = call.engine.reader.list_jobs(call.org, wanted.status, wanted.type, wanted.limit, wanted.cursor)
    return Response.json(200, render_jobs(listing))


def list_executions(call: Call) -> Response:
    found = call.engine.reader.executions(call.org, call.params["job_id"])
    document: history_responses.ExecutionList = {"executions": [render_execution(each) for each in found]}
    return Response.json(200, document)


def cancel_job(call: Call) -> Response:
    job = call.engine.editor.cancel(call.org, call.params["job_id"])
    return state_response(call, job, render(job), status=202)


def list_deliveries(call: Call) -> Response:
    deliveries = call.engine.reader.deliveries(call.org, call.params["job_id"])
    document: history_responses.DeliveryList = {"deliveries": [render_delivery(each) for each in deliveries]}
    return Response.json(200, document)


def redeliver(call: Call) -> Response:
    job = call.engine.editor.redeliver(call.org, call.params["job_id"])
    return state_response(call, job, render(job), status=202)


def get_openapi(call: Call) -> Response:
    from hashlib import sha256

    document = call.engine.openapi
    headers = {
        "Cache-Control": "public, max-age=300",
        "ETag": f'"{sha256(document.encode()).hexdigest()[:32]}"',
    }
    if headers["ETag"] in call.request.headers.get("if-none-match", ""):
        return Response(304, "", headers)
    return Response(200, document, {"Content-Type": "application/json"} | headers)


def get_health(call: Call) -> Response:
    document: responses.Health = {"status": "ok"}
    return Response.json(200, document)


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
        *FLOWS,
        Route("GET", "/openapi.json", get_openapi),
        Route("GET", "/health", get_health),
    ),
    secret=secret,
    accept=submit_input,
    show=show,
    problem=problem,
)
