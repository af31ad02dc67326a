"""App Store Connect's requirements: the fields that a page must have, and their lengths."""

from collections.abc import Sequence

from apps.forvibe.app_store import LIMITS, measure
from apps.forvibe.review.page import Page
from apps.forvibe.review.rules import Findings, finding

# App Store Connect Help, "Required, localizable, and editable properties".
REQUIRED_IN_EVERY_LOCALE = ("name", "description", "keywords")
REQUIRED_URLS = {"support_url": "missing-support-url", "privacy_policy_url": "missing-privacy-policy"}


def lengths(page: Page) -> Findings:
    for field, text in page.some(tuple(LIMITS)):
        used, limit = measure(text.raw), LIMITS[field]
        if used > limit:
            rule = "name-too-long" if field == "name" else "text-too-long"
            over = text.raw[limit:]
            yield finding(rule, field, over, page.locale, used=used, limit=limit, over=used - limit)
    # App Store Connect Help, "App information": "at least two characters".
    if len(page.raw("name").strip()) == 1:
        yield finding("name-too-short", "name", page.raw("name"), page.locale)


def required_texts(page: Page) -> Findings:
    for field in REQUIRED_IN_EVERY_LOCALE:
        if field not in page.texts:
            yield finding("missing-text", field, "", page.locale)


def required_urls(pages: Sequence[Page]) -> Findings:
    for field, rule in REQUIRED_URLS.items():
        without = [page for page in pages if field not in page.texts]
        if len(without) == len(pages):
            yield finding(rule, field, "")
        else:
            yield from (finding("url-of-some-locales", field, "", page.locale) for page in without)


def news(pages: Sequence[Page]) -> Findings:
    without = [page for page in pages if "whats_new" not in page.texts]
    if len(without) < len(pages):
        yield from (finding("whats-new-of-some-locales", "whats_new", "", page.locale) for page in without)
