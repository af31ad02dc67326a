"""A text as rules look at it: folded, so that case and accents do not matter, and cut into words."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cached_property, lru_cache
from typing import NamedTuple

WORD = re.compile(r"#\d+|[^\W_]+")


class Word(NamedTuple):
    """A folded word, and where it stands in the folded text."""

    text: str
    start: int
    end: int


class Text:
    """`raw` as it was given; `folded` in lower case and without accents or styled letters."""

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
        """Where in the raw text each character of the folded one comes from."""
        return [index for index, piece in enumerate(self._pieces) for _ in piece]

    @cached_property
    def words(self) -> list[Word]:
        return [Word(found[0], *found.span()) for found in WORD.finditer(self.folded)]

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Each word's places among the words."""
        places = defaultdict(list)
        for index, word in enumerate(self.words):
            places[word.text].append(index)
        return places

    def excerpt(self, start: int, end: int) -> str:
        """What stands in the raw text at these places of the folded one, of which there is at least one."""
        return self.raw[self._origins[start] : self._origins[end - 1] + 1]


def fold(raw: str) -> str:
    return Text(raw).folded


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    # Compatibility forms only where they are other shapes of letters: a ™ must not become "tm".
    other_shape = mathematical(character) or "\uff01" <= character <= "\uff5e"
    form = unicodedata.normalize("NFKD" if other_shape else "NFD", character)
    return "".join(each for each in form.casefold() if not unicodedata.category(each).startswith("M"))


def mathematical(character: str) -> bool:
    """Whether this is of Unicode's mathematical alphabets, which imitate bold and italic letters."""
    return "\U0001d400" <= character <= "\U0001d7ff"
