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
    render_default_callback,
    render_delivery,
    render_execution,
    render_existing,
    render_jobs,
    render_movement,
    url_of,
)
from claimcheck.canonical.schedule_endpoints import ROUTES as SCHEDULES
from claimcheck.domain.errors import FieldError, InvalidFields
from claimcheck.domain.keys import READ, WRITE
from claimcheck.http.contract import Call, Dialect, Request, Response, Route, path_for_clients
from claimcheck.http.problems import problem
from claimcheck.http.submissions import accept, accepted_response, counted, draft_of, replayed, state_response
from claimcheck.service.reader import pause

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
    render_it = render_existing if accepted.existing else render_accepted
    return accepted_response(accepted, render_it(accepted.job), url_of(accepted.job))


def submit_batch(call: Call) -> Response:
    from claimcheck.canonical.batches import submit

    return submit(call)


def get_job(call: Call) -> Response:
    return show(call, call.engine.reader.get(call.org, call.params["job_id"]))


def show(call: Call, job: Job) -> Response:
    ahead = None if job.waits is None else call.engine.flow_reader.ahead(job)
    return state_response(call, job, render(job, call.engine.reader.shown_result(job), ahead))


def get_result(call: Call) -> Response:
    redirect = _redirect_in(call.request.query)
    result = call.engine.reader.result(call.org, call.params["job_id"])
    if result.url is not None:
        return _download(result.url, redirect)
    return Response(200, result.text or "", {"Content-Type": "application/json"})


def get_file(call: Call) -> Response:
    redirect = _redirect_in(call.request.query)
    url = call.engine.reader.file_url(call.org, call.params["job_id"], call.params["token"])
    return _download(url, redirect)


def _download(url: str, redirect: bool) -> Response:
    document: responses.DownloadUrl = {"url": url}
    return Response(303, "", {"Location": url}) if redirect else Response.json(200, document)


def _redirect_in(query: list[tuple[str, str]]) -> bool:
    """Raises: InvalidFields unless the query is empty, or only `redirect=true` or `redirect=false`."""
    if query in ([], [("redirect", "true")]):
        return True
    if query == [("redirect", "false")]:
        return False
    raise InvalidFields([FieldError(f"?{query[0][0]}", "the only parameter is redirect, true or false")])


def list_jobs(call: Call) -> Response:
    from claimcheck.canonical.listing import ids_of, listing_of

    if (job_ids := ids_of(call.request.query)) is not None:
        return _some_jobs(call, job_ids)
    wanted, page = listing_of(call.request.query)
    listing = call.engine.reader.list_jobs(call.org, wanted, page.limit, page.cursor)
    return Response.json(200, render_jobs(listing, wanted.cursor_of))


def _some_jobs(call: Call, job_ids: list[str]) -> Response:
    jobs = call.engine.reader.some(call.org, job_ids)
    found = {job.job_id for job in jobs}
    document: responses.JobList = {
        "jobs": [render(job, job.result and job.result.text) for job in jobs],
        "next_cursor": None,
        "not_found": [job_id for job_id in job_ids if job_id not in found],
    }
    response = Response.json(200, document)
    now = call.engine.clock.now()
    waits = [pause(job, now) for job in jobs if job.ended_at is None]
    return response.with_headers({"Retry-After": str(min(waits))} if waits else {})


def list_executions(call: Call) -> Response:
    found = call.engine.reader.executions(call.org, call.params["job_id"])
    document: history_responses.ExecutionList = {"executions": [render_execution(each) for each in found]}
    return Response.json(200, document)


def cancel_job(call: Call) -> Response:
    job = call.engine.editor.cancel(call.org, call.params["job_id"])
    return state_response(call, job, render(job), status=202)


def retry_job(call: Call) -> Response:
    retrier, job_id = call.engine.retrier, call.params["job_id"]
    accepted = retrier.replay(call.org, job_id) or counted(
        call, None, lambda: retrier.retry(call.org, job_id)
    )
    job = accepted.job
    response = state_response(call, job, render(job), status=202)
    return response.with_headers({"Location": path_for_clients(url_of(job)), **replayed(accepted)})


def start_bulk(call: Call) -> Response:
    """Serve the path of the engine's own job type."""
    from claimcheck.service.bulk import JOB_TYPE

    return submit_input(JOB_TYPE, call)


def list_deliveries(call: Call) -> Response:
    deliveries = call.engine.reader.deliveries(call.org, call.params["job_id"])
    document: history_responses.DeliveryList = {"deliveries": [render_delivery(each) for each in deliveries]}
    return Response.json(200, document)


def redeliver(call: Call) -> Response:
    job = call.engine.editor.redeliver(call.org, call.params["job_id"])
    return state_response(call, job, render(job), status=202)


def create_upload(call: Call) -> Response:
    from claimcheck.canonical.uploads import request_upload

    return Response.json(201, request_upload(call))


def put_default_callback(call: Call) -> Response:
    from claimcheck.canonical.callback_requests import default_callback_of

    default = default_callback_of(call.request.json())
    call.engine.callback_settings.put(call.org, default)
    return Response.json(200, render_default_callback(default))


def get_default_callback(call: Call) -> Response:
    return Response.json(200, render_default_callback(call.engine.callback_settings.get(call.org)))


def delete_default_callback(call: Call) -> Response:
    call.engine.callback_settings.delete(call.org)
    return Response(204, "")


def get_credits(call: Call) -> Response:
    document: responses.Credits = {"credits": call.engine.credits.credits(call.org)}
    return Response.json(200, document)


def list_movements(call: Call) -> Response:
    from claimcheck.http.ledger import read_ledger

    page = read_ledger(call)
    document: responses.Ledger = {
        "movements": [render_movement(each) for each in page.entries],
        "next_cursor": page.after,
    }
    return Response.json(200, document)


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
        Route("POST", "/v1/jobs/batch", submit_batch, WRITE),
        Route("GET", "/v1/jobs/{job_id}/result", get_result, READ),
        Route("GET", "/v1/jobs/{job_id}/executions", list_executions, READ),
        Route("POST", "/v1/jobs/{job_id}/cancel", cancel_job, WRITE),
        Route("POST", "/v1/jobs/{job_id}/retry", retry_job, WRITE),
        Route("GET", "/v1/jobs/{job_id}/deliveries", list_deliveries, READ),
        Route("POST", "/v1/jobs/{job_id}/redeliver", redeliver, WRITE),
        Route("GET", "/v1/jobs/{job_id}/files/{token}/{name}", get_file, READ),
        Route("POST", "/v1/uploads", create_upload, WRITE),
        Route("POST", "/v1/bulk", start_bulk, WRITE),
        *SCHEDULES,
        Route("PUT", "/v1/callbacks/default", put_default_callback, WRITE),
        Route("GET", "/v1/callbacks/default", get_default_callback, READ),
        Route("DELETE", "/v1/callbacks/default", delete_default_callback, WRITE),
        *FLOWS,
        Route("GET", "/v1/credits", get_credits, READ),
        Route("GET", "/v1/credits/ledger", list_movements, READ),
        Route("GET", "/openapi.json", get_openapi),
        Route("GET", "/health", get_health),
    ),
    secret=secret,
    accept=submit_input,
    show=show,
    problem=problem,
)
