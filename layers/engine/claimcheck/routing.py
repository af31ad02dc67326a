"""Which endpoints a request may mean: two dialects can have the same path."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from claimcheck.catalog import JobType
    from claimcheck.http import Call, Dialect, Response

    Endpoint = Callable[[Call], Response]


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


class Match(NamedTuple):
    dialect: Dialect
    route: Route
    params: dict[str, str]


class Routes:
    """All dialects' routes, in the order of the dialects; what is written out goes before a parameter.

    Raises: ValueError when a dialect takes the same method and path twice.
    """

    def __init__(self, dialects: Iterable[Dialect], job_types: Iterable[JobType] = ()) -> None:
        job_types = list(job_types)
        self._routes = [(dialect, route) for dialect in dialects for route in routes_of(dialect, job_types)]

    def matching(self, path: str) -> list[Match]:
        """Every route of this path, whatever its method."""
        segments = path.split("/")
        found = ((dialect, route, route.match(segments)) for dialect, route in self._routes)
        return [Match(dialect, route, params) for dialect, route, params in found if params is not None]


def routes_of(dialect: Dialect, job_types: Iterable[JobType]) -> list[Route]:
    """A dialect's own routes, and those of the job types that name it."""
    routes = [*dialect.routes, *_submissions(dialect, job_types)]
    taken = [(route.method, route.path) for route in routes]
    twice = {f"{method} {path}" for method, path in taken if taken.count((method, path)) > 1}
    if twice:
        raise ValueError(f"dialect {dialect.name}: more than one endpoint at {', '.join(sorted(twice))}")
    return sorted(routes, key=lambda route: route.path.count("{"))


def _submissions(dialect: Dialect, job_types: Iterable[JobType]) -> Iterator[Route]:
    from claimcheck.tenancy import WRITE

    for job_type in job_types:
        if job_type.endpoint is not None and job_type.dialect == dialect.name:
            endpoint = partial(dialect.accept, job_type)
            yield Route("POST", job_type.endpoint, endpoint, WRITE)
