"""All that is checked of a page."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from apps.forvibe.review.claims import claims_anywhere, claims_in_prose, claims_in_titles
from apps.forvibe.review.completeness import news, required_texts, required_urls
from apps.forvibe.review.keywords import repetitions, separators, single_keywords
from apps.forvibe.review.lengths import lengths
from apps.forvibe.review.links import addresses, links_in_prose, links_in_titles
from apps.forvibe.review.placeholders import empty_news, placeholders
from apps.forvibe.review.platforms import apple, other_apps, other_platforms
from apps.forvibe.review.prices import prices_in_keywords, prices_in_prose, prices_in_titles
from apps.forvibe.review.translations import copies, scripts
from apps.forvibe.review.typography import capitals, characters, markup, name_again, punctuation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from apps.forvibe.review.page import Page
    from apps.forvibe.review.rules import Hit

# What looks at one locale, and what at all of them together.
OF_A_LOCALE: tuple[Callable[[Page], Iterable[Hit]], ...] = (
    lengths,
    required_texts,
    placeholders,
    empty_news,
    prices_in_titles,
    prices_in_keywords,
    prices_in_prose,
    other_platforms,
    apple,
    claims_in_titles,
    claims_in_prose,
    claims_anywhere,
    repetitions,
    separators,
    single_keywords,
    addresses,
    links_in_titles,
    links_in_prose,
    punctuation,
    capitals,
    characters,
    markup,
    name_again,
    scripts,
)
OF_ALL: tuple[Callable[[Sequence[Page]], Iterable[Hit]], ...] = (required_urls, news, other_apps, copies)
# How often one rule is told of one field of one locale.
OFTEN = 3


def review_locale(page: Page) -> list[Hit]:
    return list(few(hit for check in OF_A_LOCALE for hit in check(page)))


def review_together(pages: Sequence[Page]) -> list[Hit]:
    return list(few(hit for check in OF_ALL for hit in check(pages)))


def few(hits: Iterable[Hit]) -> Iterator[Hit]:
    """Of each rule in each place at most three hits, and none with the evidence of another."""
    told: dict[tuple[str, str | None, str | None, str | None], set[str]] = defaultdict(set)
    for hit in hits:
        evidence = told[hit.rule.id, hit.locale, hit.field, hit.file]
        if len(evidence) < OFTEN and hit.evidence not in evidence:
            evidence.add(hit.evidence)
            yield hit
