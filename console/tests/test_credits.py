"""Credits: what is left, and the ledger, page by page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring import Fail
from claimcheck.domain.job import SECOND
from console.tests.kit import Service
from tests.kit.world import World, job_type

if TYPE_CHECKING:
    from pathlib import Path

    from console.tests.kit import Browser


def fail(given: Any, job: Any) -> None:
    raise Fail("upstream_down", "No.")


@pytest.fixture
def service(tmp_path: Path) -> Service:
    world = World({"fail": fail}, [job_type("fail", price=lambda given: 1_200)])
    return Service.of(world, tmp_path)


def add(service: Service, amount: int) -> None:
    service.world.engine.credits.add_credits("acme", amount, service.world.clock.now(), f"token-{amount}")
    service.world.clock.advance(SECOND)


def shown(page: str) -> list[list[str]]:
    """Return the rows of the ledger."""
    cells = [
        re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    ]
    return [[re.sub("<.*?>", "", cell) for cell in row] for row in cells if row]


def test_what_is_left_and_each_movement_are_shown_with_their_jobs(browser: Browser, service: Service) -> None:
    add(service, 12_345)
    job_id = service.world.submit(type="fail")
    service.world.clock.advance(SECOND)
    service.world.work()

    page = browser.get("/console/credits").text

    assert '<p class="number">12,345</p>' in page
    assert shown(page) == [
        [f"refunded {job_id[-8:]}", "2026-06-21 10:00:02", "+1,200"],
        [f"charged {job_id[-8:]}", "2026-06-21 10:00:01", "-1,200"],
        ["added", "2026-06-21 10:00:00", "+12,345"],
    ]
    assert page.count(f'href="/console/jobs/{job_id}"') == 2


def test_the_next_page_goes_on_where_the_first_ends(browser: Browser, service: Service) -> None:
    for amount in range(1, 22):
        add(service, amount)

    first = browser.get("/console/credits").text
    following = re.search(r'<a href="(\?cursor=[^"]+)" rel="next">', first)
    assert following
    second = browser.get("/console/credits" + following[1]).text

    assert [row[2] for row in shown(first) + shown(second)] == [f"+{amount}" for amount in range(21, 0, -1)]
    assert 'rel="next"' not in second


def test_an_org_without_credits_is_told_so(browser: Browser) -> None:
    page = browser.get("/console/credits").text

    assert '<p class="number">0</p>' in page
    assert "No movement on this page" in page
