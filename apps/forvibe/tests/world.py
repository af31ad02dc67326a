"""Forvibe's contract in memory: its job types with canned results, in a world that checks each answer against
the description."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from apps.forvibe import dialect as forvibe
from claimcheck.authoring.catalog import Catalog, JobModel
from claimcheck.build.description import describe
from claimcheck.canonical import endpoints as canonical
from tests.kit.described import Description, Seen
from tests.kit.world import Answer, World, job_type

JOBS = "/api/v1/jobs"
SIMULATIONS = "/api/v1/simulations"
PROJECT = "/api/v1/projects/p-1"
SIMULATE = f"{PROJECT}/simulations/metadata"
LOCALIZE = f"{PROJECT}/listings/localize"
LISTINGS = f"{PROJECT}/listings"


LOCALES = ("en-US", "de-DE", "ja")


def known(locale: str) -> str:
    if locale not in LOCALES:
        raise ValueError("is no locale of ours")
    return locale


Locale = Annotated[str, AfterValidator(known), WithJsonSchema({"type": "string", "enum": list(LOCALES)})]


class Listing(JobModel):
    name: Annotated[str | None, Field(max_length=100_000)] = None
    keywords: str | None = None


class Page(JobModel):
    project_id: str
    listings: Annotated[dict[Locale, Listing], Field(min_length=1)]
    codebase: str | None = None


class Review(JobModel):
    overall_summary: dict[str, Any]
    metadata_review: dict[str, Any]
    codebase_review: dict[str, Any] | None
    combined_findings: list[str]


class Texts(JobModel):
    project_id: str
    source_locale: Locale = "en-US"
    listing: Listing
    locales: Annotated[list[Locale], Field(min_length=1, examples=[["ja"]])]


class Localizations(JobModel):
    localizations: dict[str, Any]


SIMULATION = job_type(
    "review_simulation",
    input=Page,
    result=Review,
    price=lambda page: 50,
    paid_plan=True,
)
LOCALIZATION = job_type(
    "listing_localization",
    input=Texts,
    result=Localizations,
    price=lambda texts: 15 * len(texts.locales),
)
REVIEW: dict[str, Any] = {
    "overall_summary": {"verdict": "needs_changes"},
    "metadata_review": {"name": {"status": "fail"}},
    "codebase_review": {"status": "pass"},
    "combined_findings": ["price-in-title"],
}


class ForvibeWorld(World):
    """Requests use acme's key of this contract, on a paid plan. Handlers do what `does` says; `given` has
    their inputs."""

    def __init__(self, does: Any = None, job_types: Any = (SIMULATION, LOCALIZATION), **parts: Any) -> None:
        self.given: list[Any] = []
        self.seen: set[Seen] = set()
        self._does = does or (lambda job: None)
        super().__init__(
            handlers={"review_simulation": self._review, "listing_localization": self._localize},
            job_types=[job_type(), *job_types],
            dialects=(canonical.DIALECT, forvibe.DIALECT),
            **parts,
        )
        self.forvibe = self.key("acme", dialect="forvibe", plan="paid", limit=100_000)

    def _review(self, page: Page, job: Any) -> Any:
        self.given.append(page)
        return self._does(job) or Review(**REVIEW)

    def _localize(self, texts: Texts, job: Any) -> Any:
        self.given.append(texts)
        return self._does(job) or Localizations(localizations={each: {} for each in texts.locales})

    def add(self, amount: int, org: str = "acme") -> None:
        self.engine.credits.add_credits(org, amount, self.clock.now(), self.randomness.token())

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        more["key"] = more.get("key") or self.forvibe
        answer = super().request(method, path, body, **more)
        if path.startswith("/api/v1/"):
            self.seen.add(description().check(method, path, answer))
        return answer

    def accept(self, path: str, body: Any, **more: Any) -> str:
        answer = self.request("POST", path, body, **more)
        assert answer.status == 202, answer.text
        return str(answer.json["job_id"])

    def read(self, job_id: str, of: str = JOBS, **more: Any) -> Answer:
        return self.request("GET", f"{of}/{job_id}", **more)


def rich(does: Any = None, **parts: Any) -> ForvibeWorld:
    """Return a world whose org has 1,000 credits and whose project p-1 has a stored listing."""
    world = ForvibeWorld(does, **parts)
    world.add(1000)
    assert world.request("PUT", f"{LISTINGS}/en-US", {"name": "Trail Ledger"}).status == 200
    return world


@cache
def description() -> Description:
    catalog = Catalog([job_type(), SIMULATION, LOCALIZATION])
    return Description(describe([canonical.DIALECT, forvibe.DIALECT], catalog), "Forvibe")
