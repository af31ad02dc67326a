"""Requests about schedules, also shortly before a slot, and refusals of a slot."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import DAY, HOUR, MINUTE
from claimcheck.domain.schedules import LEAD
from claimcheck.service.submission import IdempotencyKey
from tests.kit.described import WatchedWorld
from tests.kit.receiver import CallingWorld
from tests.kit.schedule_world import DAILY, PATH, every, put, runs, shown
from tests.kit.world import World, job_type

# Requests.


def test_a_run_by_hand_is_listed_when_its_request_is_repeated() -> None:
    world = World()
    put(world)

    with patch.object(world.store.schedules, "record", side_effect=Unavailable):
        first = world.request("POST", f"{PATH}/run", idempotency_key="k")
    again = world.request("POST", f"{PATH}/run", idempotency_key="k")
    listed = world.request("GET", f"{PATH}/jobs").json["jobs"]

    assert first.json["job_id"] == again.json["job_id"]
    assert [each["job_id"] for each in listed] == [first.json["job_id"]]


def test_replacing_keeps_when_it_was_made_and_what_it_went_through() -> None:
    world = World()
    put(world)
    world.advance(3 * HOUR)
    before = shown(world)

    again = put(world, cron="30 * * * *", input={"text": "another"})
    world.advance(HOUR)
    after = shown(world)

    assert again.status == 200
    assert "Location" not in again.headers
    assert again.json["created_at"] == before["created_at"]
    assert again.json["updated_at"] == "2026-06-21T13:00:00.000Z"
    assert again.json["last_job_id"] == before["last_job_id"]
    assert after["last_run_at"] == "2026-06-21T13:30:00.000Z"


def test_the_same_schedule_stored_again_changes_no_slot() -> None:
    world = World()
    every(world, "10 minutes")

    for _ in range(12):
        world.advance(5 * MINUTE)
        every(world, "10 minutes")

    assert runs(world) == [f"2026-06-21T10:{minute}:00Z" for minute in (10, 20, 30, 40, 50)] + [
        "2026-06-21T11:00:00Z"
    ]


def test_another_rate_counts_from_when_it_was_stored() -> None:
    world = World()
    every(world, "10 minutes")
    world.advance(5 * MINUTE)

    again = every(world, "20 minutes")

    assert again.json["next_run_at"] == "2026-06-21T10:25:00.000Z"


def test_storing_leaves_a_paused_schedule_paused_unless_it_says_otherwise() -> None:
    world = World()

    paused = [put(world, paused=value).json["paused"] for value in (True, ..., None, False, ..., True)]

    assert paused == [True, True, True, False, False, True]


def test_a_run_by_hand_starts_now_and_changes_no_slot() -> None:
    world = World()
    put(world)

    accepted = world.request("POST", f"{PATH}/run")
    world.work()
    by_hand = runs(world)
    world.advance(2 * HOUR)

    assert accepted.status == 202
    assert accepted.headers["Location"] == accepted.json["poll_url"]
    assert by_hand == ["2026-06-21T10:00:00Z"]
    assert runs(world) == ["2026-06-21T10:00:00Z", "2026-06-21T12:00:00Z"]


def test_a_run_by_hand_can_be_repeated_with_its_key() -> None:
    world = World()
    put(world)

    first, second = (world.request("POST", f"{PATH}/run", idempotency_key="k") for _ in range(2))

    assert first.json == second.json
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(world.request("GET", f"{PATH}/jobs").json["jobs"]) == 1


def test_a_paused_schedule_can_be_run_by_hand() -> None:
    world = World()
    put(world, paused=True)

    assert world.request("POST", f"{PATH}/run").status == 202
    assert shown(world)["paused"] is True


def test_a_schedules_jobs_are_listed_newest_first_and_page_by_page() -> None:
    world = WatchedWorld()
    every(world, "10 minutes", retention_seconds=86_400)
    put(world, "/v1/schedules/another")
    world.submit()
    world.advance(31 * MINUTE)
    by_hand = world.request("POST", f"{PATH}/run").json["job_id"]

    whole = world.request("GET", f"{PATH}/jobs").json
    pages, cursor = [], ""
    while True:
        page = world.request("GET", f"{PATH}/jobs", query=f"limit=1{cursor}").json
        pages += page["jobs"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    listed = [job["run_at"][11:16] for job in whole["jobs"]]
    assert listed == ["10:31", "10:30", "10:20", "10:10"]
    assert whole["jobs"][0]["job_id"] == by_hand
    assert whole["next_cursor"] is None
    assert pages == whole["jobs"]


def test_schedules_are_listed_by_name_page_by_page_and_each_orgs_are_its_own() -> None:
    world = WatchedWorld()
    for name in ("c", "a", "B", "b"):
        put(world, f"/v1/schedules/{name}")
    other = world.key("umbrella")

    pages, cursor = [], ""
    while True:
        page = world.request("GET", "/v1/schedules", query=f"limit=1{cursor}").json
        pages += [each["name"] for each in page["schedules"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert pages == ["B", "a", "b", "c"]
    assert world.request("GET", "/v1/schedules", key=other).json == {"schedules": [], "next_cursor": None}
    assert world.request("GET", "/v1/schedules/a", key=other).status == 404


@pytest.mark.parametrize(
    ("method", "below"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/jobs"),
        ("POST", "/run"),
        ("POST", "/pause"),
        ("POST", "/resume"),
    ],
)
def test_a_name_that_no_schedule_can_have_is_not_looked_for(method: str, below: str) -> None:
    """DynamoDB refuses keys of more than 1,024 bytes."""
    world = World()

    with patch.object(world.store.schedules, "read", side_effect=RuntimeError("asked")):
        answer = world.request(method, f"/v1/schedules/{'x' * 1100}{below}")

    assert (answer.status, answer.json["code"]) == (404, "schedule_not_found")


def test_an_input_is_never_shown() -> None:
    world = World()
    answers = [put(world, input={"text": "the secret"})]
    answers += [world.request("GET", path) for path in (PATH, "/v1/schedules", f"{PATH}/jobs")]
    answers += [world.request("POST", f"{PATH}/{action}") for action in ("run", "pause", "resume")]

    assert all("the secret" not in answer.text for answer in answers)


# Refusals.


def test_a_refused_slot_is_shown_and_the_next_one_runs() -> None:
    world = World(job_types=[job_type(price=lambda given: 10)])
    put(world)
    world.advance(2 * HOUR)
    refused = shown(world)

    world.engine.credits.add_credits("acme", 10, world.clock.now(), "t")
    world.advance(DAY)
    after = shown(world)

    assert refused["last_error"] == {
        "run_at": "2026-06-21T12:00:00.000Z",
        "code": "insufficient_credits",
        "message": "This needs 10 credits, and 0 are left.",
    }
    assert refused["next_run_at"] == "2026-06-22T12:00:00.000Z"
    assert runs(world) == ["2026-06-22T12:00:00Z"]
    assert after["last_error"] is None


def test_a_type_that_a_deploy_removed_is_shown() -> None:
    old = World(job_types=[job_type(), job_type("other")])
    put(old)
    new = World(store=old.store, job_types=[job_type("other")])

    new.advance(2 * HOUR)

    error = shown(new)["last_error"]
    assert (error["code"], error["message"]) == (
        "invalid_fields",
        "/type: unknown job type; known are other",
    )


def test_a_plan_counts_as_that_of_the_key_that_stored_the_schedule() -> None:
    world = World(job_types=[job_type(paid_plan=True)])
    paid = world.key("acme", plan="paid")

    refused = world.request("PUT", PATH, DAILY)
    stored = world.request("PUT", PATH, DAILY, key=paid)
    world.advance(2 * HOUR)

    assert (refused.status, refused.json["code"]) == (403, "plan_required")
    assert stored.status == 201
    assert runs(world) == ["2026-06-21T12:00:00Z"]


# Keys.


def test_no_key_of_a_client_reaches_a_slot() -> None:
    """A client's key is stored as 64 hexadecimal digits."""
    world = World()
    put(world)
    slot = world.clock.now() + 2 * HOUR
    for text in (f"SLOT#nightly#{world.clock.now()}#{slot}", f"nightly#{slot}", "slot"):
        key = IdempotencyKey.of(text, "canonical")
        assert key is not None
        assert set(key.key_hash) <= set("0123456789abcdef")
        world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": "x"}}, idempotency_key=text)

    world.advance(2 * HOUR + LEAD)

    assert runs(world).count("2026-06-21T12:00:00Z") == 1


def test_the_same_slot_of_two_schedules_and_of_two_orgs_are_different_ones() -> None:
    world = World()
    put(world)
    put(world, "/v1/schedules/another")
    world.request("PUT", PATH, DAILY, key=world.key("umbrella"))

    world.advance(2 * HOUR)

    assert sorted(job.org for job in world.store.all_jobs()) == ["acme", "acme", "umbrella"]
    assert runs(world) == ["2026-06-21T12:00:00Z"] * 3


def test_a_run_that_was_asked_for_is_the_same_one_after_the_schedule_is_deleted() -> None:
    world = World()
    put(world)
    first = world.request("POST", f"{PATH}/run", idempotency_key="k")
    world.request("DELETE", PATH)

    again = world.request("POST", f"{PATH}/run", idempotency_key="k")

    assert (again.status, again.json) == (202, first.json)


def test_a_run_that_is_asked_for_can_have_a_callback() -> None:
    world = CallingWorld()
    put(world)
    hook = "https://app.example.com/hook"

    asked = world.request("POST", f"{PATH}/run", claimcheck_callback_url=hook, idempotency_key="k")
    without = world.request("POST", f"{PATH}/run", idempotency_key="k")

    assert asked.json["callback"]["url"] == hook
    assert without.json["code"] == "idempotency_key_reused"
