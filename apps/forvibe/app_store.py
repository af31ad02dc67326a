"""What a page on the App Store says, and how much it may say: for every job type about listings.

It knows Apple's fields, limits and locales, and nothing of what a job does with them. A text over
its limit can be said here: it is for a review to find, not a reason to refuse a request.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from claimcheck.authoring import JobModel

if TYPE_CHECKING:
    from collections.abc import Mapping

# What one field may hold here, whatever Apple allows.
MAX_CHARACTERS = 10_000

# App Store Connect Help, "App information" (name, subtitle) and "Platform version information".
# The latter says that keywords have 100 bytes; App Store Connect itself counts characters: see `measure`.
LIMITS: Mapping[str, int] = MappingProxyType(
    {
        "name": 30,
        "subtitle": 30,
        "promotional_text": 170,
        "description": 4000,
        "keywords": 100,
        "whats_new": 4000,
    }
)
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
    """How long a text is against its limit: in UTF-16 code units.

    App Store Connect says "characters" and not of which kind. They are not bytes, of keywords neither,
    and marks count by themselves: it takes Thai keywords of 91 letters with their marks, 100 code points
    and 220 bytes, and nothing longer (Apple Developer Forums, "App Store Connect Calculate Character
    Length for Thai"). A character outside the Basic Multilingual Plane, such as an emoji, counts twice
    here, so that what fits by this measure fits by either of the two that are left.
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def language(locale: str) -> str:
    """What two locales share that are of one language: `en` of `en-AU`, but `zh-Hant` as it is."""
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
            "description": "A locale of App Store Connect, in its letter case.",
        }
    ),
]


class Listing(JobModel):
    """What one locale of a page says; None is what is not given."""

    name: Annotated[
        str | None,
        Field(max_length=MAX_CHARACTERS, description="Apple's limit: 30.", examples=["Trail Ledger"]),
    ] = None
    subtitle: Annotated[
        str | None,
        Field(
            max_length=MAX_CHARACTERS, description="Apple's limit: 30.", examples=["Hikes, mapped and kept"]
        ),
    ] = None
    promotional_text: Annotated[
        str | None,
        Field(
            max_length=MAX_CHARACTERS,
            description="Shown above the description. Apple's limit: 170.",
            examples=["Now with offline maps of 40 national parks."],
        ),
    ] = None
    description: Annotated[
        str | None,
        Field(
            max_length=MAX_CHARACTERS,
            description="Plain text. Apple's limit: 4000.",
            examples=["Trail Ledger records your hikes and keeps them on your own device."],
        ),
    ] = None
    keywords: Annotated[
        str | None,
        Field(
            max_length=MAX_CHARACTERS,
            description="Parted by commas, without spaces after them. Apple's limit: 100.",
            examples=["hiking,gps,offline,elevation,track"],
        ),
    ] = None
    whats_new: Annotated[
        str | None,
        Field(
            max_length=MAX_CHARACTERS,
            description="The release notes. Apple's limit: 4000.",
            examples=["Routes can be shared as GPX files."],
        ),
    ] = None
    support_url: Annotated[
        str | None,
        Field(
            max_length=MAX_CHARACTERS,
            description="Where users reach you.",
            examples=["https://trailledger.app/support"],
        ),
    ] = None
    marketing_url: Annotated[
        str | None,
        Field(max_length=MAX_CHARACTERS, description="About the app.", examples=["https://trailledger.app"]),
    ] = None
    privacy_policy_url: Annotated[
        str | None,
        Field(
            max_length=MAX_CHARACTERS,
            description="Every app needs one.",
            examples=["https://trailledger.app/privacy"],
        ),
    ] = None
