"""A world whose models write canned handoffs and insights, and FlowRelay's way to request them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from claimcheck.authoring.catalog import JobModel
from claimcheck.domain.outcome import Fail, Retry
from tests.kit.world import Answer, World, echo, job_type

if TYPE_CHECKING:
    from claimcheck.authoring.catalog import JobType
    from claimcheck.authoring.context import JobContext

BILLING = {"project": "Billing", "wanted": "title"}


class Context(JobModel):
    project: Annotated[str, Field(max_length=1000, examples=["Billing"])]
    wanted: Annotated[str, Field(examples=["title"])] = "title"


class Artifact(JobModel):
    title: Annotated[str, Field(examples=["Billing: rows lost by the importer"])]


def write(given: Context, job: JobContext) -> Artifact:
    """`wanted` is the outcome, or the artifact's title."""
    if given.wanted == "refused":
        raise Fail("model_refused", "The model refuses to answer about this.")
    if given.wanted == "unreachable":
        raise Retry(after=5, message="The model cannot be reached.", code="model_unavailable")
    job.progress(1, 2, "context read")
    return Artifact(title="x" * 6_000_000 if given.wanted == "huge" else given.wanted)


def kind(name: str, **changes: Any) -> JobType:
    about: dict[str, Any] = {"input": Context, "result": Artifact}
    return job_type(name, **about | changes)


def flowrelay(**changes: Any) -> World:
    defaults = {
        "handlers": {"echo": echo, "handoff": write, "insight": write},
        "job_types": [job_type(), kind("handoff"), kind("insight")],
    }
    return World(**defaults | changes)


def ask(world: World, kind: str = "handoff", body: Any = BILLING, **more: Any) -> Answer:
    return world.request("POST", f"/api/v1/{kind}s", body, **more)


def generate(world: World, kind: str = "handoff", **fields: str) -> str:
    """Submit a job and return its id."""
    answer = ask(world, kind, BILLING | fields)
    assert answer.status == 202, answer.text
    return str(answer.json["jobId"])


def poll(world: World, job_id: str, **more: Any) -> Answer:
    return world.request("GET", f"/api/v1/jobs/{job_id}", **more)


def make(world: World, *kinds: str) -> list[str]:
    """Request one of each, a moment apart, and run the worker. Returns them newest first."""
    made = []
    for each in kinds:
        made.append(world.submit() if each == "echo" else generate(world, each))
        world.clock.advance(1)
    world.work()
    return made[::-1]
