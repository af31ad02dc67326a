"""The handler of `review_simulation`: the rules, then a second opinion if a model is set."""

from apps.forvibe.job_types.review_simulation import Input, Result
from apps.forvibe.review.codebase import review_codebase
from apps.forvibe.review.metadata import review_locale, review_together
from apps.forvibe.review.opinion import MODEL, second_opinion
from apps.forvibe.review.page import Page
from apps.forvibe.review.report import report
from claimcheck.authoring import JobContext


def handle(input: Input, job: JobContext) -> Result:
    pages = [Page(locale, listing) for locale, listing in sorted(input.listings.items())]
    findings = []
    for number, page in enumerate(pages, start=1):
        findings += review_locale(page)
        job.progress(number, len(pages), page.locale)
    findings += review_together(pages)
    if input.codebase:
        findings += review_codebase(input.codebase)
    files = len(input.codebase.files) if input.codebase else None
    if not job.tools.environment.get(MODEL):
        return report(pages, findings, files, "off")
    remarks = second_opinion(pages, findings, job)
    if remarks is None:
        return report(pages, findings, files, "unavailable")
    return report(pages, findings + remarks, files, "given")
