"""How a page is written: marks, capitals, emoji, and characters that nobody sees."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from apps.forvibe.app_store import LIMITS
from apps.forvibe.review.page import PROSE, TITLES
from apps.forvibe.review.rules import Rule
from apps.forvibe.review.text import fold, mathematical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.forvibe.review.page import Page
    from apps.forvibe.review.rules import Hit

MARKS_IN_TITLE = Rule(
    "repeated-punctuation-in-title",
    "2.3.7",
    "medium",
    "The {field} repeats a punctuation mark.",
    "Write it once, or better not at all.",
)
MARKS_IN_TEXT = Rule(
    "repeated-punctuation",
    "2.3",
    "low",
    "The {field} repeats exclamation or question marks.",
    "Write one.",
)
CAPITALS_IN_TITLE = Rule(
    "capitals-in-title",
    "2.3.7",
    "low",
    "The {field} is written in capitals.",
    "Write it as a name is written.",
)
CAPITALS_IN_TEXT = Rule(
    "capitals-in-text",
    "2.3",
    "low",
    "The {field} has a whole sentence in capitals.",
    "Write sentences as sentences; a heading may stay in capitals.",
)
EMOJI = Rule(
    "emoji-in-title",
    "2.3.7",
    "medium",
    "The {field} has an emoji or pictogram, which says nothing about the app.",
    "Take it out.",
)
STYLED = Rule(
    "styled-letters",
    "2.3.7",
    "medium",
    "The {field} imitates bold or italic letters with mathematical ones, which VoiceOver cannot read.",
    "Write plain letters.",
)
INVISIBLE = Rule(
    "invisible-character",
    "2.3",
    "medium",
    "The {field} has a character that is not visible: {code}.",
    "Take it out; typing the text afresh does it.",
)
DAMAGED = Rule(
    "damaged-text",
    "2.1",
    "high",
    "The {field} has text that was damaged when it was saved.",
    "Save it as UTF-8 and paste it again.",
)
MARKUP = Rule(
    "markup-in-text",
    "2.3",
    "medium",
    "The {field} has HTML in it, which is shown as it stands.",
    "Write plain text with line breaks.",
)
NAME_AGAIN = Rule(
    "subtitle-repeats-name",
    "2.3.7",
    "medium",
    "The subtitle says the name again.",
    "Say in the subtitle what the app does.",
)

RUN_IN_TITLE = re.compile(r"([!?.,;:*~\-|\u3002\uff01\uff1f])\1+")
RUN_IN_TEXT = re.compile(r"[!?\uff01\uff1f]{3,}")
TAG = re.compile(
    r"</?(?:b|i|u|p|br|a|ul|ol|li|h[1-6]|div|span|strong|em|font)\b[^<>\n]{0,100}>|&(?:nbsp|amp|lt|gt|quot);"
)
# UTF-8 read as Windows-1252, and U+FFFD where nothing could be read at all.
DAMAGE = re.compile(
    "\u00e2\u20ac[\u2122\u0153\u009d\u201c\u201d\u00a6]|\u00c3[\u00a0-\u00bf]|\u00f0\u0178|\ufffd"
)
# Eight words; possessive, and never begun inside one.
CAPITAL = "A-Z\u00c0-\u00de"
SHOUTED = re.compile(rf"(?<![{CAPITAL}])(?:[{CAPITAL}]{{2,}}+[ ,'\-]{{1,2}}+){{7}}[{CAPITAL}]{{2,}}")
# Miscellaneous symbols and dingbats, arrows and stars, and the emoji proper.
PICTURE = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
# Thai may mark with it where a line can be broken. Joiners and direction marks are part of how many
# scripts are written; what overrides the direction is part of none.
ZERO_WIDTH_SPACE = "\u200b"
HIDDEN = frozenset(f"{ZERO_WIDTH_SPACE}\u2060\ufeff\u202d\u202e")
SHOUTING = 2
LONG_WORD = 4


def punctuation(page: Page) -> Iterator[Hit]:
    for field, text in page.some(TITLES):
        yield from (MARKS_IN_TITLE.hit(field, run[0], page.locale) for run in RUN_IN_TITLE.finditer(text.raw))
    for field, text in page.some(PROSE):
        yield from (MARKS_IN_TEXT.hit(field, run[0], page.locale) for run in RUN_IN_TEXT.finditer(text.raw))


def capitals(page: Page) -> Iterator[Hit]:
    for field, text in page.some(TITLES):
        words = [word for word in re.findall(r"[^\W\d_]+", text.raw) if len(word) >= LONG_WORD]
        # One such word is a brand or an acronym.
        if len(words) >= SHOUTING and all(word.isupper() for word in words):
            yield CAPITALS_IN_TITLE.hit(field, text.raw, page.locale)
    for field, text in page.some(PROSE):
        if shouted := SHOUTED.search(text.raw):
            yield CAPITALS_IN_TEXT.hit(field, shouted[0], page.locale)


def characters(page: Page) -> Iterator[Hit]:
    for field, text in page.some(tuple(LIMITS)):
        for character in sorted(each for each in set(text.raw) if _invisible(each, page.locale)):
            code = f"U+{ord(character):04X}"
            yield INVISIBLE.hit(field, code, page.locale, code=code)
        if damaged := DAMAGE.search(text.raw):
            yield DAMAGED.hit(field, damaged[0], page.locale)
        if imitated := "".join(filter(mathematical, text.raw)):
            yield STYLED.hit(field, imitated, page.locale)
    for field, text in page.some((*TITLES, "keywords")):
        if pictures := "".join(PICTURE.findall(text.raw)):
            yield EMOJI.hit(field, pictures, page.locale)


def markup(page: Page) -> Iterator[Hit]:
    for field, text in page.some(PROSE):
        if tag := TAG.search(text.raw):
            yield MARKUP.hit(field, tag[0], page.locale)


def name_again(page: Page) -> Iterator[Hit]:
    name, subtitle = fold(page.raw("name")).strip(), fold(page.raw("subtitle")).strip()
    if name and name == subtitle:
        yield NAME_AGAIN.hit("subtitle", page.raw("subtitle"), page.locale)


def _invisible(character: str, locale: str) -> bool:
    if character in "\n\r\t" or (locale == "th" and character == ZERO_WIDTH_SPACE):
        return False
    return character in HIDDEN or unicodedata.category(character) in ("Cc", "Co")
