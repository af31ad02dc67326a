"""Errors as RFC 9457 problems, for the dialects that publish these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.errors import ClaimcheckError, DuplicateJob, InsufficientCredits, InvalidFields
from claimcheck.http.contract import Request, Response
from claimcheck.http.rendering import render_fields

if TYPE_CHECKING:
    from claimcheck.http import responses

# The phrases of RFC 9110, which Python has only since 3.13.
TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}


def problem(error: ClaimcheckError, status: int, request: Request) -> Response:
    return problem_response(render_problem(error, status, request))


def problem_response(document: responses.Problem) -> Response:
    return Response.json(document["status"], document, content_type="application/problem+json")


def render_problem(error: ClaimcheckError, status: int, request: Request) -> responses.Problem:
    """Return the problem. The error's `code` is an extension member, and a URN in `type`."""
    from http import HTTPStatus

    document: responses.Problem = {
        "type": f"urn:claimcheck:problem:{error.code}",
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": error.message,
        "code": error.code,
        "request_id": request.request_id,
    }
    if isinstance(error, InvalidFields):
        document["errors"] = render_fields(error)
    if isinstance(error, InsufficientCredits):
        document |= {"needed": error.needed, "left": error.left}
    if isinstance(error, DuplicateJob):
        document["job_id"] = error.job_id
    return document
