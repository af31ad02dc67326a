"""Parts of documents that several dialects share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.http.contract import path_for_clients

if TYPE_CHECKING:
    from claimcheck.domain.errors import ClaimcheckError, InvalidFields
    from claimcheck.domain.job import Job, JobError, Progress
    from claimcheck.http import responses


def render_progress(progress: Progress | None) -> responses.Progress | None:
    if progress is None:
        return None
    return {"done": progress.done, "total": progress.total, "message": progress.message}


def render_error(error: JobError | ClaimcheckError) -> responses.Failure:
    return {"code": error.code, "message": error.message}


def optional_error(error: JobError | None) -> responses.Failure | None:
    return None if error is None else render_error(error)


def render_fields(error: InvalidFields) -> list[responses.WrongField]:
    return [
        {"parameter": each.pointer.removeprefix("?"), "message": each.message}
        if each.pointer.startswith("?")
        else {"pointer": each.pointer, "message": each.message}
        for each in error.errors
    ]


def render_pointers(error: InvalidFields) -> list[responses.WrongPointer]:
    """Render them for a contract in which parameters cannot be wrong."""
    return [{"pointer": each.pointer, "message": each.message} for each in error.errors]


def render_result(job: Job, result: str | None) -> Any:
    """Render `result`, which is JSON text, or a `LargeResult` if it is None."""
    large: responses.LargeResult = {"result_url": result_url(job)}
    return large if result is None else json.loads(result)


def result_url(job: Job) -> str:
    return path_for_clients(f"/v1/jobs/{job.job_id}/result")
