"""Forvibe's contract: `/api/v1`, jobs below projects, a row of eight fields to poll.

Its page is "Async jobs" of Forvibe's documentation. This file is on the path of every poll; what only
some requests need is in the other modules.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import DocumentNotFound, JobNotFound
from claimcheck.domain.job import Status
from claimcheck.domain.keys import READ, WRITE
from claimcheck.http import problems
from claimcheck.http.contract import Call, Dialect, Request, Response, Route
from claimcheck.http.submissions import accept, show_job
from claimcheck.service.reader import EMBEDDED_LIMIT

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.domain.job import Job, Millis, Movement, Progress

NAME = "forvibe"
STATUSES = {
    Status.PENDING: "pending",
    Status.PROCESSING: "in_progress",
    Status.COMPLETED: "completed",
    Status.FAILED: "failed",
}
# Seconds ("First poll: 5 seconds after the 202. Subsequent polls: every 3-5 seconds.").
FIRST_POLL = 5
NEXT_POLL = 3
# The job type that has reads of its own, and what of its result only they show.
SIMULATION = "review_simulation"
RICHER = ("codebase_review", "combined_findings")


def submit(job_type: JobType, call: Call) -> Response:
    from apps.forvibe.dialect.submissions import draft_from

    accepted = accept(call, NAME, lambda body: draft_from(body, call, job_type))
    job = accepted.job
    poll_url = f"/api/v1/jobs/{job.job_id}"
    response = Response.json(
        202,
        {"job_id": job.job_id, "status": STATUSES[job.status], "type": job.type, "poll_url": poll_url},
        location=poll_url,
        retry_after=str(FIRST_POLL),
    )
    return response.with_headers({"Idempotent-Replayed": "true"} if accepted.replayed else {})


def show(call: Call, job: Job) -> Response:
    result = _result(call, job)
    if job.type == SIMULATION and result is not None:
        result = {name: part for name, part in result.items() if name not in RICHER}
    return _row(job, result)


def get_simulation(call: Call) -> Response:
    """The same row with the whole result, and what is richer in it beside the eight fields, too: the
    page can be read either way. Raises: what `JobReader.get` raises; JobNotFound for another type's job.
    """
    job = call.engine.reader.get(call.org, call.params["job_id"])
    if job.type != SIMULATION:
        raise JobNotFound
    result = _result(call, job)
    return _row(job, result, {name: result and result.get(name) for name in RICHER})


def put_listing(call: Call) -> Response:
    from apps.forvibe.dialect.submissions import store_listing

    return Response(200, store_listing(call), {"Content-Type": "application/json"})


def list_listings(call: Call) -> Response:
    from apps.forvibe.dialect.listings import find_listings, listing_path, project_of

    project_id = project_of(call)
    listings = [
        {
            "locale": locale,
            "name": json.loads(text).get("name"),
            "url": listing_path(project_id, locale),
        }
        for locale, text in find_listings(call, project_id).items()
    ]
    return Response.json(200, {"project_id": project_id, "listings": listings})


def get_listing(call: Call) -> Response:
    from apps.forvibe.dialect.listings import find_listing, project_of

    text = find_listing(call, project_of(call), call.params["locale"])
    if text is None:
        raise DocumentNotFound("The project has no such listing: PUT this path to store it.")
    return Response(200, text, {"Content-Type": "application/json"})


def get_credits(call: Call) -> Response:
    left = call.engine.credits.credits(call.org)
    return Response.json(200, {"credits": left, "plan": call.key.plan})


def list_ledger(call: Call) -> Response:
    from apps.forvibe.dialect.ledger import cursor_of, ledger_query_of

    wanted = ledger_query_of(call.request.query)
    page = call.engine.credits.ledger(call.org, wanted.limit, wanted.after)
    return Response.json(
        200,
        {
            "movements": [_movement(each) for each in page.movements],
            "next_cursor": None if page.after is None else cursor_of(page.after),
        },
    )


def _row(job: Job, result: Any, richer: dict[str, Any] | None = None) -> Response:
    """All eight fields are always there; `richer` comes beside them."""
    row = {
        "job_id": job.job_id,
        "type": job.type,
        "status": STATUSES[job.status],
        "progress": _progress(job.progress) if job.status is Status.PROCESSING else None,
        "result": result,
        "error": job.error and {"code": job.error.code, "message": job.error.message},
        "created_at": _time(job.created_at),
        "updated_at": _time(job.updated_at),
    }
    response = Response.json(200, row | (richer or {}))
    return response if job.ended_at is not None else response.with_headers({"Retry-After": str(NEXT_POLL)})


def _result(call: Call, job: Job) -> Any:
    """None until there is one; where to read it when it is too large for an answer."""
    if job.result is None:
        return None
    text = call.engine.reader.shown_result(job, EMBEDDED_LIMIT)
    return {"result_url": f"/v1/jobs/{job.job_id}/result"} if text is None else json.loads(text)


def _progress(progress: Progress | None) -> dict[str, Any] | None:
    if progress is None:
        return None
    return {"done": progress.done, "total": progress.total, "message": progress.message}


def _movement(movement: Movement) -> dict[str, Any]:
    return {
        "at": _time(movement.at),
        "amount": movement.amount,
        "reason": movement.reason,
        "job_id": movement.job_id,
    }


def _time(at: Millis) -> str:
    """In whole seconds, as on the page."""
    return rfc3339(at, fraction=False)


def problem(error: ClaimcheckError, status: int, request: Request) -> Response:
    """RFC 9457, and once more as `error`, so that a client which reads `error.message` in a failed
    job reads it in every refusal, too."""
    return problems.problem(error, status, request, error={"code": error.code, "message": error.message})


DIALECT = Dialect(
    name=NAME,
    precedence=1,
    key_prefix="fvk_live_",
    routes=(
        Route("GET", "/api/v1/jobs/{job_id}", show_job, READ),
        Route("GET", "/api/v1/simulations/{job_id}", get_simulation, READ),
        Route("PUT", "/api/v1/projects/{project_id}/listings/{locale}", put_listing, WRITE),
        Route("GET", "/api/v1/projects/{project_id}/listings", list_listings, READ),
        Route("GET", "/api/v1/projects/{project_id}/listings/{locale}", get_listing, READ),
        Route("GET", "/api/v1/credits", get_credits, READ),
        Route("GET", "/api/v1/credits/ledger", list_ledger, READ),
    ),
    secret=Request.bearer,
    accept=submit,
    show=show,
    problem=problem,
)
