"""FlowRelay's contract: submissions return a `jobId`, and jobs are polled as `{job, result}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from apps.flowrelay.dialect.artifacts import get_handoff, get_insight, list_handoffs, list_insights
from apps.flowrelay.dialect.rendering import render_error, render_job
from claimcheck.domain.keys import READ
from claimcheck.http import submissions as endpoints
from claimcheck.http.contract import Call, Dialect, Request, Response, Route
from claimcheck.service.reader import EMBEDDED_LIMIT

if TYPE_CHECKING:
    from apps.flowrelay.dialect.described import responses
    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.domain.job import Job
    from claimcheck.service.submission import Draft

# Seconds between polls: "a poll interval of 2 seconds" (FlowRelay, "Async jobs", Recommended timeout).
PAUSE = 2
# Characters. Lists do not show longer names.
PROJECT_LIMIT = 500


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


def problem(error: ClaimcheckError, status: int, request: Request) -> Response:
    return Response.json(status, render_error(error))


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
    secret=Request.bearer,
    accept=accept,
    show=show,
    problem=problem,
)
