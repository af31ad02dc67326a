"""What a page must have, and has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apps.forvibe.review.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from apps.forvibe.review.page import Page
    from apps.forvibe.review.rules import Hit

# App Store Connect Help, "Required, localizable, and editable properties".
REQUIRED_IN_EVERY_LOCALE = ("name", "description", "keywords")

MISSING_TEXT = Rule(
    "missing-text",
    "2.1",
    "critical",
    "The {field} is missing, and App Store Connect requires one in every locale.",
    "Write the {field} for this locale, or take the locale out of the submission.",
)
MISSING_SUPPORT_URL = Rule(
    "missing-support-url",
    "1.5",
    "critical",
    "There is no support URL: people could not reach you with questions.",
    "Give the https address of a page that says how to contact you.",
)
MISSING_PRIVACY_POLICY = Rule(
    "missing-privacy-policy",
    "5.1.1(i)",
    "critical",
    "There is no privacy policy URL: every app must link to its policy, whatever it collects.",
    "Publish a policy that says what is collected, why, and how it is deleted, and give its https address.",
)
URL_OF_SOME_LOCALES = Rule(
    "url-of-some-locales",
    "2.1",
    "low",
    "The {field} is given in other locales, but not in this one.",
    "Give this locale a {field}, too; the same page will do if it is readable there.",
)
REQUIRED_URLS = {"support_url": MISSING_SUPPORT_URL, "privacy_policy_url": MISSING_PRIVACY_POLICY}

NO_NEWS_HERE = Rule(
    "whats-new-of-some-locales",
    "2.3.12",
    "medium",
    "Other locales have a What's New text, and this one has none.",
    "Say in this locale, too, what has changed: an update needs it in each.",
)


def required_texts(page: Page) -> Iterator[Hit]:
    for field in REQUIRED_IN_EVERY_LOCALE:
        if field not in page.texts:
            yield MISSING_TEXT.hit(field, "", page.locale)


def required_urls(pages: Sequence[Page]) -> Iterator[Hit]:
    for field, rule in REQUIRED_URLS.items():
        without = [page for page in pages if field not in page.texts]
        if len(without) == len(pages):
            yield rule.hit(field, "")
        else:
            yield from (URL_OF_SOME_LOCALES.hit(field, "", page.locale) for page in without)


def news(pages: Sequence[Page]) -> Iterator[Hit]:
    without = [page for page in pages if "whats_new" not in page.texts]
    if len(without) < len(pages):
        yield from (NO_NEWS_HERE.hit("whats_new", "", page.locale) for page in without)
