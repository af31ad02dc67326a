"""One locale of a page, as the rules read it."""

from functools import cached_property

from apps.forvibe.app_store import LIMITS, URL_FIELDS, Listing
from apps.forvibe.review.text import Text

TITLES = ("name", "subtitle")
PROSE = ("promotional_text", "description", "whats_new")
FIELDS = (*LIMITS, *URL_FIELDS)


class Page:
    def __init__(self, locale: str, listing: Listing) -> None:
        self.locale = locale
        given = {field: getattr(listing, field) for field in FIELDS}
        # A blank field counts as missing.
        self.texts = {field: Text(raw) for field, raw in given.items() if raw and raw.strip()}

    def raw(self, field: str) -> str:
        return self.texts[field].raw if field in self.texts else ""

    def some(self, fields: tuple[str, ...]) -> list[tuple[str, Text]]:
        return [(field, self.texts[field]) for field in fields if field in self.texts]

    @cached_property
    def keywords(self) -> list[str]:
        """The parts of the keyword field between commas, blank ones included."""
        return self.raw("keywords").split(",") if "keywords" in self.texts else []
