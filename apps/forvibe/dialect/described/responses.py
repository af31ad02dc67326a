"""Forvibe's responses, as types: see `claimcheck.http.responses`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import ReadOnly, TypeAliasType, TypedDict

from claimcheck.domain.keys import PLANS
from claimcheck.http import responses as shared
from claimcheck.http.responses import JOB_ID, Id, Null, Path

TYPE = "review_simulation"

Time = Annotated[
    str,
    Field(description="RFC 3339, in UTC, in whole seconds.", json_schema_extra={"format": "date-time"}),
]


class ForvibeAccepted(TypedDict):
    """The job as it was accepted, for ever the same."""

    job_id: Annotated[Id, Field(examples=[JOB_ID])]
    status: Literal["pending"]
    type: Annotated[str, Field(examples=[TYPE])]
    poll_url: Annotated[
        Path, Field(description="Where to poll; also in `Location`.", examples=[f"/api/v1/jobs/{JOB_ID}"])
    ]


@shared.example(done=2, total=5, message="de-DE")
class ForvibeProgress(shared.Progress):
    """How far the work is, in whatever the job type counts: locales, say."""


@shared.example(code="attempts_exhausted", message="The last of 3 attempts did not succeed.")
class ForvibeError(shared.Failure):
    """Why a job failed, or a request was refused."""


class ForvibeRow(TypedDict):
    job_id: Annotated[Id, Field(examples=[JOB_ID])]
    type: Annotated[str, Field(examples=[TYPE])]
    status: ReadOnly[str]
    progress: ReadOnly[ForvibeProgress | None]
    result: ReadOnly[Any]
    error: ReadOnly[ForvibeError | None]
    created_at: Annotated[Time, Field(examples=["2026-05-24T10:01:22Z"])]
    updated_at: Annotated[Time, Field(examples=["2026-05-24T10:01:54Z"])]


class ForvibePendingJob(ForvibeRow):
    """Accepted, not yet started."""

    status: Literal["pending"]
    progress: Null
    result: Null
    error: Null


class ForvibeRunningJob(ForvibeRow):
    """Running, or waiting for its next attempt."""

    status: Literal["in_progress"]
    progress: Annotated[ForvibeProgress | None, Field(description="Null until some was reported.")]
    result: Null
    error: Null


class ForvibeCompletedJob(ForvibeRow):
    """Finished successfully."""

    status: Literal["completed"]
    progress: Null
    result: Any
    error: Null


class ForvibeFailedJob(ForvibeRow):
    """Ended without a result. Its credits were given back."""

    status: Literal["failed"]
    progress: Null
    result: Null
    error: ForvibeError


ForvibeJob = TypeAliasType(
    "ForvibeJob",
    Annotated[
        ForvibePendingJob | ForvibeRunningJob | ForvibeCompletedJob | ForvibeFailedJob,
        Field(
            discriminator="status",
            description="A job: always all eight fields. Its status only moves forward.",
        ),
    ],
)


class Richer(TypedDict):
    """What the read of a simulation shows beside the row."""

    codebase_review: Any
    combined_findings: Any


class ForvibeElsewhere(shared.LargeResult):
    """Stands for a result of more than 2.5 MiB."""


class ForvibeStoredListing(TypedDict):
    locale: Annotated[str, Field(examples=["en-US"])]
    name: Annotated[str | None, Field(description="The app's, in this locale.", examples=["Trail Ledger"])]
    url: Annotated[
        Path,
        Field(
            description="Where the whole listing is.",
            examples=["/api/v1/projects/trail-ledger/listings/en-US"],
        ),
    ]


class ForvibeListings(TypedDict):
    project_id: Annotated[str, Field(examples=["trail-ledger"])]
    listings: Annotated[list[ForvibeStoredListing], Field(description="By locale; there may be none.")]


class ForvibeCredits(TypedDict):
    credits: Annotated[int, Field(description="What is left.", ge=0, examples=[455])]
    plan: Annotated[
        str,
        Field(description="Of this API key.", json_schema_extra={"enum": list(PLANS)}, examples=["paid"]),
    ]


class ForvibeMovement(TypedDict):
    at: Annotated[Time, Field(examples=["2026-05-24T10:01:22Z"])]
    amount: Annotated[
        int,
        Field(description="Negative when it was taken. All of them add up to what is left.", examples=[-45]),
    ]
    reason: Annotated[
        str,
        Field(
            json_schema_extra={"enum": ["added", "charged", "refunded"]},
            description="A job is charged when it is accepted, and refunded if it fails.",
            examples=["charged"],
        ),
    ]
    job_id: Annotated[str | None, Field(description="Null when credits were added.", examples=[JOB_ID])]


class ForvibeLedger(TypedDict):
    movements: Annotated[list[ForvibeMovement], Field(description="Newest first.")]
    next_cursor: Annotated[
        str | None,
        Field(description="The `cursor` of the next page; null on the last one.", examples=[None]),
    ]


class ForvibeProblem(shared.Problem):
    """An error, as RFC 9457 has it and, in `error`, as a failed job has it."""

    error: Annotated[ForvibeError, Field(description="`code` and `detail` again.")]
