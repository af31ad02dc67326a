"""Job type `listing_localization`: translate an App Store listing into other languages.

The translator's locales are listed here, to refuse others before they cost credits.
"""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema

from apps.forvibe.app_store import LIMITS, LOCALES, Listing, Locale, ProjectId, measure
from claimcheck.authoring import JobModel, JobType

CREDITS_A_LOCALE = 15
MAX_TERMS = 50

# Amazon Translate Developer Guide, "Supported languages and language codes": those that the App Store
# also has. SCRIPTS has the codes that differ from the beginning of the locale.
LANGUAGE_CODES = """
ar bn ca cs da de el en es es-MX fi fr fr-CA gu he hi hr hu id it ja kn ko ml mr ms nl no pa pl pt
pt-PT ro ru sk sl sv ta te th tr uk ur vi zh zh-TW
"""
LANGUAGES = frozenset(LANGUAGE_CODES.split())
SCRIPTS = {"zh-Hans": "zh", "zh-Hant": "zh-TW"}


def language_code(locale: str) -> str | None:
    """Return Amazon Translate's code for a locale's language, or None if it has none."""
    candidates = (SCRIPTS.get(locale, locale), locale.partition("-")[0])
    return next((code for code in candidates if code in LANGUAGES), None)


TRANSLATABLE = frozenset(locale for locale in LOCALES if language_code(locale))
# All locales except the source's own.
MAX_LOCALES = len(TRANSLATABLE) - 1


def is_translatable(locale: str) -> str:
    if locale not in TRANSLATABLE:
        raise ValueError(f"{locale} cannot be translated: Amazon Translate does not support its language")
    return locale


def each_once_elsewhere(locales: list[str], info: ValidationInfo) -> list[str]:
    twice = sorted({locale for locale in locales if locales.count(locale) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is listed more than once: list each locale once")
    source = info.data.get("source_locale")
    if source in locales:
        raise ValueError(f"{source} is the source locale: remove it from the list")
    return locales


def _publishable(listing: Listing) -> Listing:
    """Refuse texts over a limit: each translation would be cut, and every locale charged."""
    texts = {field: getattr(listing, field) for field in LIMITS}
    if not any(text and text.strip() for text in texts.values()):
        raise ValueError(f"has no text to translate: give at least one of {', '.join(LIMITS)}")
    long = [
        f"{field} has {measure(text):,} characters: the App Store allows at most {LIMITS[field]:,}"
        for field, text in texts.items()
        if text and measure(text) > LIMITS[field]
    ]
    if long:
        raise ValueError("; ".join(long))
    return listing


Translatable = Annotated[
    Locale,
    AfterValidator(is_translatable),
    WithJsonSchema({"type": "string", "enum": sorted(TRANSLATABLE)}),
]


class Input(JobModel):
    project_id: ProjectId
    source_locale: Translatable = Field(
        default="en-US", description="The locale of `listing`.", examples=["en-US"]
    )
    listing: Annotated[Listing, AfterValidator(_publishable)] = Field(
        description="The texts to translate: at least one, each within Apple's limit. URLs are copied."
    )
    locales: Annotated[
        list[Translatable],
        Field(
            min_length=1,
            max_length=MAX_LOCALES,
            description=f"The target locales, without the source's. Each costs {CREDITS_A_LOCALE} credits.",
            examples=[["de-DE", "ja", "pt-BR"]],
            json_schema_extra={"uniqueItems": True},
        ),
        AfterValidator(each_once_elsewhere),
    ]
    keep: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        default_factory=list,
        max_length=MAX_TERMS,
        description="Names that stay untranslated: whole words, case-sensitive. The app's own name (the "
        "listing's name up to a colon, dash or bar), addresses, placeholders, markup and version "
        "numbers always stay.",
        examples=[["GPX", "Apple Watch"]],
    )


class FieldReport(JobModel):
    length: int = Field(ge=0, description="Characters, counted like Apple's limit.", examples=[29])
    limit: int = Field(description="Apple's limit, in characters.", examples=[30])
    shortened: bool = Field(
        description="Whether the translation was over the limit and was cut. Names, subtitles and "
        "promotional texts end after a word, descriptions and release notes after a sentence or a line. "
        "Keywords that do not fit are left out.",
        examples=[True],
    )
    translated_length: int = Field(ge=0, description="Characters before it was cut.", examples=[41])


class Localization(JobModel):
    listing: Listing = Field(description="The translated texts, and the URLs unchanged.")
    fields: dict[str, FieldReport] = Field(description="The length of each given text, by field name.")


class Result(JobModel):
    source_locale: str = Field(description="As in the input.", examples=["en-US"])
    localizations: dict[str, Localization] = Field(description="By locale, in the order of the request.")
    characters_translated: int = Field(
        ge=0,
        description="Characters sent to the translator in this attempt, including the markup that protects "
        "names. Locales of the source's language (en-GB from en-US) are copied: nothing is sent.",
        examples=[2310],
    )


JOB_TYPE = JobType(
    name="listing_localization",
    version=1,
    summary="Translate an App Store listing within Apple's limits",
    input=Input,
    result=Result,
    timeout=105,
    typical=10,
    deadline=600,
    retention=7 * 86400,
    price=lambda input: CREDITS_A_LOCALE * len(input.locales),
)
