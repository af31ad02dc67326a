"""What Fliq's answers look like, for the API's description. Answering does not use these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

Time = Annotated[
    str,
    Field(description="RFC 3339, in UTC, with milliseconds.", json_schema_extra={"format": "date-time"}),
]
Nothing = Annotated[None, Field(examples=[None])]
JOB_ID = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"


def _absent(schema: dict[str, Any]) -> None:
    """A field that can be absent has no default then."""
    for each in schema["properties"].values():
        each.pop("default", None)


class Shape(BaseModel):
    model_config = ConfigDict(json_schema_extra=_absent)


class FliqFailure(Shape):
    """Why a job or a fire failed."""

    code: Annotated[str, Field(description="For programs.", examples=["upstream_error"])]
    message: Annotated[
        str, Field(description="For people.", examples=["The server answered 503 Service Unavailable."])
    ]


class JobFields(Shape):
    id: Annotated[str, Field(json_schema_extra={"format": "uuid"}, examples=[JOB_ID])]
    status: str
    scheduled_at: Annotated[
        Time, Field(description="When it fires: never before.", examples=["2026-06-12T10:00:15.000Z"])
    ]
    attempts: Annotated[
        int,
        Field(description="How many tries there have been, the one under way included.", ge=0, examples=[1]),
    ]
    created_at: Annotated[Time, Field(examples=["2026-06-12T10:00:00.000Z"])]
    updated_at: Annotated[Time, Field(examples=["2026-06-12T10:00:15.021Z"])]


class OpenJob(JobFields):
    ended_at: Nothing
    expires_at: Nothing
    result: Nothing
    error: Nothing


class FliqScheduledJob(OpenJob):
    """Waits for its time."""

    status: Literal["scheduled"]
    attempts: Annotated[int, Field(description="It has not fired.", ge=0, examples=[0])]
    updated_at: Annotated[Time, Field(examples=["2026-06-12T10:00:00.000Z"])]


class FliqRunningJob(OpenJob):
    """Has fired, and waits for the answer or for its next try."""

    status: Literal["running"]


class EndedJob(JobFields):
    updated_at: Annotated[Time, Field(examples=["2026-06-12T10:00:15.205Z"])]
    ended_at: Annotated[Time, Field(examples=["2026-06-12T10:00:15.205Z"])]
    expires_at: Annotated[
        Time, Field(description="From when it is gone.", examples=["2026-06-13T10:00:15.205Z"])
    ]


class FliqDoneJob(EndedJob):
    """Answered: `result` tells how."""

    status: Literal["done"]
    result: Any
    error: Nothing


class FliqFailedJob(EndedJob):
    """No fire was answered well, or it was cancelled: `error` says why."""

    status: Literal["failed"]
    result: Nothing
    error: FliqFailure


class FliqJob(
    RootModel[
        Annotated[
            FliqScheduledJob | FliqRunningJob | FliqDoneJob | FliqFailedJob, Field(discriminator="status")
        ]
    ]
):
    """A job; it goes from `scheduled` to `running` to `done` or `failed`, and never back."""


class FliqLargeResult(Shape):
    """In place of a result of more than 2.5 MiB."""

    result_url: Annotated[
        str,
        Field(
            description="Where to read it.",
            examples=[f"/v1/jobs/{JOB_ID}/result"],
            json_schema_extra={"format": "uri-reference"},
        ),
    ]


class FliqResponse(Shape):
    """The beginning of an answer."""

    status: Annotated[int, Field(description="Its status code.", examples=[200])]
    body: Annotated[
        str,
        Field(description="The first KiB of its body, as `body_encoding` says.", examples=['{"done": true}']),
    ]
    body_encoding: Annotated[
        Literal["text", "base64"],
        Field(description="`text` when that is UTF-8 without control characters.", examples=["text"]),
    ]
    truncated: Annotated[bool, Field(description="Whether the body was longer.", examples=[False])]


class FliqExecution(Shape):
    """One fire."""

    number: Annotated[
        int, Field(description="Counts up from 1 and is never given twice.", ge=1, examples=[1])
    ]
    attempt: Annotated[int, Field(description="Which try this was.", ge=0, examples=[1])]
    status: Annotated[
        Literal["running", "done", "failed"],
        Field(description="After a `failed` one the job may fire again.", examples=["failed"]),
    ]
    scheduled_at: Annotated[
        Time | None,
        Field(
            description="When it should have fired: `scheduled_at` at first, then the time of the retry. "
            "Null where that was not kept.",
            examples=["2026-06-12T10:00:15.000Z"],
        ),
    ]
    fired_at: Annotated[Time, Field(examples=["2026-06-12T10:00:15.021Z"])]
    lateness_ms: Annotated[
        int | None,
        Field(description="From `scheduled_at` to `fired_at`: never less than 0.", ge=0, examples=[21]),
    ]
    ended_at: Annotated[
        Time | None, Field(description="Null while it runs.", examples=["2026-06-12T10:00:15.205Z"])
    ]
    duration_ms: Annotated[
        int | None, Field(description="Milliseconds; null while it runs.", ge=0, examples=[184])
    ]
    response: Annotated[
        FliqResponse | None,
        Field(description="What it was answered; null while it runs, and when there was no answer."),
    ]
    error: Annotated[FliqFailure | None, Field(description="Why it failed.")]


class FliqExecutions(Shape):
    executions: Annotated[
        list[FliqExecution], Field(description="The last 100, newest first.", max_length=100)
    ]


class FliqWrongField(Shape):
    pointer: Annotated[str, Field(description="Where in the body (JSON pointer, RFC 6901).")]
    message: Annotated[str, Field(description="What is wrong with it, and its bound.")]


class FliqErrorBody(Shape):
    code: Annotated[str, Field(description="For programs: it does not change.")]
    message: Annotated[str, Field(description="For people.")]
    fields: Annotated[
        list[FliqWrongField],
        Field(description="With `invalid_fields`: every wrong field, or the first 100."),
    ] = []


class FliqError(Shape):
    """An error."""

    error: FliqErrorBody
