"""Responses that several canonical endpoints give: an accepted submission, and a job's state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.canonical.rendering import render, url_of
from claimcheck.http.contract import Response
from claimcheck.service.reader import pause

if TYPE_CHECKING:
    from claimcheck.domain.job import Job, Millis
    from claimcheck.service.submission import Accepted


def accepted(accepted: Accepted) -> Response:
    job = accepted.job
    poll_url = url_of(job)
    response = Response.json(
        202,
        render(job) | {"poll_url": poll_url},
        location=poll_url,
        retry_after=str(pause(job, job.created_at)),
    )
    return response.with_headers({"Idempotent-Replayed": "true"} if accepted.replayed else {})


def state(status: int, job: Job, now: Millis, result: str | None) -> Response:
    response = Response.json(status, render(job, result))
    if job.ended_at is not None:
        return response
    return response.with_headers({"Retry-After": str(pause(job, now))})
