"""The canonical dialect's responses, as types: see `http.responses`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import ReadOnly, TypeAliasType, TypedDict

from claimcheck.domain.schedules import Missed
from claimcheck.http import responses as shared
from claimcheck.http.responses import JOB_ID, Id, Path, Time

METADATA = {"order": "6735"}
OUTCOMES = ["running", "completed", "failed", "retry", "again", "timeout", "worker_lost"]


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


class Execution(TypedDict):
    """One time that a worker took the job up."""

    number: Annotated[
        int, Field(description="Counts up from 1 and is never given twice.", ge=1, examples=[1])
    ]
    attempt: Annotated[int, Field(description="Which attempt this was.", ge=0, examples=[1])]
    outcome: Annotated[
        str,
        Field(
            json_schema_extra={"enum": OUTCOMES},
            description="`retry`: it asked for another attempt. `again`: it asked to be called later, which "
            "is no failure. `timeout`: it was stopped at its time limit. `worker_lost`: its worker died.",
            examples=["retry"],
        ),
    ]
    due_at: Annotated[
        Time | None,
        Field(
            description="When it should have started; null where that was not kept.",
            examples=["2026-06-21T10:00:00.000Z"],
        ),
    ]
    started_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.310Z"])]
    lateness_ms: Annotated[
        int | None,
        Field(description="From `due_at` to `started_at`: never less than 0.", ge=0, examples=[310]),
    ]
    ended_at: Annotated[
        Time | None, Field(description="Null while it runs.", examples=["2026-06-21T10:00:01.240Z"])
    ]
    error: Annotated[
        JobError | None,
        Field(examples=[{"code": "retry", "message": "The service behind it answered 503."}]),
    ]
    details: Annotated[
        dict[str, Any] | None,
        Field(
            description="What the job type records of an execution, such as the answer to the request that "
            "it sent; null while it runs, and where there is nothing.",
            examples=[None],
        ),
    ]


class ExecutionList(TypedDict):
    executions: Annotated[list[Execution], Field(description="The last 100, newest first.", max_length=100)]


class DeliveryError(TypedDict):
    """Why there was no answer."""

    code: Annotated[
        str,
        Field(
            description="`name_not_resolved`, `connection_failed`, `tls_failed`, `connection_lost`, "
            "`timed_out`, `answer_broken`, `answer_too_large` (over 1 MiB), `forbidden_address` (not a "
            "public one), or `no_signing_secret`.",
            examples=["connection_failed"],
        ),
    ]
    message: Annotated[str, Field(examples=["app.example.com did not take the connection"])]


class Delivery(TypedDict):
    """One time that the job's end was told. Without `status` and `error` it is under way, or its worker
    was lost and nobody knows whether it arrived."""

    number: Annotated[
        int, Field(description="Counts up from 1 and is never given twice.", ge=1, examples=[1])
    ]
    started_at: Annotated[Time, Field(examples=["2026-06-21T10:00:02.310Z"])]
    duration_ms: Annotated[int | None, Field(ge=0, examples=[184])]
    status: Annotated[int | None, Field(description="Of the receiver's answer.", examples=[200])]
    answer: Annotated[
        str | None, Field(description="The first KiB of the receiver's answer.", examples=["ok"])
    ]
    error: Annotated[DeliveryError | None, Field(examples=[None])]


class DeliveryList(TypedDict):
    deliveries: Annotated[list[Delivery], Field(description="The last 100, newest first.", max_length=100)]


class Health(TypedDict):
    status: Literal["ok"]


class ScheduleError(TypedDict):
    """Why a run has no job."""

    run_at: Annotated[Time, Field(description="Which run this was.")]
    code: Annotated[
        str,
        Field(
            json_schema_extra={"enum": ["invalid_fields", "plan_required", "insufficient_credits"]},
            description="For programs: as a submission is refused.",
        ),
    ]
    message: Annotated[str, Field(description="For people.")]


class Schedule(TypedDict):
    """A recurring job. Its input is not shown: it can hold credentials."""

    name: Annotated[str, Field(examples=["morning-report"])]
    cron: Annotated[str | None, Field(description="Null if it has a rate.", examples=["0 9 * * 1-5"])]
    timezone: Annotated[str | None, Field(description="Null if it has a rate.", examples=["Europe/Vienna"])]
    rate: Annotated[str | None, Field(description="Null if it has a cron expression.", examples=[None])]
    type: Annotated[str, Field(description="The job type's name.", examples=["text_statistics"])]
    metadata: Annotated[Mapping[str, str], Field(examples=[METADATA])]
    missed: Annotated[str, Field(json_schema_extra={"enum": list(Missed)}, examples=["skip"])]
    deadline_seconds: Annotated[int | None, Field(examples=[None])]
    retention_seconds: Annotated[int | None, Field(examples=[None])]
    paused: Annotated[bool, Field(examples=[False])]
    next_run_at: Annotated[
        Time | None,
        Field(
            description="Null while it is paused, and when there is no run any more.",
            examples=["2026-06-22T07:00:00.000Z"],
        ),
    ]
    last_run_at: Annotated[
        Time | None,
        Field(description="Null before the first run.", examples=["2026-06-19T07:00:00.000Z"]),
    ]
    last_job_id: Annotated[
        str | None,
        Field(description="The job of that run.", json_schema_extra={"format": "uuid"}, examples=[JOB_ID]),
    ]
    last_error: Annotated[
        ScheduleError | None,
        Field(description="Null unless the last run was refused.", examples=[None]),
    ]
    created_at: Annotated[Time, Field(examples=["2026-06-18T16:30:00.000Z"])]
    updated_at: Annotated[
        Time,
        Field(description="When it was stored, paused or resumed.", examples=["2026-06-18T16:30:00.000Z"]),
    ]


class ScheduleList(TypedDict):
    schedules: Annotated[list[Schedule], Field(description="By name; there may be none.")]
    next_cursor: Annotated[
        str | None,
        Field(
            description="The `cursor` of the next page; null on the last one.", examples=["morning-report"]
        ),
    ]
