"""The handler of `listing_localization`."""

from typing import NamedTuple

from apps.forvibe.app_store import LIMITS, measure
from apps.forvibe.job_types.listing_localization import (
    FieldReport,
    Input,
    Localization,
    Result,
    language_code,
)
from apps.forvibe.localization.fields import Localized, localize
from apps.forvibe.localization.masking import brand, patterns
from apps.forvibe.localization.side_by_side import by_language
from apps.forvibe.localization.translation import Interpreter
from claimcheck.authoring import JobContext


class Translated(NamedTuple):
    """A localization, and the characters sent for it."""

    localization: Localization
    sent: int


def handle(input: Input, job: JobContext) -> Result:
    keep = patterns([brand(input.listing.name), *input.keep])
    texts = {field: getattr(input.listing, field) for field in LIMITS}
    given = {field: text for field, text in texts.items() if text is not None}

    def work(language: str, interpreter: Interpreter) -> Translated:
        if language == language_code(input.source_locale):
            done = {field: Localized(text, measure(text)) for field, text in given.items()}
        else:
            done = {field: localize(field, text, keep, interpreter) for field, text in given.items()}
        changed = input.listing.model_copy(update={field: each.text for field, each in done.items()})
        reports = {field: _report(each, LIMITS[field]) for field, each in done.items()}
        return Translated(Localization(listing=changed, fields=reports), interpreter.sent)

    translated: dict[str, Translated] = {}
    sent = 0
    for locales, each in by_language(input.source_locale, input.locales, work, job):
        translated |= dict.fromkeys(locales, each)
        sent += each.sent
        job.progress(len(translated), len(input.locales), ", ".join(locales))
    return Result(
        source_locale=input.source_locale,
        localizations={locale: translated[locale].localization for locale in input.locales},
        characters_translated=sent,
    )


def _report(field: Localized, limit: int) -> FieldReport:
    return FieldReport(
        length=measure(field.text),
        limit=limit,
        shortened=field.translated_length > limit,
        translated_length=field.translated_length,
    )
