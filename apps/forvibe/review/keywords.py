"""The keyword field: what is not allowed there, and what wastes its hundred characters.

App Store, "Creating Your Product Page", and App Store Connect Help, "Platform version information".
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from apps.forvibe.review.page import TITLES
from apps.forvibe.review.rules import Rule
from apps.forvibe.review.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.forvibe.review.page import Page
    from apps.forvibe.review.rules import Hit

DUPLICATE = Rule(
    "duplicate-keyword",
    "2.3.7",
    "low",
    "The keyword field says a keyword twice.",
    "Say it once and use the room for another word.",
)
PLURAL = Rule(
    "plural-keyword",
    "2.3.7",
    "low",
    "The keyword field has both singular and plural of a word.",
    "Keep the singular: search knows the plural.",
)
IN_TITLE = Rule(
    "keyword-in-title",
    "2.3.7",
    "low",
    "The keyword field repeats words of the name or subtitle, by which the app is found anyway.",
    "Take them out and use the room for other words.",
)
CATEGORY = Rule(
    "category-as-keyword",
    "2.3.7",
    "low",
    "The keyword field has the name of a category, or the word app, by which the app is found anyway.",
    "Take it out and use the room for another word.",
)
SPACES = Rule(
    "space-after-comma",
    "2.3.7",
    "low",
    "Spaces around commas waste {wasted} of the keyword field's 100 characters.",
    "Write the keywords with commas and without spaces: property,house,real estate.",
)
BLANK = Rule(
    "blank-keyword",
    "2.3.7",
    "low",
    "The keyword field has a comma with no keyword before or after it.",
    "Take the spare comma out.",
)
NO_COMMAS = Rule(
    "keywords-without-commas",
    "2.3.7",
    "medium",
    "The keywords are not parted by commas, so search takes them for one phrase.",
    "Part them with commas, without spaces.",
)
SHORT = Rule(
    "short-keyword",
    "2.3.7",
    "low",
    "A keyword has fewer than three characters.",
    "Use longer ones: App Store Connect asks for more than two characters in each.",
)
MARKS = Rule(
    "special-character-in-keyword",
    "2.3.7",
    "low",
    "A keyword has a special character that search does not look for.",
    "Leave # and @ out, unless they are part of your brand.",
)

# Apple Developer, "Choosing a category"; and the word "app".
CATEGORIES = frozenset(
    {
        "app", "apps", "books", "business", "developer tools", "education", "entertainment", "finance",
        "food & drink", "games", "graphics & design", "health & fitness", "kids", "lifestyle",
        "magazines & newspapers", "medical", "music", "navigation", "news", "photo & video", "productivity",
        "reference", "shopping", "social networking", "sports", "travel", "utilities", "weather",
    }
)  # fmt: skip
OTHER_SEPARATORS = re.compile(r"[;|/\n\u3001\uff0c\uff1b\u060c]")
# Words too common to be a repetition, and those that search ignores.
SMALL = frozenset(
    {
        "a", "an", "and", "app", "at", "by", "de", "der", "die", "du", "et", "for", "in", "la", "le", "my",
        "of", "on", "or", "the", "to", "und", "with", "y", "your",
    }
)  # fmt: skip
# With an s they are other words.
OTHER_WITH_S = frozenset({"new", "good", "mean", "custom"})
# So many words without a comma are no phrase.
LONGEST_PHRASE = 5
DENSE = re.compile(r"[\u0e00-\u0eff\u1100-\u11ff\u2e80-\uffff]")


def repetitions(page: Page) -> Iterator[Hit]:
    keywords = [keyword.strip() for keyword in page.keywords if keyword.strip()]
    said: dict[str, list[str]] = defaultdict(list)
    for keyword in keywords:
        said[fold(keyword)].append(keyword)
    for keyword, spellings in said.items():
        if len(spellings) > 1:
            yield DUPLICATE.hit("keywords", ",".join(spellings), page.locale)
        plurals = [plural for plural in _plurals(keyword) if plural in said]
        yield from (PLURAL.hit("keywords", f"{keyword},{plural}", page.locale) for plural in plurals)
        if keyword in CATEGORIES:
            yield CATEGORY.hit("keywords", spellings[0], page.locale)
    if again := _words_of_titles(page):
        yield IN_TITLE.hit("keywords", ",".join(again), page.locale)


def separators(page: Page) -> Iterator[Hit]:
    raw = page.raw("keywords")
    wasted = sum(len(keyword) - len(keyword.strip()) for keyword in page.keywords)
    if wasted and len(page.keywords) > 1:
        yield SPACES.hit("keywords", raw, page.locale, wasted=wasted)
    if page.keywords and not all(keyword.strip() for keyword in page.keywords):
        yield BLANK.hit("keywords", raw, page.locale)
    if len(page.keywords) == 1 and (OTHER_SEPARATORS.search(raw) or len(raw.split()) > LONGEST_PHRASE):
        yield NO_COMMAS.hit("keywords", raw, page.locale)


def single_keywords(page: Page) -> Iterator[Hit]:
    for keyword in page.keywords:
        word = keyword.strip()
        # Two Han characters are a whole word, so the rule is kept to scripts that spell.
        if 0 < len(word) < 3 and not DENSE.search(fold(word)):
            yield SHORT.hit("keywords", word, page.locale)
        if "#" in word or "@" in word:
            yield MARKS.hit("keywords", word, page.locale)


def _words_of_titles(page: Page) -> list[str]:
    titles = {word.text for _, text in page.some(TITLES) for word in text.words} - SMALL
    found = [
        text.excerpt(word.start, word.end)
        for _, text in page.some(("keywords",))
        for word in text.words
        if word.text in titles
    ]
    return list(dict.fromkeys(found))


def _plurals(word: str) -> Iterator[str]:
    """How English may form the plural of a word of three letters or more."""
    if len(word) < 3 or not word.isascii() or word in OTHER_WITH_S:
        return
    yield f"{word}s"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        yield f"{word}es"
    if word.endswith("y"):
        yield f"{word[:-1]}ies"
