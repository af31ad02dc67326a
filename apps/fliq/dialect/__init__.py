"""Fliq's contract: a request that is sent at its time, and its executions.

Every poll loads this module. Only submissions need `requests`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from claimcheck.domain.clock import optional_rfc3339, rfc3339
from claimcheck.domain.errors import ClaimcheckError, InvalidFields
from claimcheck.domain.job import Execution, Job, Status
from claimcheck.domain.keys import READ
from claimcheck.http import submissions as endpoints
from claimcheck.http.contract import Call, Dialect, Request, Response, Route
from claimcheck.http.rendering import optional_error, render_error, render_fields, render_result
from claimcheck.service.reader import EMBEDDED_LIMIT, JobFilter

if TYPE_CHECKING:
    from apps.fliq.dialect.described import responses
    from claimcheck.authoring.catalog import JobType

NAME = "fliq"
# The statuses of jobs, in the order in which a job has them.
STATUSES: dict[str, Status] = {
    "scheduled": Status.PENDING,
    "running": Status.PROCESSING,
    "done": Status.COMPLETED,
    "failed": Status.FAILED,
}
# The status of an execution, by outcome.
EXECUTION_WORDS: dict[str, Literal["running", "done", "failed"]] = {
    "running": "running",
    "completed": "done",
    "again": "done",
    "failed": "failed",
    "retry": "failed",
    "timeout": "failed",
    "worker_lost": "failed",
}
NOT_ENDED: responses.NotEnded = {"ended_at": None, "expires_at": None, "result": None, "error": None}


def accept(job_type: JobType, call: Call) -> Response:
    from apps.fliq.dialect.requests import draft_from

    accepted = endpoints.accept(call, lambda body: draft_from(body, call, job_type))
    job = accepted.job
    return endpoints.accepted_response(accepted, _scheduled(job), f"/jobs/{job.job_id}")


def list_jobs(call: Call) -> Response:
    """Return the jobs that were submitted here. Jobs of other contracts make a page shorter."""
    from claimcheck.http.paging import is_failed_cursor, is_job_cursor, paging_of

    wanted = JobFilter(status=STATUSES.get(dict(call.request.query).get("status", "")))
    is_cursor = is_failed_cursor if wanted.failed else is_job_cursor
    page = paging_of(call.request.query, {"status": _status_error}, is_cursor)
    found = call.engine.reader.list_jobs(call.org, wanted, page.limit, page.cursor)
    document: responses.FliqJobs = {
        "jobs": [_row(job) for job in found.entries if job.dialect == NAME],
        "next_cursor": found.after,
    }
    return Response.json(200, document)


def _status_error(text: str) -> str | None:
    return None if text in STATUSES else f"must be one of {', '.join(STATUSES)}"


def _row(job: Job) -> responses.FliqJobRow:
    shown = render(job, None)
    return {
        "id": shown["id"],
        "status": shown["status"],
        "url": job.metadata.get("url"),
        "scheduled_at": shown["scheduled_at"],
        "attempts": shown["attempts"],
        "created_at": shown["created_at"],
        "ended_at": shown["ended_at"],
        "error": shown["error"],
    }


def get_job(call: Call) -> Response:
    return show(call, call.engine.reader.get(call.org, call.params["job_id"]))


def show(call: Call, job: Job) -> Response:
    document = render(job, call.engine.reader.shown_result(job, EMBEDDED_LIMIT))
    return endpoints.state_response(call, job, document)


def list_executions(call: Call) -> Response:
    executions = call.engine.reader.executions(call.org, call.params["job_id"])
    document: responses.FliqExecutions = {"executions": [render_execution(each) for each in executions]}
    return Response.json(200, document)


def render(job: Job, result: str | None) -> responses.FliqJob:
    """Render a job without its request, which can have credentials.

    `result` is JSON text, or None if it is too large to embed.
    """
    if job.status is Status.PENDING:
        return _scheduled(job)
    fields = _fields(job)
    if job.ended_at is None or job.expires_at is None:
        return {**fields, "status": "running", **NOT_ENDED}
    ended: responses.Ended = {"ended_at": rfc3339(job.ended_at), "expires_at": rfc3339(job.expires_at)}
    if job.error is not None:
        return {**fields, "status": "failed", **ended, "result": None, "error": render_error(job.error)}
    return {**fields, "status": "done", **ended, "result": render_result(job, result), "error": None}


def _scheduled(job: Job) -> responses.FliqScheduledJob:
    return {**_fields(job), "status": "scheduled", **NOT_ENDED}


def _fields(job: Job) -> responses.JobFields:
    return {
        "id": job.job_id,
        "status": job.status,
        "scheduled_at": rfc3339(job.run_at),
        "attempts": job.attempt,
        "created_at": rfc3339(job.created_at),
        "updated_at": rfc3339(job.updated_at),
    }


def render_execution(execution: Execution) -> responses.FliqExecution:
    return {
        "number": execution.number,
        "attempt": execution.attempt,
        "status": EXECUTION_WORDS[execution.outcome],
        "scheduled_at": optional_rfc3339(execution.scheduled_at),
        "fired_at": rfc3339(execution.started_at),
        "lateness_ms": execution.lateness,
        "ended_at": optional_rfc3339(execution.ended_at),
        "duration_ms": None if execution.ended_at is None else execution.ended_at - execution.started_at,
        "response": _response(execution.details or {}),
        "error": optional_error(execution.error),
    }


def _response(details: dict[str, Any]) -> responses.FliqResponse | None:
    """Return the answer, if the handler noted one."""
    response = details.get("response")
    if response is None:
        return None
    return {
        "status": response["status"],
        "body": response["body"],
        "body_encoding": response["body_encoding"],
        "truncated": response["truncated"],
    }


def problem(error: ClaimcheckError, status: int, request: Request) -> Response:
    body: responses.FliqErrorBody = {"code": error.code, "message": error.message}
    if isinstance(error, InvalidFields):
        body["fields"] = render_fields(error)
    document: responses.FliqError = {"error": body}
    return Response.json(status, document)


DIALECT = Dialect(
    name=NAME,
    key_prefix="fliq_sk_",
    routes=(
        Route("GET", "/jobs", list_jobs, READ),
        Route("GET", "/jobs/{job_id}", get_job, READ),
        Route("GET", "/jobs/{job_id}/executions", list_executions, READ),
    ),
    accept=accept,
    show=show,
    problem=problem,
)
