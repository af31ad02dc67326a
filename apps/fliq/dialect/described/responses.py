"""Fliq's responses, as types: see `claimcheck.http.responses`."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import ReadOnly, TypeAliasType, TypedDict

from claimcheck.http import responses as shared
from claimcheck.http.responses import JOB_ID, Id, Null, Time, about


@shared.example(code="upstream_error", message="The server answered 503 Service Unavailable.")
class FliqFailure(shared.Failure):
    """The reason why a job or an execution failed."""


class JobFields(TypedDict):
    id: Annotated[Id, Field(examples=[JOB_ID])]
    status: ReadOnly[str]
    scheduled_at: Annotated[Time, about("When the request is due.", "2026-06-12T10:00:15.000Z")]
    attempts: ReadOnly[Annotated[int, about("Attempts so far, including a current one.", 1, ge=0)]]
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
    attempts: Annotated[int, about("No attempt has started.", 0, ge=0)]
    updated_at: Annotated[Time, Field(examples=["2026-06-12T10:00:00.000Z"])]


class FliqRunningJob(JobFields, NotEnded):
    """Waiting for the answer or for the next attempt."""

    status: Literal["running"]


class Ended(TypedDict):
    ended_at: Annotated[Time, Field(examples=["2026-06-12T10:00:15.205Z"])]
    expires_at: Annotated[Time, about("When the job expires.", "2026-06-13T10:00:15.205Z")]


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
        about("A job. It is `scheduled`, then `running`, then `done` or `failed`.", discriminator="status"),
    ],
)


class FliqLargeResult(shared.LargeResult):
    """Replaces a result of more than 2.5 MiB."""


class FliqResponse(TypedDict):
    """The start of an answer."""

    status: Annotated[int, about("The status code.", 200)]
    body: Annotated[str, about("The first 1,024 bytes of the body.", '{"done": true}')]
    body_encoding: Annotated[
        Literal["text", "base64"], about("`text` if they are UTF-8 without control characters.", "text")
    ]
    truncated: Annotated[bool, about("Whether the body was longer.", False)]


class FliqExecution(TypedDict):
    """An execution."""

    number: Annotated[int, about("A sequence number that starts at 1.", 1, ge=1)]
    attempt: Annotated[int, about("The number of the attempt.", 1, ge=0)]
    status: Annotated[
        Literal["running", "done", "failed"],
        about("A `failed` execution may be followed by a retry.", "failed"),
    ]
    scheduled_at: Annotated[
        Time | None,
        about(
            "When it was due: the job's `scheduled_at`, then the time of the retry. Null if unknown.",
            "2026-06-12T10:00:15.000Z",
        ),
    ]
    fired_at: Annotated[Time, Field(examples=["2026-06-12T10:00:15.021Z"])]
    lateness_ms: Annotated[int | None, about("Milliseconds from `scheduled_at` to `fired_at`.", 21, ge=0)]
    ended_at: Annotated[Time | None, about("Null while running.", "2026-06-12T10:00:15.205Z")]
    duration_ms: Annotated[int | None, about("Milliseconds. Null while running.", 184, ge=0)]
    response: Annotated[FliqResponse | None, about("The answer. Null while running, or without an answer.")]
    error: Annotated[FliqFailure | None, about("The error of a failed execution.")]


class FliqExecutions(TypedDict):
    executions: Annotated[list[FliqExecution], about("The last 100, newest first.", max_length=100)]


class FliqJobRow(TypedDict):
    """A job in a list, without its result."""

    id: Annotated[Id, Field(examples=[JOB_ID])]
    status: Annotated[Literal["scheduled", "running", "done", "failed"], about("As of the job.", "running")]
    url: Annotated[
        str | None,
        about(
            "The first 500 characters of the URL, without values that look like secrets. Null if the job has "
            "none.",
            "https://app.example.com/api/exports/check",
        ),
    ]
    scheduled_at: Annotated[Time, about("When the request is due.", "2026-06-12T10:00:15.000Z")]
    attempts: Annotated[int, about("Attempts so far, including a current one.", 1, ge=0)]
    created_at: Annotated[Time, Field(examples=["2026-06-12T10:00:00.000Z"])]
    ended_at: Annotated[Time | None, about("Null until the job has ended.", None)]
    error: Annotated[FliqFailure | None, about("Null unless the job has failed.")]


class FliqJobs(TypedDict):
    jobs: Annotated[list[FliqJobRow], about("Newest first. The list can be empty.")]
    next_cursor: Annotated[
        str | None,
        about("The `cursor` of the next page, even if this one is short or empty. Null on the last.", JOB_ID),
    ]


class FliqWrongField(shared.WrongField):
    """One wrong field."""


class FliqErrorBody(TypedDict):
    code: Annotated[str, about("A code for programs. It does not change.")]
    message: Annotated[str, about("A message for people.")]
    fields: NotRequired[Annotated[list[FliqWrongField], shared.WRONG_FIELDS]]


class FliqError(TypedDict):
    """An error."""

    error: FliqErrorBody
