"""How long the fields are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.forvibe.app_store import LIMITS, measure
from apps.forvibe.review.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.forvibe.review.page import Page
    from apps.forvibe.review.rules import Hit

OVER = "The {field} has {used:,} characters; App Store Connect takes {limit:,}."
CUT = "Cut {over:,}: App Store Connect counts spaces, marks and commas, too."

NAME_TOO_LONG = Rule("name-too-long", "2.3.7", "critical", OVER, CUT)
TEXT_TOO_LONG = Rule("text-too-long", "2.3", "critical", OVER, CUT)
# App Store Connect Help, "App information": "at least two characters".
NAME_TOO_SHORT = Rule(
    "name-too-short",
    "2.3.7",
    "critical",
    "The name has one character; App Store Connect asks for two or more.",
    "Choose a name that hints at what the app does.",
)


def lengths(page: Page) -> Iterator[Hit]:
    for field, text in page.some(tuple(LIMITS)):
        used, limit = measure(text.raw), LIMITS[field]
        if used > limit:
            rule = NAME_TOO_LONG if field == "name" else TEXT_TOO_LONG
            yield rule.hit(field, text.raw[limit:], page.locale, used=used, limit=limit, over=used - limit)
    if len(page.raw("name").strip()) == 1:
        yield NAME_TOO_SHORT.hit("name", page.raw("name"), page.locale)
