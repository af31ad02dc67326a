"""The handler of `listing_localization`: one thread for each language.

Amazon Translate throttles by language pair, so the calls for one language are sequential. A retry
translates everything again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
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
from apps.forvibe.localization.translation import Interpreter
from claimcheck.authoring import Fail, JobContext, Retry, Unavailable, UnsupportedLanguage
from claimcheck.domain.ports import Translator

THREADS = 8
# Seconds between checks for a cancel; and seconds before the timeout at which an attempt gives up.
LOOK_EVERY = 1.0
SPARE = 2.0


class Translated(NamedTuple):
    """A localization, and the characters sent for it."""

    localization: Localization
    sent: int


def handle(input: Input, job: JobContext) -> Result:
    groups = defaultdict[str, list[str]](list)
    for locale in input.locales:
        groups[_code(locale)].append(locale)
    translated: dict[str, Translated] = {}
    with _threads() as (pool, stop):
        work = _worker(input, job.tools.translator, stop.is_set)
        futures = {pool.submit(work, language): language for language in groups}
        for future in _finished(set(futures), job):
            locales = groups[futures[future]]
            translated |= dict.fromkeys(locales, _result(future, locales))
            job.progress(len(translated), len(input.locales), ", ".join(locales))
    return Result(
        source_locale=input.source_locale,
        localizations={locale: translated[locale].localization for locale in input.locales},
        characters_translated=sum(translated[locales[0]].sent for locales in groups.values()),
    )


def _code(locale: str) -> str:
    code = language_code(locale)
    assert code is not None
    return code


def _worker(input: Input, translator: Translator, stopped: Callable[[], bool]) -> Callable[[str], Translated]:
    source = _code(input.source_locale)
    keep = patterns([brand(input.listing.name), *input.keep])
    texts = {field: getattr(input.listing, field) for field in LIMITS}
    given = {field: text for field, text in texts.items() if text is not None}

    def work(language: str) -> Translated:
        interpreter = Interpreter(translator, source, language, stopped)
        if language == source:
            done = {field: Localized(text, measure(text)) for field, text in given.items()}
        else:
            done = {field: localize(field, text, keep, interpreter) for field, text in given.items()}
        changed = input.listing.model_copy(update={field: each.text for field, each in done.items()})
        reports = {field: _report(each, LIMITS[field]) for field, each in done.items()}
        return Translated(Localization(listing=changed, fields=reports), interpreter.sent)

    return work


def _report(field: Localized, limit: int) -> FieldReport:
    return FieldReport(
        length=measure(field.text),
        limit=limit,
        shortened=field.translated_length > limit,
        translated_length=field.translated_length,
    )


@contextmanager
def _threads() -> Iterator[tuple[ThreadPoolExecutor, Event]]:
    """Run threads that stop when the block ends, also when the attempt's timeout raises in it."""
    pool, stop = ThreadPoolExecutor(THREADS, "translate"), Event()
    try:
        yield pool, stop
        pool.shutdown()
    finally:
        stop.set()
        # After an error, do not wait: a call in progress can outlast the lease.
        pool.shutdown(wait=False, cancel_futures=True)


def _finished(waiting: set[Future[Translated]], job: JobContext) -> Iterator[Future[Translated]]:
    while waiting:
        if job.cancelled():
            raise Fail("cancelled", "The job was cancelled.")
        if job.remaining() < SPARE:
            raise Retry(message="The translator was too slow.", code="translator_unavailable")
        done, waiting = wait(waiting, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
        yield from done


def _result(future: Future[Translated], locales: list[str]) -> Translated:
    try:
        return future.result()
    except UnsupportedLanguage:
        message = f"Amazon Translate cannot translate this source locale into {', '.join(locales)}."
        raise Fail("unsupported_language", message) from None
    except Unavailable:
        raise Retry(message="The translator did not answer.", code="translator_unavailable") from None
