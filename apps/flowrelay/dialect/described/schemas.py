"""What FlowRelay's answers look like, for the API's description: `rendering` makes them, without these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

Time = Annotated[
    str,
    Field(description="RFC 3339, in UTC, with milliseconds.", json_schema_extra={"format": "date-time"}),
]
Id = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Nothing = Annotated[None, Field(examples=[None])]
JOB_ID = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"


def _absent(schema: dict[str, Any]) -> None:
    """A field that can be absent has no default then."""
    for each in schema["properties"].values():
        each.pop("default", None)


class Shape(BaseModel):
    model_config = ConfigDict(json_schema_extra=_absent)


class FlowRelayAccepted(Shape):
    """The job that generates what was asked for: poll it."""

    jobId: Annotated[Id, Field(description="Names the job.", examples=[JOB_ID])]  # noqa: N815 - the page's
    status: Literal["pending"]


class FlowRelayProgress(Shape):
    """How far the generation is, in steps of its kind."""

    done: Annotated[int, Field(examples=[1])]
    total: Annotated[int | None, Field(description="Null while it is not known.", examples=[2])]
    message: Annotated[str | None, Field(max_length=500, examples=["context read"])]


class JobFields(Shape):
    id: Annotated[Id, Field(description="The `jobId` of the 202.", examples=[JOB_ID])]
    type: Annotated[str, Field(description="What is generated.", examples=["handoff"])]
    status: str
    progress: Annotated[FlowRelayProgress | None, Field(description="As last told; null if nothing was.")]
    created_at: Annotated[Time, Field(examples=["2026-06-21T10:00:00.000Z"])]
    updated_at: Annotated[Time, Field(examples=["2026-06-21T10:00:21.402Z"])]


class FlowRelayUnfinishedJob(JobFields):
    """`pending` until a worker has picked it up, then `processing`."""

    status: Literal["pending", "processing"]
    result_kind: Nothing
    result_id: Nothing
    error: Nothing
    error_code: Nothing


class FlowRelayCompletedJob(JobFields):
    """Done: the row that it has made can be read on its own as long as it is retained."""

    status: Literal["completed"]
    result_kind: Annotated[
        str, Field(description="What was made: the list to find it in.", examples=["handoff"])
    ]
    result_id: Annotated[Id, Field(description="The row's id.", examples=[JOB_ID])]
    error: Nothing
    error_code: Nothing


class FlowRelayFailedJob(JobFields):
    """Nothing was made: `error` and `error_code` say why."""

    status: Literal["failed"]
    result_kind: Nothing
    result_id: Nothing
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


class FlowRelayUnfinished(Shape):
    """Not ended: ask again after `Retry-After`."""

    job: FlowRelayUnfinishedJob
    result: Nothing


class FlowRelayCompleted(Shape):
    """Ended, with what it has made."""

    job: FlowRelayCompletedJob
    result: Any


class FlowRelayFailed(Shape):
    """Ended, without a result."""

    job: FlowRelayFailedJob
    result: Nothing


class FlowRelayJob(RootModel[FlowRelayCompleted | FlowRelayFailed | FlowRelayUnfinished]):
    """A job and its result, which is null until the job is `completed`."""


class FlowRelayLargeResult(Shape):
    """In place of a result of more than 2.5 MiB."""

    result_url: Annotated[
        str,
        Field(
            description="Where to read it.",
            examples=[f"/v1/jobs/{JOB_ID}/result"],
            json_schema_extra={"format": "uri-reference"},
        ),
    ]


class FlowRelayRow(Shape):
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


NEXT_CURSOR = Field(
    description="The `cursor` of the next page; null on the last one. Go on until it is null, however few "
    "a page has.",
    examples=[JOB_ID],
)


class FlowRelayHandoffs(Shape):
    handoffs: Annotated[list[FlowRelayRow], Field(description="Newest first; there may be none.")]
    next_cursor: Annotated[str | None, NEXT_CURSOR]


class FlowRelayInsights(Shape):
    insights: Annotated[list[FlowRelayRow], Field(description="Newest first; there may be none.")]
    next_cursor: Annotated[str | None, NEXT_CURSOR]


class FlowRelayWrongField(Shape):
    """One wrong field: `pointer` for the body, `parameter` for the query."""

    pointer: Annotated[str, Field(description="Where in the body (JSON pointer, RFC 6901).")] = ""
    parameter: Annotated[str, Field(description="The name of the query parameter.")] = ""
    message: Annotated[str, Field(description="What is wrong with it, and its bound.")]


class FlowRelayError(Shape):
    """An error, in the words of a failed job."""

    error: Annotated[str, Field(description="For people.")]
    error_code: Annotated[str, Field(description="For programs: it does not change.")]
    errors: Annotated[
        list[FlowRelayWrongField],
        Field(description="With `invalid_fields`: every wrong field, or the first 100."),
    ] = []
