"""What `review_simulation` takes and gives: what App Review may say of an App Store page.

A simulation: it applies what Apple publishes to the words of a page, and knows neither the app nor
the reviewer. Nothing here is a promise of approval.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from apps.forvibe.app_store import LOCALES, MAX_CHARACTERS, Listing, Locale
from claimcheck.authoring import (
    JobModel,
    JobType,
    RetryPolicy,
    at_most,
)

CREDITS = 50
MAX_FILES = 200
MAX_CODE = 500_000
# So many findings fit, twice told, into a result that is shown within its job.
MAX_FINDINGS = 120

Severity = Literal["critical", "high", "medium", "low", "info"]


class SourceFile(JobModel):
    path: Annotated[
        str,
        Field(min_length=1, max_length=300, description="Within the project.", examples=["App/Camera.swift"]),
    ]
    content: Annotated[
        str,
        Field(max_length=MAX_CODE, description="As text.", examples=["import AVFoundation\n"]),
    ]


def _bounded(files: list[SourceFile]) -> list[SourceFile]:
    size = sum(len(file.content) for file in files)
    if size > MAX_CODE:
        raise ValueError(f"has {size:,} characters in all its files: at most {MAX_CODE:,} are read")
    return files


class Codebase(JobModel):
    """The parts of the app's source that matter: Swift, Objective-C, property lists, package lists."""

    files: Annotated[
        list[SourceFile],
        Field(min_length=1, max_length=MAX_FILES, description=f"At most {MAX_CODE:,} characters together."),
        AfterValidator(_bounded),
    ]


class Input(JobModel):
    project_id: Annotated[
        str,
        Field(
            min_length=1,
            max_length=128,
            description="Whose page it is, in your own words.",
            examples=["trail-ledger"],
        ),
    ]
    listings: Annotated[
        dict[Locale, Listing],
        Field(
            min_length=1,
            max_length=len(LOCALES),
            description=(
                "What the page says, by locale. A field may be over Apple's limit, which is a finding, "
                f"but has at most {MAX_CHARACTERS:,} characters."
            ),
            examples=[{"en-US": {"name": "Trail Ledger", "support_url": "https://trailledger.app/support"}}],
        ),
        BeforeValidator(at_most(len(LOCALES), "locales")),
    ]
    codebase: Annotated[
        Codebase | None, Field(description="Source to look through, too; without it none is.")
    ] = None


class Finding(JobModel):
    rule: Annotated[
        str,
        Field(description="Which rule found it; `second-opinion` a model.", examples=["price-in-title"]),
    ]
    source: Annotated[Literal["rule", "model"], Field(description="Who found it.", examples=["rule"])]
    guideline: Annotated[
        str, Field(description="Its number in the App Review Guidelines.", examples=["2.3.7"])
    ]
    guideline_title: Annotated[str, Field(examples=["Accurate Metadata"])]
    severity: Annotated[
        Severity,
        Field(
            description=(
                "`critical`: not accepted as it is. `high`: a common reason to reject. `medium`: may be "
                "rejected or asked about. `low`: harms the page. `info`: worth a look."
            ),
            examples=["high"],
        ),
    ]
    locale: Annotated[
        str | None,
        Field(description="null: of every locale, or of the codebase.", examples=["en-US"]),
    ]
    field: Annotated[
        str | None, Field(description="The listing's field; null: of the codebase.", examples=["name"])
    ]
    file: Annotated[str | None, Field(description="The codebase's file and line.")] = None
    message: Annotated[str, Field(examples=["The name speaks of a price."])]
    evidence: Annotated[str, Field(description="What it is about, as it stands there.", examples=["Free"])]
    suggested_fix: Annotated[str, Field(examples=["Leave prices to the App Store, which shows them."])]


class Length(JobModel):
    used: Annotated[int, Field(ge=0, description="Characters.", examples=[17])]
    limit: Annotated[int, Field(description="Apple's.", examples=[30])]


class FieldReview(JobModel):
    status: Annotated[
        Literal["pass", "warn", "fail"],
        Field(
            description="`fail`: a critical or high finding. `warn`: a medium or low one.", examples=["fail"]
        ),
    ]
    lengths: Annotated[
        dict[str, Length],
        Field(description="By locale; empty for URLs.", examples=[{"en-US": {"used": 17, "limit": 30}}]),
    ]
    findings: list[Finding]


class CodebaseReview(JobModel):
    status: Annotated[Literal["pass", "warn", "fail"], Field(description="As of a field.")]
    files: Annotated[int, Field(ge=1, description="How many were given.")]
    findings: list[Finding]


class Counts(JobModel):
    """Findings by severity."""

    critical: Annotated[int, Field(ge=0, examples=[0])]
    high: Annotated[int, Field(ge=0, examples=[1])]
    medium: Annotated[int, Field(ge=0, examples=[0])]
    low: Annotated[int, Field(ge=0, examples=[0])]
    info: Annotated[int, Field(ge=0, examples=[0])]


class OverallSummary(JobModel):
    """The verdict is `likely_rejected` with a critical finding or a score below 50, `needs_changes`
    with a high or medium one, else `likely_approved`.

    The score is 100 less what each problem costs: 40 when it is critical, 15 high, 5 medium, 1 low,
    nothing info; never below 0. What one rule finds in one field, or in the codebase, is one problem,
    however many locales, words or files have it.
    """

    verdict: Annotated[
        Literal["likely_approved", "needs_changes", "likely_rejected"], Field(examples=["needs_changes"])
    ]
    score: Annotated[int, Field(ge=0, le=100, examples=[85])]
    text: Annotated[str, Field(description="The same in words.")]
    counts: Counts
    listed: Annotated[
        int,
        Field(
            ge=0,
            le=MAX_FINDINGS,
            description=(
                f"How many findings this review lists: at most {MAX_FINDINGS}, the most severe, and one of "
                "each problem before a second of any."
            ),
            examples=[1],
        ),
    ]
    locales: Annotated[list[str], Field(description="What was reviewed.", examples=[["en-US"]])]
    second_opinion: Annotated[
        Literal["off", "given", "unavailable"],
        Field(description="Whether a language model was asked, too, and answered.", examples=["off"]),
    ]


class Result(JobModel):
    overall_summary: OverallSummary
    metadata_review: Annotated[
        dict[str, FieldReview],
        Field(
            description="By the listing's field.",
            examples=[
                {
                    "name": {
                        "status": "pass",
                        "lengths": {"en-US": {"used": 12, "limit": 30}},
                        "findings": [],
                    }
                }
            ],
        ),
    ]
    codebase_review: Annotated[CodebaseReview | None, Field(description="null when no codebase was given.")]
    combined_findings: Annotated[
        list[Finding],
        Field(max_length=MAX_FINDINGS, description="Of both, the most severe first."),
    ]


JOB_TYPE = JobType(
    name="review_simulation",
    version=1,
    summary="What App Review may say of an App Store page",
    input=Input,
    result=Result,
    timeout=60,
    typical=5,
    deadline=3600,
    retention=7 * 86400,
    retry=RetryPolicy(max_attempts=3, base=1, cap=60),
    price=lambda input: CREDITS,
    paid_plan=True,
)
