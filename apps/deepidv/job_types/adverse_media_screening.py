"""The contract of the job type `adverse_media_screening`: its input, its result and its limits.

Field names are camelCase, as in deepidv's contract, also at `/v1/jobs`. The categories combine the
designated categories of offences of the FATF ("The FATF Recommendations", General Glossary) with
cybercrime (Directive (EU) 2018/1673, article 2), sanctions and decisions of supervisors.
"""

import re
from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from apps.deepidv.countries import NAMES
from claimcheck.authoring import JobModel, JobType

Category = Literal[
    "TERRORISM",
    "HUMAN_TRAFFICKING",
    "MONEY_LAUNDERING",
    "SANCTIONS",
    "ORGANISED_CRIME",
    "DRUG_TRAFFICKING",
    "BRIBERY_CORRUPTION",
    "FRAUD",
    "MARKET_ABUSE",
    "TAX_CRIME",
    "CYBERCRIME",
    "VIOLENCE",
    "THEFT",
    "ENVIRONMENTAL_CRIME",
    "REGULATORY",
]
Stage = Literal["CONVICTED", "PENALISED", "CHARGED", "INVESTIGATION", "ALLEGATION", "MENTION"]
RiskLevel = Literal["NONE", "LOW", "MEDIUM", "HIGH"]


def _distinct(categories: list[str]) -> list[str]:
    if len(set(categories)) < len(categories):
        raise ValueError("names a category more than once")
    return categories


def _country(code: str) -> str:
    if code not in NAMES:
        raise ValueError("not a country code of ISO 3166-1 alpha-2, such as GB")
    return code


def _readable(name: str) -> str:
    if not re.search(r"\w\w", name):
        raise ValueError("needs two letters or digits side by side")
    return name


NameText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100), AfterValidator(_readable)
]
Categories = Annotated[
    list[Category], Field(min_length=1, max_length=len(get_args(Category))), AfterValidator(_distinct)
]
# The news search has nothing older, and subtracting months stays within the calendar.
Day = Annotated[date, Field(ge=date(1900, 1, 1))]


class WireModel(JobModel):
    model_config = ConfigDict(alias_generator=to_camel, serialize_by_alias=True)


class Subject(WireModel):
    name: NameText | None = Field(
        default=None, description="The usual form of the name, or `Family, Given`.", examples=["John Doe"]
    )
    full_name: NameText | None = Field(default=None, description="Same as `name`. Send only one.")
    aliases: list[NameText] = Field(
        default_factory=list,
        max_length=10,
        description="Other names, such as maiden, former, trading and short names.",
        examples=[["Jack Doe"]],
    )
    date_of_birth: date | None = Field(
        default=None,
        description="A person's date of birth. An age or a year of birth in a text is compared with it.",
        examples=["1980-02-29"],
    )
    countries: list[Annotated[str, AfterValidator(_country)]] = Field(
        default_factory=list,
        max_length=10,
        description="Countries of residence, origin or business (ISO 3166-1 alpha-2).",
        examples=[["GB"]],
    )

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.name is None) == (self.full_name is None):
            raise ValueError("give either name or fullName")
        return self

    @property
    def called(self) -> str:
        return self.name or self.full_name or ""


class Document(WireModel):
    title: str = Field(min_length=1, max_length=500, examples=["Banker convicted of fraud"])
    text: str = Field(
        default="",
        max_length=20_000,
        description="Plain text. Only English is understood.",
        examples=["John Doe was convicted of fraud on Monday."],
    )
    url: str | None = Field(default=None, max_length=2048, pattern=r"^https?://\S+$")
    published_at: date | AwareDatetime | None = Field(
        default=None, description="A date, or a time with an offset (RFC 3339).", examples=["2026-03-01"]
    )
    source: str | None = Field(
        default=None, min_length=1, max_length=200, description="The publisher. Default: the host of `url`."
    )


class Input(WireModel):
    subject: Subject
    type: Literal["person", "organization"] = Field(
        default="person", description="The kind of subject.", examples=["person"]
    )
    documents: list[Document] | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="The documents to screen. If absent, news titles are searched and screened.",
    )
    since: Day | None = Field(
        default=None,
        alias="from",
        description="The first day of the period. Undated documents are always screened.",
    )
    until: Day | None = Field(
        default=None, alias="to", description="The last day of the period. Default: today."
    )
    lookback_months: int | None = Field(
        default=None,
        ge=1,
        le=120,
        description="Months before `to`, instead of `from`. Default of the news search: 3.",
    )
    categories: Categories | None = Field(
        default=None, description="The categories to look for, each once. Default: all."
    )
    minimum_match: float = Field(
        default=0.8,
        ge=0.5,
        le=1,
        description="The lowest `matchScore` that counts. At 0.82, `J. Doe` still matches John Doe.",
        examples=[0.8],
    )

    @model_validator(mode="after")
    def _period(self) -> Self:
        if self.since and self.lookback_months:
            raise ValueError("give either from or lookbackMonths")
        if self.since and self.until and self.since > self.until:
            raise ValueError("from is after to")
        return self


class ResultModel(WireModel):
    """A model that code creates by field name. Its JSON has the aliases."""

    model_config = ConfigDict(validate_by_name=True)


class Report(ResultModel):
    title: str = Field(examples=["Banker John Doe charged with fraud"])
    url: str | None = Field(default=None, examples=["https://news.example/doe"])
    source: str | None = Field(default=None, description="The publisher.", examples=["news.example"])
    published_at: str | None = Field(
        default=None, description="As sent. For news: when the search first saw the article."
    )


class Finding(Report):
    """One story. Reports of the same story by several sources are one finding."""

    categories: list[Category] = Field(
        min_length=1, description="The most severe first.", examples=[["FRAUD"]]
    )
    stage: Stage = Field(
        description="The stage that the sentence reports. PENALISED: fined, banned or sanctioned by an "
        "authority. MENTION: the sentence names the subject and the offence, and nothing more.",
        examples=["CHARGED"],
    )
    severity: int = Field(ge=1, le=100, description="The category's weight times the stage's.", examples=[45])
    matched_name: str = Field(description="The name as the text has it.", examples=["John Doe"])
    match_score: float = Field(ge=0, le=1, examples=[1.0])
    match_reasons: list[str] = Field(
        description="Reasons why the score differs from an exact match.", examples=[[]]
    )
    denied: bool = Field(description="Whether the sentence reports a denial.", examples=[False])
    evidence: str = Field(
        max_length=300,
        description="The sentence, or the part around the name.",
        examples=["Banker John Doe charged with fraud"],
    )
    also_reported: list[Report] = Field(description="The same story elsewhere.", examples=[[]])


class ScorePart(ResultModel):
    part: Literal["gravest_finding", "further_findings", "corroboration", "ceiling"] = Field(
        examples=["gravest_finding"]
    )
    points: int = Field(examples=[45])
    why: str = Field(examples=["CHARGED, FRAUD: severity 45, name match 1.0"])


class Screened(ResultModel):
    source: Literal["documents", "news"] = Field(
        description="`news`: titles from the news search.", examples=["news"]
    )
    documents: int = Field(ge=0, description="Documents screened.", examples=[3])
    naming: int = Field(ge=0, description="Documents that name the subject.", examples=[2])
    set_aside: int = Field(
        ge=0,
        description="Passages that name the subject and an offence, but do not count: the subject is "
        "cleared, or is a victim, accuser, prosecutor or actor; somebody else is meant; or the passage "
        "is about the prevention of crime.",
        examples=[0],
    )
    unread: int = Field(
        ge=0,
        description="Documents without a finding that do not seem to be in English. Their content is "
        "unknown.",
        examples=[0],
    )
    queries: list[str] = Field(description="Queries to the news search. Empty for documents.", examples=[[]])
    since: Annotated[date | None, Field(alias="from")] = None
    until: Annotated[date | None, Field(alias="to")] = None
    truncated: bool = Field(
        default=False, description="Whether the news search reached its limit: there may be more articles."
    )


class Result(ResultModel):
    total_hits: int = Field(ge=0, description="The number of findings.", examples=[1])
    risk_level: RiskLevel = Field(
        description="NONE without findings, LOW below 25, MEDIUM below 60, otherwise HIGH.",
        examples=["MEDIUM"],
    )
    risk_score: int = Field(ge=0, le=100, description="The sum of `scoreParts`.", examples=[45])
    summary: str = Field(
        description="The findings in words.",
        examples=[
            "One adverse-media finding in 3 documents, 2 of which name the subject. "
            "Categories: FRAUD (1). Most severe: FRAUD (charges), reported by news.example."
        ],
    )
    findings: list[Finding] = Field(description="The most severe first.")
    exposures_by_category: dict[Category, int] = Field(
        description="Findings in each category.", examples=[{"FRAUD": 1}]
    )
    score_parts: list[ScorePart] = Field(description="They add up to `riskScore`.")
    screened: Screened = Field(description="The extent of the screening.")


JOB_TYPE = JobType(
    name="adverse_media_screening",
    version=1,
    summary="Adverse media about a person or an organisation, with evidence and a score",
    input=Input,
    result=Result,
    timeout=60,
    typical=5,
    deadline=600,
    retention=7 * 86_400,
)
