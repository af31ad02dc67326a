"""What `adverse_media_screening` takes and gives: a name in, what the press says against it out.

Field names are the deepidv contract's, in camelCase; so `/v1/jobs` takes and shows the same ones.
The categories are the designated categories of offences of the FATF ("The FATF Recommendations",
General Glossary), the small ones put together, with cybercrime, as Directive (EU) 2018/1673 has it
in article 2, and with what supervisors and sanctions authorities decide.
"""

import re
from datetime import date
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from claimcheck.authoring import (
    JobModel,
    JobType,
    RetryPolicy,
)

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

# ISO 3166-1 alpha-2: the officially assigned codes.
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
    str,
    StringConstraints(strip_whitespace=True, min_length=2, max_length=100),
    AfterValidator(_readable),
]

# Nothing older is in the news, and subtracting months stays within the calendar.
Day = Annotated[date, Field(ge=date(1900, 1, 1))]


class WireModel(JobModel):
    model_config = ConfigDict(alias_generator=to_camel, serialize_by_alias=True)


class Subject(WireModel):
    name: Annotated[
        NameText | None,
        Field(
            description="As it is commonly written, or with the family name first and a comma after it.",
            examples=["John Doe"],
        ),
    ] = None
    full_name: Annotated[NameText | None, Field(description="Another word for `name`: give one of them.")] = (
        None
    )
    aliases: Annotated[
        list[NameText],
        Field(
            default_factory=list,
            max_length=10,
            description="Other names: maiden, former, trading, short ones.",
            examples=[["Jack Doe"]],
        ),
    ]
    date_of_birth: Annotated[
        date | None,
        Field(
            description="Of a person. Where a text tells an age or a year of birth, it weighs.",
            examples=["1980-02-29"],
        ),
    ] = None
    countries: Annotated[
        list[Annotated[str, AfterValidator(_country)]],
        Field(
            default_factory=list,
            max_length=10,
            description="Where the subject lives, comes from or trades, by ISO 3166-1 alpha-2.",
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
            description="Plain text, in English as far as it is to be understood.",
            examples=["John Doe was convicted of fraud on Monday."],
        ),
    ] = ""
    url: Annotated[str | None, Field(max_length=2048, pattern=r"^https?://\S+$")] = None
    published_at: Annotated[
        date | AwareDatetime | None,
        Field(description="A date, or a time with its offset (RFC 3339).", examples=["2026-03-01"]),
    ] = None
    source: Annotated[
        str | None,
        Field(min_length=1, max_length=200, description="Who published it; else the host of `url`."),
    ] = None


class Input(WireModel):
    subject: Subject
    type: Annotated[
        Literal["person", "organization"], Field(description="What the subject is.", examples=["person"])
    ] = "person"
    documents: Annotated[
        list[Document] | None,
        Field(
            min_length=1,
            max_length=100,
            description="What to screen. Without them the news are searched, of which only titles are read.",
        ),
    ] = None
    since: Annotated[
        Day | None,
        Field(alias="from", description="The first day of interest. Undated documents are screened anyway."),
    ] = None
    until: Annotated[
        Day | None, Field(alias="to", description="The last day of interest; today if left out.")
    ] = None
    lookback_months: Annotated[
        int | None,
        Field(
            ge=1, le=120, description="Instead of `from`: so many months before `to`. The news search has 3."
        ),
    ] = None
    categories: Annotated[
        list[Category] | None,
        Field(
            min_length=1,
            max_length=len(get_args(Category)),
            description="Look for these alone, each named once; else for all of them.",
        ),
        AfterValidator(_distinct),
    ] = None
    minimum_match: Annotated[
        float,
        Field(
            ge=0.5,
            le=1,
            description="How well a name must match to count. At 0.82, `J. Doe` is still taken for John Doe.",
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
    """Made by field names, shown by the wire's."""

    model_config = ConfigDict(validate_by_name=True)


class Report(ResultModel):
    title: Annotated[str, Field(examples=["Banker John Doe charged with fraud"])]
    url: Annotated[str | None, Field(examples=["https://news.example/doe"])] = None
    source: Annotated[str | None, Field(description="Who published it.", examples=["news.example"])] = None
    published_at: Annotated[
        str | None, Field(description="As sent; for the news, when the search first saw it.")
    ] = None


class Finding(Report):
    """One story: what several sources report alike is one finding."""

    categories: Annotated[
        list[Category], Field(min_length=1, description="The gravest first.", examples=[["FRAUD"]])
    ]
    stage: Annotated[
        Stage,
        Field(
            description=(
                "How far the matter has come, as the sentence says. PENALISED: fined, banned or put under "
                "sanctions by an authority. MENTION: the sentence names both, and says no more."
            ),
            examples=["CHARGED"],
        ),
    ]
    severity: Annotated[
        int, Field(ge=1, le=100, description="The weight of the category, times the stage's.", examples=[45])
    ]
    matched_name: Annotated[str, Field(description="As it stands in the text.", examples=["John Doe"])]
    match_score: Annotated[float, Field(ge=0, le=1, examples=[1.0])]
    match_reasons: Annotated[
        list[str],
        Field(description="Why the match is better or worse than that of the mere name.", examples=[[]]),
    ]
    denied: Annotated[bool, Field(description="Whether the sentence reports a denial.", examples=[False])]
    evidence: Annotated[
        str,
        Field(
            max_length=300,
            description="The sentence, or the part of it around the name.",
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
    documents: Annotated[int, Field(ge=0, description="How many were looked through.", examples=[3])]
    naming: Annotated[int, Field(ge=0, description="How many of them name the subject.", examples=[2])]
    set_aside: Annotated[
        int,
        Field(
            ge=0,
            description=(
                "Passages that name the subject and an offence, but clear the subject, mean somebody else, "
                "or speak of a victim, an accuser, a prosecutor, an actor or the prevention of crime."
            ),
            examples=[0],
        ),
    ]
    unread: Annotated[
        int,
        Field(
            ge=0,
            description=(
                "How many of the documents do not seem to be in English and gave nothing: what they say of "
                "the subject is not known."
            ),
            examples=[0],
        ),
    ]
    queries: Annotated[
        list[str], Field(description="What the news search was asked; nothing for documents.", examples=[[]])
    ]
    since: Annotated[date | None, Field(alias="from")] = None
    until: Annotated[date | None, Field(alias="to")] = None
    truncated: Annotated[
        bool, Field(description="Whether the news search gave as many articles as it can: there may be more.")
    ] = False


class Result(ResultModel):
    total_hits: Annotated[int, Field(ge=0, description="The number of findings.", examples=[1])]
    risk_level: Annotated[
        RiskLevel,
        Field(
            description="NONE without findings, LOW below 25, MEDIUM below 60, else HIGH.",
            examples=["MEDIUM"],
        ),
    ]
    risk_score: Annotated[int, Field(ge=0, le=100, description="The sum of `scoreParts`.", examples=[45])]
    summary: Annotated[
        str,
        Field(
            description="The findings in words, and nothing beyond them.",
            examples=[
                "One adverse-media finding in 3 documents, 2 of which name the subject. "
                "Categories: FRAUD (1). The gravest tells of charges: FRAUD, reported by news.example."
            ],
        ),
    ]
    findings: Annotated[list[Finding], Field(description="The gravest first.")]
    exposures_by_category: Annotated[
        dict[Category, int],
        Field(description="How many findings name each category.", examples=[{"FRAUD": 1}]),
    ]
    score_parts: Annotated[list[ScorePart], Field(description="They add up to `riskScore`.")]
    screened: Annotated[Screened, Field(description="What was looked through.")]


JOB_TYPE = JobType(
    name="adverse_media_screening",
    version=1,
    summary="What the press says against a person or an organisation, with evidence and a score",
    input=Input,
    result=Result,
    timeout=60,
    typical=5,
    deadline=600,
    retention=7 * 86_400,
    # The news search takes a request every five seconds.
    retry=RetryPolicy(max_attempts=4, base=5, cap=60),
)
