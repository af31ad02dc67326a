"""The API: it turns API Gateway's events into responses.

Authentication and the rate limit come before every endpoint. Dialects define paths, responses and errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimcheck.domain import errors
from claimcheck.domain.observability import count_rate_limited, failure, traced
from claimcheck.http.contract import STATUSES, Call, Dialect, Match, Request, Response, Route, Services
from claimcheck.http.routing import Routes
from claimcheck.http.submissions import trace_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from claimcheck.http.admission import Caller
    from claimcheck.http.contract import Endpoints

# Seconds to wait before a retry when the service is unavailable.
UNAVAILABLE_PAUSE = 2
# Seconds to wait before a retry when too many jobs wait in a flow.
FULL_PAUSE = 30


class Api:
    """The server of all dialects. The first one also answers unknown paths.

    `endpoints` are the paths that submit job types. A function that only reads has none. `origins` are those
    whose pages may read answers; `*` means any.
    """

    def __init__(
        self,
        engine: Services,
        dialects: Iterable[Dialect],
        endpoints: Endpoints | None = None,
        origins: Collection[str] = (),
    ) -> None:
        self.engine = engine
        self.dialects = {dialect.name: dialect for dialect in dialects}
        self.routes = Routes(self.dialects.values(), endpoints or {})
        self._origins = origins

    def handle(self, event: Mapping[str, Any]) -> dict[str, Any]:
        request = Request.of(event)
        if not self._origins:
            return self._answer(request).to_event()
        # Imported only if other origins are allowed, to keep cold starts short.
        from claimcheck.http import cors

        shared = cors.headers_for(request, self._origins)
        response = cors.PREFLIGHT if cors.is_preflight(request, shared) else self._answer(request)
        return response.with_headers(shared).to_event()

    def _answer(self, request: Request) -> Response:
        if request.method == "HEAD":
            return _Exchange(self, request._replace(method="GET")).answer()._replace(body="")
        return _Exchange(self, request).answer()


class _Exchange:
    def __init__(self, api: Api, request: Request) -> None:
        self._api = api
        self._request = request
        self._dialect = next(iter(api.dialects.values()))
        self._headers: dict[str, str] = {}
        self._org = ""

    def answer(self) -> Response:
        try:
            response = self._serve()
        except tuple(STATUSES) as error:
            response = self._problem(error)
        except Exception:  # noqa: BLE001 - callers see no trace
            self._log_failure()
            response = self._problem(errors.InternalError())
        # What an endpoint says of the limit is later than what was said before it.
        return response._replace(headers={**self._headers, **response.headers})

    def _log_failure(self) -> None:
        known = {"path": self._request.path, "request_id": self._request.request_id}
        failure("request failed", **known, **traced(trace_of(self._request.headers)))

    def _serve(self) -> Response:
        matches = self._find()
        caller, match = None, matches[0]
        if match.route.scope is not None:
            caller = self._api.engine.authenticator.authenticate(self._dialect.secret(self._request))
            self._org = caller.key.org
            match = next((each for each in matches if each.dialect.name == caller.key.dialect), match)
            self._dialect = match.dialect
            if len(matches) > 1:
                # Errors at a shared path have the form of the key's dialect.
                self._dialect = self._api.dialects.get(caller.key.dialect, match.dialect)
            self._admit(caller, match.route)
        call = Call(self._request, match.params, self._api.engine, caller, match.dialect, self._api.dialects)
        return match.route.endpoint(call)

    def _find(self) -> list[Match]:
        """Return the routes that match. Raises: RouteNotFound, MethodNotAllowed."""
        matches = self._api.routes.matching(self._request.path)
        if not matches:
            raise errors.RouteNotFound
        self._dialect = matches[0].dialect
        found = [match for match in matches if match.route.method == self._request.method]
        if not found:
            methods = {match.route.method for match in matches}
            raise errors.MethodNotAllowed(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
        self._dialect = found[0].dialect
        return found

    def _admit(self, caller: Caller, route: Route) -> None:
        """Raises: RateLimited, MissingScope."""
        from claimcheck.http.admission import rate_limit_headers

        self._headers |= rate_limit_headers(self._api.engine.limiter.spend(caller))
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
                from claimcheck.http.admission import rate_limit_headers

                count_rate_limited(self._org)
                if not isinstance(error, errors.DailyLimitReached):
                    self._headers |= rate_limit_headers(error.allowance)
                return response.with_headers({"Retry-After": str(error.allowance.reset)})
            case errors.FlowFull():
                return response.with_headers({"Retry-After": str(FULL_PAUSE)})
            case errors.Unavailable():
                return response.with_headers({"Retry-After": str(UNAVAILABLE_PAUSE)})
        return response
