"""What canonical answers look like, for the API's description. Answering does not use these: see `render`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

Time = Annotated[
    str,
    Field(description="RFC 3339, in UTC, with milliseconds.", json_schema_extra={"format": "date-time"}),
]
Path = Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
JOB_ID = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"
METADATA = {"order": "6735"}


def _absent(schema: dict[str, Any]) -> None:
    """A field that can be absent has no default then."""
    for each in schema["properties"].values():
        each.pop("default", None)


def _one_result(schema: dict[str, Any]) -> None:
    _absent(schema)
    schema["oneOf"] = [{"required": ["result"]}, {"required": ["result_url"]}]


class Shape(BaseModel):
    model_config = ConfigDict(json_schema_extra=_absent)


class Progress(Shape):
    """How far the work is, in whatever unit the job type counts."""

    done: Annotated[int, Field(examples=[2])]
    total: Annotated[int | None, Field(description="Null while it is not known.", examples=[5])]
    message: Annotated[str | None, Field(max_length=500, examples=["Counting words"])]


class JobError(Shape):
    """Why a job failed."""

    code: Annotated[
        str,
        Field(
            description=(
                "For programs. One of the job type's own, or: `cancelled` (you asked for it), "
                "`deadline_exceeded` (its deadline came first), `timeout` (the last attempt ran into its "
                "time limit), `worker_lost` (the last attempt's worker died), `attempts_exhausted` (the "
                "last attempt asked for another), `invalid_result` (what was made does not fit the job "
                "type), `result_too_large` (it is larger than 50 MiB)."
            ),
            examples=["attempts_exhausted"],
        ),
    ]
    message: Annotated[
        str, Field(description="For people.", examples=["The last of 3 attempts did not succeed."])
    ]


class Callback(Shape):
    """Whom the job's end is told, and how far that is."""

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


class JobFields(Shape):
    job_id: Annotated[str, Field(json_schema_extra={"format": "uuid"}, examples=[JOB_ID])]
    type: Annotated[str, Field(description="The job type's name.", examples=["text_statistics"])]
    type_version: Annotated[
        int, Field(description="The job type's version when the job was submitted.", ge=1, examples=[1])
    ]
    status: str
    attempt: Annotated[
        int,
        Field(description="The attempt under way, or the last one: 0 before the first.", ge=0, examples=[1]),
    ]
    progress: Annotated[
        Progress | None, Field(description="As the last attempt told it; null if none told any.")
    ]
    metadata: Annotated[
        dict[str, str], Field(description="What you submitted with the job.", examples=[METADATA])
    ]
    created_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.000Z"])]
    updated_at: Annotated[Time, Field(examples=["2026-06-21T10:00:02.115Z"])]
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
    attempt: Annotated[int, Field(description="None has begun.", ge=0, examples=[0])]
    progress: Annotated[Progress | None, Field(description="None was told.", examples=[None])]
    updated_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.000Z"])]


class ProcessingJob(JobFields):
    """Being worked on, or waiting for its next attempt."""

    status: Literal["processing"]


class EndedJob(JobFields):
    progress: Annotated[
        Progress | None,
        Field(description="As the last attempt told it; null if none told any.", examples=[None]),
    ]
    ended_at: Annotated[Time, Field(examples=["2026-06-21T10:00:02.115Z"])]
    expires_at: Annotated[
        Time,
        Field(
            description="Until when it can be read: from then on it is answered with 404.",
            examples=["2026-06-22T10:00:02.115Z"],
        ),
    ]


class CompletedJob(EndedJob):
    """Done. It has either its `result` or a `result_url`."""

    model_config = ConfigDict(json_schema_extra=_one_result)

    status: Literal["completed"]
    result: Any = None
    result_url: Annotated[
        Path,
        Field(
            description="Where to read a result that is not shown here: one of more than 256 KiB, and any in "
            "a list of jobs."
        ),
    ] = ""


class FailedJob(EndedJob):
    """Ended without a result: `error` says why."""

    status: Literal["failed"]
    error: JobError


class Job(
    RootModel[Annotated[PendingJob | ProcessingJob | CompletedJob | FailedJob, Field(discriminator="status")]]
):
    """A job; its `status` tells which fields it has. It only moves forward."""


class AcceptedJob(PendingJob):
    """As it was accepted, for ever the same."""

    poll_url: Annotated[Path, Field(description="Where to read it.", examples=[f"/v1/jobs/{JOB_ID}"])]


class JobList(Shape):
    jobs: Annotated[list[Job], Field(description="Newest first; there may be none.")]
    next_cursor: Annotated[
        str | None,
        Field(
            description="The `cursor` of the next page; null on the last one. Go on until it is null, "
            "however few jobs a page has.",
            examples=[JOB_ID],
        ),
    ]


class Execution(Shape):
    """One time that a worker took the job up."""

    number: Annotated[
        int, Field(description="Counts up from 1 and is never given twice.", ge=1, examples=[1])
    ]
    attempt: Annotated[int, Field(description="Which attempt this was.", ge=0, examples=[1])]
    outcome: Annotated[
        Literal["running", "completed", "failed", "retry", "again", "timeout", "worker_lost"],
        Field(
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


class ExecutionList(Shape):
    executions: Annotated[list[Execution], Field(description="The last 100, newest first.", max_length=100)]


class DeliveryError(Shape):
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


class Delivery(Shape):
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


class DeliveryList(Shape):
    deliveries: Annotated[list[Delivery], Field(description="The last 100, newest first.", max_length=100)]


class WrongField(Shape):
    """One wrong field: `pointer` for the body, `parameter` for the query."""

    pointer: Annotated[str, Field(description="Where in the body (JSON pointer, RFC 6901).")] = ""
    parameter: Annotated[str, Field(description="The name of the query parameter.")] = ""
    message: Annotated[str, Field(description="What is wrong with it, and its bound.")]


class Problem(Shape):
    """An error, as RFC 9457 has it."""

    type: Annotated[str, Field(description="`code` as a URN.", json_schema_extra={"format": "uri"})]
    title: Annotated[str, Field(description="The status in words.")]
    status: int
    detail: Annotated[str, Field(description="What was wrong this time, for people.")]
    code: Annotated[str, Field(description="For programs: it does not change.")]
    request_id: Annotated[str, Field(description="Names this request when you ask for help.")]
    errors: Annotated[
        list[WrongField], Field(description="With `invalid_fields`: every wrong field, or the first 100.")
    ] = []
    needed: Annotated[int, Field(description="With `insufficient_credits`: what this costs.")] = 0
    left: Annotated[int, Field(description="With `insufficient_credits`: what there is.")] = 0


class Health(Shape):
    status: Literal["ok"]
