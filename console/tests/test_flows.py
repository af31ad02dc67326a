"""Flows: what runs and waits, and their limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from console.tests.kit import Browser, Service

RATE = {"starts": 5, "per_seconds": 1, "burst": 2}
LIMITS = {"concurrency": 3, "max_waiting": 10, "rate": RATE}


@pytest.fixture(autouse=True)
def stored(service: Service) -> None:
    assert service.world.request("PUT", "/v1/flows/renderer", LIMITS).status == 201


def flow(service: Service) -> Any:
    return service.world.request("GET", "/v1/flows/renderer").json


def test_flows_show_what_runs_and_waits(browser: Browser) -> None:
    page = browser.get("/console/flows").text

    assert "0 of 3 running, 0 waiting, 5 starts in 1 s" in page


def test_a_changed_limit_leaves_the_others(browser: Browser, service: Service) -> None:
    page = browser.get("/console/flows").text
    shown = dict(re.findall(r'<input name="(\w+)" type="number" min="1" value="(\d*)">', page))

    browser.submit("/console/flows/renderer/limits", **shown | {"concurrency": "4"})
    changed = flow(service)
    browser.submit("/console/flows/renderer/limits", **shown | {"max_waiting": "", "burst": "3"})

    assert changed | LIMITS | {"concurrency": 4, "updated_at": ...} == changed | {"updated_at": ...}
    assert (flow(service)["concurrency"], flow(service)["max_waiting"]) == (3, None)
    assert flow(service)["rate"] == RATE | {"burst": 3}


def test_a_rate_is_removed_and_an_incomplete_one_is_refused(browser: Browser, service: Service) -> None:
    incomplete = browser.submit("/console/flows/renderer/limits", concurrency="3", starts="1")
    kept = flow(service)["rate"]
    browser.submit("/console/flows/renderer/limits", concurrency="3", starts="", per_seconds="", burst="")

    assert incomplete.status_code == 422
    assert "per_seconds" in incomplete.text
    assert (kept, flow(service)["rate"]) == (RATE, None)


@pytest.mark.parametrize("limit", ["many", "0", "1.5"])
def test_a_limit_that_is_none_is_refused(browser: Browser, service: Service, limit: str) -> None:
    assert browser.submit("/console/flows/renderer/limits", concurrency=limit).status_code == 422
    assert flow(service)["concurrency"] == 3


def test_a_flow_is_paused_resumed_and_deleted(browser: Browser, service: Service) -> None:
    here = "/console/flows/renderer"

    browser.submit(f"{here}/pause")
    assert flow(service)["paused"]
    browser.submit(f"{here}/resume")
    assert not flow(service)["paused"]
    browser.submit(f"{here}/delete")

    assert "No flow on this page" in browser.get("/console/flows").text
