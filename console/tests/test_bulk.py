"""Jobs that a filter finds are counted first, and then cancelled or retried."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from claimcheck.service import bulk
from console.tests.kit import Browser, Service, hidden
from tests.kit.world import World, echo, job_type

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service.of(World({"echo": echo}, [job_type(), bulk.JOB_TYPE]), tmp_path)


def ended(service: Service, job_ids: list[str]) -> list[bool]:
    return [service.world.job(each).ended_at is not None for each in job_ids]


def test_jobs_are_cancelled_once_they_were_counted(browser: Browser, service: Service) -> None:
    wanted = [service.world.submit(metadata={"order": "1"}, run_at="2026-06-22T10:00:00Z") for _ in range(3)]
    other = service.world.submit(metadata={"order": "2"}, run_at="2026-06-22T10:00:00Z")
    service.world.clock.advance(2_000)
    filters = {"status": "pending", "metadata": "order=1"}

    counting = browser.submit("/console/bulk/count", action="cancel", **filters).headers["location"]
    assert "Counting" in browser.get(counting).text
    service.world.work()
    page = browser.get(counting).text
    assert "3 jobs" in page
    assert ended(service, [*wanted, other]) == [False] * 4

    sent = {name: hidden(page, name) for name in ("once", *filters)}
    started = browser.submit("/console/bulk", action="cancel", **sent).headers["location"]
    service.world.work()

    assert ended(service, [*wanted, other]) == [True, True, True, False]
    assert "&#34;done&#34;: 3" in browser.get(started).text


def test_a_filter_of_the_list_is_the_filter_of_its_buttons(browser: Browser) -> None:
    query = "status=failed&error_code=timeout&created_after=2026-06-21T10%3A00%3A00Z&metadata=order%3D%22"
    page = browser.get(f"/console/jobs?{query}").text

    form = page[page.index('action="/console/bulk/count"') :]
    names = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form))
    assert {name: html.unescape(text) for name, text in names.items() if name != "form_token"} == {
        "status": "failed",
        "error_code": "timeout",
        "created_after": "2026-06-21T10:00:00Z",
        "metadata": 'order="',
    }


@pytest.mark.parametrize("text", ["order", "=6735"])
def test_a_filter_of_metadata_needs_a_name_and_a_value(browser: Browser, text: str) -> None:
    answer = browser.get("/console/jobs", params={"metadata": text})

    assert answer.status_code == 422
    assert "name=value" in answer.text


def test_a_failed_job_is_retried(browser: Browser, service: Service) -> None:
    job = service.world.submit(deadline="2026-06-21T10:00:01Z", run_at="2026-06-21T10:00:00.500Z")
    service.world.clock.advance(60_000)
    service.world.work()
    service.world.sweep()
    service.world.work()

    page = browser.get(f"/console/jobs/{job}").text
    assert ">Retry</button>" in page
    retried = browser.submit(f"/console/jobs/{job}/retry").headers["location"]

    assert retried != f"/console/jobs/{job}"
    assert f'href="{retried}"' in browser.get(f"/console/jobs/{job}").text
    assert f'href="/console/jobs/{job}"' in browser.get(retried).text
    assert ">Retry</button>" not in browser.get(f"/console/jobs/{job}").text


def test_selected_jobs_are_cancelled_and_the_others_stay(browser: Browser, service: Service) -> None:
    jobs = [service.world.submit(run_at="2026-06-22T10:00:00Z") for _ in range(3)]
    page = browser.get("/console/jobs").text
    boxes = re.findall(r'form="selected" name="(job\.[^"]*)"', page)
    assert set(boxes) == {f"job.{each}" for each in jobs}

    answer = browser.submit("/console/jobs/selected", action="cancel", **{boxes[0]: "on", boxes[2]: "on"})

    assert "2 of 2 done" in answer.text
    chosen = {boxes[0], boxes[2]}
    assert ended(service, jobs) == [f"job.{each}" in chosen for each in jobs]


def test_each_selected_job_shows_its_new_job_or_why_it_has_none(browser: Browser, service: Service) -> None:
    waiting = service.world.submit(run_at="2026-06-22T10:00:00Z")
    failed = service.world.submit(deadline="2026-06-21T10:00:01Z", run_at="2026-06-21T10:00:00.500Z")
    service.world.clock.advance(60_000)
    service.world.work()
    service.world.sweep()
    service.world.work()

    answer = browser.submit(
        "/console/jobs/selected", action="retry", **{f"job.{waiting}": "", f"job.{failed}": ""}
    )

    retried = service.world.job(failed).retried_as
    assert "1 of 2 done" in answer.text
    assert f'retried as <a href="/console/jobs/{retried}">' in answer.text
    assert answer.text.index(waiting) < answer.text.index("has not failed") < answer.text.index(failed)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"action": "cancel"}, 422),
        ({"action": "cancel"} | {f"job.{number}": "" for number in range(101)}, 422),
        ({"action": "redeliver", "job.a": ""}, 404),
        ({"action": "../retry", "job.a": ""}, 404),
        ({"job.a": ""}, 404),
    ],
)
def test_a_wrong_selection_changes_nothing(
    browser: Browser, service: Service, form: dict[str, str], status: int
) -> None:
    assert browser.submit("/console/jobs/selected", **form).status_code == status
    assert {request.method for request in service.requests} == {"GET"}
