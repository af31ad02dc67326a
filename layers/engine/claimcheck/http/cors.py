"""Answers to pages of other origins (Fetch Standard, "CORS protocol"). No origin is allowed by default.

API keys come in headers that a page must set itself, and no cookies are used. So an origin can read no more
than its page could with the same key from anywhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.http.contract import Request, Response

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

EXPOSED = "ETag, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After"
PREFLIGHT = Response(
    204,
    "",
    {
        "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE",
        "Access-Control-Allow-Headers": "Authorization, Claimcheck-Callback-Url, Claimcheck-Flow, "
        "Claimcheck-Unique-Key, "
        "Content-Type, Idempotency-Key, If-None-Match, Traceparent, Tracestate, X-Api-Key",
        # Seconds. Chrome keeps an answer for at most two hours.
        "Access-Control-Max-Age": "7200",
    },
)


def headers_for(request: Request, origins: Collection[str]) -> Mapping[str, str]:
    """Return the headers with which the request's origin may read the answer."""
    origin = request.headers.get("origin")
    if origin is None or not ("*" in origins or origin in origins):
        return {"Vary": "Origin"}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED,
        "Vary": "Origin",
    }


def is_preflight(request: Request, headers: Mapping[str, str]) -> bool:
    """Return whether a browser asks what it may send, from an origin that `headers` allow."""
    asks = request.method == "OPTIONS" and "access-control-request-method" in request.headers
    return asks and "Access-Control-Allow-Origin" in headers
