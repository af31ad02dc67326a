"""Types of Forvibe's responses; see `claimcheck.http.responses`."""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import ReadOnly, TypeAliasType, TypedDict

from claimcheck.domain.keys import PLANS
from claimcheck.http import responses as shared
from claimcheck.http.responses import JOB_ID, Id, Null, Path

TYPE = "review_simulation"

Time = Annotated[
    str,
    Field(description="RFC 3339, UTC, whole seconds.", json_schema_extra={"format": "date-time"}),
]


class ForvibeAccepted(TypedDict):
    """The accepted job. A replay returns the same."""

    job_id: Annotated[Id, Field(examples=[JOB_ID])]
    status: Literal["pending"]
    type: Annotated[str, Field(examples=[TYPE])]
    poll_url: Annotated[
        Path, Field(description="The URL to poll; also in `Location`.", examples=[f"/api/v1/jobs/{JOB_ID}"])
    ]


@shared.example(done=2, total=5, message="de-DE")
class ForvibeProgress(shared.Progress):
    """The job's progress, in units of the job type, such as locales."""


@shared.example(code="attempts_exhausted", message="The last of 3 attempts did not succeed.")
class ForvibeError(shared.Failure):
    """The reason why a job failed or a request was refused."""


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
    """Running, or waiting for the next attempt."""

    status: Literal["in_progress"]
    progress: Annotated[ForvibeProgress | None, Field(description="Null if no progress was reported yet.")]
    result: Null
    error: Null


class ForvibeCompletedJob(ForvibeRow):
    """Finished successfully."""

    status: Literal["completed"]
    progress: Null
    result: Any
    error: Null


class ForvibeFailedJob(ForvibeRow):
    """Ended without a result. Its credits were refunded."""

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
            description="A job. All eight fields are always present. `status` only moves forward.",
        ),
    ],
)


class Richer(TypedDict):
    codebase_review: Any
    combined_findings: Any


class ForvibeElsewhere(shared.LargeResult):
    """Replaces a result over 2.5 MiB."""


class ForvibeStoredListing(TypedDict):
    locale: Annotated[str, Field(examples=["en-US"])]
    name: Annotated[str | None, Field(description="The name in this locale.", examples=["Trail Ledger"])]
    url: Annotated[
        Path,
        Field(
            description="The URL of the listing.", examples=["/api/v1/projects/trail-ledger/listings/en-US"]
        ),
    ]


class ForvibeListings(TypedDict):
    project_id: Annotated[str, Field(examples=["trail-ledger"])]
    listings: Annotated[list[ForvibeStoredListing], Field(description="Ordered by locale; can be empty.")]


class ForvibeCredits(TypedDict):
    credits: Annotated[int, Field(description="The balance.", ge=0, examples=[455])]
    plan: Annotated[
        str,
        Field(description="The API key's plan.", json_schema_extra={"enum": list(PLANS)}, examples=["paid"]),
    ]


class ForvibeMovement(TypedDict):
    at: Annotated[Time, Field(examples=["2026-05-24T10:01:22Z"])]
    amount: Annotated[int, Field(description="Negative for charges. The sum is the balance.", examples=[-45])]
    reason: Annotated[
        str,
        Field(
            json_schema_extra={"enum": ["added", "charged", "refunded"]},
            description="Jobs are charged when accepted and refunded if they fail.",
            examples=["charged"],
        ),
    ]
    job_id: Annotated[str | None, Field(description="Null for added credits.", examples=[JOB_ID])]


class ForvibeLedger(TypedDict):
    movements: Annotated[list[ForvibeMovement], Field(description="Newest first.")]
    next_cursor: Annotated[
        str | None,
        Field(description="The `cursor` of the next page; null on the last page.", examples=[None]),
    ]


class ForvibeProblem(shared.Problem):
    """An RFC 9457 problem with `error`, as in a failed job."""

    error: Annotated[ForvibeError, Field(description="`code` and `detail`, as in a failed job.")]
