"""The handler of `review_simulation`: the rules, then a second opinion if a model is set."""

from collections.abc import Callable, Iterable, Sequence

from apps.forvibe.job_types.review_simulation import Finding, Input, Result
from apps.forvibe.review.claims import claims
from apps.forvibe.review.codebase import review_codebase
from apps.forvibe.review.keywords import repetitions, separators, single_keywords
from apps.forvibe.review.links import links_in_prose, links_in_titles, urls
from apps.forvibe.review.opinion import MODEL, second_opinion
from apps.forvibe.review.page import Page
from apps.forvibe.review.placeholders import placeholders
from apps.forvibe.review.platforms import other_apps, platforms
from apps.forvibe.review.prices import prices
from apps.forvibe.review.report import report
from apps.forvibe.review.requirements import lengths, news, required_texts, required_urls
from apps.forvibe.review.rules import limited
from apps.forvibe.review.translations import copies, scripts
from apps.forvibe.review.typography import invisible_characters, repeated_name, typography
from claimcheck.authoring import JobContext

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


def handle(input: Input, job: JobContext) -> Result:
    pages = [Page(locale, listing) for locale, listing in sorted(input.listings.items())]
    findings: list[Finding] = []
    for number, page in enumerate(pages, start=1):
        findings += limited(finding for check in OF_A_LOCALE for finding in check(page))
        job.progress(number, len(pages), page.locale)
    findings += limited(finding for check in OF_ALL for finding in check(pages))
    if input.codebase:
        findings += review_codebase(input.codebase)
    files = len(input.codebase.files) if input.codebase else None
    if not job.tools.environment.get(MODEL):
        return report(pages, findings, files, "off")
    remarks = second_opinion(pages, findings, job)
    if remarks is None:
        return report(pages, findings, files, "unavailable")
    return report(pages, findings + remarks, files, "given")
