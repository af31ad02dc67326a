"""The canonical dialect's responses, as types: see `http.responses`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import ReadOnly, TypeAliasType, TypedDict

from claimcheck.http import responses as shared
from claimcheck.http.responses import JOB_ID, Id, Path, Time

METADATA = {"order": "6735"}


@shared.example(done=2, total=5, message="Counting words")
class Progress(shared.Progress):
    """The progress of the work, in the job type's own unit."""


@shared.example(code="attempts_exhausted", message="The last of 3 attempts did not succeed.")
class JobError(shared.Failure):
    """The reason why the job failed."""


class Callback(TypedDict):
    """The callback URL and its delivery status."""

    url: Annotated[
        str,
        Field(
            description="The URL that you submitted. Secrets in its query are hidden.",
            json_schema_extra={"format": "uri"},
            examples=["https://app.example.com/hooks/claimcheck"],
        ),
    ]
    status: Annotated[
        Literal["pending", "delivered", "failed"],
        Field(
            description="`delivered` after a 2xx response. `failed` after the last try, after a 410 "
            "response, or if the address is not public. Otherwise `pending`.",
            examples=["pending"],
        ),
    ]
    tries: Annotated[
        int, Field(description="Tries since the job ended or was last redelivered.", ge=0, examples=[0])
    ]
    next_try_at: Annotated[Time | None, Field(description="Null if no try is pending.", examples=[None])]
    delivered_at: Annotated[Time | None, Field(examples=[None])]
    failed_at: Annotated[Time | None, Field(examples=[None])]


class JobFields(TypedDict):
    job_id: Annotated[Id, Field(examples=[JOB_ID])]
    type: Annotated[str, Field(description="The job type's name.", examples=["text_statistics"])]
    type_version: Annotated[
        int, Field(description="The job type's version when the job was submitted.", ge=1, examples=[1])
    ]
    status: ReadOnly[str]
    attempt: ReadOnly[
        Annotated[
            int, Field(description="The current or last attempt; 0 before the first.", ge=0, examples=[1])
        ]
    ]
    progress: ReadOnly[
        Annotated[Progress | None, Field(description="The last reported progress; null before the first.")]
    ]
    metadata: Annotated[
        Mapping[str, str], Field(description="The metadata that you submitted.", examples=[METADATA])
    ]
    created_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.000Z"])]
    updated_at: ReadOnly[Annotated[Time, Field(examples=["2026-06-21T10:00:02.115Z"])]]
    run_at: Annotated[
        Time, Field(description="The job never starts before this.", examples=["2026-06-21T10:00:00.000Z"])
    ]
    deadline: Annotated[
        Time,
        Field(description="The job fails if it is not done by then.", examples=["2026-06-21T11:00:00.000Z"]),
    ]
    cancel_requested_at: Annotated[
        Time | None,
        Field(description="The time of the cancel request, if a worker had the job then.", examples=[None]),
    ]
    callback: Annotated[Callback | None, Field(description="Null without a `callback_url`.", examples=[None])]


class PendingJob(JobFields):
    """A job that was accepted and has not started."""

    status: Literal["pending"]
    attempt: Annotated[int, Field(description="No attempt has started.", ge=0, examples=[0])]
    progress: Annotated[Progress | None, Field(description="No progress reported yet.", examples=[None])]
    updated_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.000Z"])]


class ProcessingJob(JobFields):
    """A job that is running, or that waits for its next attempt."""

    status: Literal["processing"]


class Ended(TypedDict):
    ended_at: Annotated[Time, Field(examples=["2026-06-21T10:00:02.115Z"])]
    expires_at: Annotated[
        Time,
        Field(
            description="The job can be read until then. Afterwards the response is 404.",
            examples=["2026-06-22T10:00:02.115Z"],
        ),
    ]


class EndedJob(JobFields, Ended):
    progress: Annotated[
        Progress | None,
        Field(description="The last reported progress; null before the first.", examples=[None]),
    ]


class Shown(TypedDict, total=False):
    result: Any
    result_url: Annotated[
        Path,
        Field(description="The path of a result over 256 KiB, and of every result in a list of jobs."),
    ]


class CompletedJob(EndedJob, Shown):
    """A job that succeeded. It has either `result` or `result_url`."""

    status: Literal["completed"]


class FailedJob(EndedJob):
    """A job that ended without a result. `error` has the reason."""

    status: Literal["failed"]
    error: JobError


Job = TypeAliasType(
    "Job",
    Annotated[
        PendingJob | ProcessingJob | CompletedJob | FailedJob,
        Field(
            discriminator="status",
            description="A job. Its fields depend on its `status`, which never goes back.",
        ),
    ],
)


class AcceptedJob(PendingJob):
    """The job as it was accepted. A replayed request gets the same response."""

    poll_url: Annotated[Path, Field(description="The path to poll.", examples=[f"/v1/jobs/{JOB_ID}"])]


class JobList(TypedDict):
    jobs: Annotated[list[Job], Field(description="Newest first. The list can be empty.")]
    next_cursor: Annotated[
        str | None,
        Field(
            description="The `cursor` of the next page; null on the last page. A page can be short or empty "
            "and still have a next one.",
            examples=[JOB_ID],
        ),
    ]


class Health(TypedDict):
    status: Literal["ok"]
