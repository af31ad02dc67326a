"""What deepidv's answers look like, for the API's description. Answering does not use these: see `render`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel
from pydantic.alias_generators import to_camel

JOB_ID = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"


def _absent(schema: dict[str, Any]) -> None:
    """A field that can be absent has no default then."""
    for each in schema["properties"].values():
        each.pop("default", None)


class Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, json_schema_extra=_absent)


class AsyncJobFields(Shape):
    job_id: Annotated[
        str,
        Field(description="The job identifier.", json_schema_extra={"format": "uuid"}, examples=[JOB_ID]),
    ]
    status: str
    created_at: Annotated[
        int, Field(description="When the job was created: epoch milliseconds.", examples=[1717593600000])
    ]
    updated_at: Annotated[
        str,
        Field(
            description="When the job was last updated: ISO 8601, in UTC, with milliseconds.",
            json_schema_extra={"format": "date-time"},
            examples=["2026-06-05T12:00:00.000Z"],
        ),
    ]


class PendingAsyncJob(AsyncJobFields):
    """Queued, not yet picked up."""

    status: Literal["pending"]


class ProcessingAsyncJob(AsyncJobFields):
    """Actively running, or waiting for its next attempt."""

    status: Literal["processing"]


class ReadyAsyncJob(AsyncJobFields):
    """Completed successfully."""

    status: Literal["ready"]
    result: Annotated[dict[str, Any], Field(description="Its shape depends on the originating job.")]


class FailedAsyncJob(AsyncJobFields):
    """Failed."""

    status: Literal["failed"]
    error: Annotated[
        str, Field(description="What went wrong.", examples=["The job did not finish before its deadline."])
    ]


class AsyncJob(
    RootModel[
        Annotated[
            PendingAsyncJob | ProcessingAsyncJob | ReadyAsyncJob | FailedAsyncJob,
            Field(discriminator="status"),
        ]
    ]
):
    """An async job; its `status` tells which fields it has. `ready` and `failed` are terminal."""


class AsyncJobResultElsewhere(Shape):
    """In the place of a result of more than 2.5 MiB."""

    result_url: Annotated[
        str,
        Field(
            description="Where to read it, with the same `x-api-key`.",
            json_schema_extra={"format": "uri-reference"},
            examples=[f"/v1/jobs/{JOB_ID}/result"],
        ),
    ]


class DeepidvWrongField(Shape):
    pointer: Annotated[str, Field(description="Where in the body (JSON pointer, RFC 6901).")]
    message: Annotated[str, Field(description="What is wrong with it, and its bound.")]


class DeepidvError(Shape):
    """What went wrong with a request."""

    error: Annotated[str, Field(description="In words, for people.")]
    code: Annotated[str, Field(description="For programs: it does not change.")]
    request_id: Annotated[str, Field(description="Names this request when you ask for help.")]
    errors: Annotated[
        list[DeepidvWrongField],
        Field(description="With `invalid_fields`: every wrong field, or the first 100."),
    ] = []
    needed: Annotated[int, Field(description="With `insufficient_credits`: what this costs.")] = 0
    left: Annotated[int, Field(description="With `insufficient_credits`: what there is.")] = 0
