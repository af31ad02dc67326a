"""Types of FlowRelay's responses; see `claimcheck.http.responses`."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import ReadOnly, TypeAliasType, TypedDict

from claimcheck.http import responses as shared
from claimcheck.http.responses import JOB_ID, Id, Null, Time, about


class FlowRelayAccepted(TypedDict):
    """The accepted job. Poll it."""

    jobId: Annotated[Id, about("The job's id.", JOB_ID)]
    status: Literal["pending"]


@shared.example(done=1, total=2, message="context read")
class FlowRelayProgress(shared.Progress):
    """The job's progress, in steps of the job type."""


class JobFields(TypedDict):
    id: Annotated[Id, about("The `jobId` of the 202.", JOB_ID)]
    type: Annotated[str, about("The kind of artifact that is generated.", "handoff")]
    status: ReadOnly[str]
    progress: Annotated[FlowRelayProgress | None, about("The last progress reported, or null.")]
    created_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.000Z"])]
    updated_at: Annotated[Time, Field(examples=["2026-06-21T10:00:21.402Z"])]


class NotMade(TypedDict):
    result_kind: Null
    result_id: Null


class NotFailed(TypedDict):
    error: Null
    error_code: Null


class FlowRelayUnfinishedJob(JobFields, NotMade, NotFailed):
    """`pending` until a worker starts it, then `processing`."""

    status: Literal["pending", "processing"]


class FlowRelayCompletedJob(JobFields, NotFailed):
    """Completed. The artifact can be read by `result_id` until it expires."""

    status: Literal["completed"]
    result_kind: Annotated[str, about("The kind of artifact, which is also its list.", "handoff")]
    result_id: Annotated[Id, about("The artifact's id.", JOB_ID)]


class FlowRelayFailedJob(JobFields, NotMade):
    """Failed. `error` and `error_code` say why."""

    status: Literal["failed"]
    error: Annotated[
        str,
        about(
            "The error in words, for people.",
            "The last of 4 attempts did not succeed: The model cannot be reached.",
        ),
    ]
    error_code: Annotated[
        str,
        about(
            "The error for programs. The page on errors lists all codes and whether to retry.",
            "model_unavailable",
        ),
    ]


class FlowRelayUnfinished(TypedDict):
    """Not ended. Poll again after `Retry-After` seconds."""

    job: FlowRelayUnfinishedJob
    result: Null


class FlowRelayCompleted(TypedDict):
    """Ended with a result."""

    job: FlowRelayCompletedJob
    result: Any


class FlowRelayFailed(TypedDict):
    """Ended without a result."""

    job: FlowRelayFailedJob
    result: Null


FlowRelayJob = TypeAliasType(
    "FlowRelayJob",
    Annotated[
        FlowRelayCompleted | FlowRelayFailed | FlowRelayUnfinished,
        about("A job and its result. The result is null unless the job is `completed`."),
    ],
)


class FlowRelayLargeResult(shared.LargeResult):
    """Replaces a result over 2.5 MiB."""


class FlowRelayRow(TypedDict):
    """A generated artifact, without its content."""

    id: Annotated[Id, about("The job's `result_id`.", JOB_ID)]
    kind: Annotated[str, about("The job's `result_kind`.", "handoff")]
    project: Annotated[str | None, about("The project that the request named, or null.", "Billing")]
    created_at: Annotated[Time, about("The time of the request.", "2026-06-21T10:00:00.000Z")]
    completed_at: Annotated[Time, Field(examples=["2026-06-21T10:00:21.402Z"])]
    expires_at: Annotated[Time, about("The time from which it cannot be read.", "2026-07-21T10:00:21.402Z")]


class FlowRelayArtifact(FlowRelayRow):
    """A generated artifact with its content."""

    result: Any


NextCursor = Annotated[
    str | None,
    about(
        "The `cursor` of the next page; null on the last page. All others can have few or no rows.",
        JOB_ID,
    ),
]


class FlowRelayHandoffs(TypedDict):
    handoffs: Annotated[list[FlowRelayRow], about("Newest first; can be empty.")]
    next_cursor: NextCursor


class FlowRelayInsights(TypedDict):
    insights: Annotated[list[FlowRelayRow], about("Newest first; can be empty.")]
    next_cursor: NextCursor


class FlowRelayWrongField(shared.WrongField):
    """An invalid field: `pointer` for the body, `parameter` for path and query."""


class FlowRelayError(TypedDict):
    """An error, as in a failed job."""

    error: Annotated[str, about("The error in words, for people.")]
    error_code: Annotated[str, about("The error for programs. Codes do not change.")]
    errors: NotRequired[Annotated[list[FlowRelayWrongField], shared.WRONG_FIELDS]]
