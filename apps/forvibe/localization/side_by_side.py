"""Translate into several languages side by side: one thread for each.

Amazon Translate throttles by language pair, so the calls for one language are sequential. A retry
translates everything again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

from apps.forvibe.job_types.listing_localization import language_code
from apps.forvibe.localization.translation import Interpreter
from claimcheck.authoring import Fail, JobContext, Retry, Unavailable, UnsupportedLanguage

T = TypeVar("T")

THREADS = 8
# Seconds between checks for a cancel; and seconds before the timeout at which an attempt gives up.
LOOK_EVERY = 1.0
SPARE = 2.0


def by_language(
    source_locale: str, locales: Sequence[str], work: Callable[[str, Interpreter], T], job: JobContext
) -> Iterator[tuple[list[str], T, int]]:
    """Call `work` with each language and its interpreter: yield its locales, result and characters sent.

    `work` gets the source's language, too, if a locale has it: its texts need no translation.
    Raises: Fail, Retry.
    """
    groups = defaultdict[str, list[str]](list)
    for locale in locales:
        groups[_code(locale)].append(locale)
    source = _code(source_locale)
    with _threads() as (pool, stop):

        def translate(language: str) -> tuple[T, int]:
            interpreter = Interpreter(job.tools.translator, source, language, stop.is_set)
            return work(language, interpreter), interpreter.sent

        futures = {pool.submit(translate, language): mine for language, mine in groups.items()}
        for future in _finished(set(futures), job):
            yield futures[future], *_result(future, futures[future])


def _code(locale: str) -> str:
    code = language_code(locale)
    assert code is not None
    return code


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


def _finished(waiting: set[Future[T]], job: JobContext) -> Iterator[Future[T]]:
    while waiting:
        if job.cancelled():
            raise Fail("cancelled", "The job was cancelled.")
        if job.remaining() < SPARE:
            raise Retry(message="The translator was too slow.", code="translator_unavailable")
        done, waiting = wait(waiting, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
        yield from done


def _result(future: Future[T], locales: list[str]) -> T:
    try:
        return future.result()
    except UnsupportedLanguage:
        message = f"Amazon Translate cannot translate this source locale into {', '.join(locales)}."
        raise Fail("unsupported_language", message) from None
    except Unavailable:
        raise Retry(message="The translator did not answer.", code="translator_unavailable") from None
