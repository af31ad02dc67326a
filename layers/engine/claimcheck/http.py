"""API Gateway's events in, its responses out, and between them what every dialect shares.

Authentication and the rate limit come before anything that an endpoint does. Which paths there
are, and how answers and errors look, is each dialect's own affair.
"""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from claimcheck import errors
from claimcheck.observability import failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from claimcheck.bootstrap import Engine
    from claimcheck.tenancy import Allowance, ApiKey, Caller

    Endpoint = Callable[["Call"], "Response"]

BODY_LIMIT = 1024 * 1024

# The only place where errors become HTTP statuses; a subclass has its parent's unless it is listed.
STATUSES: Mapping[type[errors.ClaimcheckError], int] = {
    errors.BadRequest: 400,
    errors.Unauthenticated: 401,
    errors.InsufficientCredits: 402,
    errors.MissingScope: 403,
    errors.PlanRequired: 403,
    errors.NotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.WrongState: 409,
    errors.BodyTooLarge: 413,
    errors.UnsupportedMediaType: 415,
    errors.Unprocessable: 422,
    errors.RateLimited: 429,
    errors.InternalError: 500,
    errors.Unavailable: 503,
}
# Seconds after which to repeat a request that met an unavailable service.
UNAVAILABLE_PAUSE = 2


@dataclass(frozen=True, slots=True)
class Request:
    """A request as API Gateway's HTTP API tells it (payload format 2.0); header names are lowercase."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    request_id: str

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Request:
        context = event["requestContext"]
        body = event.get("body") or ""
        return cls(
            method=context["http"]["method"],
            path=event["rawPath"],
            query=parse_qsl(event.get("rawQueryString", ""), keep_blank_values=True),
            # sam local keeps the case that the client chose.
            headers={name.lower(): value for name, value in event.get("headers", {}).items()},
            # Bytes that are no text must reach whoever parses them, not fail here.
            body=b64decode(body) if event.get("isBase64Encoded") else body.encode(errors="surrogatepass"),
            request_id=context.get("requestId", ""),
        )

    def json(self) -> Any:
        """The body. Raises: BodyTooLarge, UnsupportedMediaType, MalformedJson."""
        from claimcheck.strict_json import parse

        if len(self.body) > BODY_LIMIT:
            raise errors.BodyTooLarge
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise errors.UnsupportedMediaType
        return parse(self.body)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, document: Any, **headers: str) -> Response:
        """`headers` in snake_case: `retry_after="5"` is `Retry-After: 5`."""
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        return cls(status, body, {"Content-Type": "application/json"} | named)

    def with_headers(self, headers: Mapping[str, str]) -> Response:
        return replace(self, headers={**self.headers, **headers})

    def to_event(self) -> dict[str, Any]:
        headers = {"Cache-Control": "no-store", **self.headers}
        return {"statusCode": self.status, "headers": headers, "body": self.body}


class Route(NamedTuple):
    """A path such as `/v1/jobs/{job_id}`; without a scope it is open to everybody."""

    method: str
    path: str
    endpoint: Endpoint
    scope: str | None = None

    def match(self, segments: list[str]) -> dict[str, str] | None:
        names = self.path.split("/")
        if len(names) != len(segments):
            return None
        params = {}
        for name, segment in zip(names, segments, strict=True):
            if name.startswith("{") and segment:
                params[name[1:-1]] = unquote(segment)
            elif name != segment:
                return None
        return params


class Call(NamedTuple):
    """What an endpoint is given. `caller` is there on every route that has a scope."""

    request: Request
    params: Mapping[str, str]
    engine: Engine
    caller: Caller | None

    @property
    def key(self) -> ApiKey:
        assert self.caller is not None
        return self.caller.key

    @property
    def org(self) -> str:
        return self.key.org


@dataclass(frozen=True, slots=True)
class Dialect:
    """A published wire contract: its routes, where it carries the API key, and how its errors look."""

    name: str
    routes: tuple[Route, ...]
    secret: Callable[[Request], str | None]
    problem: Callable[[errors.ClaimcheckError, int, Request], Response]


class Api:
    """Serves dialects; the first one also answers for paths that none of them knows."""

    def __init__(self, engine: Engine, dialects: Iterable[Dialect]) -> None:
        self._engine = engine
        self._dialects = tuple(dialects)

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        request = Request.of(event)
        dialect = self._dialects[0]
        extra: dict[str, str] = {}
        try:
            dialect, route, params = self._find(request)
            caller = self._admit(dialect, route, request, extra)
            response = route.endpoint(Call(request, params, self._engine, caller))
        except tuple(STATUSES) as error:
            response = _problem(dialect, error, request)
        except Exception:  # noqa: BLE001 - whatever it was, the caller gets an answer without a trace
            failure("request failed", path=request.path, request_id=request.request_id)
            response = _problem(dialect, errors.InternalError(), request)
        return response.with_headers(extra).to_event()

    def _find(self, request: Request) -> tuple[Dialect, Route, dict[str, str]]:
        """Raises: RouteNotFound; MethodNotAllowed when the path is there for other methods."""
        segments = request.path.split("/")
        allowed = []
        for dialect in self._dialects:
            for route in dialect.routes:
                params = route.match(segments)
                if params is not None and route.method == request.method:
                    return dialect, route, params
                if params is not None:
                    allowed.append(route.method)
        if allowed:
            raise errors.MethodNotAllowed(sorted(set(allowed)))
        raise errors.RouteNotFound

    def _admit(
        self, dialect: Dialect, route: Route, request: Request, extra: dict[str, str]
    ) -> Caller | None:
        if route.scope is None:
            return None
        caller = self._engine.authenticator.authenticate(dialect.secret(request))
        try:
            extra.update(_rate_limit_headers(self._engine.limiter.spend(caller)))
        except errors.RateLimited as error:
            extra.update(_rate_limit_headers(error.allowance))
            raise
        caller.require(route.scope)
        return caller


def status_of(kind: type[errors.ClaimcheckError]) -> int:
    return next(STATUSES[parent] for parent in kind.__mro__ if parent in STATUSES)


def _problem(dialect: Dialect, error: errors.ClaimcheckError, request: Request) -> Response:
    status = status_of(type(error))
    response = dialect.problem(error, status, request)
    match error:
        case errors.Unauthenticated():
            return response.with_headers({"WWW-Authenticate": "Bearer"})
        case errors.MethodNotAllowed():
            return response.with_headers({"Allow": ", ".join(error.allowed)})
        case errors.RateLimited():
            return response.with_headers({"Retry-After": str(error.allowance.reset)})
        case errors.Unavailable():
            return response.with_headers({"Retry-After": str(UNAVAILABLE_PAUSE)})
    return response


def _rate_limit_headers(allowance: Allowance) -> dict[str, str]:
    """As in the IETF draft "RateLimit header fields for HTTP" (draft-ietf-httpapi-ratelimit-headers)."""
    return {
        "RateLimit-Policy": f'"minute";q={allowance.limit};w=60',
        "RateLimit": f'"minute";r={allowance.remaining};t={allowance.reset}',
    }
