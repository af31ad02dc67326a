"""How FlowRelay shows jobs, artifacts and errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import InvalidFields
from claimcheck.domain.job import Status
from claimcheck.http.contract import Response

if TYPE_CHECKING:
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.domain.job import Job
    from claimcheck.http.contract import Request


def render_job(job: Job, result: str | None) -> dict[str, Any]:
    """`{job, result}`; `result` is the artifact as JSON text, None if there is none or it is too large."""
    made = job.status is Status.COMPLETED
    progress = job.progress and {
        "done": job.progress.done,
        "total": job.progress.total,
        "message": job.progress.message,
    }
    shown = {
        "id": job.job_id,
        "type": job.type,
        "status": job.status,
        "result_kind": job.type if made else None,
        "result_id": job.job_id if made else None,
        "error": job.error and job.error.message,
        "error_code": job.error and job.error.code,
        "progress": progress,
        "created_at": rfc3339(job.created_at),
        "updated_at": rfc3339(job.updated_at),
    }
    return {"job": shown, "result": render_result(job, result) if made else None}


def render_row(job: Job) -> dict[str, Any]:
    """What a list tells of the artifact that a completed job has made: all of it is in the job's own row."""
    return {
        "id": job.job_id,
        "kind": job.type,
        "project": job.metadata.get("project"),
        "created_at": rfc3339(job.created_at),
        "completed_at": job.ended_at and rfc3339(job.ended_at),
        "expires_at": job.expires_at and rfc3339(job.expires_at),
    }


def render_result(job: Job, result: str | None) -> Any:
    return {"result_url": f"/v1/jobs/{job.job_id}/result"} if result is None else json.loads(result)


def render_error(error: ClaimcheckError, status: int, request: Request) -> Response:
    """In the words of a failed job: `error` for people, `error_code` for programs."""
    document: dict[str, Any] = {"error": error.message, "error_code": error.code}
    if isinstance(error, InvalidFields):
        document["errors"] = [each.shown() for each in error.errors]
    return Response.json(status, document)
