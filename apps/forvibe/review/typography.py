"""Typography: marks, capitals, emoji, HTML, and invisible characters."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice

from apps.forvibe.app_store import LIMITS
from apps.forvibe.review.page import PROSE, TITLES, Page, Text, fold, mathematical
from apps.forvibe.review.rules import Findings, finding, search

RUN_IN_TITLE = re.compile(r"([!?.,;:*~\-|\u3002\uff01\uff1f])\1+")
RUN_IN_TEXT = re.compile(r"[!?\uff01\uff1f]{3,}")
TAG = re.compile(
    r"</?(?:b|i|u|p|br|a|ul|ol|li|h[1-6]|div|span|strong|em|font)\b[^<>\n]{0,100}>|&(?:nbsp|amp|lt|gt|quot);"
)
# UTF-8 read as Windows-1252, and U+FFFD for undecodable bytes.
DAMAGE = re.compile(
    "\u00e2\u20ac[\u2122\u0153\u009d\u201c\u201d\u00a6]|\u00c3[\u00a0-\u00bf]|\u00f0\u0178|\ufffd"
)
# Eight words. Possessive, and never starting inside a word, so that it stays linear.
CAPITAL = "A-Z\u00c0-\u00de"
SHOUTED = re.compile(rf"(?<![{CAPITAL}])(?:[{CAPITAL}]{{2,}}+[ ,'\-]{{1,2}}+){{7}}[{CAPITAL}]{{2,}}")
# Miscellaneous symbols, dingbats, arrows, stars, and emoji.
PICTURE = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
# Thai uses it for line breaks. Many scripts need joiners and direction marks; none needs an override.
ZERO_WIDTH_SPACE = "\u200b"
HIDDEN = frozenset(f"{ZERO_WIDTH_SPACE}\u2060\ufeff\u202d\u202e")
# One word in capitals, or a short one, can be a brand or an acronym.
SHOUTING = 2
LONG_WORD = 4


def typography(page: Page) -> Findings:
    texts = tuple(LIMITS)
    yield from search("repeated-punctuation-in-title", page, TITLES, lambda text: text.matches(RUN_IN_TITLE))
    yield from search("repeated-punctuation", page, PROSE, lambda text: text.matches(RUN_IN_TEXT))
    yield from search("capitals-in-title", page, TITLES, _title_in_capitals)
    yield from search("capitals-in-text", page, PROSE, lambda text: _first(text, SHOUTED))
    yield from search("damaged-text", page, texts, lambda text: _first(text, DAMAGE))
    yield from search("styled-letters", page, texts, lambda text: _together(filter(mathematical, text.raw)))
    yield from search(
        "emoji-in-title", page, (*TITLES, "keywords"), lambda text: _together(text.matches(PICTURE))
    )
    yield from search("markup-in-text", page, PROSE, lambda text: _first(text, TAG))


def invisible_characters(page: Page) -> Findings:
    for field, text in page.some(tuple(LIMITS)):
        for character in sorted(each for each in set(text.raw) if _is_invisible(each, page.locale)):
            code = f"U+{ord(character):04X}"
            yield finding("invisible-character", field, code, page.locale, code=code)


def repeated_name(page: Page) -> Findings:
    name, subtitle = fold(page.raw("name")).strip(), fold(page.raw("subtitle")).strip()
    if name and name == subtitle:
        yield finding("subtitle-repeats-name", "subtitle", page.raw("subtitle"), page.locale)


def _title_in_capitals(text: Text) -> list[str]:
    words = [word for word in re.findall(r"[^\W\d_]+", text.raw) if len(word) >= LONG_WORD]
    return [text.raw] if len(words) >= SHOUTING and all(word.isupper() for word in words) else []


def _first(text: Text, pattern: re.Pattern[str]) -> Iterator[str]:
    return islice(text.matches(pattern), 1)


def _together(characters: Iterable[str]) -> list[str]:
    joined = "".join(characters)
    return [joined] if joined else []


def _is_invisible(character: str, locale: str) -> bool:
    if character in "\n\r\t" or (locale == "th" and character == ZERO_WIDTH_SPACE):
        return False
    return character in HIDDEN or unicodedata.category(character) in ("Cc", "Co")
