"""How FlowRelay shows jobs, artifacts and errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import ClaimcheckError, InvalidFields
from claimcheck.domain.job import Job, Status
from claimcheck.http.rendering import render_fields, render_progress, render_result

if TYPE_CHECKING:
    from apps.flowrelay.dialect.described import responses

NOT_MADE: responses.NotMade = {"result_kind": None, "result_id": None}
NOT_FAILED: responses.NotFailed = {"error": None, "error_code": None}


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


def render_error(error: ClaimcheckError) -> responses.FlowRelayError:
    document: responses.FlowRelayError = {"error": error.message, "error_code": error.code}
    if isinstance(error, InvalidFields):
        document["errors"] = render_fields(error)
    return document
