"""Fliq's responses, as types: see `claimcheck.http.responses`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import ReadOnly, TypeAliasType, TypedDict

from claimcheck.http import responses as shared
from claimcheck.http.responses import JOB_ID, Id, Null, Time


@shared.example(code="upstream_error", message="The server answered 503 Service Unavailable.")
class FliqFailure(shared.Failure):
    """The reason why a job or an execution failed."""


class JobFields(TypedDict):
    id: Annotated[Id, Field(examples=[JOB_ID])]
    status: ReadOnly[str]
    scheduled_at: Annotated[
        Time, Field(description="When the request is due.", examples=["2026-06-12T10:00:15.000Z"])
    ]
    attempts: ReadOnly[
        Annotated[int, Field(description="Attempts so far, including a current one.", ge=0, examples=[1])]
    ]
    created_at: Annotated[Time, Field(examples=["2026-06-12T10:00:00.000Z"])]
    updated_at: ReadOnly[Annotated[Time, Field(examples=["2026-06-12T10:00:15.021Z"])]]


class NotEnded(TypedDict):
    ended_at: Null
    expires_at: Null
    result: Null
    error: Null


class FliqScheduledJob(JobFields, NotEnded):
    """Waiting for its time."""

    status: Literal["scheduled"]
    attempts: Annotated[int, Field(description="No attempt has started.", ge=0, examples=[0])]
    updated_at: Annotated[Time, Field(examples=["2026-06-12T10:00:00.000Z"])]


class FliqRunningJob(JobFields, NotEnded):
    """Waiting for the answer or for the next attempt."""

    status: Literal["running"]


class Ended(TypedDict):
    ended_at: Annotated[Time, Field(examples=["2026-06-12T10:00:15.205Z"])]
    expires_at: Annotated[
        Time, Field(description="When the job expires.", examples=["2026-06-13T10:00:15.205Z"])
    ]


class EndedJob(JobFields, Ended):
    updated_at: Annotated[Time, Field(examples=["2026-06-12T10:00:15.205Z"])]


class FliqDoneJob(EndedJob):
    """The request was answered: see `result`."""

    status: Literal["done"]
    result: Any
    error: Null


class FliqFailedJob(EndedJob):
    """No attempt succeeded, or the job was cancelled: see `error`."""

    status: Literal["failed"]
    result: Null
    error: FliqFailure


FliqJob = TypeAliasType(
    "FliqJob",
    Annotated[
        FliqScheduledJob | FliqRunningJob | FliqDoneJob | FliqFailedJob,
        Field(
            discriminator="status",
            description="A job. It is `scheduled`, then `running`, then `done` or `failed`.",
        ),
    ],
)


class FliqLargeResult(shared.LargeResult):
    """Replaces a result of more than 2.5 MiB."""


class FliqResponse(TypedDict):
    """The start of an answer."""

    status: Annotated[int, Field(description="The status code.", examples=[200])]
    body: Annotated[str, Field(description="The first 1,024 bytes of the body.", examples=['{"done": true}'])]
    body_encoding: Annotated[
        Literal["text", "base64"],
        Field(description="`text` if they are UTF-8 without control characters.", examples=["text"]),
    ]
    truncated: Annotated[bool, Field(description="Whether the body was longer.", examples=[False])]


class FliqExecution(TypedDict):
    """An execution."""

    number: Annotated[int, Field(description="A sequence number that starts at 1.", ge=1, examples=[1])]
    attempt: Annotated[int, Field(description="The number of the attempt.", ge=0, examples=[1])]
    status: Annotated[
        Literal["running", "done", "failed"],
        Field(description="A `failed` execution may be followed by a retry.", examples=["failed"]),
    ]
    scheduled_at: Annotated[
        Time | None,
        Field(
            description="When it was due: the job's `scheduled_at`, then the time of the retry. Null if "
            "unknown.",
            examples=["2026-06-12T10:00:15.000Z"],
        ),
    ]
    fired_at: Annotated[Time, Field(examples=["2026-06-12T10:00:15.021Z"])]
    lateness_ms: Annotated[
        int | None, Field(description="Milliseconds from `scheduled_at` to `fired_at`.", ge=0, examples=[21])
    ]
    ended_at: Annotated[
        Time | None, Field(description="Null while running.", examples=["2026-06-12T10:00:15.205Z"])
    ]
    duration_ms: Annotated[
        int | None, Field(description="Milliseconds. Null while running.", ge=0, examples=[184])
    ]
    response: Annotated[
        FliqResponse | None, Field(description="The answer. Null while running, or without an answer.")
    ]
    error: Annotated[FliqFailure | None, Field(description="The error of a failed execution.")]


class FliqExecutions(TypedDict):
    executions: Annotated[
        list[FliqExecution], Field(description="The last 100, newest first.", max_length=100)
    ]


class FliqWrongField(shared.WrongPointer):
    """One wrong field."""


class FliqErrorBody(TypedDict):
    code: Annotated[str, Field(description="A code for programs. It does not change.")]
    message: Annotated[str, Field(description="A message for people.")]
    fields: NotRequired[Annotated[list[FliqWrongField], shared.WRONG_FIELDS]]


class FliqError(TypedDict):
    """An error."""

    error: FliqErrorBody
