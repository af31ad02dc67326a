"""FlowRelay's contract: submissions return a `jobId`, and jobs are polled as `{job, result}`.

An artifact has its job's id and expires with its job.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import ClaimcheckError, DocumentNotFound, InvalidFields, JobNotFound
from claimcheck.domain.job import Job, Status
from claimcheck.domain.keys import READ
from claimcheck.domain.ports import Page
from claimcheck.http import submissions as endpoints
from claimcheck.http.contract import Call, Dialect, Request, Response, Route
from claimcheck.http.rendering import render_fields, render_progress, render_result
from claimcheck.service.reader import EMBEDDED_LIMIT, MAX_PAGE, JobFilter, JobReader

if TYPE_CHECKING:
    from apps.flowrelay.dialect.described import responses
    from claimcheck.authoring.catalog import JobType
    from claimcheck.http.paging import Paging
    from claimcheck.service.submission import Draft

# Seconds between polls: "a poll interval of 2 seconds" (FlowRelay, "Async jobs", Recommended timeout).
PAUSE = 2
# Characters. Lists do not show longer names.
PROJECT_LIMIT = 500
# Pages of an org's jobs that one request reads at most.
PAGES = 5

NOT_MADE: responses.NotMade = {"result_kind": None, "result_id": None}
NOT_FAILED: responses.NotFailed = {"error": None, "error_code": None}


def accept(job_type: JobType, call: Call) -> Response:
    accepted = endpoints.accept(call, lambda body: _draft(job_type, call, body))
    job_id = accepted.job.job_id
    document: responses.FlowRelayAccepted = {"jobId": job_id, "status": "pending"}
    return endpoints.accepted_response(accepted, document, f"/api/v1/jobs/{job_id}", PAUSE)


def _draft(job_type: JobType, call: Call, body: Any) -> Draft:
    """Copy the project to the metadata: lists need it after the input is deleted."""
    draft = endpoints.draft_of(call, job_type, body)
    project = body.get("project")
    named = isinstance(project, str) and 0 < len(project) <= PROJECT_LIMIT
    return draft._replace(metadata={"project": project} if named else {})


def show(call: Call, job: Job) -> Response:
    document = render_job(job, call.engine.reader.shown_result(job, EMBEDDED_LIMIT))
    return endpoints.state_response(call, job, document, PAUSE)


def list_handoffs(call: Call) -> Response:
    return _list(call, "handoff")


def get_handoff(call: Call) -> Response:
    return _get(call, "handoff")


def list_insights(call: Call) -> Response:
    return _list(call, "insight")


def get_insight(call: Call) -> Response:
    return _get(call, "insight")


def _list(call: Call, kind: Literal["handoff", "insight"]) -> Response:
    from claimcheck.http.paging import paging_of

    found = find(call.engine.reader, call.org, kind, paging_of(call.request.query))
    rows = [render_row(job) for job in found.entries]
    document: responses.FlowRelayHandoffs | responses.FlowRelayInsights
    if kind == "handoff":
        document = {"handoffs": rows, "next_cursor": found.after}
    else:
        document = {"insights": rows, "next_cursor": found.after}
    return Response.json(200, document)


def _get(call: Call, kind: str) -> Response:
    """Raises: MalformedJobId, DocumentNotFound."""
    missing = DocumentNotFound(f"There is no {kind} with this id: it is unknown, not finished, or expired.")
    try:
        job = call.engine.reader.get(call.org, call.params[f"{kind}_id"])
    except JobNotFound:
        raise missing from None
    if job.type != kind or job.status is not Status.COMPLETED:
        raise missing
    result = render_result(job, call.engine.reader.shown_result(job, EMBEDDED_LIMIT))
    document: responses.FlowRelayArtifact = {**render_row(job), "result": result}
    return Response.json(200, document)


def find(reading: JobReader, org: str, kind: str, wanted: Paging) -> Page[Job]:
    """Return completed jobs of a kind, newest first: a page, or those in `PAGES` pages of the org's jobs."""
    found: list[Job] = []
    size, after = wanted.limit, wanted.cursor
    for _ in range(PAGES):
        page = reading.list_jobs(org, JobFilter(Status.COMPLETED, kind), size, after)
        found += page.entries
        size, after = MAX_PAGE, page.after
        if after is None or len(found) >= wanted.limit:
            break
    if len(found) > wanted.limit:
        return Page(found[: wanted.limit], found[wanted.limit - 1].job_id)
    return Page(found, after)


def render_job(job: Job, result: str | None) -> responses.FlowRelayJob:
    """Render a job. `result` is the artifact as JSON text; None if missing or too large."""
    fields = _fields(job)
    if job.error is not None:
        error, code = job.error.message, job.error.code
        return {
            "job": {**fields, "status": "failed", **NOT_MADE, "error": error, "error_code": code},
            "result": None,
        }
    if job.status is Status.COMPLETED:
        kind, made = job.type, job.job_id
        return {
            "job": {**fields, "status": "completed", "result_kind": kind, "result_id": made, **NOT_FAILED},
            "result": render_result(job, result),
        }
    status: Literal["pending", "processing"] = "pending" if job.status is Status.PENDING else "processing"
    return {"job": {**fields, "status": status, **NOT_MADE, **NOT_FAILED}, "result": None}


def _fields(job: Job) -> responses.JobFields:
    return {
        "id": job.job_id,
        "type": job.type,
        "status": job.status,
        "progress": render_progress(job.progress),
        "created_at": rfc3339(job.created_at),
        "updated_at": rfc3339(job.updated_at),
    }


def render_row(job: Job) -> responses.FlowRelayRow:
    assert job.ended_at is not None
    assert job.expires_at is not None
    return {
        "id": job.job_id,
        "kind": job.type,
        "project": job.metadata.get("project"),
        "created_at": rfc3339(job.created_at),
        "completed_at": rfc3339(job.ended_at),
        "expires_at": rfc3339(job.expires_at),
    }


def problem(error: ClaimcheckError, status: int, request: Request) -> Response:
    document: responses.FlowRelayError = {"error": error.message, "error_code": error.code}
    if isinstance(error, InvalidFields):
        document["errors"] = render_fields(error)
    return Response.json(status, document)


DIALECT = Dialect(
    name="flowrelay",
    key_prefix="flr_live_",
    routes=(
        Route("GET", "/api/v1/jobs/{job_id}", endpoints.show_job, READ),
        Route("GET", "/api/v1/handoffs", list_handoffs, READ),
        Route("GET", "/api/v1/handoffs/{handoff_id}", get_handoff, READ),
        Route("GET", "/api/v1/insights", list_insights, READ),
        Route("GET", "/api/v1/insights/{insight_id}", get_insight, READ),
    ),
    accept=accept,
    show=show,
    problem=problem,
)
