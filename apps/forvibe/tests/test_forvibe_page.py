"""Every example and every figure of Forvibe's page "Async jobs", compared with the API.

The page shortens ids and omits the contents of objects: those are compared by type.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from apps.forvibe.tests.world import LOCALIZE, REVIEW, SIMULATE, Review, rich
from claimcheck.domain.job import MINUTE, SECOND, Millis
from claimcheck.domain.keys import LIMIT
from claimcheck.domain.outcome import Fail
from claimcheck.installed import ENDPOINTS, load_catalog

if TYPE_CHECKING:
    from apps.forvibe.tests.world import ForvibeWorld
    from tests.kit.world import Answer

ACCEPTED = {
    "job_id": "df41...",
    "status": "pending",
    "type": "review_simulation",
    "poll_url": "/api/v1/jobs/df41...",
}
COMPLETED: dict[str, Any] = {
    "job_id": "df41...",
    "type": "review_simulation",
    "status": "completed",
    "progress": None,
    "result": {"overall_summary": {}, "metadata_review": {}},
    "error": None,
    "created_at": "2026-05-24T10:01:22Z",
    "updated_at": "2026-05-24T10:01:54Z",
}
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def kick_off(world: ForvibeWorld) -> Answer:
    """Return the page's first command, with its headers unchanged."""
    return world.request(
        "POST",
        SIMULATE,
        b"{}",
        authorization=f"Bearer {world.forvibe}",
        content_type="application/json",
    )


def as_printed(document: Any) -> Any:
    """Replace a real id by the page's."""
    match document:
        case dict():
            return {name: as_printed(value) for name, value in document.items()}
        case str():
            return ID.sub("df41...", document)
    return document


def test_the_202_is_the_page_s_field_by_field() -> None:
    answer = kick_off(rich())

    assert answer.status == 202
    assert as_printed(answer.headers["Location"]) == "/api/v1/jobs/df41..."
    assert answer.headers["Location"] == answer.json["poll_url"]
    assert list(as_printed(answer.json).items()) == list(ACCEPTED.items())


def work_for(world: ForvibeWorld, duration: Millis) -> str:
    """Run a simulation that takes this long."""
    job_id = str(kick_off(world).json["job_id"])
    world.clock.advance(duration)
    world.work()
    return job_id


def test_a_completed_job_is_the_page_s_field_by_field() -> None:
    world = rich()
    job_id = work_for(world, 32 * SECOND)

    row = world.request("GET", f"/api/v1/jobs/{job_id}", authorization=f"Bearer {world.forvibe}").json
    shown = as_printed(row)
    times = [shown.pop("created_at"), shown.pop("updated_at")]
    result = shown.pop("result")

    assert list(row) == list(COMPLETED)
    assert shown == {name: COMPLETED[name] for name in shown}
    assert {name: type(part) for name, part in result.items()} == {
        name: type(part) for name, part in COMPLETED["result"].items()
    }
    assert result == {name: REVIEW[name] for name in COMPLETED["result"]}
    # As far apart as on the page.
    assert times == ["2026-06-21T10:00:00Z", "2026-06-21T10:00:32Z"]
    assert all(TIME.fullmatch(each) for each in (*times, COMPLETED["created_at"], COMPLETED["updated_at"]))


def test_the_statuses_are_those_that_the_page_lists_and_in_its_order() -> None:
    def look(job: Any) -> None:
        seen.append(world.read(job.job_id).json["status"])

    seen: list[str] = []
    world = rich(look)
    job_id = str(kick_off(world).json["job_id"])
    seen.append(world.read(job_id).json["status"])
    world.work()
    seen.append(world.read(job_id).json["status"])

    assert seen == ["pending", "in_progress", "completed"]


def test_the_message_of_a_failed_job_explains_why() -> None:
    world = rich(lambda job: Fail("unreadable", "The listing cannot be read."))
    row = world.read(work_for(world, SECOND)).json

    assert row["status"] == "failed"
    assert row["error"]["message"] == "The listing cannot be read."
    assert list(row) == list(COMPLETED)
    assert row["result"] is None


def test_the_first_poll_comes_after_5_seconds_and_each_other_after_3_to_5() -> None:
    world = rich()
    accepted = kick_off(world)
    polls = [world.read(accepted.json["job_id"]) for _ in range(3)]

    assert accepted.headers["Retry-After"] == "5"
    assert {poll.headers["Retry-After"] for poll in polls} == {"3"}


def test_a_job_still_pending_after_2_minutes_says_so() -> None:
    world = rich()
    job_id = kick_off(world).json["job_id"]
    world.clock.advance(3 * MINUTE)

    answer = world.read(job_id)

    assert (answer.status, answer.json["status"]) == (200, "pending")


def test_each_poll_counts_as_one_of_120_requests_a_minute() -> None:
    world = rich()
    job_id = kick_off(world).json["job_id"]
    plain = world.key("acme", dialect="forvibe")

    answers = [world.read(job_id, key=plain).status for _ in range(LIMIT + 1)]
    refused = world.read(job_id, key=plain)
    world.clock.advance(MINUTE)

    assert answers == [200] * 120 + [429]
    assert refused.json["error"]["message"] == "This API key is limited to 120 requests a minute."
    assert world.read(job_id, key=plain).status == 200


def test_the_simulation_s_own_read_is_the_same_row_with_richer_fields() -> None:
    world = rich()
    job_id = work_for(world, SECOND)

    row = world.read(job_id).json
    richer = world.request("GET", f"/api/v1/simulations/{job_id}").json

    assert {name: richer[name] for name in row if name != "result"} == {
        name: row[name] for name in row if name != "result"
    }
    assert richer["codebase_review"] == richer["result"]["codebase_review"] == REVIEW["codebase_review"]
    assert richer["combined_findings"] == richer["result"]["combined_findings"] == ["price-in-title"]


@pytest.mark.parametrize(
    ("name", "path", "body", "cost", "paid"),
    [
        (
            "listing_localization",
            LOCALIZE,
            {"locales": ["de-DE", "ja"], "listing": {"name": "Trail Ledger"}},
            30,
            False,
        ),
        ("review_simulation", SIMULATE, {"listings": {"en-US": {"name": "Trail Ledger"}}}, 50, True),
    ],
)
def test_the_inventory_is_what_the_catalogue_has(
    name: str, path: str, body: dict[str, Any], cost: int, paid: bool
) -> None:
    found = load_catalog().newest(name)
    assert found is not None

    assert ENDPOINTS["forvibe"][path.replace("p-1", "{project_id}")] == name
    assert found.charge_for(body | {"project_id": "p-1"}) == cost
    assert found.paid_plan is paid


def test_the_inventory_is_served_at_its_price_and_to_its_plan() -> None:
    world = rich()
    free = world.key("acme", dialect="forvibe")

    refused = world.request("POST", SIMULATE, {}, key=free)
    world.accept(LOCALIZE, {"locales": ["de-DE", "ja"]}, key=free)
    world.accept(SIMULATE, {})

    assert refused.status == 403
    assert world.request("GET", "/api/v1/credits").json["credits"] == 1000 - 2 * 15 - 50


def test_a_client_written_from_the_page_gets_from_the_key_to_the_result() -> None:
    world = rich(lambda job: Review(**REVIEW))
    accepted = kick_off(world)
    url, pause = accepted.json["poll_url"], 5
    for _ in range(40):
        world.advance(pause * SECOND)
        row = world.request("GET", url).json
        if row["status"] in ("completed", "failed"):
            break
        pause = 3

    assert row["result"]["overall_summary"] == REVIEW["overall_summary"]
