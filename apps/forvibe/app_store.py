"""A page on the App Store: its fields, limits and locales.

A text over Apple's limit is valid here: a review reports it as a finding.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from claimcheck.authoring import JobModel

# Characters of a field in a request.
MAX_CHARACTERS = 10_000

# App Store Connect Help, "App information" (name, subtitle) and "Platform version information".
# The latter limits keywords to 100 bytes, but App Store Connect counts characters: see `measure`.
LIMITS: Mapping[str, int] = {
    "name": 30,
    "subtitle": 30,
    "promotional_text": 170,
    "description": 4000,
    "keywords": 100,
    "whats_new": 4000,
}
URL_FIELDS = ("support_url", "marketing_url", "privacy_policy_url")

# App Store Connect API, "Managing metadata in your app by using locale shortcodes", with the 11
# languages of Apple Developer News, "App Store expands support to 11 new languages" (March 2026).
SHORTCODES = """
ar-SA bn-BD ca cs da de-DE el en-AU en-CA en-GB en-US es-ES es-MX fi fr-CA fr-FR gu-IN he hi hr hu
id it ja kn-IN ko ml-IN mr-IN ms nl-NL no or-IN pa-IN pl pt-BR pt-PT ro ru sk sl-SI sv ta-IN te-IN
th tr uk ur-PK vi zh-Hans zh-Hant
"""
LOCALES = frozenset(SHORTCODES.split())


def measure(text: str) -> int:
    """Return the length that counts against Apple's limits, in UTF-16 code units.

    Apple counts "characters": at most 100 code points of Thai keywords, which have 91 letters and 220 bytes
    (Apple Developer Forums, "App Store Connect Calculate Character Length for Thai"). So it counts code
    points or UTF-16 code units; a text within the latter limit is within both.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def language(locale: str) -> str:
    """Return the language of a locale: `en` for `en-AU`. Chinese keeps its script: `zh-Hant`."""
    return locale if locale.startswith("zh-") else locale.partition("-")[0]


def _known(locale: str) -> str:
    if locale in LOCALES:
        return locale
    wanted = locale.replace("_", "-").partition("-")[0].lower()
    near = sorted(each for each in LOCALES if each.partition("-")[0] == wanted)
    such_as = " or ".join(near) if near else "one such as en-US, de-DE or ja"
    raise ValueError(f"is not a locale of App Store Connect: use {such_as}")


Locale = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema(
        {
            "type": "string",
            "enum": sorted(LOCALES),
            "description": "A locale of App Store Connect, case-sensitive.",
        }
    ),
]


def _text(description: str, example: str) -> Any:
    return Field(default=None, max_length=MAX_CHARACTERS, description=description, examples=[example])


class Listing(JobModel):
    """The texts and URLs of a page in one locale. Fields that are not given are null."""

    name: str | None = _text("Apple's limit: 30 characters.", "Trail Ledger")
    subtitle: str | None = _text("Apple's limit: 30 characters.", "Hikes, mapped and kept")
    promotional_text: str | None = _text(
        "Shown above the description. Apple's limit: 170 characters.",
        "Now with offline maps of 40 national parks.",
    )
    description: str | None = _text(
        "Plain text. Apple's limit: 4000 characters.",
        "Trail Ledger records your hikes and keeps them on your own device.",
    )
    keywords: str | None = _text(
        "Separated by commas, without spaces. Apple's limit: 100 characters.",
        "hiking,gps,offline,elevation,track",
    )
    whats_new: str | None = _text(
        "The release notes. Apple's limit: 4000 characters.", "Routes can be shared as GPX files."
    )
    support_url: str | None = _text("A page where users can contact you.", "https://trailledger.app/support")
    marketing_url: str | None = _text("A page about the app.", "https://trailledger.app")
    privacy_policy_url: str | None = _text("Every app needs one.", "https://trailledger.app/privacy")


ProjectId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=128,
        description="The project that the page belongs to. You choose the id.",
        examples=["trail-ledger"],
    ),
]
