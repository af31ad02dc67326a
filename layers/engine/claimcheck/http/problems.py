"""Errors as RFC 9457 has them, for the dialects that publish them so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimcheck.domain.errors import InsufficientCredits, InvalidFields
from claimcheck.http.contract import Response

if TYPE_CHECKING:
    from claimcheck.domain.errors import ClaimcheckError
    from claimcheck.http.contract import Request

# As RFC 9110 has them: Python came to do so only with 3.13.
TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}


def problem(error: ClaimcheckError, status: int, request: Request, /, **more: Any) -> Response:
    """With the error's `code` as an extension and in `type` as a URN; `more` are a dialect's own members."""
    from http import HTTPStatus

    document: dict[str, Any] = {
        "type": f"urn:claimcheck:problem:{error.code}",
        "title": TITLES.get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": error.message,
        "code": error.code,
        "request_id": request.request_id,
        **more,
    }
    if isinstance(error, InvalidFields):
        document["errors"] = [each.shown() for each in error.errors]
    if isinstance(error, InsufficientCredits):
        document |= {"needed": error.needed, "left": error.left}
    return Response.json(status, document, content_type="application/problem+json")
