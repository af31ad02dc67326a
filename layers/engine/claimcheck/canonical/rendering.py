"""How the canonical dialect shows jobs, executions, callbacks and deliveries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.domain.clock import optional_rfc3339, rfc3339
from claimcheck.domain.json_text import compact

if TYPE_CHECKING:
    from claimcheck.domain.job import Callback, Delivery, Execution, Job, JobError, Millis

NAME = "canonical"


def document_of(job: Job, result: str | None) -> str:
    """The job as `get_job` shows it, for its callback."""
    return compact(render(job, result))


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
        "cancel_requested_at": optional_rfc3339(job.cancel_requested_at),
        "callback": render_callback(job.callback, job.not_before if job.owes_callback else None),
    }
    if job.ended_at is None:
        return document
    return document | _end(job, result)


def _end(job: Job, result: str | None) -> dict[str, Any]:
    ended = {"ended_at": optional_rfc3339(job.ended_at), "expires_at": optional_rfc3339(job.expires_at)}
    if job.error is not None:
        return {"error": _error(job.error), **ended}
    if result is None:
        return {"result_url": f"{url_of(job)}/result", **ended}
    return {"result": json.loads(result), **ended}


def _error(error: JobError) -> dict[str, str]:
    return {"code": error.code, "message": error.message}


def render_execution(execution: Execution) -> dict[str, Any]:
    return {
        "number": execution.number,
        "attempt": execution.attempt,
        "outcome": execution.outcome,
        "due_at": optional_rfc3339(execution.due_at),
        "started_at": rfc3339(execution.started_at),
        "lateness_ms": None if execution.due_at is None else execution.started_at - execution.due_at,
        "ended_at": optional_rfc3339(execution.ended_at),
        "error": execution.error and _error(execution.error),
        "details": execution.details,
    }


def render_callback(callback: Callback | None, not_before: Millis | None) -> dict[str, Any] | None:
    """`not_before` is when its next try may be, while one is owed."""
    if callback is None:
        return None
    # Only jobs that have one pay for it.
    from claimcheck.outbound.redaction import redacted_url

    return {
        "url": redacted_url(callback.url),
        "status": callback.state,
        "tries": callback.tries,
        "next_try_at": optional_rfc3339(not_before),
        "delivered_at": optional_rfc3339(callback.settled_at if callback.state == "delivered" else None),
        "failed_at": optional_rfc3339(callback.settled_at if callback.state == "failed" else None),
    }


def render_delivery(delivery: Delivery) -> dict[str, Any]:
    error = {"code": delivery.error, "message": delivery.message} if delivery.error else None
    return {
        "number": delivery.number,
        "started_at": rfc3339(delivery.started_at),
        "duration_ms": delivery.duration,
        "status": delivery.status,
        "answer": None if delivery.status is None else delivery.answer,
        "error": error,
    }


def url_of(job: Job) -> str:
    return f"/v1/jobs/{job.job_id}"
