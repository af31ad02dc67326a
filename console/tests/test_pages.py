"""What the pages show of the API, and what their forms send to it."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx
import pytest
from pydantic import Field

from claimcheck.authoring import Again, Fail
from claimcheck.authoring.catalog import JobModel
from console.jobs import PASSED_ON
from console.tests.kit import URL, Browser, Service, hidden
from tests.kit.world import Words, World, echo, job_type

if TYPE_CHECKING:
    from pathlib import Path

    from claimcheck.authoring.context import JobContext

MARKUP = """<script>alert(1)</script>"'><img src=x onerror=alert(2)>"""
SHOWN_MARKUP = "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&gt;&lt;img src=x onerror=alert(2)&gt;"
PAGE = 60 * 1024  # bytes, with style and script
SERVER_TIME = 0.1  # seconds


def fail(given: Words, job: JobContext) -> None:
    raise Fail("upstream_down", given.text)


def wait(given: Words, job: JobContext) -> Again:
    job.progress(3, 4, "frames")
    return Again(after=60)


class Everything(JobModel):
    """One property of each kind."""

    text: str
    lines: list[str] = Field(default_factory=list)
    ratio: float | None = None
    loud: bool | None = None


class Files(JobModel):
    files: list[dict[str, Any]]


def save(given: Words, job: Any) -> Files:
    """Return two files of this job, and one of another."""
    here, picture = f"/v1/jobs/{job.job.job_id}/files/token", {"size": 9716, "content_type": "image/png"}
    return Files(
        files=[
            {"name": "a b.png", "url": f"{here}/a%20b.png"} | picture,
            {"name": "table.csv", "url": f"{here}/table.csv", "size": 3, "content_type": "text/csv"},
            {"name": "no.png", "url": "/v1/jobs/other/files/token/no.png"} | picture,
        ]
    )


def repeat(given: Everything, job: JobContext) -> Any:
    return {"text": given.model_dump_json()}


@pytest.fixture
def service(tmp_path: Path) -> Service:
    handlers: dict[str, Any] = {"echo": echo, "fail": fail, "wait": wait, "files": save, "everything": repeat}
    job_types = [
        job_type(),
        job_type("fail"),
        job_type("wait"),
        job_type("files", result=Files),
        job_type("everything", input=Everything),
    ]
    return Service.of(World(handlers=handlers, job_types=job_types), tmp_path)


def test_jobs_are_listed_with_their_status_and_metadata(browser: Browser, service: Service) -> None:
    job = service.world.submit(metadata={"order": "6735"})
    service.world.work()

    page = browser.get("/console/jobs").text

    assert f'href="/console/jobs/{job}"' in page
    assert "order=6735" in page
    assert "completed" in page


def test_the_last_failures_come_first(browser: Browser, service: Service) -> None:
    service.world.submit()
    failed = service.world.submit(type="fail")
    service.world.work()

    page = browser.get("/console/jobs").text

    assert page.index("Failed last") < page.index(failed) < page.index("Newest")


def test_filters_are_those_of_the_api(browser: Browser, service: Service) -> None:
    done = service.world.submit()
    failed = service.world.submit(type="fail")
    service.world.work()

    page = browser.get("/console/jobs?status=failed&type=fail&unknown=1").text

    assert failed in page
    assert done not in page
    assert 'value="1"' not in page


def test_pages_follow_each_other_with_their_filters(browser: Browser, service: Service) -> None:
    jobs = {service.world.submit() for _ in range(25)}
    service.world.work()

    first = browser.get("/console/jobs?status=completed").text
    [following] = re.findall(r'href="(\?[^"]*)" rel="next"', first)
    second = browser.get("/console/jobs" + following.replace("&amp;", "&")).text

    assert {job for job in jobs if job in first or job in second} == jobs
    assert 'data-seconds="0"' in second


def test_a_job_shows_its_history_in_order(browser: Browser, service: Service) -> None:
    job = service.world.submit("the text", run_at="2026-06-21T10:00:05Z")
    service.world.advance(9_000)

    page = browser.get(f"/console/jobs/{job}").text

    events = [
        "Submitted",
        "May start",
        "Attempt 1 started",
        "Attempt 1 ended: completed",
        "Completed",
        "Expires",
    ]
    at = [page.index(each) for each in events]
    assert at == sorted(at)
    assert "&#34;text&#34;: &#34;the text&#34;" in page


@pytest.mark.parametrize(("after", "seconds"), [(0, 10), (30, 10), (60 * 60, 15)])
def test_a_page_follows_its_job_as_often_as_the_api_asks(
    browser: Browser, service: Service, after: int, seconds: int
) -> None:
    job = service.world.submit(run_at="2026-06-21T10:00:00Z", deadline="2026-06-22T10:00:00Z")
    service.world.clock.advance(after * 1000)

    before = len(service.requests)
    page = browser.get(f"/console/jobs/{job}").text

    assert f'data-seconds="{seconds}"' in page
    assert len(service.requests) - before == 2


def test_a_job_shows_its_progress(browser: Browser, service: Service) -> None:
    job = service.world.submit(type="wait")
    service.world.work()

    page = browser.get(f"/console/jobs/{job}").text

    assert re.search(r'<progress max="4" value="3"', page)
    assert "3 of 4: frames" in page
    assert '<progress max="4" value="3"' in browser.get("/console/jobs").text


def test_a_failed_job_shows_its_error(browser: Browser, service: Service) -> None:
    job = service.world.submit("out of coal", type="fail")
    service.world.work()

    page = browser.get(f"/console/jobs/{job}").text

    assert "<code>upstream_down</code> out of coal" in page


def test_another_orgs_job_is_not_shown(browser: Browser, service: Service) -> None:
    job = service.world.request(
        "POST", "/v1/jobs", {"type": "echo", "input": {"text": "x"}}, key=service.world.key("umbrella")
    ).json["job_id"]

    answer = browser.get(f"/console/jobs/{job}")

    assert answer.status_code == 404
    assert "job_not_found" in answer.text


def test_markup_in_the_data_stays_text(browser: Browser, service: Service) -> None:
    metadata = {MARKUP[:40]: MARKUP}
    done = service.world.submit(MARKUP, metadata=metadata)
    failed = service.world.submit(MARKUP, type="fail", metadata=metadata)
    service.world.work()

    for path in ("jobs", f"jobs/{done}", f"jobs/{failed}", "jobs?" + urlencode({"type": MARKUP})):
        page = browser.get(f"/console/{path}").text

        assert "<script>" not in page
        assert "<img src=x" not in page
    assert SHOWN_MARKUP in browser.get(f"/console/jobs/{failed}").text


def test_a_pending_job_is_cancelled(browser: Browser, service: Service) -> None:
    job = service.world.submit()

    answer = browser.submit(f"/console/jobs/{job}/cancel")

    assert answer.headers["location"] == f"/console/jobs/{job}"
    assert "cancelled" in browser.get(f"/console/jobs/{job}").text


@pytest.mark.parametrize("action", ["delete", "executions", "..%2f..%2fschedules"])
def test_only_actions_of_jobs_are_sent(browser: Browser, service: Service, action: str) -> None:
    job = service.world.submit()

    assert browser.submit(f"/console/jobs/{job}/{action}").status_code in (404, 405)
    assert {request.method for request in service.requests} == {"GET"}


def test_a_key_that_only_reads_changes_nothing(service: Service) -> None:
    browser, job = Browser(service), service.world.submit()
    browser.sign_in(service.world.key("acme", scopes=("jobs:read",)))

    answer = browser.submit(f"/console/jobs/{job}/cancel")

    assert answer.status_code == 403
    assert "missing_scope" in answer.text


def test_a_result_is_downloaded(browser: Browser, service: Service) -> None:
    job = service.world.submit("hello")
    service.world.work()

    answer = browser.get(f"/console/jobs/{job}/result")

    assert answer.json() == {"text": "hello"}
    assert answer.headers["content-disposition"].startswith("attachment")


def test_files_of_a_result_are_shown_and_downloaded(browser: Browser, service: Service) -> None:
    job = service.world.submit(type="files")
    service.world.work()
    to_store = httpx.Response(303, headers={"location": "https://bucket.example/signed"})
    service.scripted[f"/v1/jobs/{job}/files/token/a b.png"] = to_store
    service.scripted["/signed"] = httpx.Response(200, headers={"content-type": "image/png"}, content=b"png")

    page = browser.get(f"/console/jobs/{job}").text
    [path] = re.findall(r'<img src="([^"]*)"', page)
    picture = browser.get(path)

    assert (picture.content, picture.headers["content-type"]) == (b"png", "image/png")
    assert picture.headers["content-disposition"] == "attachment; filename*=UTF-8''a%20b.png"
    assert "authorization" not in service.requests[-1].headers
    # Another job's file is data like any other.
    assert "/console/jobs/other/" not in page
    assert "table.csv" in page


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "text/html; charset=utf-8"])
def test_a_file_that_could_be_a_page_has_no_type(browser: Browser, service: Service, media_type: str) -> None:
    content = httpx.Response(200, headers={"content-type": media_type}, content=MARKUP)
    service.scripted["/v1/jobs/j/files/t/page.html"] = content

    answer = browser.get("/console/jobs/j/files/t/page.html")

    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_result_that_only_looks_like_a_file_is_data(browser: Browser, service: Service) -> None:
    job = service.world.submit()
    service.world.work()
    document = service.world.request("GET", f"/v1/jobs/{job}").json
    named = {
        "name": "x.png",
        "size": None,
        "content_type": "image/png",
        "url": f"/v1/jobs/{job}/files/t/x.png",
    }
    service.scripted[f"/v1/jobs/{job}"] = httpx.Response(200, json=document | {"result": named})

    page = browser.get(f"/console/jobs/{job}")

    assert page.status_code == 200
    assert "<img" not in page.text


def test_an_answer_of_something_else_than_the_api_is_reported(browser: Browser, service: Service) -> None:
    service.scripted["/v1/jobs"] = httpx.Response(200, text="<html>")

    answer = browser.get("/console/jobs")

    assert answer.status_code == 502
    assert "no_json" in answer.text


@pytest.mark.parametrize(("size", "status"), [(PASSED_ON, 200), (PASSED_ON + 1, 303)])
def test_a_browser_gets_a_large_file_from_the_object_store(
    browser: Browser, service: Service, size: int, status: int
) -> None:
    signed = "https://bucket.example/signed?X-Amz-Signature=a%2Fb"
    service.scripted["/v1/jobs/j/result"] = httpx.Response(303, headers={"location": signed})
    service.scripted["/signed"] = httpx.Response(200, content=b"0" * size)

    answer = browser.get("/console/jobs/j/result")

    assert answer.status_code == status
    assert answer.headers.get("location") == (None if status == 200 else signed)


def test_a_signed_url_that_has_expired_is_reported(browser: Browser, service: Service) -> None:
    service.scripted["/v1/jobs/j/result"] = httpx.Response(303, headers={"location": f"{URL}/signed"})
    service.scripted["/signed"] = httpx.Response(403)

    assert browser.get("/console/jobs/j/result").status_code == 502


def test_a_form_has_a_field_for_each_property(browser: Browser) -> None:
    page = browser.get("/console/types/everything").text

    assert re.search(r'<input id="field-1" name="input.text"', page)
    assert re.search(r'<textarea id="field-2" name="input.lines"', page)
    assert re.search(r'<input id="field-3" name="input.ratio".*inputmode="decimal"', page)
    assert re.search(r'<select id="field-4" name="input.loud"', page)


def test_a_form_submits_what_is_typed_in(browser: Browser, service: Service) -> None:
    typed = {"text": "a\r\nb", "lines": '["c"]', "ratio": "0.5", "loud": "true"}
    form = {f"input.{name}": text for name, text in typed.items()}

    answer = browser.submit("/console/types/everything", **form, once="once")
    service.world.work()

    job_id = answer.headers["location"].rpartition("/")[2]
    result = service.world.request("GET", f"/v1/jobs/{job_id}").json["result"]["text"]
    assert Everything.model_validate_json(result) == Everything(
        text="a\nb", lines=["c"], ratio=0.5, loud=True
    )


def test_empty_fields_are_left_out(browser: Browser, service: Service) -> None:
    answer = browser.submit("/console/types/everything", **{"input.text": "", "input.ratio": ""}, once="once")

    assert answer.status_code == 303


def test_a_form_that_is_sent_twice_submits_one_job(browser: Browser, service: Service) -> None:
    once = hidden(browser.get("/console/types/echo").text, "once")

    places = {
        browser.submit("/console/types/echo", **{"input.text": "a"}, once=once).headers["location"]
        for _ in range(2)
    }

    assert len(places) == 1


def test_a_form_that_was_changed_on_its_way_is_refused(browser: Browser) -> None:
    answer = browser.submit("/console/types/echo", **{"input.text": "a"}, once="ü")

    assert answer.status_code == 400
    assert "Load it again" in answer.text


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"text": "a", "lines": "[oops"}, "lines", "must be valid JSON"),
        ({"text": "a", "lines": "[1]"}, "lines", "must be"),
        ({"text": "a", "ratio": "much"}, "ratio", "must be valid JSON"),
    ],
)
def test_a_wrong_field_is_shown_with_its_reason(
    browser: Browser, typed: dict[str, str], field: str, message: str
) -> None:
    form = {f"input.{name}": text for name, text in typed.items()}

    answer = browser.submit("/console/types/everything", **form, once="once")

    assert answer.status_code == 422
    assert re.search(rf'name="input.{field}"[^>]*aria-invalid', answer.text)
    assert message in answer.text
    assert typed[field] in answer.text


def test_an_unknown_job_type_is_not_found(browser: Browser) -> None:
    assert browser.get("/console/types/none").status_code == 404


def store_schedule(service: Service, name: str = "nightly") -> None:
    body = {"type": "echo", "input": {"text": "a"}, "cron": "0 3 * * *", "timezone": "Europe/Berlin"}
    assert service.world.request("PUT", f"/v1/schedules/{name}", body).status == 201


def test_schedules_show_their_next_run(browser: Browser, service: Service) -> None:
    store_schedule(service)

    page = browser.get("/console/schedules").text

    assert "2026-06-22 01:00:00" in page


def test_a_schedule_shows_its_next_ten_runs(browser: Browser, service: Service) -> None:
    store_schedule(service)

    page = browser.get("/console/schedules/nightly").text

    shown = re.findall(r'<li><time datetime="[^"]*">([^<]*)</time></li>', page)
    days = [*range(22, 31), 1]
    assert [int(each[8:10]) for each in shown] == days
    assert {each[11:] for each in shown} == {"01:00:00"}  # three o'clock in Berlin's summer


def test_a_schedule_is_paused_resumed_run_and_deleted(browser: Browser, service: Service) -> None:
    store_schedule(service)
    here = "/console/schedules/nightly"

    browser.submit(f"{here}/pause")
    paused = service.world.request("GET", "/v1/schedules/nightly").json["paused"]
    browser.submit(f"{here}/resume")
    resumed = service.world.request("GET", "/v1/schedules/nightly").json["paused"]
    ran = browser.submit(f"{here}/run", once="once").headers["location"]

    assert (paused, resumed) == (True, False)
    assert ran in browser.get(here).text
    assert browser.submit(f"{here}/delete").headers["location"] == "/console/schedules"
    assert service.world.request("GET", "/v1/schedules/nightly").status == 404


def test_the_console_shows_only_what_its_api_has(browser: Browser, service: Service) -> None:
    paths = browser.get("/console/types").text

    for page, path in (("flows", "/v1/flows"), ("schedules", "/v1/schedules")):
        has_it = path in service.world.request("GET", "/openapi.json").json["paths"]
        assert (f'href="/console/{page}"' in paths) is has_it


def test_the_first_page_is_small_and_quick(browser: Browser, service: Service) -> None:
    for number in range(30):
        service.world.submit("x" * 100, metadata={"order": str(number), "customer": "a" * 60})
    service.world.work()
    browser.get("/console/jobs")

    calls, took = len(service.requests), []
    for _ in range(3):
        began = time.process_time()
        page = browser.get("/console/jobs")
        took.append(time.process_time() - began)
    files = [browser.get(f"/console/static/console.{kind}") for kind in ("css", "js")]

    assert sum(len(each.content) for each in (page, *files)) < PAGE
    assert len(service.requests) - calls == 2 * len(took)
    assert min(took) < SERVER_TIME  # of the processor, with the API's own
