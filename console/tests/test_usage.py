"""Usage: the jobs of the last day, counted in the list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring import Fail
from claimcheck.domain.job import HOUR
from console import usage
from console.tests.kit import Service
from tests.kit.world import World, echo, job_type

if TYPE_CHECKING:
    from pathlib import Path

    from console.tests.kit import Browser


def fail(given: Any, job: Any) -> None:
    raise Fail("upstream_down", given.text)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    handlers: dict[str, Any] = {"echo": echo, "fail": fail}
    return Service.of(World(handlers=handlers, job_types=[job_type(), job_type("fail")]), tmp_path)


def shown(browser: Browser) -> list[tuple[str, ...]]:
    """Return the rows of the table."""
    page = browser.get("/console/usage").text
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)]
    return [tuple(re.sub("<.*?>", "", cell) for cell in row) for row in rows if row]


def test_the_jobs_of_the_last_day_are_counted_by_type(browser: Browser, service: Service) -> None:
    service.world.submit()
    service.world.clock.advance(25 * HOUR)
    for name in ("fail", "fail", "fail", "echo"):
        service.world.submit(type=name)
    service.world.work()
    service.world.submit(type="fail")
    service.world.request(
        "POST", "/v1/jobs", {"type": "echo", "input": {"text": "x"}}, key=service.world.key("umbrella")
    )

    assert shown(browser) == [("fail", "4", "3"), ("echo", "1", "0"), ("all types", "5", "3")]
    assert "There are more jobs" not in browser.get("/console/usage").text


def test_an_org_without_jobs_is_told_so(browser: Browser) -> None:
    assert "No job was submitted" in browser.get("/console/usage").text


@pytest.mark.parametrize(("jobs", "complete"), [(6, True), (7, False)])
def test_only_so_many_pages_are_read_and_the_page_says_so(
    browser: Browser, service: Service, monkeypatch: pytest.MonkeyPatch, jobs: int, complete: bool
) -> None:
    monkeypatch.setattr(usage, "PAGE", 3)
    monkeypatch.setattr(usage, "MOST_PAGES", 2)
    for _ in range(jobs):
        service.world.submit()
        service.world.clock.advance(1_000)
    before = len(service.requests)

    page = browser.get("/console/usage").text

    assert len(service.requests) - before == 2
    assert ("Only those since 2026-06-21 10:00:01 are counted" in page) is not complete
    assert shown(browser)[-1] == ("all types", "6", "0")
