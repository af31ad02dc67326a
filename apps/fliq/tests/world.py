"""A world with canned receivers, and Fliq's way to schedule requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from claimcheck.authoring.catalog import JobModel
from claimcheck.domain.outcome import Fail, Retry
from claimcheck.domain.retry import RetryPolicy
from tests.kit.world import Answer, World, echo, job_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring.catalog import JobType
    from claimcheck.authoring.context import JobContext

    Receiver = Callable[[str], str]

CHECK = "https://yourapp.com/api/exports/check"


class HttpRequest(JobModel):
    """The fields of a request that the receivers use."""

    url: Annotated[str, Field(max_length=100, examples=[CHECK])]
    method: Annotated[str, Field(pattern="^[A-Z]+$", examples=["POST"])] = "POST"
    headers: Annotated[dict[str, str], Field(max_length=2)] = {}  # noqa: RUF012 - pydantic copies it
    body: str = ""
    max_retries: Annotated[int, Field(ge=0, le=20, examples=[3])] = 3


class HttpAnswer(JobModel):
    status: Annotated[int, Field(examples=[200])]
    body: Annotated[str, Field(examples=['{"done": true}'])]


class Down(Exception):
    """The receiver is temporarily down."""


class Gone(Exception):
    """The receiver refuses permanently."""


def sender(receive: Receiver) -> Callable[[HttpRequest, JobContext], HttpAnswer]:
    """Return a handler like that of HTTP requests, without a network: the receiver gets the body."""

    def send(given: HttpRequest, job: JobContext) -> HttpAnswer:
        try:
            return HttpAnswer(status=200, body=receive(given.body))
        except Gone:
            raise Fail("upstream_error", "The server answered 410.") from None
        except Down:
            if job.attempt > given.max_retries:
                raise Fail("upstream_error", "The server answered 503.") from None
            raise Retry(after=1, message="The server answered 503.") from None

    return send


def http_request(**changes: Any) -> JobType:
    about = {
        "input": HttpRequest,
        "result": HttpAnswer,
        "retry": RetryPolicy(max_attempts=21, base=1, cap=60),
        "typical": 1,
    }
    return job_type("http_request", **about | changes)


def fliq(receive: Receiver = lambda body: body, **changes: Any) -> World:
    defaults = {
        "handlers": {"echo": echo, "http_request": sender(receive)},
        "job_types": [job_type(), http_request()],
    }
    return World(**defaults | changes)


def post(world: World, body: Any = None, **more: Any) -> Answer:
    return world.request("POST", "/jobs", {"url": CHECK} if body is None else body, **more)


def schedule(world: World, **fields: Any) -> str:
    """Schedule a request and return the job's id."""
    answer = post(world, {"url": CHECK} | fields)
    assert answer.status == 202, answer.text
    return str(answer.json["id"])


def read(world: World, job_id: str, **more: Any) -> Any:
    answer = world.request("GET", f"/jobs/{job_id}", **more)
    assert answer.status == 200, answer.text
    return answer.json


def sends(world: World, job_id: str) -> list[dict[str, Any]]:
    """Return the executions, oldest first."""
    answer = world.request("GET", f"/jobs/{job_id}/executions")
    assert answer.status == 200, answer.text
    executions: list[dict[str, Any]] = answer.json["executions"]
    return executions[::-1]
