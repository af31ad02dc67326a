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

from claimcheck.authoring import JobModel, JobType, RetryPolicy

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

# The officially assigned codes of ISO 3166-1 alpha-2.
COUNTRY_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
YT ZA ZM ZW
"""
COUNTRIES = frozenset(COUNTRY_CODES.split())


def _distinct(categories: list[str]) -> list[str]:
    if len(set(categories)) < len(categories):
        raise ValueError("names a category more than once")
    return categories


def _country(code: str) -> str:
    if code not in COUNTRIES:
        raise ValueError("not a country code of ISO 3166-1 alpha-2, such as GB")
    return code


def _readable(name: str) -> str:
    if not re.search(r"\w\w", name):
        raise ValueError("needs two letters or digits side by side")
    return name


NameText = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100), AfterValidator(_readable)
]
# The news search has nothing older, and subtracting months stays within the calendar.
Day = Annotated[date, Field(ge=date(1900, 1, 1))]


class WireModel(JobModel):
    model_config = ConfigDict(alias_generator=to_camel, serialize_by_alias=True)


class Subject(WireModel):
    name: Annotated[
        NameText | None,
        Field(description="The usual form of the name, or `Family, Given`.", examples=["John Doe"]),
    ] = None
    full_name: Annotated[NameText | None, Field(description="Same as `name`. Send only one.")] = None
    aliases: Annotated[
        list[NameText],
        Field(
            default_factory=list,
            max_length=10,
            description="Other names, such as maiden, former, trading and short names.",
            examples=[["Jack Doe"]],
        ),
    ]
    date_of_birth: Annotated[
        date | None,
        Field(
            description="A person's date of birth. An age or a year of birth in a text is compared with it.",
            examples=["1980-02-29"],
        ),
    ] = None
    countries: Annotated[
        list[Annotated[str, AfterValidator(_country)]],
        Field(
            default_factory=list,
            max_length=10,
            description="Countries of residence, origin or business (ISO 3166-1 alpha-2).",
            examples=[["GB"]],
        ),
    ]

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.name is None) == (self.full_name is None):
            raise ValueError("give either name or fullName")
        return self

    @property
    def called(self) -> str:
        return self.name or self.full_name or ""


class Document(WireModel):
    title: Annotated[str, Field(min_length=1, max_length=500, examples=["Banker convicted of fraud"])]
    text: Annotated[
        str,
        Field(
            max_length=20_000,
            description="Plain text. Only English is understood.",
            examples=["John Doe was convicted of fraud on Monday."],
        ),
    ] = ""
    url: Annotated[str | None, Field(max_length=2048, pattern=r"^https?://\S+$")] = None
    published_at: Annotated[
        date | AwareDatetime | None,
        Field(description="A date, or a time with an offset (RFC 3339).", examples=["2026-03-01"]),
    ] = None
    source: Annotated[
        str | None,
        Field(min_length=1, max_length=200, description="The publisher. Default: the host of `url`."),
    ] = None


class Input(WireModel):
    subject: Subject
    type: Annotated[
        Literal["person", "organization"], Field(description="The kind of subject.", examples=["person"])
    ] = "person"
    documents: Annotated[
        list[Document] | None,
        Field(
            min_length=1,
            max_length=100,
            description="The documents to screen. If absent, news titles are searched and screened.",
        ),
    ] = None
    since: Annotated[
        Day | None,
        Field(
            alias="from", description="The first day of the period. Undated documents are always screened."
        ),
    ] = None
    until: Annotated[
        Day | None, Field(alias="to", description="The last day of the period. Default: today.")
    ] = None
    lookback_months: Annotated[
        int | None,
        Field(
            ge=1, le=120, description="Months before `to`, instead of `from`. Default of the news search: 3."
        ),
    ] = None
    categories: Annotated[
        list[Category] | None,
        Field(
            min_length=1,
            max_length=len(get_args(Category)),
            description="The categories to look for, each once. Default: all.",
        ),
        AfterValidator(_distinct),
    ] = None
    minimum_match: Annotated[
        float,
        Field(
            ge=0.5,
            le=1,
            description="The lowest `matchScore` that counts. At 0.82, `J. Doe` still matches John Doe.",
            examples=[0.8],
        ),
    ] = 0.8

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
    title: Annotated[str, Field(examples=["Banker John Doe charged with fraud"])]
    url: Annotated[str | None, Field(examples=["https://news.example/doe"])] = None
    source: Annotated[str | None, Field(description="The publisher.", examples=["news.example"])] = None
    published_at: Annotated[
        str | None, Field(description="As sent. For news: when the search first saw the article.")
    ] = None


class Finding(Report):
    """One story. Reports of the same story by several sources are one finding."""

    categories: Annotated[
        list[Category], Field(min_length=1, description="The most severe first.", examples=[["FRAUD"]])
    ]
    stage: Annotated[
        Stage,
        Field(
            description="The stage that the sentence reports. PENALISED: fined, banned or sanctioned by an "
            "authority. MENTION: the sentence names the subject and the offence, and nothing more.",
            examples=["CHARGED"],
        ),
    ]
    severity: Annotated[
        int, Field(ge=1, le=100, description="The category's weight times the stage's.", examples=[45])
    ]
    matched_name: Annotated[str, Field(description="The name as the text has it.", examples=["John Doe"])]
    match_score: Annotated[float, Field(ge=0, le=1, examples=[1.0])]
    match_reasons: Annotated[
        list[str], Field(description="Reasons why the score differs from an exact match.", examples=[[]])
    ]
    denied: Annotated[bool, Field(description="Whether the sentence reports a denial.", examples=[False])]
    evidence: Annotated[
        str,
        Field(
            max_length=300,
            description="The sentence, or the part around the name.",
            examples=["Banker John Doe charged with fraud"],
        ),
    ]
    also_reported: Annotated[list[Report], Field(description="The same story elsewhere.", examples=[[]])]


class ScorePart(ResultModel):
    part: Annotated[
        Literal["gravest_finding", "further_findings", "corroboration", "ceiling"],
        Field(examples=["gravest_finding"]),
    ]
    points: Annotated[int, Field(examples=[45])]
    why: Annotated[str, Field(examples=["CHARGED, FRAUD: severity 45, name match 1.0"])]


class Screened(ResultModel):
    source: Annotated[
        Literal["documents", "news"],
        Field(description="`news`: titles from the news search.", examples=["news"]),
    ]
    documents: Annotated[int, Field(ge=0, description="Documents screened.", examples=[3])]
    naming: Annotated[int, Field(ge=0, description="Documents that name the subject.", examples=[2])]
    set_aside: Annotated[
        int,
        Field(
            ge=0,
            description="Passages that name the subject and an offence, but do not count: the subject is "
            "cleared, or is a victim, accuser, prosecutor or actor; somebody else is meant; or the passage "
            "is about the prevention of crime.",
            examples=[0],
        ),
    ]
    unread: Annotated[
        int,
        Field(
            ge=0,
            description="Documents without a finding that do not seem to be in English. Their content is "
            "unknown.",
            examples=[0],
        ),
    ]
    queries: Annotated[
        list[str], Field(description="Queries to the news search. Empty for documents.", examples=[[]])
    ]
    since: Annotated[date | None, Field(alias="from")] = None
    until: Annotated[date | None, Field(alias="to")] = None
    truncated: Annotated[
        bool, Field(description="Whether the news search reached its limit: there may be more articles.")
    ] = False


class Result(ResultModel):
    total_hits: Annotated[int, Field(ge=0, description="The number of findings.", examples=[1])]
    risk_level: Annotated[
        RiskLevel,
        Field(
            description="NONE without findings, LOW below 25, MEDIUM below 60, otherwise HIGH.",
            examples=["MEDIUM"],
        ),
    ]
    risk_score: Annotated[int, Field(ge=0, le=100, description="The sum of `scoreParts`.", examples=[45])]
    summary: Annotated[
        str,
        Field(
            description="The findings in words.",
            examples=[
                "One adverse-media finding in 3 documents, 2 of which name the subject. "
                "Categories: FRAUD (1). Most severe: FRAUD (charges), reported by news.example."
            ],
        ),
    ]
    findings: Annotated[list[Finding], Field(description="The most severe first.")]
    exposures_by_category: Annotated[
        dict[Category, int], Field(description="Findings in each category.", examples=[{"FRAUD": 1}])
    ]
    score_parts: Annotated[list[ScorePart], Field(description="They add up to `riskScore`.")]
    screened: Annotated[Screened, Field(description="The part that was searched.")]


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
    # The news search accepts one request every five seconds.
    retry=RetryPolicy(max_attempts=4, base=5, cap=60),
)
