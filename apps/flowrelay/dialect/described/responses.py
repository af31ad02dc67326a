"""FlowRelay's responses, as types: see `claimcheck.http.responses`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import ReadOnly, TypeAliasType, TypedDict

from claimcheck.http import responses as shared
from claimcheck.http.responses import JOB_ID, Id, Null, Time


class FlowRelayAccepted(TypedDict):
    """The job that generates what was asked for: poll it."""

    jobId: Annotated[Id, Field(description="Names the job.", examples=[JOB_ID])]
    status: Literal["pending"]


@shared.example(done=1, total=2, message="context read")
class FlowRelayProgress(shared.Progress):
    """How far the generation is, in steps of its kind."""


class JobFields(TypedDict):
    id: Annotated[Id, Field(description="The `jobId` of the 202.", examples=[JOB_ID])]
    type: Annotated[str, Field(description="What is generated.", examples=["handoff"])]
    status: ReadOnly[str]
    progress: Annotated[FlowRelayProgress | None, Field(description="As last reported; null if none was.")]
    created_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.000Z"])]
    updated_at: Annotated[Time, Field(examples=["2026-06-21T10:00:21.402Z"])]


class NotMade(TypedDict):
    result_kind: Null
    result_id: Null


class NotFailed(TypedDict):
    error: Null
    error_code: Null


class FlowRelayUnfinishedJob(JobFields, NotMade, NotFailed):
    """`pending` until a worker has picked it up, then `processing`."""

    status: Literal["pending", "processing"]


class FlowRelayCompletedJob(JobFields, NotFailed):
    """Done: the row that it has made can be read on its own as long as it is retained."""

    status: Literal["completed"]
    result_kind: Annotated[
        str, Field(description="What was made: the list to find it in.", examples=["handoff"])
    ]
    result_id: Annotated[Id, Field(description="The row's id.", examples=[JOB_ID])]


class FlowRelayFailedJob(JobFields, NotMade):
    """Nothing was made: `error` and `error_code` say why."""

    status: Literal["failed"]
    error: Annotated[
        str,
        Field(
            description="For people.",
            examples=["The last of 4 attempts did not succeed: The model cannot be reached."],
        ),
    ]
    error_code: Annotated[
        str,
        Field(
            description="For programs; what each means, and whether to try again, is in the page on errors.",
            examples=["model_unavailable"],
        ),
    ]


class FlowRelayUnfinished(TypedDict):
    """Not ended: ask again after `Retry-After`."""

    job: FlowRelayUnfinishedJob
    result: Null


class FlowRelayCompleted(TypedDict):
    """Ended, with what it has made."""

    job: FlowRelayCompletedJob
    result: Any


class FlowRelayFailed(TypedDict):
    """Ended, without a result."""

    job: FlowRelayFailedJob
    result: Null


FlowRelayJob = TypeAliasType(
    "FlowRelayJob",
    Annotated[
        FlowRelayCompleted | FlowRelayFailed | FlowRelayUnfinished,
        Field(description="A job and its result, which is null until the job is `completed`."),
    ],
)


class FlowRelayLargeResult(shared.LargeResult):
    """In place of a result of more than 2.5 MiB."""


class FlowRelayRow(TypedDict):
    """Something that was generated."""

    id: Annotated[Id, Field(description="The job's `result_id`.", examples=[JOB_ID])]
    kind: Annotated[str, Field(description="The job's `result_kind`.", examples=["handoff"])]
    project: Annotated[
        str | None,
        Field(description="Which project it is about, if the request named one.", examples=["Billing"]),
    ]
    created_at: Annotated[
        Time, Field(description="When it was asked for.", examples=["2026-06-21T10:00:00.000Z"])
    ]
    completed_at: Annotated[Time, Field(examples=["2026-06-21T10:00:21.402Z"])]
    expires_at: Annotated[
        Time, Field(description="From when it is gone.", examples=["2026-07-21T10:00:21.402Z"])
    ]


class FlowRelayArtifact(FlowRelayRow):
    """Something that was generated, with all that is in it."""

    result: Any


NextCursor = Annotated[
    str | None,
    Field(
        description="The `cursor` of the next page; null on the last one. Continue until it is null, even if "
        "a page has few or none.",
        examples=[JOB_ID],
    ),
]


class FlowRelayHandoffs(TypedDict):
    handoffs: Annotated[list[FlowRelayRow], Field(description="Newest first; there may be none.")]
    next_cursor: NextCursor


class FlowRelayInsights(TypedDict):
    insights: Annotated[list[FlowRelayRow], Field(description="Newest first; there may be none.")]
    next_cursor: NextCursor


class FlowRelayWrongField(shared.WrongField):
    """One wrong field: `pointer` for the body, `parameter` for path and query."""


class FlowRelayError(TypedDict):
    """An error, in the words of a failed job."""

    error: Annotated[str, Field(description="For people.")]
    error_code: Annotated[str, Field(description="For programs: it does not change.")]
    errors: NotRequired[Annotated[list[FlowRelayWrongField], shared.WRONG_FIELDS]]
