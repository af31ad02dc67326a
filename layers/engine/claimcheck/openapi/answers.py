"""The description of responses: headers, bodies and errors.

Statuses, codes, texts and examples come from the code that serves them: the table in `http`, the tree in
`errors`, and the dialect's own function for errors.
"""

import json
from collections.abc import Iterable, Mapping

from claimcheck.domain import errors
from claimcheck.domain.keys import Allowance
from claimcheck.http.contract import Dialect, Request
from claimcheck.http.responses import JOB_ID
from claimcheck.openapi.examples import examples_of
from claimcheck.openapi.reference import Answer, Kind, Reference, Schema, ref

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

# The errors of every request with a valid key.
ADMITTED: tuple[Kind, ...] = (
    errors.MissingScope,
    errors.RateLimited,
    errors.InternalError,
    errors.Unavailable,
)
# The errors of every request that needs a key.
ADMISSION: tuple[Kind, ...] = (errors.MissingApiKey, errors.Unauthenticated, *ADMITTED)
# The errors of a request without a route.
UNROUTED: tuple[Kind, ...] = (errors.RouteNotFound, errors.MethodNotAllowed)
# Errors whose messages depend on the request.
SAMPLES: Mapping[Kind, errors.ClaimcheckError] = {
    errors.InvalidFields: errors.InvalidFields([errors.FieldError("/input/text", "is required")]),
    errors.InsufficientCredits: errors.InsufficientCredits(needed=45, left=30),
    errors.DuplicateJob: errors.DuplicateJob(JOB_ID),
    errors.MethodNotAllowed: errors.MethodNotAllowed(["GET", "POST"]),
    errors.RateLimited: errors.RateLimited(Allowance(120, 0, 31)),
    errors.DailyLimitReached: errors.DailyLimitReached(Allowance(1000, 0, 5400)),
}
REQUEST = Request("GET", "/", [], {}, b"", "JKJaXmPLvHcESHA=")


def describe_answer(answer: Answer, schemas: Mapping[str, Schema], *, scoped: bool) -> Schema:
    headers = {"Cache-Control": True, **answer.headers, **dict.fromkeys(RATE_LIMIT if scoped else (), True)}
    described: Schema = {"description": answer.description, "headers": describe_headers(headers)}
    if answer.schema is not None:
        media: Schema = {"schema": answer.schema}
        if examples := examples_of(answer.schema, schemas):
            media["examples"] = examples
        described["content"] = {"application/json": media}
    return described


def by_status(kinds: Iterable[Kind], dialect: Dialect) -> dict[int, list[Kind]]:
    grouped: dict[int, list[Kind]] = {}
    for kind in dict.fromkeys(kinds):
        grouped.setdefault(dialect.status_of(kind), []).append(kind)
    return grouped


def describe_problem(
    kinds: list[Kind], dialect: Dialect, reference: Reference, name: str
) -> tuple[Schema, Schema]:
    """Return the response for `kinds`, which share a status, and the schema `name` of its body."""
    status = dialect.status_of(kinds[0])
    written = [dialect.problem(SAMPLES.get(kind) or kind(), status, REQUEST) for kind in kinds]
    bodies = {kind.code: json.loads(each.body) for kind, each in zip(kinds, written, strict=True)}
    media = {
        "schema": ref(name),
        "examples": {code: {"value": body} for code, body in bodies.items()},
    }
    answer = {
        "description": "\n".join(f"- `{kind.code}`: {kind.__doc__}" for kind in kinds),
        "headers": describe_headers(_headers_of(kinds, status)),
        "content": {written[0].headers["Content-Type"]: media},
    }
    shape = reference.problem(status, list(bodies))
    return answer, _as_written(shape, list(bodies.values())) | {"title": name}


def _as_written(shape: Schema, bodies: list[Schema]) -> Schema:
    """Return the schema without the fields that only other errors have."""
    if "properties" not in shape:
        return shape
    inside = {
        name: _as_written(schema, [body[name] for body in bodies if name in body])
        for name, schema in shape["properties"].items()
        if any(name in body for body in bodies)
    }
    return shape | {"properties": inside}


def _headers_of(kinds: list[Kind], status: int) -> dict[str, bool]:
    """Return the headers of any of the errors, and whether each comes with all of them."""
    sent = [_headers_with(kind, status) for kind in kinds]
    names = dict.fromkeys(name for headers in sent for name in headers)
    return {name: all(headers.get(name, False) for headers in sent) for name in names}


def _headers_with(kind: Kind, status: int) -> dict[str, bool]:
    """Return the headers that `http` sends. Errors before the rate limit lack its headers."""
    headers = {"Cache-Control": True}
    if issubclass(kind, errors.RateLimited | errors.FlowFull | errors.Unavailable):
        headers["Retry-After"] = True
    elif issubclass(kind, errors.Unauthenticated) and status == 401:
        headers["WWW-Authenticate"] = True
    elif issubclass(kind, errors.MethodNotAllowed):
        headers["Allow"] = True
    if not issubclass(kind, (errors.Unauthenticated, *UNROUTED)):
        anywhere = issubclass(kind, errors.InternalError | errors.Unavailable)
        headers |= dict.fromkeys(RATE_LIMIT, not anywhere)
    return headers


def describe_headers(names: Mapping[str, bool]) -> Schema:
    """Describe the headers in `names`, which says for each whether it is always sent."""
    return {name: HEADERS[name] | {"required": always} for name, always in names.items()}
