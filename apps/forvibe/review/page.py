"""One locale of a page as the rules see it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from apps.forvibe.app_store import LIMITS, URL_FIELDS
from apps.forvibe.review.text import Text

if TYPE_CHECKING:
    from apps.forvibe.app_store import Listing

TITLES = ("name", "subtitle")
PROSE = ("promotional_text", "description", "whats_new")
FIELDS = (*LIMITS, *URL_FIELDS)


class Page:
    def __init__(self, locale: str, listing: Listing) -> None:
        self.locale = locale
        given = {field: getattr(listing, field) for field in FIELDS}
        # A blank field says nothing: it is missing.
        self.texts = {field: Text(raw) for field, raw in given.items() if raw and raw.strip()}

    def raw(self, field: str) -> str:
        return self.texts[field].raw if field in self.texts else ""

    def some(self, fields: tuple[str, ...]) -> list[tuple[str, Text]]:
        """Those of the fields that say something."""
        return [(field, self.texts[field]) for field in fields if field in self.texts]

    @cached_property
    def keywords(self) -> list[str]:
        """As they are parted by commas, blank ones among them."""
        return self.raw("keywords").split(",") if "keywords" in self.texts else []
