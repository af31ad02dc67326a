"""The routes of all dialects. Two dialects can share a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from claimcheck.domain.keys import WRITE
from claimcheck.http.contract import Call, Dialect, Match, Response, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from claimcheck.http.contract import Endpoints


class Routes:
    """All dialects' routes, in the order of the dialects; literal paths before those with parameters.

    Raises: ValueError if a dialect has two endpoints for one method and path.
    """

    def __init__(self, dialects: Iterable[Dialect], endpoints: Endpoints) -> None:
        # By the number of segments, so that a request is compared with few.
        self._routes: dict[int, list[tuple[Dialect, Route, list[str]]]] = {}
        for dialect in dialects:
            for route in routes_of(dialect, endpoints.get(dialect.name, {})):
                names = route.path.split("/")
                self._routes.setdefault(len(names), []).append((dialect, route, names))

    def matching(self, path: str) -> list[Match]:
        segments = path.split("/")
        candidates = self._routes.get(len(segments), ())
        found = ((dialect, route, params_of(names, segments)) for dialect, route, names in candidates)
        return [Match(dialect, route, params) for dialect, route, params in found if params is not None]


def params_of(names: list[str], segments: list[str]) -> dict[str, str] | None:
    """Return the parameters of a path that matches a route's, or None."""
    params = {}
    for name, segment in zip(names, segments, strict=True):
        if name.startswith("{") and segment:
            params[name[1:-1]] = segment
        elif name != segment:
            return None
    return params


def routes_of(dialect: Dialect, endpoints: Mapping[str, str]) -> list[Route]:
    """Return a dialect's own routes and those that submit job types.

    Raises: ValueError if two share method and path.
    """
    routes = [*dialect.routes, *(submission_at(path, name, dialect) for path, name in endpoints.items())]
    taken = [(route.method, route.path) for route in routes]
    twice = {f"{method} {path}" for method, path in taken if taken.count((method, path)) > 1}
    if twice:
        raise ValueError(f"dialect {dialect.name}: more than one endpoint at {', '.join(sorted(twice))}")
    return sorted(routes, key=lambda route: route.path.count("{"))


def submission_at(path: str, name: str, dialect: Dialect) -> Route:
    """Return the route that submits jobs of the type `name`, which the first request loads."""

    def submit(call: Call) -> Response:
        job_type = call.engine.catalog.newest(name)
        assert job_type is not None, f"{path}: no app has the job type {name}"
        return dialect.accept(job_type, call)

    return Route("POST", path, submit, WRITE)
