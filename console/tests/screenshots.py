"""Take the pictures of docs/howto/console.md: `make screenshots`."""

from __future__ import annotations

import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from claimcheck.authoring import Again, Fail, Retry
from claimcheck.domain.job import HOUR, MINUTE, SECOND
from claimcheck.service import bulk
from console.tests.kit import Service, serving
from tests.kit.browser import chromium
from tests.kit.deployment import PROJECT
from tests.kit.world import World, echo, job_type

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PLACE = PROJECT / "docs/howto/console"
DESKTOP = {"viewport": {"width": 1000, "height": 560}}
PHONE = {"viewport": {"width": 360, "height": 560}, "color_scheme": "dark"}


def render(given: Any, job: Any) -> Again:
    job.progress(42, 60, "frame 42 of 60")
    return Again(after=30)


def translate(given: Any, job: Any) -> Any:
    """Succeed at the second attempt."""
    if job.attempt == 1:
        raise Retry(after=4, message="The translator asked to wait.", code="rate_limited")
    return {"text": "Der Fuchs springt über den Hund."}


def fail(given: Any, job: Any) -> None:
    raise Fail("upstream_down", "The archive returned 503 to three requests.")


def filled(folder: Path) -> tuple[Service, str]:
    """Return a service with a day's work, and the job to show."""
    handlers: dict[str, Any] = {
        "text_statistics": echo,
        "scene_render": render,
        "caption_translation": translate,
        "archive_import": fail,
    }
    world = World(handlers=handlers, job_types=[*map(job_type, handlers), bulk.JOB_TYPE])
    service = Service.of(world, folder)
    for order in range(6731, 6741):
        name = "archive_import" if order % 5 == 0 else "text_statistics"
        world.submit(type=name, metadata={"order": str(order)})
        world.advance(7 * MINUTE + 3 * SECOND)
    shown = world.submit(type="caption_translation", metadata={"order": "6741", "language": "de"})
    world.advance(9 * SECOND)
    world.submit(type="scene_render", metadata={"order": "6742"})
    world.advance(2 * SECOND)
    world.submit(type="text_statistics", metadata={"order": "6743"}, run_at="2026-06-21T12:30:00Z")
    world.clock.advance(HOUR // 60)
    return service, shown


def take(browser: Browser, url: str, service: Service, page: str, file: str, view: dict[str, Any]) -> None:
    with browser.new_context(base_url=url, **view) as context:
        shown = context.new_page()
        shown.goto("/console")
        shown.get_by_label("API key").fill(service.world.acme)
        shown.get_by_role("button", name="Sign in").click()
        shown.wait_for_url("**/console/jobs")
        shown.goto(f"/console/{page}")
        # The address of this run is not that of the reader.
        shown.evaluate("document.querySelector('footer').remove()")
        shown.screenshot(path=PLACE / file)


def main() -> None:
    PLACE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        with redirect_stdout(None):  # its logs
            service, job = filled(Path(folder))
        with serving(service) as url, chromium() as browser:
            take(browser, url, service, "jobs", "jobs.png", DESKTOP)
            take(browser, url, service, f"jobs/{job}", "job.png", DESKTOP)
            take(browser, url, service, "jobs", "phone.png", PHONE)


if __name__ == "__main__":
    main()
