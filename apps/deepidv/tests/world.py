"""A world with deepidv's contract: one header, and one endpoint that starts a screening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from apps.deepidv import dialect as deepidv
from claimcheck.authoring.catalog import JobModel
from tests.kit.described import Failing
from tests.kit.world import Answer, World, job_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring.catalog import JobType
    from claimcheck.authoring.context import JobContext

SCREENINGS = "/v1/adverse-media-screenings"
JOBS = "/v1/async-jobs"
JOHN = {"name": "John Doe"}


class Subject(JobModel):
    name: str


class Screened(JobModel):
    """The page's example of a result."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True)

    total_hits: int
    risk_level: str
    risk_score: int
    summary: str
    findings: list[str]
    exposures_by_category: dict[str, int]


SCREENED = Screened(
    total_hits=2,
    risk_level="MEDIUM",
    risk_score=45,
    summary="Two adverse-media findings corroborated by court records.",
    findings=[],
    exposures_by_category={},
)


ENDPOINTS = {deepidv.NAME: {SCREENINGS: "screening"}}


def screened(given: Subject, job: JobContext) -> Screened:
    return SCREENED


def screening(**changes: Any) -> JobType:
    made_of: dict[str, Any] = {"input": Subject, "result": Screened}
    return job_type("screening", **made_of | changes)


class DeepidvWorld(World):
    """Acme has a key of deepidv's. `also` is another job type, besides `echo` of the canonical contract."""

    def __init__(
        self, handle: Callable[..., Any] = screened, also: JobType | None = None, **changes: Any
    ) -> None:
        job_types = [screening(**changes), job_type()] + ([also] if also else [])
        super().__init__(
            {each.name: handle for each in job_types},
            job_types,
            endpoints=ENDPOINTS,
        )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.acme = self.key("acme", dialect=deepidv.NAME, limit=100_000)

    def request(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **more: Any
    ) -> Answer:
        """Send a request, without a key if `key` is empty."""
        sent = {"authorization": "", "x_api_key": self.acme if key is None else key} | more
        return super().request(method, path, body, **sent)

    def start(self, body: Any = JOHN, **more: Any) -> Answer:
        return self.request("POST", SCREENINGS, body, **more)

    def started(self) -> str:
        """Return the id of a new job."""
        return str(self.start().json["jobId"])

    def poll(self, job_id: str, **more: Any) -> Answer:
        return self.request("GET", f"{JOBS}/{job_id}", **more)

    def break_port(self, name: str, method: str, error: Exception) -> None:
        """Make a method of one of the engine's ports fail."""
        self.rebuild(**{name: Failing(getattr(self.engine, name), method, error)})
