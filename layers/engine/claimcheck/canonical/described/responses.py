"""The canonical dialect's responses, as types: see `http.responses`."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import ReadOnly, TypeAliasType, TypedDict

from claimcheck.http import responses as shared
from claimcheck.http.responses import JOB_ID, Id, Path, Time, about

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
        str | None,
        about(
            "The URL that you submitted, with its secrets hidden; null for your organisation's default.",
            "https://app.example.com/hooks/claimcheck",
        ),
    ]
    status: Annotated[
        Literal["pending", "delivered", "failed"],
        about(
            "`delivered` after a 2xx response. `failed` after the last try, after a 410 "
            "response, or if the address is not public. Otherwise `pending`.",
            "pending",
        ),
    ]
    tries: Annotated[int, about("Tries since the job ended or was last redelivered.", 0, ge=0)]
    next_try_at: Annotated[Time | None, about("Null if no try is pending.", None)]
    delivered_at: Annotated[Time | None, Field(examples=[None])]
    failed_at: Annotated[Time | None, Field(examples=[None])]


@shared.example(flow="renderer", ahead=12)
class Waiting(TypedDict):
    """Why the job has not started: it waits for its flow."""

    flow: Annotated[str, about("The flow's name.")]
    ahead: Annotated[int, about("Jobs that wait before this one. 100 means 100 or more.", ge=0, le=100)]


class JobFields(TypedDict):
    job_id: Annotated[Id, Field(examples=[JOB_ID])]
    type: Annotated[str, about("The job type's name.", "text_statistics")]
    type_version: Annotated[int, about("The job type's version when the job was submitted.", 1, ge=1)]
    status: ReadOnly[str]
    attempt: ReadOnly[Annotated[int, about("The current or last attempt; 0 before the first.", 1, ge=0)]]
    progress: ReadOnly[
        Annotated[Progress | None, about("The last reported progress; null before the first.")]
    ]
    metadata: Annotated[Mapping[str, str], about("The metadata that you submitted.", METADATA)]
    created_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.000Z"])]
    updated_at: ReadOnly[Annotated[Time, Field(examples=["2026-06-21T10:00:02.115Z"])]]
    run_at: Annotated[Time, about("The job never starts before this.", "2026-06-21T10:00:00.000Z")]
    start_by: Annotated[Time | None, about("The job fails if it has not started by then.", None)]
    deadline: Annotated[Time, about("The job fails if it is not done by then.", "2026-06-21T11:00:00.000Z")]
    unique_key: Annotated[str | None, about("The key that only this job has until it ends.", None)]
    retry_of: Annotated[Id | None, about("The failed job of which this one is the retry.", None)]
    retried_as: ReadOnly[Annotated[Id | None, about("The job that is the retry of this one.", None)]]
    cancel_requested_at: Annotated[
        Time | None, about("The time of the cancel request, if a worker had the job then.", None)
    ]
    callback: Annotated[
        Callback | None,
        about(
            "Null without a `callback_url`. Your organisation's default is shown when the job has ended.",
            None,
        ),
    ]
    flow: Annotated[str | None, about("The flow that limits the job; null without one.", None)]


class Unstarted(JobFields):
    status: Literal["pending"]
    attempt: Annotated[int, about("No attempt has started.", 0, ge=0)]
    progress: Annotated[Progress | None, about("No progress reported yet.", None)]
    updated_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.000Z"])]


class InLine(TypedDict, total=False):
    waiting: Annotated[Waiting, about("Only while the job waits for its flow, and not in lists.")]


class PendingJob(Unstarted, InLine):
    """A job that was accepted and has not started."""


class ProcessingJob(JobFields):
    """A job that is running, or that waits for its next attempt."""

    status: Literal["processing"]


class Ended(TypedDict):
    ended_at: Annotated[Time, Field(examples=["2026-06-21T10:00:02.115Z"])]
    expires_at: Annotated[
        Time,
        about("The job can be read until then. Afterwards the response is 404.", "2026-06-22T10:00:02.115Z"),
    ]


class EndedJob(JobFields, Ended):
    progress: Annotated[Progress | None, about("The last reported progress; null before the first.", None)]


class Shown(TypedDict, total=False):
    result: Any
    result_url: Annotated[
        Path,
        about(
            "The path of a result over 256 KiB, and of every result in a list of jobs. With `ids`, of a "
            "result over 4 KiB."
        ),
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
        about("A job. Its fields depend on its `status`, which never goes back.", discriminator="status"),
    ],
)


class AcceptedJob(Unstarted):
    """The job as it was accepted. A replayed request gets the same response."""

    poll_url: Annotated[Path, about("The path to poll.", f"/v1/jobs/{JOB_ID}")]


class ExistingJob(JobFields):
    """The job that has the `unique_key`. A replayed request gets the same response."""

    status: Literal["pending", "processing"]
    poll_url: Annotated[Path, about("The path to poll.", f"/v1/jobs/{JOB_ID}")]


class JobList(TypedDict):
    jobs: Annotated[list[Job], about("Newest first. The list can be empty.")]
    next_cursor: Annotated[
        str | None,
        about(
            "The `cursor` of the next page; null on the last page. A page can be short or empty "
            "and still have a next one.",
            JOB_ID,
        ),
    ]
    not_found: NotRequired[
        Annotated[list[Id], about("Only with `ids`: those that are unknown or expired, or not yours.")]
    ]


class AcceptedEntry(TypedDict):
    """An entry that was accepted."""

    status: Literal[202]
    job: AcceptedJob


class ExistingEntry(TypedDict):
    """An entry that was answered with the job that has its `unique_key`."""

    status: Literal[200]
    job: ExistingJob


class RefusedEntry(TypedDict):
    """An entry that was refused. Its pointers start at the entry."""

    status: Annotated[int, about("The status of this submission alone.", 422)]
    error: shared.Problem


Entry = AcceptedEntry | ExistingEntry | RefusedEntry


class BatchOutcome(TypedDict):
    jobs: Annotated[list[Entry], about("The outcome of each job, in the order of the request.")]


class Credits(TypedDict):
    """Your organisation's credits, for jobs that have a price."""

    credits: Annotated[int, about("The credits that are left.", 970, ge=0)]


class Movement(TypedDict):
    """A change of your organisation's credits."""

    at: Annotated[Time, Field(examples=["2026-06-18T16:30:00.000Z"])]
    amount: Annotated[int, about("Negative for charges. The sum of all is what is left.", -30)]
    reason: Annotated[
        Literal["added", "charged", "refunded"],
        about("A job is charged when it is accepted, and refunded if it fails.", "charged"),
    ]
    job_id: Annotated[Id | None, about("The job. Null for added credits.", JOB_ID)]


class Ledger(TypedDict):
    movements: Annotated[list[Movement], about("Newest first. The list can be empty.")]
    next_cursor: Annotated[str | None, about("The `cursor` of the next page; null on the last page.", None)]


class DefaultCallback(TypedDict):
    """The callback of jobs that ask for none themselves, and whose schedule asks for none."""

    url: Annotated[
        str,
        about(
            "The URL that you stored, with its secrets hidden.",
            "https://app.example.com/hooks/claimcheck",
        ),
    ]
    on: Annotated[
        Literal["failed", "ended"],
        about("Whether to call for each job that has failed, or for each that has ended.", "failed"),
    ]


class Upload(TypedDict):
    """The request with which you upload the file. It needs no API key."""

    upload_id: Annotated[
        Id,
        about("Use it in a job's input, within 12 hours, once the file is uploaded.", JOB_ID),
    ]
    url: Annotated[
        str,
        about(
            "Send the file's bytes to it, as they are.",
            "https://bucket.s3.eu-central-1.amazonaws.com/uploads/4f1c?X-Amz-Signature=9a0b",
            json_schema_extra={"format": "uri"},
        ),
    ]
    method: Annotated[Literal["PUT"], Field(examples=["PUT"])]
    headers: Annotated[
        Mapping[str, str],
        about(
            "Send all of them, as they are. Browsers and most clients send `Content-Length` by themselves.",
            {"Content-Length": "18", "Content-Type": "text/csv", "If-None-Match": "*"},
        ),
    ]
    expires_at: Annotated[Time, about("The URL works until then.", "2026-06-21T11:00:00.000Z")]


class DownloadUrl(TypedDict):
    """Replaces a file, or a result over 256 KiB, in a request with `redirect=false`."""

    url: Annotated[
        str,
        about(
            "Download from it, without an API key, within five minutes.",
            "https://bucket.s3.eu-central-1.amazonaws.com/result/4f1c?X-Amz-Signature=9a0b",
            json_schema_extra={"format": "uri"},
        ),
    ]


class Health(TypedDict):
    status: Literal["ok"]
