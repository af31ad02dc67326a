"""Forvibe's contract: jobs of projects below `/api/v1`, polled as rows of eight fields.

Source: "Async jobs" in Forvibe's documentation. Every poll loads this module; other requests load more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import DocumentNotFound, JobNotFound
from claimcheck.domain.job import Status
from claimcheck.domain.keys import READ, WRITE
from claimcheck.http.contract import Call, Dialect, Request, Response, Route, path_for_clients
from claimcheck.http.problems import problem_response, render_problem
from claimcheck.http.rendering import render_error, render_progress, render_result
from claimcheck.http.submissions import accept, accepted_response, show_job, state_response
from claimcheck.service.reader import EMBEDDED_LIMIT

if TYPE_CHECKING:
    from apps.forvibe.dialect.described import responses
    from claimcheck.authoring.catalog import JobType
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.domain.job import Job

# Seconds ("First poll: 5 seconds after the 202. Subsequent polls: every 3-5 seconds.").
FIRST_POLL = 5
NEXT_POLL = 3
# The job type with its own endpoint, and the parts of its result that only this endpoint shows.
SIMULATION = "review_simulation"
RICHER = ("codebase_review", "combined_findings")


def submit(job_type: JobType, call: Call) -> Response:
    from apps.forvibe.dialect.submissions import draft_from

    accepted = accept(call, lambda body: draft_from(body, call, job_type))
    job = accepted.job
    path = f"/api/v1/jobs/{job.job_id}"
    document: responses.ForvibeAccepted = {
        "job_id": job.job_id,
        "status": "pending",
        "type": job.type,
        "poll_url": path_for_clients(path),
    }
    return accepted_response(accepted, document, path, FIRST_POLL)


def show(call: Call, job: Job) -> Response:
    result = _result(call, job)
    if job.type == SIMULATION and result is not None:
        result = {name: part for name, part in result.items() if name not in RICHER}
    return state_response(call, job, render(job, result), NEXT_POLL)


def get_simulation(call: Call) -> Response:
    """Return the row with the whole result, and its richer fields also at the top level.

    Raises: the errors of `JobReader.get`; JobNotFound for a job of another type.
    """
    job = call.engine.reader.get(call.org, call.params["job_id"])
    if job.type != SIMULATION:
        raise JobNotFound
    result = _result(call, job)
    richer: responses.Richer = {
        "codebase_review": result and result.get("codebase_review"),
        "combined_findings": result and result.get("combined_findings"),
    }
    return state_response(call, job, {**render(job, result), **richer}, NEXT_POLL)


def put_listing(call: Call) -> Response:
    from apps.forvibe.dialect.submissions import store_listing

    return Response(200, store_listing(call), {"Content-Type": "application/json"})


def list_listings(call: Call) -> Response:
    from apps.forvibe.dialect.listings import find_listings, listing_path, project_of

    project_id = project_of(call)
    listings: list[responses.ForvibeStoredListing] = [
        {"locale": locale, "name": json.loads(text).get("name"), "url": listing_path(project_id, locale)}
        for locale, text in find_listings(call, project_id).items()
    ]
    document: responses.ForvibeListings = {"project_id": project_id, "listings": listings}
    return Response.json(200, document)


def get_listing(call: Call) -> Response:
    from apps.forvibe.dialect.listings import find_listing, project_of

    text = find_listing(call, project_of(call), call.params["locale"])
    if text is None:
        raise DocumentNotFound("The project has no listing in this locale: PUT this path to store one.")
    return Response(200, text, {"Content-Type": "application/json"})


def get_credits(call: Call) -> Response:
    credits = call.engine.credits.credits(call.org)
    document: responses.ForvibeCredits = {"credits": credits, "plan": call.key.plan}
    return Response.json(200, document)


def list_ledger(call: Call) -> Response:
    from claimcheck.http.ledger import read_ledger

    page = read_ledger(call)
    document: responses.ForvibeLedger = {
        "movements": [
            {
                "at": rfc3339(each.at, fraction=False),
                "amount": each.amount,
                "reason": each.reason,
                "job_id": each.job_id,
            }
            for each in page.entries
        ],
        "next_cursor": page.after,
    }
    return Response.json(200, document)


def render(job: Job, result: Any) -> responses.ForvibeJob:
    row: responses.ForvibeRow = {
        "job_id": job.job_id,
        "type": job.type,
        "status": job.status,
        "progress": None,
        "result": result,
        "error": None,
        "created_at": rfc3339(job.created_at, fraction=False),
        "updated_at": rfc3339(job.updated_at, fraction=False),
    }
    if job.error is not None:
        error = render_error(job.error)
        return {**row, "status": "failed", "progress": None, "result": None, "error": error}
    if job.status is Status.PENDING:
        return {**row, "status": "pending", "progress": None, "result": None, "error": None}
    if job.status is Status.PROCESSING:
        progress = render_progress(job.progress)
        return {**row, "status": "in_progress", "progress": progress, "result": None, "error": None}
    return {**row, "status": "completed", "progress": None, "error": None}


def _result(call: Call, job: Job) -> Any:
    """Return None until there is a result; a URL if it is too large to embed."""
    return job.result and render_result(job, call.engine.reader.shown_result(job, EMBEDDED_LIMIT))


def problem(error: ClaimcheckError, status: int, request: Request) -> Response:
    """Return an RFC 9457 problem with `error` as in a failed job, so that clients find `error.message`."""
    document: responses.ForvibeProblem = {
        **render_problem(error, status, request),
        "error": render_error(error),
    }
    return problem_response(document)


DIALECT = Dialect(
    name="forvibe",
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
    accept=submit,
    show=show,
    problem=problem,
)
