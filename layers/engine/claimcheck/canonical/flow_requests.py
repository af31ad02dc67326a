"""The body of `PUT /v1/flows/{name}`."""

from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from claimcheck.authoring.catalog import field_errors
from claimcheck.domain.errors import InvalidFields
from claimcheck.domain.flows import MAX_CONCURRENCY, MAX_PERIOD, MAX_STARTS, MAX_WAITING, Limits, Rate


class FlowRate(BaseModel):
    """How often jobs start: evenly, `starts` in `per_seconds`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    starts: Annotated[int, Field(description="The starts in each period.", ge=1, le=MAX_STARTS, examples=[5])]
    per_seconds: Annotated[
        int, Field(description="The period in seconds: at most a day.", ge=1, le=MAX_PERIOD, examples=[1])
    ]
    burst: Annotated[
        int,
        Field(
            description="Starts that can come at once after a time without starts.",
            ge=1,
            le=MAX_STARTS,
            examples=[1],
        ),
    ] = 1


class PutFlow(BaseModel):
    """The limits of a flow."""

    model_config = ConfigDict(extra="forbid", strict=True)

    concurrency: Annotated[
        int,
        Field(
            description="The most jobs that run at once. A job counts from its first start to its end: also "
            "while it waits for its next attempt or poll.",
            ge=1,
            le=MAX_CONCURRENCY,
            examples=[3],
        ),
    ] = MAX_CONCURRENCY
    rate: Annotated[FlowRate | None, Field(description="How often jobs start. Default: no such limit.")] = (
        None
    )
    paused: Annotated[
        bool | None,
        Field(description="Whether no job may start. Default: unchanged; a new flow is active."),
    ] = None
    max_waiting: Annotated[
        int | None,
        Field(
            description="The most jobs that wait. Then a submission is refused with 429 `flow_full`. Jobs "
            "submitted at the same moment can exceed it. Default: no such limit.",
            ge=1,
            le=MAX_WAITING,
            examples=[1000],
        ),
    ] = None


class FlowRequest(NamedTuple):
    limits: Limits
    paused: bool | None


def limits_of(body: object) -> FlowRequest:
    """Return the limits that a body asks for. Raises: InvalidFields, which names every wrong field."""
    try:
        asked = PutFlow.model_validate(body)
    except ValidationError as error:
        raise InvalidFields(field_errors(error, data=body)) from error
    rate = None if asked.rate is None else Rate(asked.rate.starts, asked.rate.per_seconds, asked.rate.burst)
    limits = Limits(asked.concurrency, rate, max_waiting=asked.max_waiting)
    return FlowRequest(limits, asked.paused)
