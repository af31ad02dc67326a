"""Job type `review_simulation`: predict what App Review may object to on an App Store page.

It applies Apple's published rules. A good result does not guarantee approval.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from apps.forvibe.app_store import LOCALES, MAX_CHARACTERS, Listing, Locale, ProjectId
from claimcheck.authoring import JobModel, JobType, at_most

CREDITS = 50
MAX_FILES = 200
MAX_CODE = 500_000
# A result contains each finding twice, and must be small enough to be shown within its job.
MAX_FINDINGS = 120

Verdict = Literal["likely_approved", "needs_changes", "likely_rejected"]
Status = Literal["pass", "warn", "fail"]
SecondOpinion = Literal["off", "given", "unavailable"]
Severity = Literal["critical", "high", "medium", "low", "info"]


class SourceFile(JobModel):
    path: str = Field(
        min_length=1,
        max_length=300,
        description="The path within the project.",
        examples=["App/Camera.swift"],
    )
    content: str = Field(
        max_length=MAX_CODE, description="The file's text.", examples=["import AVFoundation\n"]
    )


def _bounded(files: list[SourceFile]) -> list[SourceFile]:
    size = sum(len(file.content) for file in files)
    if size > MAX_CODE:
        raise ValueError(f"has {size:,} characters in all its files: at most {MAX_CODE:,} are allowed")
    return files


class Codebase(JobModel):
    """Source files of the app: Swift, Objective-C, property lists, package lists."""

    files: Annotated[
        list[SourceFile],
        Field(min_length=1, max_length=MAX_FILES, description=f"At most {MAX_CODE:,} characters together."),
        AfterValidator(_bounded),
    ]


class Input(JobModel):
    project_id: ProjectId
    listings: Annotated[
        dict[Locale, Listing],
        Field(
            min_length=1,
            max_length=len(LOCALES),
            description=(
                "The page's listings, by locale. A field over Apple's limit is a finding; a field over "
                f"{MAX_CHARACTERS:,} characters is an error."
            ),
            examples=[{"en-US": {"name": "Trail Ledger", "support_url": "https://trailledger.app/support"}}],
        ),
        BeforeValidator(at_most(len(LOCALES), "locales")),
    ]
    codebase: Codebase | None = Field(default=None, description="Source files to review, too.")


class Finding(JobModel):
    rule: str = Field(description="The rule's id, or `second-opinion`.", examples=["price-in-title"])
    source: Literal["rule", "model"] = Field(description="A rule or a language model.")
    guideline: str = Field(description="Of the App Review Guidelines.", examples=["2.3.7"])
    guideline_title: str = Field(examples=["Accurate Metadata"])
    severity: Severity = Field(
        description="`critical`: will not be accepted. `high`: a common reason for rejection. `medium`: may "
        "be rejected or questioned. `low`: weakens the page. `info`: worth checking.",
        examples=["high"],
    )
    locale: str | None = Field(description="Null for all, or for the codebase.", examples=["en-US"])
    field: str | None = Field(description="Null for the codebase.", examples=["name"])
    file: str | None = Field(default=None, description="The file of the codebase, with the line.")
    message: str = Field(examples=["The name mentions a price."])
    evidence: str = Field(description="The start of the text in question.", examples=["Free"])
    suggested_fix: str = Field(
        examples=["Remove it: the App Store shows the price in each country's currency."]
    )


class Length(JobModel):
    used: int = Field(ge=0, description="Characters used.", examples=[17])
    limit: int = Field(description="Apple's limit, in characters.", examples=[30])


class FieldReview(JobModel):
    status: Status = Field(
        description="`fail`: a critical or high finding. `warn`: a medium or low finding.", examples=["fail"]
    )
    lengths: dict[str, Length] = Field(
        description="By locale; empty for URLs.", examples=[{"en-US": {"used": 17, "limit": 30}}]
    )
    findings: list[Finding]


class CodebaseReview(JobModel):
    status: Status = Field(description="As for a field.")
    files: int = Field(ge=1, description="The number of files in the request.")
    findings: list[Finding]


class Counts(JobModel):
    """Findings by severity."""

    critical: int = Field(ge=0, examples=[0])
    high: int = Field(ge=0, examples=[1])
    medium: int = Field(ge=0, examples=[0])
    low: int = Field(ge=0, examples=[0])
    info: int = Field(ge=0, examples=[0])


class OverallSummary(JobModel):
    """The verdict is `likely_rejected` with a critical finding or a score below 50, `needs_changes` with
    a high or medium finding, otherwise `likely_approved`.

    The score starts at 100. Each problem subtracts 40 if critical, 15 if high, 5 if medium, 1 if low,
    0 if info; the minimum is 0. All findings of one rule in one field, or in the codebase, count as one
    problem.
    """

    verdict: Verdict = Field(examples=["needs_changes"])
    score: int = Field(ge=0, le=100, examples=[85])
    text: str = Field(description="The verdict and the main problems in words.")
    counts: Counts
    listed: int = Field(
        ge=0,
        le=MAX_FINDINGS,
        description="The number of findings listed: the most severe, one of each problem first.",
        examples=[1],
    )
    locales: list[str] = Field(description="The locales reviewed.", examples=[["en-US"]])
    second_opinion: SecondOpinion = Field(
        description="Whether a language model reviewed the page, too.", examples=["off"]
    )


class Result(JobModel):
    overall_summary: OverallSummary
    metadata_review: dict[str, FieldReview] = Field(
        description="The review of each field, by name.",
        examples=[
            {"name": {"status": "pass", "lengths": {"en-US": {"used": 12, "limit": 30}}, "findings": []}}
        ],
    )
    codebase_review: CodebaseReview | None = Field(description="Null without a codebase.")
    combined_findings: list[Finding] = Field(
        max_length=MAX_FINDINGS, description="In the page and the codebase, most severe first."
    )


JOB_TYPE = JobType(
    name="review_simulation",
    version=1,
    summary="Predict App Review's objections to an App Store page",
    input=Input,
    result=Result,
    timeout=60,
    typical=5,
    deadline=3600,
    retention=7 * 86400,
    price=lambda input: CREDITS,
    paid_plan=True,
)
