"""Fliq's responses, as types: see `claimcheck.http.responses`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import ReadOnly, TypeAliasType, TypedDict

from claimcheck.http import responses as shared
from claimcheck.http.responses import JOB_ID, Id, Null, Time


@shared.example(code="upstream_error", message="The server answered 503 Service Unavailable.")
class FliqFailure(shared.Failure):
    """Why a job or a fire failed."""


class JobFields(TypedDict):
    id: Annotated[Id, Field(examples=[JOB_ID])]
    status: ReadOnly[str]
    scheduled_at: Annotated[
        Time, Field(description="When it fires: never before.", examples=["2026-06-12T10:00:15.000Z"])
    ]
    attempts: ReadOnly[
        Annotated[
            int,
            Field(description="Tries so far, including the current one.", ge=0, examples=[1]),
        ]
    ]
    created_at: Annotated[Time, Field(examples=["2026-06-12T10:00:00.000Z"])]
    updated_at: ReadOnly[Annotated[Time, Field(examples=["2026-06-12T10:00:15.021Z"])]]


class NotEnded(TypedDict):
    ended_at: Null
    expires_at: Null
    result: Null
    error: Null


class FliqScheduledJob(JobFields, NotEnded):
    """Waits for its time."""

    status: Literal["scheduled"]
    attempts: Annotated[int, Field(description="It has not fired.", ge=0, examples=[0])]
    updated_at: Annotated[Time, Field(examples=["2026-06-12T10:00:00.000Z"])]


class FliqRunningJob(JobFields, NotEnded):
    """Has fired, and waits for the answer or for its next try."""

    status: Literal["running"]


class Ended(TypedDict):
    ended_at: Annotated[Time, Field(examples=["2026-06-12T10:00:15.205Z"])]
    expires_at: Annotated[
        Time, Field(description="From when it is gone.", examples=["2026-06-13T10:00:15.205Z"])
    ]


class EndedJob(JobFields, Ended):
    updated_at: Annotated[Time, Field(examples=["2026-06-12T10:00:15.205Z"])]


class FliqDoneJob(EndedJob):
    """Answered: `result` tells how."""

    status: Literal["done"]
    result: Any
    error: Null


class FliqFailedJob(EndedJob):
    """No fire was answered well, or it was cancelled: `error` says why."""

    status: Literal["failed"]
    result: Null
    error: FliqFailure


FliqJob = TypeAliasType(
    "FliqJob",
    Annotated[
        FliqScheduledJob | FliqRunningJob | FliqDoneJob | FliqFailedJob,
        Field(
            discriminator="status",
            description="A job; it goes from `scheduled` to `running` to `done` or `failed`, and never back.",
        ),
    ],
)


class FliqLargeResult(shared.LargeResult):
    """In place of a result of more than 2.5 MiB."""


class FliqResponse(TypedDict):
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


class FliqExecution(TypedDict):
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


class FliqExecutions(TypedDict):
    executions: Annotated[
        list[FliqExecution], Field(description="The last 100, newest first.", max_length=100)
    ]


class FliqWrongField(shared.WrongPointer):
    """One wrong field."""


class FliqErrorBody(TypedDict):
    code: Annotated[str, Field(description="For programs: it does not change.")]
    message: Annotated[str, Field(description="For people.")]
    fields: NotRequired[Annotated[list[FliqWrongField], shared.WRONG_FIELDS]]


class FliqError(TypedDict):
    """An error."""

    error: FliqErrorBody
