"""The console in a real browser: its scripts, its keys, and the rules of accessible pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from claimcheck.authoring import Fail
from claimcheck.service import bulk
from console.tests.kit import Service, serving
from tests.kit.browser import chromium
from tests.kit.world import Words, World, echo, job_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from claimcheck.authoring.context import JobContext

MARKUP = """<img src=x onerror="window.ran=true"><script>window.ran=true</script>"""
# Those of WCAG 2.2, levels A and AA, and what axe's authors recommend beyond.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "reporter": "no-passes",
}
# Width, height and colours.
VIEWS: dict[str, tuple[int, int, Literal["light", "dark"]]] = {
    "desktop": (1200, 800, "light"),
    "phone": (320, 640, "light"),
    "dark": (1000, 700, "dark"),
}

LONG_NAME = "f" * 64


def fail(given: Words, job: JobContext) -> None:
    raise Fail("upstream_down", given.text)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def service(tmp_path: Any) -> Service:
    handlers: dict[str, Any] = {"echo": echo, "fail": fail}
    costs = job_type("costs", price=lambda given: 30)
    job_types = [job_type(typical=1), job_type("fail"), costs, bulk.JOB_TYPE]
    return Service.of(World(handlers=handlers, job_types=job_types), tmp_path)


@pytest.fixture
def url(service: Service) -> Iterator[str]:
    with serving(service) as url:
        yield url


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    with browser.new_context(base_url=url) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        yield page


def sign_in(page: Page, key: str) -> None:
    page.goto("/console")
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def signed_in(page: Page, service: Service) -> Page:
    sign_in(page, service.world.acme)
    page.wait_for_url("**/console/jobs")
    return page


def test_a_person_signs_in_and_out(page: Page, service: Service) -> None:
    sign_in(page, service.world.acme)
    page.get_by_role("heading", name="Jobs").wait_for()

    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("API key").wait_for()

    page.goto("/console/jobs")
    assert page.url.endswith("/console")
    assert page.context.cookies() == []


def test_a_strangers_key_shows_why_it_is_refused(page: Page) -> None:
    sign_in(page, "cck_live_stranger")

    assert "key" in page.get_by_role("alert").inner_text()


def test_no_script_reads_the_session(signed_in: Page) -> None:
    [cookie] = signed_in.context.cookies()

    assert signed_in.evaluate("document.cookie") == ""
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")


def test_markup_in_metadata_names_results_and_errors_does_not_run(signed_in: Page, service: Service) -> None:
    metadata = {MARKUP[:40]: MARKUP}
    jobs = [service.world.submit(MARKUP, metadata=metadata, type=name) for name in ("echo", "fail")]
    service.world.work()

    for path in ("jobs", *(f"jobs/{job}" for job in jobs)):
        signed_in.goto(f"/console/{path}")
        signed_in.get_by_text("window.ran=true").first.wait_for()

        assert signed_in.evaluate("window.ran") is None


def test_the_policy_stops_a_script_that_is_in_a_page(signed_in: Page) -> None:
    signed_in.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran=true\">')"
    )
    signed_in.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran=1'}))"
    )
    signed_in.wait_for_load_state("networkidle")

    assert signed_in.evaluate("window.ran") is None


def test_a_form_of_another_site_changes_nothing(browser: Browser, signed_in: Page, service: Service) -> None:
    job = service.world.submit()
    action = signed_in.url.replace("/console/jobs", f"/console/jobs/{job}/cancel")
    signed_in.route(
        "https://evil.example/",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f"""
        <form method=post action="{action}"><button>Win</button></form>""",
        ),
    )
    signed_in.goto("https://evil.example/")
    signed_in.get_by_role("button").click()
    signed_in.get_by_role("heading").wait_for()

    assert service.world.job(job).status == "pending"


def test_a_list_follows_its_jobs(signed_in: Page, service: Service) -> None:
    job = service.world.submit()
    signed_in.goto("/console/jobs")
    signed_in.locator("td .pending").wait_for()
    signed_in.get_by_role("link", name=f"echo {job[-8:]}").focus()

    service.world.work()
    signed_in.locator("td .completed").wait_for()

    # Who moves by keyboard stays where they are.
    assert signed_in.evaluate("document.activeElement.getAttribute('href')") == f"/console/jobs/{job}"


def test_a_job_is_submitted_and_seen_to_its_end(signed_in: Page, service: Service) -> None:
    signed_in.get_by_role("link", name="Job types").click()
    signed_in.get_by_role("link", name="echo").click()
    signed_in.get_by_label("text").fill("hello")
    signed_in.get_by_role("button", name="Submit").click()
    signed_in.get_by_text("pending").wait_for()

    service.world.work()

    signed_in.get_by_label("Result").get_by_text("hello").wait_for()


@pytest.mark.parametrize("sure", [True, False])
def test_a_job_is_cancelled_if_the_person_is_sure(signed_in: Page, service: Service, sure: bool) -> None:
    job = service.world.submit()
    signed_in.goto(f"/console/jobs/{job}")
    signed_in.on("dialog", lambda dialog: dialog.accept() if sure else dialog.dismiss())

    signed_in.get_by_role("button", name="Cancel").click()
    signed_in.get_by_text("cancelled" if sure else "pending").first.wait_for()

    assert service.world.job(job).status == ("failed" if sure else "pending")


def test_failed_jobs_are_counted_and_then_retried(signed_in: Page, service: Service) -> None:
    failed = service.world.submit(type="fail")
    service.world.work()
    service.world.clock.advance(2_000)
    signed_in.goto("/console/jobs")
    signed_in.get_by_text("Filter").first.click()
    signed_in.get_by_label("Status").select_option("failed")
    signed_in.get_by_role("button", name="Filter").click()
    signed_in.get_by_role("button", name="Retry …").click()
    signed_in.get_by_text("Counting").wait_for()

    service.world.work()
    signed_in.get_by_text("1 job", exact=True).wait_for()
    signed_in.get_by_role("button", name="Retry them").click()
    signed_in.get_by_role("heading", name="bulk").wait_for()
    service.world.work()

    assert service.world.job(failed).retried_as


def test_selected_jobs_stay_selected_while_the_list_is_live_and_are_cancelled(
    signed_in: Page, service: Service
) -> None:
    jobs = [service.world.submit() for _ in range(2)]
    signed_in.clock.install(time=0)
    signed_in.clock.pause_at(1)
    signed_in.goto("/console/jobs")
    chosen = signed_in.get_by_label(f"Select echo {jobs[0][-8:]}")
    chosen.press("Space")
    before = len(service.requests)
    signed_in.clock.run_for(30_000)
    assert len(service.requests) == before

    chosen.uncheck()
    with signed_in.expect_response("**/console/jobs"):
        signed_in.clock.run_for(10_000)
    chosen.check()
    signed_in.once("dialog", lambda dialog: dialog.dismiss())
    signed_in.get_by_role("button", name="Cancel selected").click()
    assert chosen.is_checked()
    signed_in.once("dialog", lambda dialog: dialog.accept())
    signed_in.get_by_role("button", name="Cancel selected").click()
    signed_in.get_by_text("1 of 1 done").wait_for()

    assert [service.world.job(each).status for each in jobs] == ["failed", "pending"]


def test_a_flow_is_limited_paused_resumed_and_deleted(signed_in: Page, service: Service) -> None:
    service.world.request("PUT", "/v1/flows/renderer", {"concurrency": 1})
    jobs = [service.world.submit(flow="renderer") for _ in range(2)]
    signed_in.get_by_role("link", name="Flows").click()
    signed_in.get_by_text("0 of 1 running, 0 waiting").wait_for()

    signed_in.get_by_label("Concurrency").fill("2")
    signed_in.get_by_label("Most waiting").fill("9")
    signed_in.get_by_role("button", name="Save").click()
    signed_in.get_by_text("0 of 2 running").wait_for()
    assert signed_in.get_by_label("Most waiting").input_value() == "9"
    signed_in.get_by_role("button", name="Pause").click()
    signed_in.get_by_text("paused").wait_for()
    service.world.work()
    signed_in.reload()
    signed_in.get_by_text("0 of 2 running, 2 waiting").wait_for()
    signed_in.goto(f"/console/jobs/{jobs[1]}")
    signed_in.get_by_text("Waits for the flow renderer, behind 1 job").wait_for()

    signed_in.get_by_role("link", name="Flows").click()
    signed_in.get_by_role("button", name="Resume").click()
    signed_in.get_by_role("button", name="Pause").wait_for()
    service.world.work()
    assert [service.world.job(each).status for each in jobs] == ["completed", "completed"]
    signed_in.on("dialog", lambda dialog: dialog.accept())
    signed_in.get_by_role("button", name="Delete").click()
    signed_in.get_by_text("No flow on this page").wait_for()


def test_the_ledger_leads_to_the_job_that_was_charged(signed_in: Page, service: Service) -> None:
    credits, clock = service.world.engine.credits, service.world.clock
    for each in range(21):
        credits.add_credits("acme", 10, clock.now() - 1_000 * each, f"token-{each}")
    service.world.submit(type="costs")
    signed_in.get_by_role("link", name="Credits").click()
    signed_in.get_by_text("180", exact=True).wait_for()
    signed_in.get_by_role("link", name="Next page").click()
    signed_in.get_by_text("2026-06-21 09:59:40").wait_for()

    signed_in.go_back()
    signed_in.get_by_role("row", name="charged").get_by_role("link").click()
    signed_in.get_by_role("heading", name="costs").wait_for()


def test_usage_is_shown(signed_in: Page, service: Service) -> None:
    service.world.submit(type="fail")
    service.world.work()
    signed_in.get_by_role("link", name="Usage").click()
    signed_in.get_by_role("link", name="1 failed fail").click()

    signed_in.get_by_text("upstream_down").first.wait_for()


def test_a_schedule_is_paused_resumed_and_run(signed_in: Page, service: Service) -> None:
    body = {"type": "echo", "input": {"text": "a"}, "rate": "1 hour"}
    service.world.request("PUT", "/v1/schedules/hourly", body)
    signed_in.get_by_role("link", name="Schedules").click()
    signed_in.get_by_role("link", name="hourly").click()
    signed_in.get_by_text("Next 10 runs").click()
    assert signed_in.get_by_text("2026-06-21 20:00:00").is_visible()

    signed_in.get_by_role("button", name="Pause").click()
    signed_in.get_by_text("paused").wait_for()
    signed_in.get_by_role("button", name="Resume").click()
    signed_in.get_by_role("button", name="Pause").wait_for()
    signed_in.get_by_role("button", name="Run now").click()
    signed_in.get_by_role("heading", name="echo").wait_for()
    signed_in.on("dialog", lambda dialog: dialog.accept())
    signed_in.goto("/console/schedules/hourly")
    signed_in.get_by_role("button", name="Delete").click()

    signed_in.get_by_text("No schedule on this page").wait_for()


def test_everything_is_reached_by_keyboard(page: Page, service: Service) -> None:
    job = service.world.submit()
    page.goto("/console")
    reached = [follow(page, "Tab") for _ in range(4)]
    page.keyboard.type(service.world.acme)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/jobs")
    reached += [follow(page, "Tab") for _ in range(12)]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/console/jobs/{job}")

    assert reached == [
        *("Skip to the content", "Claimcheck", "url", "key"),
        *(
            "Skip to the content",
            "Claimcheck",
            "Jobs",
            "Schedules",
            "Flows",
            "Job types",
            "Credits",
            "Usage",
            "Sign out",
        ),
        *("Filter", f"job.{job}", f"echo {job[-8:]}"),
    ]


def follow(page: Page, key: str) -> str:
    """Press a key, and return the name of what has the focus then."""
    page.keyboard.press(key)
    name: str = page.evaluate("document.activeElement.name || document.activeElement.innerText")
    return name


def test_every_page_is_accessible_and_fits(page: Page, service: Service) -> None:
    jobs = [
        service.world.submit("x" * 300, metadata={"a" * 40: "b" * 500}, type=name)
        for name in ("echo", "fail")
    ]
    body = {"type": "echo", "input": {"text": "a"}, "rate": "1 hour"}
    service.world.request("PUT", f"/v1/schedules/{LONG_NAME}", body)
    service.world.work()
    service.world.engine.credits.add_credits("acme", 12_345, service.world.clock.now(), "token")
    service.world.submit(type="costs", run_at="2026-06-22T10:00:00Z")
    waiting = service.world.submit("y", run_at="2026-06-22T10:00:00Z", unique_key="z" * 255)
    limits = {"concurrency": 3, "rate": {"starts": 5, "per_seconds": 1}, "paused": True}
    service.world.request("PUT", f"/v1/flows/{LONG_NAME}", limits)
    pages = [
        "jobs",
        f"bulk?action=retry&status=failed&counted_by={waiting}",
        "flows",
        "credits",
        "usage",
        "jobs?status=failed",
        *(f"jobs/{job}" for job in jobs),
        "jobs/none",
    ]
    pages += ["schedules", f"schedules/{LONG_NAME}", "types", "types/echo"]

    page.goto("/console")
    found = {"sign in": problems(page)}
    sign_in(page, service.world.acme)
    for place in pages:
        page.goto(f"/console/{place}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found[place] = problems(page)
    page.goto("/console/jobs")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Retry selected").click()
    page.get_by_role("heading", name="Retry selected jobs").wait_for()
    found["selected"] = problems(page)

    assert {place: wrong for place, wrong in found.items() if wrong} == {}


def problems(page: Page) -> list[str]:
    """Return what axe finds in each view, and whether the page is wider than the window."""
    page.evaluate(Axe().axe_script)
    found = []
    for view, (width, height, colours) in VIEWS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=colours)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{view}: too wide")
        violations = page.evaluate("async rules => (await axe.run(rules)).violations", RULES)
        found += [f"{view}: {each['id']}: {each['nodes'][0]['html'][:200]}" for each in violations]
    return found
