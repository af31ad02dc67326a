"""Every header that an answer can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from claimcheck.openapi.reference import Schema

RATE_LIMIT = ("RateLimit-Policy", "RateLimit")
SECONDS: Schema = {"type": "integer", "minimum": 1}
TEXT: Schema = {"type": "string"}

HEADERS: Mapping[str, Schema] = {
    "Allow": {
        "description": "The methods that this path takes.",
        "schema": TEXT,
        "example": "GET, POST",
    },
    "Cache-Control": {
        "description": "No answer may be stored: the next one can differ.",
        "schema": {"const": "no-store"},
    },
    "Idempotent-Replayed": {
        "description": "The request was a repetition: this is the answer that the first one got.",
        "schema": {"const": "true"},
    },
    "Location": {
        "description": "Where to go on reading. A path is one of this API.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "RateLimit": {
        "description": "`r` is how many requests are left in this minute, `t` the seconds until the next "
        "begins (IETF draft-ietf-httpapi-ratelimit-headers). Where several servers answer, `r` is what "
        "one of them knows.",
        "schema": TEXT,
        "example": '"minute";r=117;t=42',
    },
    "RateLimit-Policy": {
        "description": "`q` is how many requests this API key has in each window of `w` seconds.",
        "schema": TEXT,
        "example": '"minute";q=120;w=60',
    },
    "Retry-After": {
        "description": "Seconds to wait before asking again.",
        "schema": SECONDS,
        "example": 2,
    },
    "WWW-Authenticate": {
        "description": "How to say who you are (RFC 9110, section 11.6.1).",
        "schema": TEXT,
        "example": "Bearer",
    },
}


def describe_headers(names: Mapping[str, bool]) -> Schema:
    """`names`: whether each is always there."""
    return {name: HEADERS[name] | {"required": always} for name, always in names.items()}
