"""The checks of a page."""

from collections.abc import Callable, Iterable, Sequence

from apps.forvibe.job_types.review_simulation import Finding
from apps.forvibe.review.claims import claims
from apps.forvibe.review.keywords import repetitions, separators, single_keywords
from apps.forvibe.review.links import links_in_prose, links_in_titles, urls
from apps.forvibe.review.page import Page
from apps.forvibe.review.placeholders import placeholders
from apps.forvibe.review.platforms import other_apps, platforms
from apps.forvibe.review.prices import prices
from apps.forvibe.review.requirements import lengths, news, required_texts, required_urls
from apps.forvibe.review.rules import limited
from apps.forvibe.review.translations import copies, scripts
from apps.forvibe.review.typography import invisible_characters, repeated_name, typography

OF_A_LOCALE: tuple[Callable[[Page], Iterable[Finding]], ...] = (
    lengths,
    required_texts,
    placeholders,
    prices,
    platforms,
    claims,
    repetitions,
    separators,
    single_keywords,
    urls,
    links_in_titles,
    links_in_prose,
    typography,
    invisible_characters,
    repeated_name,
    scripts,
)
OF_ALL: tuple[Callable[[Sequence[Page]], Iterable[Finding]], ...] = (required_urls, news, other_apps, copies)


def review_locale(page: Page) -> list[Finding]:
    return list(limited(finding for check in OF_A_LOCALE for finding in check(page)))


def review_together(pages: Sequence[Page]) -> list[Finding]:
    return list(limited(finding for check in OF_ALL for finding in check(pages)))
