"""Fliq's contract: a request to be sent at its time, and the history of its fires.

This file is on the path of every poll; what only a submission needs is in `requests`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import InvalidFields
from claimcheck.domain.job import Status
from claimcheck.domain.keys import READ
from claimcheck.http import submissions as endpoints
from claimcheck.http.contract import Call, Dialect, Request, Response, Route
from claimcheck.service.reader import EMBEDDED_LIMIT, pause

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.domain.job import Execution, Job, JobError, Millis

NAME = "fliq"
# The page schedules, and calls what goes on elsewhere "running" and "done".
WORDS = {
    Status.PENDING: "scheduled",
    Status.PROCESSING: "running",
    Status.COMPLETED: "done",
    Status.FAILED: "failed",
}
# Of fires: what they failed with is in their `error`.
FIRES = {
    "running": "running",
    "completed": "done",
    "again": "done",
    "failed": "failed",
    "retry": "failed",
    "timeout": "failed",
    "worker_lost": "failed",
}


def accept(job_type: JobType, call: Call) -> Response:
    from apps.fliq.dialect.requests import draft_from

    accepted = endpoints.accept(call, NAME, lambda body: draft_from(body, call, job_type))
    job = accepted.job
    response = Response.json(
        202,
        render(job, None),
        location=f"/jobs/{job.job_id}",
        retry_after=str(pause(job, job.created_at)),
    )
    return response.with_headers({"Idempotent-Replayed": "true"} if accepted.replayed else {})


def get_job(call: Call) -> Response:
    return show(call, call.engine.reader.get(call.org, call.params["job_id"]))


def show(call: Call, job: Job) -> Response:
    response = Response.json(200, render(job, call.engine.reader.shown_result(job, EMBEDDED_LIMIT)))
    if job.ended_at is not None:
        return response
    return response.with_headers({"Retry-After": str(pause(job, call.engine.clock.now()))})


def list_executions(call: Call) -> Response:
    executions = call.engine.reader.executions(call.org, call.params["job_id"])
    return Response.json(200, {"executions": [render_execution(each) for each in executions]})


def render(job: Job, result: str | None) -> dict[str, Any]:
    """Nothing of the request is shown: its URL, headers and body can hold credentials. `result` is JSON
    text; a job that is done without it has a large one."""
    return {
        "id": job.job_id,
        "status": WORDS[job.status],
        "scheduled_at": rfc3339(job.run_at),
        "attempts": job.attempt,
        "created_at": rfc3339(job.created_at),
        "updated_at": rfc3339(job.updated_at),
        "ended_at": _time(job.ended_at),
        "expires_at": _time(job.expires_at),
        "result": _result(job, result) if job.status is Status.COMPLETED else None,
        "error": job.error and _error(job.error),
    }


def _result(job: Job, result: str | None) -> Any:
    return {"result_url": f"/v1/jobs/{job.job_id}/result"} if result is None else json.loads(result)


def render_execution(fire: Execution) -> dict[str, Any]:
    return {
        "number": fire.number,
        "attempt": fire.attempt,
        "status": FIRES[fire.outcome],
        "scheduled_at": _time(fire.due_at),
        "fired_at": rfc3339(fire.started_at),
        "lateness_ms": None if fire.due_at is None else fire.started_at - fire.due_at,
        "ended_at": _time(fire.ended_at),
        "duration_ms": None if fire.ended_at is None else fire.ended_at - fire.started_at,
        "response": _response(fire.details or {}),
        "error": fire.error and _error(fire.error),
    }


def _response(details: dict[str, Any]) -> dict[str, Any] | None:
    """Of what the job type noted; one that sends no requests notes no answer."""
    response = details.get("response")
    return response and {name: response[name] for name in ("status", "body", "body_encoding", "truncated")}


def _error(error: JobError) -> dict[str, str]:
    return {"code": error.code, "message": error.message}


def _time(at: Millis | None) -> str | None:
    return None if at is None else rfc3339(at)


def problem(error: ClaimcheckError, status: int, request: Request) -> Response:
    """`error` has a `code` for programs and a `message` for people, as a failed job's has."""
    told: dict[str, Any] = {"code": error.code, "message": error.message}
    if isinstance(error, InvalidFields):
        told["fields"] = [{"pointer": each.pointer, "message": each.message} for each in error.errors]
    return Response.json(status, {"error": told})


DIALECT = Dialect(
    name=NAME,
    key_prefix="fliq_sk_",
    routes=(
        Route("GET", "/jobs/{job_id}", get_job, READ),
        Route("GET", "/jobs/{job_id}/executions", list_executions, READ),
    ),
    secret=Request.bearer,
    accept=accept,
    show=show,
    problem=problem,
)
