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
    """How far the work is, in whatever unit the job type counts."""


@shared.example(code="attempts_exhausted", message="The last of 3 attempts did not succeed.")
class JobError(shared.Failure):
    """Why a job failed."""


class Callback(TypedDict):
    """The callback URL and its delivery status."""

    url: Annotated[
        str,
        Field(
            description="As you gave it, but for what looks like a secret in its query.",
            json_schema_extra={"format": "uri"},
            examples=["https://app.example.com/hooks/claimcheck"],
        ),
    ]
    status: Annotated[
        Literal["pending", "delivered", "failed"],
        Field(
            description="`pending` until a delivery was answered with 2xx, or the last try was in vain. "
            "`failed` also at once, when the answer was 410 or the address is not a public one.",
            examples=["pending"],
        ),
    ]
    tries: Annotated[
        int,
        Field(description="Since the end, or since it was last asked for once more.", ge=0, examples=[0]),
    ]
    next_try_at: Annotated[
        Time | None, Field(description="Null while nothing is to be told.", examples=[None])
    ]
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
            int,
            Field(description="The current or last attempt: 0 before the first.", ge=0, examples=[1]),
        ]
    ]
    progress: ReadOnly[
        Annotated[
            Progress | None, Field(description="As the last attempt reported it; null if it reported none.")
        ]
    ]
    metadata: Annotated[
        Mapping[str, str], Field(description="What you submitted with the job.", examples=[METADATA])
    ]
    created_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.000Z"])]
    updated_at: ReadOnly[Annotated[Time, Field(examples=["2026-06-21T10:00:02.115Z"])]]
    run_at: Annotated[
        Time, Field(description="When it may start: never before.", examples=["2026-06-21T10:00:00.000Z"])
    ]
    deadline: Annotated[
        Time, Field(description="When it fails if it is not done.", examples=["2026-06-21T11:00:00.000Z"])
    ]
    cancel_requested_at: Annotated[
        Time | None,
        Field(description="When a cancel was asked for while the job was being worked on.", examples=[None]),
    ]
    callback: Annotated[Callback | None, Field(description="Null without a `callback_url`.", examples=[None])]


class PendingJob(JobFields):
    """Accepted, and not started."""

    status: Literal["pending"]
    attempt: Annotated[int, Field(description="No attempt has started.", ge=0, examples=[0])]
    progress: Annotated[Progress | None, Field(description="No progress reported yet.", examples=[None])]
    updated_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.000Z"])]


class ProcessingJob(JobFields):
    """Being worked on, or waiting for its next attempt."""

    status: Literal["processing"]


class Ended(TypedDict):
    ended_at: Annotated[Time, Field(examples=["2026-06-21T10:00:02.115Z"])]
    expires_at: Annotated[
        Time,
        Field(
            description="Until when the job can be read: from then on the answer is 404.",
            examples=["2026-06-22T10:00:02.115Z"],
        ),
    ]


class EndedJob(JobFields, Ended):
    progress: Annotated[
        Progress | None,
        Field(description="As the last attempt reported it; null if it reported none.", examples=[None]),
    ]


class Shown(TypedDict, total=False):
    result: Any
    result_url: Annotated[
        Path,
        Field(
            description="Where to read a result that is not shown here: one of more than 256 KiB, and any in "
            "a list of jobs."
        ),
    ]


class CompletedJob(EndedJob, Shown):
    """Done. It has either its `result` or a `result_url`."""

    status: Literal["completed"]


class FailedJob(EndedJob):
    """Ended without a result: `error` says why."""

    status: Literal["failed"]
    error: JobError


Job = TypeAliasType(
    "Job",
    Annotated[
        PendingJob | ProcessingJob | CompletedJob | FailedJob,
        Field(
            discriminator="status",
            description="A job; its `status` tells which fields it has. It only moves forward.",
        ),
    ],
)


class AcceptedJob(PendingJob):
    """As it was accepted, for ever the same."""

    poll_url: Annotated[Path, Field(description="Where to read it.", examples=[f"/v1/jobs/{JOB_ID}"])]


class JobList(TypedDict):
    jobs: Annotated[list[Job], Field(description="Newest first; there may be none.")]
    next_cursor: Annotated[
        str | None,
        Field(
            description="The `cursor` of the next page; null on the last one. Go on until it is null, "
            "however few jobs a page has.",
            examples=[JOB_ID],
        ),
    ]


class Health(TypedDict):
    status: Literal["ok"]
