"""What `listing_localization` takes and gives: an App Store page's texts in other languages.

Which locales the translator has is told here, so that a request for another is refused at once,
before it costs credits.
"""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, WithJsonSchema

from apps.forvibe.app_store import LIMITS, LOCALES, Listing, Locale, measure
from claimcheck.authoring import (
    JobModel,
    JobType,
    RetryPolicy,
)

CREDITS_A_LOCALE = 15
MAX_TERMS = 50

# Amazon Translate Developer Guide, "Supported languages and language codes", as far as the App Store
# has them. Where the code is not what a locale begins with, it stands in SCRIPTS.
LANGUAGE_CODES = """
ar bn ca cs da de el en es es-MX fi fr fr-CA gu he hi hr hu id it ja kn ko ml mr ms nl no pa pl pt
pt-PT ro ru sk sl sv ta te th tr uk ur vi zh zh-TW
"""
LANGUAGES = frozenset(LANGUAGE_CODES.split())
SCRIPTS = {"zh-Hans": "zh", "zh-Hant": "zh-TW"}


def language_code(locale: str) -> str | None:
    """A locale's language as Amazon Translate calls it; None if it does not know it."""
    candidates = (SCRIPTS.get(locale, locale), locale.partition("-")[0])
    return next((code for code in candidates if code in LANGUAGES), None)


TRANSLATABLE = frozenset(locale for locale in LOCALES if language_code(locale))
# All but the source's.
MAX_LOCALES = len(TRANSLATABLE) - 1


def _translatable(locale: str) -> str:
    if locale not in TRANSLATABLE:
        raise ValueError(f"{locale} cannot be translated: Amazon Translate does not know its language")
    return locale


def _each_once_elsewhere(locales: list[str], info: ValidationInfo) -> list[str]:
    twice = sorted({locale for locale in locales if locales.count(locale) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} stands more than once")
    source = info.data.get("source_locale")
    if source in locales:
        raise ValueError(f"{source} is the source's own locale: there is nothing to translate")
    return locales


def _publishable(listing: Listing) -> Listing:
    """What is over a limit at its source would be cut in every locale, for the price of all of them."""
    texts = {field: getattr(listing, field) for field in LIMITS}
    if not any(text and text.strip() for text in texts.values()):
        raise ValueError(f"has no text to translate: give one or more of {', '.join(LIMITS)}")
    long = [
        f"{field} has {measure(text):,} characters, and the App Store takes {LIMITS[field]:,}"
        for field, text in texts.items()
        if text and measure(text) > LIMITS[field]
    ]
    if long:
        raise ValueError("; ".join(long))
    return listing


Translatable = Annotated[
    Locale,
    AfterValidator(_translatable),
    WithJsonSchema({"type": "string", "enum": sorted(TRANSLATABLE)}),
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
    source_locale: Annotated[
        Translatable, Field(description="The locale that `listing` is written for.", examples=["en-US"])
    ] = "en-US"
    listing: Annotated[
        Listing,
        Field(
            description=(
                "The texts to translate, each within Apple's limit for it, and one of them at least. Its "
                "URLs are copied."
            )
        ),
        AfterValidator(_publishable),
    ]
    locales: Annotated[
        list[Translatable],
        Field(
            min_length=1,
            max_length=MAX_LOCALES,
            description=f"Where to: each once, {CREDITS_A_LOCALE} credits each, and not the source's own.",
            examples=[["de-DE", "ja", "pt-BR"]],
            json_schema_extra={"uniqueItems": True},
        ),
        AfterValidator(_each_once_elsewhere),
    ]
    keep: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=100)]],
        Field(
            default_factory=list,
            max_length=MAX_TERMS,
            description=(
                "Names that no language changes: whole words, in this letter case. The app's own name (what "
                "its listing's name begins with, up to a colon, a dash or a bar) is kept anyway, and so are "
                "addresses, placeholders, markup and version numbers."
            ),
            examples=[["GPX", "Apple Watch"]],
        ),
    ]


class FieldReport(JobModel):
    length: Annotated[int, Field(ge=0, description="In characters, as Apple's limit counts.", examples=[29])]
    limit: Annotated[int, Field(description="Apple's.", examples=[30])]
    shortened: Annotated[
        bool,
        Field(
            description=(
                "Whether the translation was over the limit and was cut: a name, subtitle or promotional "
                "text after a word, a description or release notes after a sentence or a line, keywords by "
                "leaving some out, the last ones first."
            ),
            examples=[True],
        ),
    ]
    translated_length: Annotated[
        int, Field(ge=0, description="How long it was before it was cut.", examples=[41])
    ]


class Localization(JobModel):
    listing: Annotated[
        Listing, Field(description="The texts in this locale's language, and the URLs as they were.")
    ]
    fields: Annotated[
        dict[str, FieldReport], Field(description="By the name of each text field that was given.")
    ]


class Result(JobModel):
    source_locale: Annotated[str, Field(description="As in the input.", examples=["en-US"])]
    localizations: Annotated[dict[str, Localization], Field(description="By locale, in the order asked for.")]
    characters_translated: Annotated[
        int,
        Field(
            ge=0,
            description=(
                "Characters sent to the translator in this attempt, the markup that protects names among "
                "them. A locale of the source's own language (en-GB from en-US) is copied and sends none."
            ),
            examples=[2310],
        ),
    ]


JOB_TYPE = JobType(
    name="listing_localization",
    version=1,
    summary="An App Store listing in other languages, within Apple's limits",
    input=Input,
    result=Result,
    timeout=105,
    typical=10,
    deadline=600,
    retention=7 * 86400,
    retry=RetryPolicy(max_attempts=3, base=5, cap=60),
    price=lambda asked: CREDITS_A_LOCALE * len(asked.locales),
)
