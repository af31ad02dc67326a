"""The callback of a job in its timeline, and sending it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.job import MINUTE
from claimcheck.outbound import Answer
from console.tests.kit import Service
from console.timeline import duration
from tests.kit.receiver import CallingWorld
from tests.kit.upstream import Upstream, reply

if TYPE_CHECKING:
    from pathlib import Path

    from console.tests.kit import Browser


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service.of(CallingWorld(), tmp_path)


def test_deliveries_are_events_and_are_sent_again(browser: Browser, service: Service) -> None:
    world = service.world
    with Upstream() as receiver:
        job = world.submit(callback_url=receiver.at("/hook", reply(500), reply(200), reply(200)))
        world.work()
        failing = browser.get(f"/console/jobs/{job}").text
        world.advance(MINUTE)
        delivered = browser.get(f"/console/jobs/{job}").text
        browser.submit(f"/console/jobs/{job}/redeliver")
        world.work()

    assert failing.index("Callback, delivery 1") < failing.index("Next delivery of the callback")
    assert 'data-seconds="15"' in failing
    assert "answered with 200" in delivered
    assert 'data-seconds="0"' in delivered
    assert "Callback, delivery 3" in browser.get(f"/console/jobs/{job}").text
    assert len(receiver.requests) == 3


def test_a_delivery_without_an_answer_yet_is_shown(browser: Browser, service: Service) -> None:
    pages = []

    class Receiver:
        """Looks at the job's page before it answers."""

        def request(self, *_: object, **__: object) -> Answer:
            pages.append(browser.get(f"/console/jobs/{job}"))
            return Answer(200, {}, b"")

    service.world.rebuild(outbound=Receiver())
    job = service.world.submit(callback_url="https://app.example.com/hook")
    service.world.work()

    assert [page.status_code for page in pages] == [200]
    assert "Callback, delivery 1 <small>no answer yet</small>" in pages[0].text


@pytest.mark.parametrize(
    ("milliseconds", "shown"), [(0, "0 ms"), (999, "999 ms"), (1_500, "1.5 s"), (180_000, "3 min")]
)
def test_a_duration_has_the_unit_that_fits(milliseconds: int, shown: str) -> None:
    assert duration(milliseconds) == shown
