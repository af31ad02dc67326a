"""What Forvibe's answers look like, for the API's description. Answering does not use these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

JOB_ID = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"
TYPE = "review_simulation"

Time = Annotated[
    str,
    Field(description="RFC 3339, in UTC, in whole seconds.", json_schema_extra={"format": "date-time"}),
]
Path = Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
Null = Annotated[None, Field(examples=[None])]


def _absent(schema: dict[str, Any]) -> None:
    """A field that can be absent has no default then."""
    for each in schema["properties"].values():
        each.pop("default", None)


class Shape(BaseModel):
    model_config = ConfigDict(json_schema_extra=_absent)


class ForvibeAccepted(Shape):
    """The job as it was accepted, for ever the same."""

    job_id: Annotated[str, Field(json_schema_extra={"format": "uuid"}, examples=[JOB_ID])]
    status: Literal["pending"]
    type: Annotated[str, Field(examples=[TYPE])]
    poll_url: Annotated[
        Path, Field(description="Where to poll; also in `Location`.", examples=[f"/api/v1/jobs/{JOB_ID}"])
    ]


class ForvibeProgress(Shape):
    """How far the work is, in whatever the job type counts: locales, say."""

    done: Annotated[int, Field(examples=[2])]
    total: Annotated[int | None, Field(description="Null while it is not known.", examples=[5])]
    message: Annotated[str | None, Field(max_length=500, examples=["de-DE"])]


class ForvibeError(Shape):
    code: Annotated[str, Field(description="For programs.", examples=["attempts_exhausted"])]
    message: Annotated[
        str, Field(description="Explains why.", examples=["The last of 3 attempts did not succeed."])
    ]


class ForvibeRow(Shape):
    job_id: Annotated[str, Field(json_schema_extra={"format": "uuid"}, examples=[JOB_ID])]
    type: Annotated[str, Field(examples=[TYPE])]
    status: str
    progress: Null
    result: Null
    error: Null
    created_at: Annotated[Time, Field(examples=["2026-05-24T10:01:22Z"])]
    updated_at: Annotated[Time, Field(examples=["2026-05-24T10:01:54Z"])]


class ForvibePendingJob(ForvibeRow):
    """Accepted, not yet started."""

    status: Literal["pending"]


class ForvibeRunningJob(ForvibeRow):
    """Running, or waiting for its next attempt."""

    status: Literal["in_progress"]
    progress: Annotated[  # type: ignore[assignment]
        ForvibeProgress | None, Field(description="Null until some was told.")
    ]


class ForvibeCompletedJob(ForvibeRow):
    """Finished successfully."""

    status: Literal["completed"]
    result: Any


class ForvibeFailedJob(ForvibeRow):
    """Ended without a result. Its credits were given back."""

    status: Literal["failed"]
    error: ForvibeError  # type: ignore[assignment]


class ForvibeJob(
    RootModel[
        Annotated[
            ForvibePendingJob | ForvibeRunningJob | ForvibeCompletedJob | ForvibeFailedJob,
            Field(discriminator="status"),
        ]
    ]
):
    """A job: always all eight fields. Its status only moves forward."""


class ForvibeElsewhere(Shape):
    """Stands for a result of more than 2.5 MiB."""

    result_url: Annotated[
        Path, Field(description="Answers with the result.", examples=[f"/v1/jobs/{JOB_ID}/result"])
    ]


class ForvibeListings(Shape):
    project_id: Annotated[str, Field(examples=["trail-ledger"])]
    listings: Annotated[list[ForvibeStoredListing], Field(description="By locale; there may be none.")]


class ForvibeStoredListing(Shape):
    locale: Annotated[str, Field(examples=["en-US"])]
    name: Annotated[str | None, Field(description="The app's, in this locale.", examples=["Trail Ledger"])]
    url: Annotated[
        Path,
        Field(
            description="Where the whole listing is.",
            examples=["/api/v1/projects/trail-ledger/listings/en-US"],
        ),
    ]


class ForvibeCredits(Shape):
    credits: Annotated[int, Field(description="What is left.", ge=0, examples=[455])]
    plan: Annotated[Literal["free", "paid"], Field(description="Of this API key.", examples=["paid"])]


class ForvibeMovement(Shape):
    at: Annotated[Time, Field(examples=["2026-05-24T10:01:22Z"])]
    amount: Annotated[
        int,
        Field(description="Negative when it was taken. All of them add up to what is left.", examples=[-45]),
    ]
    reason: Annotated[
        Literal["added", "charged", "refunded"],
        Field(
            description="A job is charged when it is accepted, and refunded if it fails.",
            examples=["charged"],
        ),
    ]
    job_id: Annotated[str | None, Field(description="Null when credits were added.", examples=[JOB_ID])]


class ForvibeLedger(Shape):
    movements: Annotated[list[ForvibeMovement], Field(description="Newest first.")]
    next_cursor: Annotated[
        str | None,
        Field(description="The `cursor` of the next page; null on the last one.", examples=[None]),
    ]


class ForvibeWrongField(Shape):
    """One wrong field: `pointer` for the body, `parameter` for path and query."""

    pointer: Annotated[str, Field(description="Where in the body (JSON pointer, RFC 6901).")] = ""
    parameter: Annotated[str, Field(description="The parameter's name.")] = ""
    message: Annotated[str, Field(description="What is wrong with it, and its bound.")]


class ForvibeProblem(Shape):
    """An error, as RFC 9457 has it and, in `error`, as a failed job has it."""

    type: Annotated[str, Field(description="`code` as a URN.", json_schema_extra={"format": "uri"})]
    title: Annotated[str, Field(description="The status in words.")]
    status: int
    detail: Annotated[str, Field(description="What was wrong this time, for people.")]
    code: Annotated[str, Field(description="For programs: it does not change.")]
    request_id: Annotated[str, Field(description="Names this request when you ask for help.")]
    error: Annotated[ForvibeError, Field(description="`code` and `detail` again.")]
    errors: Annotated[
        list[ForvibeWrongField],
        Field(description="With `invalid_fields`: every wrong field, or the first 100."),
    ] = []
    needed: Annotated[int, Field(description="With `insufficient_credits`: what this costs.")] = 0
    left: Annotated[int, Field(description="With `insufficient_credits`: what there is.")] = 0


ALL = (
    ForvibeAccepted,
    ForvibeJob,
    ForvibeElsewhere,
    ForvibeListings,
    ForvibeCredits,
    ForvibeLedger,
    ForvibeProblem,
)
