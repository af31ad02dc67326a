"""The parts of a dialect: requests, responses, routes and the calls that endpoints receive."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from urllib.parse import parse_qsl

from claimcheck.domain import errors
from claimcheck.domain.json_text import compact
from claimcheck.settings import base_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from claimcheck.authoring.catalog import Catalog, JobType
    from claimcheck.domain.job import Job
    from claimcheck.domain.keys import ApiKey
    from claimcheck.domain.ports import Clock, CreditStore, DocumentStore
    from claimcheck.http.admission import Authenticator, Caller, DailyLimiter, RateLimiter
    from claimcheck.service.batches import BatchSubmission
    from claimcheck.service.callbacks.settings import CallbackSettings
    from claimcheck.service.editor import JobEditor
    from claimcheck.service.flows.editor import FlowEditor
    from claimcheck.service.flows.reader import FlowReader
    from claimcheck.service.reader import JobReader
    from claimcheck.service.retrier import JobRetrier
    from claimcheck.service.schedules.editor import ScheduleEditor
    from claimcheck.service.schedules.reader import ScheduleReader
    from claimcheck.service.submission import Submission
    from claimcheck.service.uploads import Uploads

    Endpoint = Callable[["Call"], "Response"]
    # The names of the job types that paths submit, by dialect and path.
    Endpoints = Mapping[str, Mapping[str, str]]

BODY_LIMIT = 1024 * 1024
# Characters. Lambda counts an answer as JSON, at most 6,291,556 bytes, in which a quote of the body takes two
# bytes and, on Python 3.11, an emoji twelve. So a body of at least this length is sent in base64.
PLAIN_LIMIT = 500_000

# The headers of every answer (OWASP, "REST Security Cheat Sheet"). HSTS is for two years.
EVERYWHERE = {
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
}

# The only place where errors become HTTP statuses. A dialect lists its own exceptions.
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
    errors.FlowFull: 429,
    errors.InternalError: 500,
    errors.Unavailable: 503,
}


def path_for_clients(path: str) -> str:
    """Return a route's path as clients have to request it."""
    return base_path() + path


def _path_of_route(path: str) -> str:
    """Return a requested path without that of the custom domain, if it is below that."""
    return path.removeprefix(base_path()) if path.startswith(f"{base_path()}/") else path


class Request(NamedTuple):
    """A request to API Gateway's HTTP API (payload format 2.0). Header names are lowercase.

    API Gateway has decoded the `path` ("Working with AWS Lambda proxy integrations for HTTP APIs").
    """

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
            path=_path_of_route(event["rawPath"]),
            query=parse_qsl(event.get("rawQueryString", ""), keep_blank_values=True),
            # sam local keeps the client's case.
            headers={name.lower(): value for name, value in event.get("headers", {}).items()},
            # The parser reports invalid text.
            body=b64decode(body) if event.get("isBase64Encoded") else body.encode(errors="surrogatepass"),
            request_id=context.get("requestId", ""),
        )

    def bearer(self) -> str | None:
        """Return the token of `Authorization: Bearer` (RFC 6750, section 2.1; the scheme in any case)."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    def json(self) -> Any:
        """Parse the body. Raises: BodyTooLarge, UnsupportedMediaType, MalformedJson."""
        from claimcheck.http.strict_json import parse

        if len(self.body) > BODY_LIMIT:
            raise errors.BodyTooLarge
        media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise errors.UnsupportedMediaType
        return parse(self.body)


class Response(NamedTuple):
    status: int
    body: str
    headers: Mapping[str, str] = {}

    @classmethod
    def json(cls, status: int, document: Any, **headers: str) -> Response:
        """Return a JSON response. `retry_after="5"` becomes `Retry-After: 5`."""
        named = {name.replace("_", "-").title(): value for name, value in headers.items()}
        return cls(status, compact(document), {"Content-Type": "application/json"} | named)

    def with_headers(self, headers: Mapping[str, str]) -> Response:
        return self._replace(headers={**self.headers, **headers})

    def to_event(self) -> dict[str, Any]:
        headers = {**EVERYWHERE, "Cache-Control": "no-store", **self.headers}
        answer = {"statusCode": self.status, "headers": headers, "body": self.body}
        if len(self.body) < PLAIN_LIMIT:
            return answer
        return answer | {"body": b64encode(self.body.encode()).decode(), "isBase64Encoded": True}


class Services(Protocol):
    """The services that endpoints use. Each is built on first use."""

    @property
    def openapi(self) -> str: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def authenticator(self) -> Authenticator: ...
    @property
    def limiter(self) -> RateLimiter: ...
    @property
    def daily_limiter(self) -> DailyLimiter: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def reader(self) -> JobReader: ...
    @property
    def submission(self) -> Submission: ...
    @property
    def batches(self) -> BatchSubmission: ...
    @property
    def uploads(self) -> Uploads: ...
    @property
    def callback_settings(self) -> CallbackSettings: ...
    @property
    def editor(self) -> JobEditor: ...
    @property
    def retrier(self) -> JobRetrier: ...
    @property
    def schedule_reader(self) -> ScheduleReader: ...
    @property
    def schedule_editor(self) -> ScheduleEditor: ...
    @property
    def flow_reader(self) -> FlowReader: ...
    @property
    def flow_editor(self) -> FlowEditor: ...
    @property
    def credits(self) -> CreditStore: ...
    @property
    def documents(self) -> DocumentStore: ...


class Call(NamedTuple):
    """A matched request. `caller` is None only on routes without a scope."""

    request: Request
    params: Mapping[str, str]
    engine: Services
    caller: Caller | None
    dialect: Dialect
    dialects: Mapping[str, Dialect]

    @property
    def key(self) -> ApiKey:
        assert self.caller is not None
        return self.caller.key

    @property
    def org(self) -> str:
        return self.key.org


class Dialect(NamedTuple):
    """A published wire contract.

    `secret` returns a request's API key, by default the bearer token. `accept` serves the paths that apps
    give to job types. `show` returns a job at a path that dialects share. `problem` renders errors, and
    `statuses` are those that differ from `STATUSES`. At a shared path, the dialect of lowest `precedence`
    answers callers that are not authenticated.
    """

    name: str
    key_prefix: str
    routes: tuple[Route, ...]
    accept: Callable[[JobType, Call], Response]
    show: Callable[[Call, Job], Response]
    problem: Callable[[errors.ClaimcheckError, int, Request], Response]
    secret: Callable[[Request], str | None] = Request.bearer
    statuses: Mapping[type[errors.ClaimcheckError], int] = {}
    precedence: int = 2
    challenge: str = "Bearer"  # WWW-Authenticate

    def status_of(self, kind: type[errors.ClaimcheckError]) -> int:
        """Return the status of an error, or of its nearest listed parent."""
        listed = {**STATUSES, **self.statuses}
        return next(listed[parent] for parent in kind.__mro__ if parent in listed)


class Route(NamedTuple):
    """A method and a path such as `/v1/jobs/{job_id}`. Without a scope it needs no API key."""

    method: str
    path: str
    endpoint: Endpoint
    scope: str | None = None


class Match(NamedTuple):
    dialect: Dialect
    route: Route
    params: dict[str, str]
