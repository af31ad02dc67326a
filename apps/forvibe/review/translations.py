"""Locales that copy another language, or that are not in their own script."""

import re
from collections.abc import Sequence

from apps.forvibe.app_store import language
from apps.forvibe.review.page import Page
from apps.forvibe.review.rules import Findings, finding

COMPARED = ("description", "promotional_text", "whats_new")
# Characters. Shorter texts can be the same in two languages.
SHORTEST = 40
SCRIPTS = {
    "ar": "\u0600-\u06ff", "bn": "\u0980-\u09ff", "el": "\u0370-\u03ff", "gu": "\u0a80-\u0aff",
    "he": "\u0590-\u05ff", "hi": "\u0900-\u097f", "ja": "\u3040-\u30ff\u4e00-\u9fff",
    "kn": "\u0c80-\u0cff", "ko": "\uac00-\ud7a3", "ml": "\u0d00-\u0d7f", "mr": "\u0900-\u097f",
    "or": "\u0b00-\u0b7f", "pa": "\u0a00-\u0a7f", "ru": "\u0400-\u04ff", "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f", "th": "\u0e00-\u0e7f", "uk": "\u0400-\u04ff", "ur": "\u0600-\u06ff",
    "zh-Hans": "\u4e00-\u9fff", "zh-Hant": "\u4e00-\u9fff",
}  # fmt: skip


def copies(pages: Sequence[Page]) -> Findings:
    """Compare each text with the English locales', or else with those of the first locale by code."""
    ordered = sorted(pages, key=lambda page: (language(page.locale) != "en", page.locale))
    for field in COMPARED:
        first: dict[str, str] = {}
        for page in ordered:
            raw = page.raw(field)
            if len(raw) < SHORTEST:
                continue
            other = first.setdefault(raw, page.locale)
            if language(other) != language(page.locale):
                yield finding("untranslated", field, raw, page.locale, other=other)


def scripts(page: Page) -> Findings:
    script = SCRIPTS.get(language(page.locale))
    raw = page.raw("description")
    if script and len(raw) >= SHORTEST and not re.search(f"[{script}]", raw):
        yield finding("other-script", "description", raw, page.locale)
