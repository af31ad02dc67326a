"""Orgs of one deployment that use every route in the same way, with the same names.

The requests come from the routes of all dialects and from the examples in their descriptions, so they include
new routes, job types and dialects.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from claimcheck import outbound
from claimcheck.authoring import Fail
from claimcheck.http.routing import routes_of
from claimcheck.installed import ENDPOINTS, dialects
from claimcheck.service.callbacks.signing import issue_secret
from tests.kit.installed import CATALOG, openapi_document
from tests.kit.made_up import made_up
from tests.kit.world import Answer, World

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext
    from claimcheck.http.contract import Route


PARAMETER = re.compile(r"\{(\w+)\}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# Names that orgs choose, equal in all orgs. Any other parameter is an id from the engine.
NAMES = {"project_id": "the-project", "locale": "en-US", "name": "the-schedule"}
# Replaces the times of the examples.
NOW = {"scheduled_at": "2026-06-21T10:00:00Z"}
FUNDS = 10_000
NAMED = [dialect.name for dialect in dialects()]


class Place(NamedTuple):
    """A method and a path that need a key, and the request bodies that they accept."""

    method: str
    path: str
    bodies: tuple[Any, ...]
    # Its dialect, and the codes of its 403 in the API's description.
    dialect: str
    forbidden: frozenset[str]

    @property
    def params(self) -> set[str]:
        return set(PARAMETER.findall(self.path))

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, **values: str) -> str:
        return PARAMETER.sub(lambda found: values[found[1]], self.path)

    def everywhere(self, ids: list[str]) -> list[str]:
        """Return the path with each id in place of every parameter that is no name."""
        of_ids = self.params - NAMES.keys()
        return [self.at(**NAMES, **dict.fromkeys(of_ids, each)) for each in (ids if of_ids else [""])]


@cache
def places() -> list[Place]:
    found = {
        f"{route.method} {route.path}": (dialect.name, route)
        for dialect in dialects()
        for route in routes_of(dialect, ENDPOINTS.get(dialect.name, {}))
        if route.scope is not None
    }
    return [
        Place(
            route.method,
            route.path,
            _bodies(route),
            dialect,
            _codes(route, "403"),
        )
        for dialect, route in found.values()
    ]


def _bodies(route: Route) -> tuple[Any, ...]:
    asked = openapi_document()["paths"][route.path][route.method.lower()].get("requestBody", {"content": {}})
    examples = [
        example["value"] for media in asked["content"].values() for example in media["examples"].values()
    ]
    return tuple(example | {name: NOW[name] for name in NOW if name in example} for example in examples)


def _codes(route: Route, status: str) -> frozenset[str]:
    answer = openapi_document()["paths"][route.path][route.method.lower()]["responses"].get(status, {})
    if "$ref" in answer:
        answer = openapi_document()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    media = answer.get("content", {}).values()
    return frozenset(code for each in media for code in each.get("examples", {}))


def gifts() -> list[tuple[Place, Any]]:
    """Return every place that stores something with each body that it accepts, documents first because jobs
    may refer to them."""
    storing = [place for place in places() if place.path != "/v1/uploads"]
    ordered = sorted(storing, key=lambda place: place.method, reverse=True)
    return [(place, body) for place in ordered for body in place.bodies]


class Receiver:
    """A receiver of callbacks that takes each one."""

    def request(self, *request: Any, **options: Any) -> outbound.Answer:
        return outbound.Answer(200, {}, b"")


class Neighbourhood(World):
    """`acme` and `umbrella` have used everything; `stranger` has only keys. Each has a key per dialect."""

    def __init__(self) -> None:
        self.runs: Counter[tuple[str, ...]] = Counter()
        super().__init__({each.name: self.do for each in CATALOG}, list(CATALOG.versions))
        self.keys_of = {
            org: {name: self.key(org, dialect=name, plan="paid", limit=10**9) for name in NAMED}
            for org in ("acme", "umbrella", "stranger")
        }
        for org in ("acme", "umbrella"):
            self.engine.credits.add_credits(org, FUNDS, self.clock.now(), f"funds of {org}")
            # For its default callback.
            issue_secret(self.documents, org, self.clock.now())
        self.rebuild(outbound=Receiver())
        self.live()

    def do(self, given: Any, job: JobContext) -> Any:
        """Complete one of two equal jobs, with the org's name in its result, and fail the other."""
        stored = self.job(job.job_id)
        alike = (stored.org, stored.dialect, stored.type)
        self.runs[alike] += 1
        if self.runs[alike] % 2 == 0:
            return Fail("no_luck", f"{stored.org} had no luck.")
        job_type = CATALOG.find(stored.type, stored.type_version)
        assert job_type is not None
        job.progress(1, 2, f"{stored.org} is half done")
        return made_up(job_type.result, f"made for {stored.org}", job)

    def ask(self, org: str, dialect: str, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        key = self.keys_of[org][dialect]
        sent = {"authorization": f"Bearer {key}", "x_api_key": key} | headers
        return self.request(method, path, body, **sent)

    def live(self) -> None:
        """Store and submit everything: two jobs of each kind run, a third does not."""
        for number in range(3):
            for org, (place, body) in product(("acme", "umbrella"), gifts()):
                self.give(org, place, body, f"number {number}")
            if number == 1:
                self.work()

    def give(self, org: str, place: Place, body: Any, key: str) -> Answer:
        """Send a body with an Idempotency-Key that is the same for every org."""
        [path] = place.everywhere([])
        named = f"{place.path} {place.bodies.index(body)} {key}"
        answer = self.ask(org, NAMED[0], place.method, path, body, idempotency_key=named)
        assert answer.status < 300, f"{place.name}: {answer.text}"
        return answer

    def jobs_of(self, org: str) -> list[str]:
        return [job.job_id for job in self.store.all_jobs() if job.org == org]

    def everything_read_by(self, org: str) -> dict[tuple[str, str], Answer]:
        """Return every response that an org's keys get for all of its data."""
        return {
            (dialect, path): self.ask(org, dialect, "GET", path)
            for place in places()
            if place.method == "GET"
            for path in place.everywhere(self.jobs_of(org))
            for dialect in NAMED
        }
