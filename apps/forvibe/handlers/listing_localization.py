"""The handler of `listing_localization`: each field is translated, and cut to Apple's limit."""

import re
from typing import NamedTuple

from apps.forvibe.app_store import LIMITS, measure
from apps.forvibe.job_types.listing_localization import (
    FieldReport,
    Input,
    Localization,
    Result,
    language_code,
)
from apps.forvibe.localization.cutting import DANGLING, SENTENCES, WORDS, cut
from apps.forvibe.localization.masking import Masked, Patterns, brand, mask, patterns
from apps.forvibe.localization.side_by_side import by_language
from apps.forvibe.localization.translation import Interpreter
from claimcheck.authoring import JobContext

# English and Chinese commas (App Store Connect Help, "Platform version information", keywords), and the
# separators that translators use.
SEPARATORS = re.compile("[,\uff0c]")
FOREIGN_SEPARATORS = re.compile("[,\uff0c\u3001\u060c;\n]")
# A translator may turn a word into a sentence.
LOOSE_ENDS = re.compile(r"^\s+|[\s.\u3002]+$")


class Localized(NamedTuple):
    """A translated field, and the length of its translation before it was shortened."""

    text: str
    translated_length: int


def handle(input: Input, job: JobContext) -> Result:
    keep = patterns([brand(input.listing.name), *input.keep])
    texts = {field: getattr(input.listing, field) for field in LIMITS}
    given = {field: text for field, text in texts.items() if text is not None}

    def work(language: str, interpreter: Interpreter) -> Localization:
        if language == language_code(input.source_locale):
            done = {field: Localized(text, measure(text)) for field, text in given.items()}
        else:
            done = {field: _localize(field, text, keep, interpreter) for field, text in given.items()}
        changed = input.listing.model_copy(update={field: each.text for field, each in done.items()})
        reports = {field: _report(each, LIMITS[field]) for field, each in done.items()}
        return Localization(listing=changed, fields=reports)

    translated: dict[str, Localization] = {}
    sent = 0
    for locales, each, length in by_language(input.source_locale, input.locales, work, job):
        translated |= dict.fromkeys(locales, each)
        sent += length
        job.progress(len(translated), len(input.locales), ", ".join(locales))
    return Result(
        source_locale=input.source_locale,
        localizations={locale: translated[locale] for locale in input.locales},
        characters_translated=sent,
    )


def _report(field: Localized, limit: int) -> FieldReport:
    return FieldReport(
        length=measure(field.text),
        limit=limit,
        shortened=field.translated_length > limit,
        translated_length=field.translated_length,
    )


def _localize(field: str, text: str, keep: Patterns, interpreter: Interpreter) -> Localized:
    if field == "keywords":
        return _keywords(text, keep, interpreter)
    masked = mask(text, keep)
    translated = interpreter.translate(masked.text)
    whole = masked.restore(translated)
    return Localized(_shortened(field, translated, masked), measure(whole))


def _shortened(field: str, translated: str, masked: Masked) -> str:
    """Cut phrases after a word, and long texts after a sentence or line. Masked parts stay whole."""

    def fits(text: str) -> bool:
        return measure(masked.restore(text)) <= LIMITS[field]

    if fits(translated):
        return masked.restore(translated)
    if field in ("description", "whats_new"):
        end = cut(translated, fits, SENTENCES)
        return masked.restore(translated[:end].rstrip())
    phrase = translated[: cut(translated, fits, WORDS)]
    return masked.restore(phrase.rstrip(DANGLING) or phrase)


def _keywords(text: str, keep: Patterns, interpreter: Interpreter) -> Localized:
    """Translate each keyword by itself, drop duplicates, and keep those that fit, in order."""
    found: dict[str, tuple[str, Masked]] = {}
    for keyword in SEPARATORS.split(text):
        masked = mask(keyword.strip(), keep)
        for each in FOREIGN_SEPARATORS.split(interpreter.translate(masked.text)):
            bare = LOOSE_ENDS.sub("", each)
            found.setdefault(masked.restore(bare).casefold(), (bare, masked))
    found.pop("", None)
    whole = [masked.restore(bare) for bare, masked in found.values()]
    chosen: list[str] = []
    for keyword in whole:
        if measure(",".join([*chosen, keyword])) <= LIMITS["keywords"]:
            chosen.append(keyword)
    if whole and not chosen:
        chosen = [_shortened("keywords", *next(iter(found.values())))]
    return Localized(",".join(chosen), measure(",".join(whole)))
