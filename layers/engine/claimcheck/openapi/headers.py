"""The headers of responses."""

from collections.abc import Mapping

from claimcheck.openapi.reference import Schema

RATE_LIMIT = ("RateLimit-Policy", "RateLimit")
TEXT: Schema = {"type": "string"}

HEADERS: Mapping[str, Schema] = {
    "Allow": {"description": "The methods of this path.", "schema": TEXT, "example": "GET, POST"},
    "Cache-Control": {
        "description": "`no-store`: the response must not be cached. Only the description of the API may be.",
        "schema": {"enum": ["no-store", "public, max-age=300"]},
        "example": "no-store",
    },
    "ETag": {"description": "Changes with the document.", "schema": TEXT, "example": '"5f3c"'},
    "Idempotent-Replayed": {
        "description": "The request repeats an earlier one, and this is the first one's response.",
        "schema": {"const": "true"},
    },
    "Location": {
        "description": "The URL to read next. A path is a path of this API.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
    "RateLimit": {
        "description": "`r`: requests left in this minute, as far as the responding server knows. `t`: "
        "seconds until the next minute starts (IETF draft-ietf-httpapi-ratelimit-headers).",
        "schema": TEXT,
        "example": '"minute";r=117;t=42',
    },
    "RateLimit-Policy": {
        "description": "`q`: requests that this API key has in each window of `w` seconds.",
        "schema": TEXT,
        "example": '"minute";q=120;w=60',
    },
    "Retry-After": {
        "description": "Seconds to wait before the next request.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 2,
    },
    "WWW-Authenticate": {
        "description": "The authentication scheme to use (RFC 9110, section 11.6.1).",
        "schema": TEXT,
        "example": "Bearer",
    },
}


def describe_headers(names: Mapping[str, bool]) -> Schema:
    """Describe the headers in `names`, which says for each whether it is always sent."""
    return {name: HEADERS[name] | {"required": always} for name, always in names.items()}
