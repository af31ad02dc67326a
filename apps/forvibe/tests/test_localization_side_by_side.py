"""Languages in parallel: their order, early ends, and no thread left running."""

from __future__ import annotations

import os
import signal
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING

import pytest

from apps.forvibe.job_types.listing_localization import TRANSLATABLE
from apps.forvibe.localization.side_by_side import THREADS
from apps.forvibe.tests.translators import Scripted, context, localized
from claimcheck.domain.errors import Unavailable, UnsupportedLanguage
from claimcheck.domain.outcome import Fail, Retry
from claimcheck.service.attempt import Overrun, limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EVERYWHERE = sorted(TRANSLATABLE - {"en-AU", "en-CA", "en-GB", "en-US"})


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("translate")]


@pytest.fixture(autouse=True)
def _none_left() -> Iterator[None]:
    yield
    for thread in threads():
        thread.join(timeout=10)
        assert not thread.is_alive()


@dataclass
class Slow:
    """Answers no request until it is released. `busy` is called when every thread waits for an answer."""

    busy: Callable[[], object] = lambda: None
    go: Event = field(default_factory=Event)
    asked: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def translate(self, text: str, source: str, target: str) -> str:
        with self._lock:
            self.asked.append(target)
            if len(self.asked) == THREADS:
                self.busy()
        assert self.go.wait(timeout=10)
        return text


def raising(error: Exception, language: str = "fr") -> Scripted:
    def answer(text: str, target: str) -> str:
        if target == language:
            raise error
        return text

    return Scripted(answer)


def test_progress_counts_the_locales_and_names_each() -> None:
    job = context(Scripted())
    localized(None, job, locales=["de-DE", "en-GB", "ja"])

    assert [(done, total) for done, total, _ in job.reported] == [(1, 3), (2, 3), (3, 3)]
    assert sorted(message or "" for _, _, message in job.reported) == ["de-DE", "en-GB", "ja"]


def test_locales_that_share_a_translation_are_done_together() -> None:
    job = context(Scripted())
    localized(None, job, source_locale="ja", locales=["en-GB", "de-DE", "en-US"])

    assert sorted(job.reported, key=lambda shown: shown[2] or "")[1][2] == "en-GB, en-US"
    assert max(job.reported)[:2] == (3, 3)


def test_as_many_languages_as_there_are_threads_are_under_way_at_once() -> None:
    meeting = threading.Barrier(THREADS, timeout=10)

    def answer(text: str, target: str) -> str:
        meeting.wait()
        return text

    localized(Scripted(answer), locales=EVERYWHERE[: 2 * THREADS], subtitle="Hikes")

    assert not meeting.broken


def test_within_a_language_one_call_follows_the_other() -> None:
    asked_by = defaultdict(set)

    def answer(text: str, target: str) -> str:
        asked_by[target].add(threading.get_ident())
        return text

    localized(Scripted(answer), locales=EVERYWHERE[:4], subtitle="Hikes", keywords="a,b,c,d,e,f,g")

    assert [len(idents) for idents in asked_by.values()] == [1, 1, 1, 1]


def test_a_translator_that_cannot_be_reached_is_tried_again_later() -> None:
    with pytest.raises(Retry) as asked:
        localized(raising(Unavailable()), locales=["de-DE", "fr-FR", "ja"])

    assert asked.value.code == "translator_unavailable"
    assert asked.value.after is None


def test_a_language_pair_that_the_translator_has_not_fails_by_its_locale() -> None:
    with pytest.raises(Fail) as failed:
        localized(raising(UnsupportedLanguage()), locales=["de-DE", "fr-FR", "ja"])

    assert failed.value.code == "unsupported_language"
    assert "fr-FR" in failed.value.message


def test_an_unexpected_error_is_left_to_the_engine() -> None:
    with pytest.raises(ZeroDivisionError):
        localized(raising(ZeroDivisionError()), locales=["de-DE", "fr-FR", "ja"])


def test_after_a_failure_waiting_languages_are_not_started() -> None:
    translator = raising(Unavailable(), EVERYWHERE[0].partition("-")[0])
    gate = Event()
    first = translator.answer

    def answer(text: str, target: str) -> str:
        if target != "ar":
            assert gate.wait(timeout=10)
        return first(text, target)

    translator.answer = answer
    with pytest.raises(Retry):
        localized(translator, locales=EVERYWHERE, subtitle="Hikes")
    gate.set()
    for thread in threads():
        thread.join()

    # The failed thread may have started another language before the failure was seen.
    assert len(translator.asked) <= THREADS + 1


def test_a_cancelled_job_stops_early() -> None:
    translator = Slow()
    with pytest.raises(Fail) as failed:
        localized(None, context(translator, cancelled_after=0), locales=EVERYWHERE)
    translator.go.set()

    assert failed.value.code == "cancelled"
    assert len(translator.asked) <= THREADS


def test_it_gives_up_before_its_time_is_over() -> None:
    translator = Slow()
    with pytest.raises(Retry) as asked:
        localized(None, context(translator, seconds=1.5), locales=EVERYWHERE)
    translator.go.set()

    assert asked.value.code == "translator_unavailable"


def test_stopped_by_its_timer_it_leaves_no_thread_that_goes_on_asking() -> None:
    # The attempt's timeout uses this signal.
    translator = Slow(busy=lambda: os.kill(os.getpid(), signal.SIGALRM))
    with pytest.raises(Overrun), limit(60_000):
        localized(translator, locales=EVERYWHERE, subtitle="Hikes", name="Maps: trails")
    waiting = threads()
    translator.go.set()
    for thread in waiting:
        thread.join()

    assert len(waiting) == THREADS
    assert len(translator.asked) == THREADS
