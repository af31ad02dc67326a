"""The body of `PUT /v1/flows/{name}`."""

from pydantic import Field

from claimcheck.authoring.catalog import JobModel, parsed
from claimcheck.domain.flows import MAX_CONCURRENCY, MAX_PERIOD, MAX_STARTS, MAX_WAITING, Limits, Rate


class FlowRate(JobModel):
    """How often jobs start: evenly, `starts` in `per_seconds`."""

    starts: int = Field(description="The starts in each period.", ge=1, le=MAX_STARTS, examples=[5])
    per_seconds: int = Field(
        description="The period in seconds: at most a day.", ge=1, le=MAX_PERIOD, examples=[1]
    )
    burst: int = Field(
        default=1,
        description="Starts that can come at once after a time without starts.",
        ge=1,
        le=MAX_STARTS,
        examples=[1],
    )


class PutFlow(JobModel):
    """The limits of a flow."""

    concurrency: int = Field(
        default=MAX_CONCURRENCY,
        description="The most jobs that run at once. A job counts from its first start to its end: also "
        "while it waits for its next attempt or poll.",
        ge=1,
        le=MAX_CONCURRENCY,
        examples=[3],
    )
    rate: FlowRate | None = Field(default=None, description="How often jobs start. Default: no such limit.")
    paused: bool | None = Field(
        default=None, description="Whether no job may start. Default: unchanged; a new flow is active."
    )
    max_waiting: int | None = Field(
        default=None,
        description="The most jobs that wait. Then a submission is refused with 429 `flow_full`. Jobs "
        "submitted at the same moment can exceed it. Default: no such limit.",
        ge=1,
        le=MAX_WAITING,
        examples=[1000],
    )


def limits_of(body: object) -> tuple[Limits, bool | None]:
    """Return the limits and `paused` of a body. Raises: InvalidFields, which names every wrong field."""
    asked = parsed(PutFlow, body)
    rate = None if asked.rate is None else Rate(asked.rate.starts, asked.rate.per_seconds, asked.rate.burst)
    return Limits(asked.concurrency, rate, max_waiting=asked.max_waiting), asked.paused
