"""API Gateway's events in, its responses out, and between them what every dialect shares.

Authentication and the rate limit come before anything that an endpoint does. Which paths there
are, and how answers and errors look, is each dialect's own affair.
"""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from claimcheck import errors
from claimcheck.observability import failure
from claimcheck.routing import Routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from claimcheck.bootstrap import Engine
    from claimcheck.catalog import Catalog, JobType
    from claimcheck.model import Job
    from claimcheck.openapi.reference import Reference
    from claimcheck.routing import Match, Route
    from claimcheck.tenancy import Allowance, ApiKey, Caller

BODY_LIMIT = 1024 * 1024

# The only place where errors become HTTP statuses; what a dialect publishes otherwise it says itself.
STATUSES: dict[type[errors.ClaimcheckError], int] = {
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

    def bearer(self) -> str | None:
        """The token of `Authorization: Bearer` (RFC 6750, section 2.1; the scheme in any case)."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

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


class Call(NamedTuple):
    """What an endpoint is given. `caller` is there on every route that has a scope."""

    request: Request
    params: Mapping[str, str]
    engine: Engine
    caller: Caller | None
    dialects: Mapping[str, Dialect]

    @property
    def key(self) -> ApiKey:
        assert self.caller is not None
        return self.caller.key

    @property
    def org(self) -> str:
        return self.key.org


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A published wire contract.

    `secret` finds the API key in a request; `accept` answers a submission at the endpoint of a job
    type that names this dialect; `show` is how it shows a job where dialects share a path; `problem`
    is how its errors look, and `statuses` which of them have another status than in `STATUSES`.
    Where dialects share a path, whom nobody knows yet is answered by the one of lowest `precedence`.
    `describe` is asked when the API's description is made (see `openapi.reference`).
    """

    name: str
    precedence: int = 2
    key_prefix: str
    challenge: str = "Bearer"  # WWW-Authenticate
    routes: tuple[Route, ...]
    secret: Callable[[Request], str | None]
    accept: Callable[[JobType, Call], Response]
    show: Callable[[Call, Job], Response]
    problem: Callable[[errors.ClaimcheckError, int, Request], Response]
    statuses: Mapping[type[errors.ClaimcheckError], int] = field(default_factory=dict)
    describe: Callable[[Catalog], Reference]

    def status_of(self, kind: type[errors.ClaimcheckError]) -> int:
        """A subclass has its parent's status unless it is listed; what the dialect lists counts first."""
        listed = {**STATUSES, **self.statuses}
        return next(listed[parent] for parent in kind.__mro__ if parent in listed)


class Api:
    """Serves dialects; the first one also answers for paths that none of them knows.

    `job_types` are those that can be submitted at endpoints of their own.
    Raises: ValueError for a job type whose dialect is none of these.
    """

    def __init__(
        self, engine: Engine, dialects: Iterable[Dialect], job_types: Iterable[JobType] = ()
    ) -> None:
        job_types = list(job_types)
        self.engine = engine
        self.dialects = {dialect.name: dialect for dialect in dialects}
        self.routes = Routes(self.dialects.values(), job_types)
        for job_type in job_types:
            if job_type.dialect not in self.dialects:
                raise ValueError(f"job type {job_type.name}: there is no dialect {job_type.dialect}")

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        return _Exchange(self, Request.of(event)).answer().to_event()


class _Exchange:
    """One request and its answer. Which dialect it is in becomes clear on the way."""

    def __init__(self, api: Api, request: Request) -> None:
        self._api = api
        self._request = request
        self._dialect = next(iter(api.dialects.values()))
        self._headers: dict[str, str] = {}

    def answer(self) -> Response:
        try:
            response = self._serve()
        except tuple(STATUSES) as error:
            response = self._problem(error)
        except Exception:  # noqa: BLE001 - whatever it was, the caller gets an answer without a trace
            failure("request failed", path=self._request.path, request_id=self._request.request_id)
            response = self._problem(errors.InternalError())
        return response.with_headers(self._headers)

    def _serve(self) -> Response:
        matches = self._find()
        caller, match = None, matches[0]
        if match.route.scope is not None:
            caller = self._api.engine.authenticator.authenticate(self._dialect.secret(self._request))
            match = next((each for each in matches if each.dialect.name == caller.key.dialect), match)
            self._dialect = match.dialect
            if len(matches) > 1:
                # Errors of a path that dialects share are no single one's: the key tells in whose words.
                self._dialect = self._api.dialects.get(caller.key.dialect, match.dialect)
            self._admit(caller, match.route)
        call = Call(self._request, match.params, self._api.engine, caller, self._api.dialects)
        return match.route.endpoint(call)

    def _find(self) -> list[Match]:
        """The routes that this request may mean. Raises: RouteNotFound; MethodNotAllowed when the
        path is there for other methods."""
        matches = self._api.routes.matching(self._request.path)
        if not matches:
            raise errors.RouteNotFound
        self._dialect = matches[0].dialect
        found = [match for match in matches if match.route.method == self._request.method]
        if not found:
            raise errors.MethodNotAllowed(sorted({match.route.method for match in matches}))
        self._dialect = found[0].dialect
        return found

    def _admit(self, caller: Caller, route: Route) -> None:
        """Raises: RateLimited, MissingScope."""
        try:
            self._headers |= _rate_limit_headers(self._api.engine.limiter.spend(caller))
        except errors.RateLimited as error:
            self._headers |= _rate_limit_headers(error.allowance)
            raise
        if route.scope is not None:
            caller.require(route.scope)

    def _problem(self, error: errors.ClaimcheckError) -> Response:
        status = self._dialect.status_of(type(error))
        response = self._dialect.problem(error, status, self._request)
        match error:
            case errors.Unauthenticated() if status == 401:
                return response.with_headers({"WWW-Authenticate": self._dialect.challenge})
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
