"""One locale of a page, as the rules read it.

Texts are folded, so that case and accents do not matter, and split into words.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from apps.forvibe.app_store import LIMITS, URL_FIELDS, Listing

TITLES = ("name", "subtitle")
PROSE = ("promotional_text", "description", "whats_new")
FIELDS = (*LIMITS, *URL_FIELDS)
WORD = re.compile(r"#\d+|[^\W_]+")


class Word(NamedTuple):
    text: str
    start: int
    end: int


class Text:
    """`raw` is the text as given, `folded` the same in lower case without accents or styled letters."""

    def __init__(self, raw: str) -> None:
        self.raw = raw

    @cached_property
    def _pieces(self) -> list[str]:
        return [_folded(character) for character in self.raw]

    @cached_property
    def folded(self) -> str:
        return "".join(self._pieces)

    @cached_property
    def _origins(self) -> list[int]:
        """The index in the raw text of each character of the folded text."""
        return [index for index, piece in enumerate(self._pieces) for _ in piece]

    @cached_property
    def words(self) -> list[Word]:
        return [Word(found[0], *found.span()) for found in WORD.finditer(self.folded)]

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The indexes in `words` of each word."""
        places = defaultdict(list)
        for index, word in enumerate(self.words):
            places[word.text].append(index)
        return places

    def excerpt(self, start: int, end: int) -> str:
        """Return the raw text of a non-empty range of the folded text."""
        return self.raw[self._origins[start] : self._origins[end - 1] + 1]

    def matches(self, pattern: re.Pattern[str]) -> Iterator[str]:
        return (found[0] for found in pattern.finditer(self.raw))

    def folded_matches(self, pattern: re.Pattern[str]) -> Iterator[str]:
        """Match the folded text; yield excerpts of the raw one."""
        return (self.excerpt(*found.span()) for found in pattern.finditer(self.folded))


def fold(raw: str) -> str:
    return Text(raw).folded


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    # Compatibility forms only where they are other shapes of letters: a ™ must not become "tm".
    other_shape = mathematical(character) or "\uff01" <= character <= "\uff5e"
    form = unicodedata.normalize("NFKD" if other_shape else "NFD", character)
    return "".join(each for each in form.casefold() if not unicodedata.category(each).startswith("M"))


def mathematical(character: str) -> bool:
    """Return whether it is in Unicode's Mathematical Alphanumeric Symbols, which imitate styled letters."""
    return "\U0001d400" <= character <= "\U0001d7ff"


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
