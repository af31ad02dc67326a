"""The keyword field: what is not allowed there, and what wastes its 100 characters.

Source: App Store, "Creating Your Product Page"; App Store Connect Help, "Platform version information".
"""

import re
from collections import defaultdict
from collections.abc import Iterator

from apps.forvibe.review.lexicon import listed
from apps.forvibe.review.page import TITLES, Page, fold
from apps.forvibe.review.rules import Findings, finding

# Apple Developer, "Choosing a category"; and the word "app".
_CATEGORIES = """
app, apps, books, business, developer tools, education, entertainment, finance, food & drink, games
graphics & design, health & fitness, kids, lifestyle, magazines & newspapers, medical, music, navigation, news
photo & video, productivity, reference, shopping, social networking, sports, travel, utilities, weather
"""
CATEGORIES = frozenset(listed(_CATEGORIES))
OTHER_SEPARATORS = re.compile(r"[;|/\n\u3001\uff0c\uff1b\u060c]")
# Words that are too common to count as repeated, or that search ignores.
_SMALL = "a an and app at by de der die du et for in la le my of on or the to und with y your"
SMALL = frozenset(_SMALL.split())
# Adding an s makes a different word.
OTHER_WITH_S = frozenset({"new", "good", "mean", "custom"})
# Words. More than this without a comma are not one phrase.
LONGEST_PHRASE = 5
DENSE = re.compile(r"[\u0e00-\u0eff\u1100-\u11ff\u2e80-\uffff]")


def repetitions(page: Page) -> Findings:
    keywords = [keyword.strip() for keyword in page.keywords if keyword.strip()]
    spelt: dict[str, list[str]] = defaultdict(list)
    for keyword in keywords:
        spelt[fold(keyword)].append(keyword)
    for keyword, spellings in spelt.items():
        if len(spellings) > 1:
            yield finding("duplicate-keyword", "keywords", ",".join(spellings), page.locale)
        plurals = [plural for plural in _plurals(keyword) if plural in spelt]
        yield from (
            finding("plural-keyword", "keywords", f"{keyword},{plural}", page.locale) for plural in plurals
        )
        if keyword in CATEGORIES:
            yield finding("category-as-keyword", "keywords", spellings[0], page.locale)
    if again := _words_of_titles(page):
        yield finding("keyword-in-title", "keywords", ",".join(again), page.locale)


def separators(page: Page) -> Findings:
    raw = page.raw("keywords")
    wasted = sum(len(keyword) - len(keyword.strip()) for keyword in page.keywords)
    if wasted and len(page.keywords) > 1:
        yield finding("space-after-comma", "keywords", raw, page.locale, wasted=wasted)
    if page.keywords and not all(keyword.strip() for keyword in page.keywords):
        yield finding("blank-keyword", "keywords", raw, page.locale)
    if len(page.keywords) == 1 and (OTHER_SEPARATORS.search(raw) or len(raw.split()) > LONGEST_PHRASE):
        yield finding("keywords-without-commas", "keywords", raw, page.locale)


def single_keywords(page: Page) -> Findings:
    for keyword in page.keywords:
        word = keyword.strip()
        # Two Han characters are a whole word.
        if 0 < len(word) < 3 and not DENSE.search(fold(word)):
            yield finding("short-keyword", "keywords", word, page.locale)
        if "#" in word or "@" in word:
            yield finding("special-character-in-keyword", "keywords", word, page.locale)


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
    if len(word) < 3 or not word.isascii() or word in OTHER_WITH_S:
        return
    yield f"{word}s"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        yield f"{word}es"
    if word.endswith("y"):
        yield f"{word[:-1]}ies"
