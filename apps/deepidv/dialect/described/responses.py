"""deepidv's responses, as types: see `claimcheck.http.responses`."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import ReadOnly, TypeAliasType, TypedDict

from claimcheck.http import responses as shared

JOB_ID = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"


class AsyncJobFields(TypedDict):
    jobId: Annotated[shared.Id, Field(description="The job identifier.", examples=[JOB_ID])]
    status: ReadOnly[str]
    createdAt: Annotated[
        int, Field(description="When the job was created, in epoch milliseconds.", examples=[1717593600000])
    ]
    updatedAt: Annotated[
        str,
        Field(
            description="When the job was last updated (ISO 8601, UTC, milliseconds).",
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
    result: Annotated[Any, Field(description="The result. Its shape depends on the originating job.")]


class FailedAsyncJob(AsyncJobFields):
    """Failed."""

    status: Literal["failed"]
    error: Annotated[
        str, Field(description="The failure.", examples=["The job did not finish before its deadline."])
    ]


AsyncJob = TypeAliasType(
    "AsyncJob",
    Annotated[
        PendingAsyncJob | ProcessingAsyncJob | ReadyAsyncJob | FailedAsyncJob,
        Field(
            discriminator="status",
            description="An async job. Its fields depend on `status`. `ready` and `failed` are terminal.",
        ),
    ],
)


class AsyncJobResultElsewhere(TypedDict):
    """Replaces a result of more than 2.5 MiB."""

    resultUrl: Annotated[
        shared.Path,
        Field(description="The URL of the result. Use the same key.", examples=[f"/v1/jobs/{JOB_ID}/result"]),
    ]


class DeepidvWrongField(shared.WrongPointer):
    """One wrong field."""


class DeepidvError(TypedDict):
    """An error."""

    error: Annotated[str, Field(description="A message for people.")]
    code: Annotated[str, Field(description="A code for programs. It does not change.")]
    requestId: Annotated[str, Field(description="The ID of this request. Quote it when you ask for help.")]
    errors: NotRequired[Annotated[list[DeepidvWrongField], shared.WRONG_FIELDS]]
    needed: NotRequired[shared.Needed]
    left: NotRequired[shared.Left]
