"""Recurring schedules: every slot has one job, at its second, whatever clocks and callers do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from claimcheck.clock import rfc3339
from claimcheck.errors import Unavailable
from claimcheck.model import DAY, HOUR, MINUTE, SECOND, Job, Status
from claimcheck.schedules import LEAD, ScheduleKey
from claimcheck.service.submission import IdempotencyKey
from tests.unit.described import WatchedWorld
from tests.world import Answer, World, job_type

DAILY = {"cron": "0 12 * * *", "type": "echo", "input": {"text": "hello"}}
PATH = "/v1/schedules/nightly"
NIGHTLY = ScheduleKey("acme", "nightly")


def put(world: World, path: str = PATH, **changes: Any) -> Answer:
    body = DAILY | changes
    answer = world.request("PUT", path, {name: each for name, each in body.items() if each is not ...})
    assert answer.status in (200, 201), answer.text
    return answer


def every(world: World, rate: str, **changes: Any) -> Answer:
    return put(world, cron=..., rate=rate, **changes)


def runs(world: World) -> list[str]:
    """When each job was to start, and did, in UTC: a job that began at another time shows both."""
    jobs = sorted(world.store.all_jobs(), key=lambda job: job.run_at)
    return [_told(job) for job in jobs if job.started_at is not None]


def _told(job: Job) -> str:
    assert job.started_at is not None
    wanted, began = (rfc3339(at, fraction=False) for at in (job.run_at, job.started_at))
    return wanted if wanted == began else f"{wanted} at {began}"


def go_to(world: World, text: str) -> None:
    world.clock.advance_to(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND)


def shown(world: World) -> dict[str, Any]:
    answer = world.request("GET", PATH)
    assert answer.status == 200
    found: dict[str, Any] = answer.json
    return found


def test_a_schedule_is_stored_and_read() -> None:
    world = WatchedWorld()

    stored = put(world, timezone="Europe/Vienna", metadata={"a": "b"}, deadline_seconds=60, missed="run_once")
    read = world.request("GET", PATH)

    assert stored.status == 201
    assert stored.headers["Location"] == PATH
    assert stored.json == read.json
    assert read.json == {
        "name": "nightly",
        "cron": "0 12 * * *",
        "timezone": "Europe/Vienna",
        "rate": None,
        "type": "echo",
        "metadata": {"a": "b"},
        "missed": "run_once",
        "deadline_seconds": 60,
        "retention_seconds": None,
        "paused": False,
        # Ten o'clock in UTC is noon in Vienna: that was just now.
        "next_run_at": "2026-06-22T10:00:00.000Z",
        "last_run_at": None,
        "last_job_id": None,
        "last_error": None,
        "created_at": "2026-06-21T10:00:00.000Z",
        "updated_at": "2026-06-21T10:00:00.000Z",
    }


def test_each_slot_runs_at_its_second() -> None:
    world = World()
    world.clock.advance(17 * SECOND + 250)
    put(world)

    world.advance(3 * DAY)

    assert runs(world) == ["2026-06-21T12:00:00Z", "2026-06-22T12:00:00Z", "2026-06-23T12:00:00Z"]


def test_a_job_has_what_its_schedule_says() -> None:
    world = World()
    put(world, metadata={"a": "b"}, deadline_seconds=60, retention_seconds=120)
    world.advance(2 * HOUR)

    (job,) = world.store.all_jobs()

    assert (job.org, job.type, job.dialect, job.metadata) == ("acme", "echo", "canonical", {"a": "b"})
    assert (job.deadline - job.run_at, job.retention) == (MINUTE, 2 * MINUTE)
    assert job.status is Status.COMPLETED


@pytest.mark.parametrize("rate", ["1 minute", "90 seconds", "7 minutes"])
def test_rates_run_at_their_second_and_miss_none(rate: str) -> None:
    world = World()
    world.clock.advance(29 * SECOND)
    every(world, rate)
    start = world.clock.now()

    world.advance(HOUR)

    stored = world.store.schedules.read(NIGHTLY)
    period = stored.recurrence.period
    started = sorted(job.started_at for job in world.store.all_jobs() if job.started_at)
    assert started == list(range(start + period, start + HOUR + 1, period))


def test_when_clocks_go_forward_a_time_that_is_leapt_over_runs_when_they_have() -> None:
    world = World()
    go_to(world, "2027-03-27T12:00")
    put(world, cron="30 2 * * *", timezone="Europe/Vienna")

    world.advance(2 * DAY)

    assert runs(world) == ["2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"]


def test_when_clocks_go_back_a_time_that_comes_twice_runs_once() -> None:
    world = World()
    go_to(world, "2026-10-24T12:00")
    put(world, cron="30 2 * * *", timezone="Europe/Vienna")

    world.advance(2 * DAY)

    assert runs(world) == ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]


@pytest.mark.parametrize("night", ["2026-10-24T22:00", "2027-03-27T22:00"])
def test_hourly_runs_every_hour_through_both_nights(night: str) -> None:
    world = World()
    go_to(world, night)
    start = world.clock.now()
    put(world, cron="0 * * * *", timezone="Europe/Vienna")

    world.advance(6 * HOUR)

    started = [job.started_at for job in world.store.all_jobs()]
    assert sorted(started) == [start + n * HOUR for n in range(1, 7)]


def test_the_next_and_the_last_run_are_told_also_while_the_next_waits() -> None:
    world = World()
    put(world)

    world.advance(2 * HOUR - 30 * SECOND)
    before = shown(world)
    jobs = world.store.all_jobs()
    world.advance(30 * SECOND)
    after = shown(world)

    assert len(jobs) == 1, "submitted ahead"
    assert (before["last_run_at"], before["next_run_at"]) == (None, "2026-06-21T12:00:00.000Z")
    assert after["last_run_at"] == "2026-06-21T12:00:00.000Z"
    assert after["next_run_at"] == "2026-06-22T12:00:00.000Z"
    assert after["last_job_id"] == jobs[0].job_id


# Sweeps that fail, and those that come twice.


class Stopping:
    """A schedule store whose process dies before or after it writes, so many times."""

    def __init__(self, store: Any, times: int, *, after: bool) -> None:
        self._store = store
        self._times = times
        self._after = after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def put(self, old: Any, new: Any) -> bool:
        if self._times > 0:
            self._times -= 1
            if self._after:
                self._store.put(old, new)
            raise Unavailable
        stored: bool = self._store.put(old, new)
        return stored


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("missed", ["skip", "run_once"])
def test_a_slot_whose_schedule_was_not_moved_is_not_submitted_twice(after: bool, missed: str) -> None:
    world = World()
    every(world, "1 minute", missed=missed)
    world.engine.firing._store = Stopping(world.store.schedules, 3, after=after)
    start = world.clock.now()

    world.advance(10 * MINUTE)

    started = sorted(job.started_at for job in world.store.all_jobs() if job.started_at)
    assert started == [start + n * MINUTE for n in range(1, 11)]


def test_two_sweeps_at_once_submit_a_slot_once() -> None:
    world = World()
    put(world)
    firing, store = world.engine.firing, world.store.schedules

    class Overtaken(Stopping):
        """Between one sweep's submission and its write another sweep does everything."""

        def put(self, old: Any, new: Any) -> bool:
            firing._store = store
            world.sweep()
            moved: bool = store.put(old, new)
            return moved

    firing._store = Overtaken(store, 0, after=False)
    world.advance(2 * HOUR)

    assert len(world.store.all_jobs()) == 1
    assert runs(world) == ["2026-06-21T12:00:00Z"]


def test_a_schedule_that_breaks_the_sweep_stops_no_other() -> None:
    world = World(job_types=[job_type(), job_type("bad", price=lambda given: 1 // 0)])
    for number in range(40):
        put(world, f"/v1/schedules/good-{number}")
        schedule = world.store.schedules.read(ScheduleKey("acme", f"good-{number}"))
        bad = schedule.evolve(name=f"bad-{number}", type="bad")
        world.store.schedules.put(None, bad)

    world.advance(2 * HOUR)

    assert runs(world) == ["2026-06-21T12:00:00Z"] * 40


# Missed slots.


def outage(world: World, duration: int) -> None:
    """Nobody sweeps."""
    world.clock.advance(duration)


def test_slots_of_an_outage_are_skipped() -> None:
    world = World()
    every(world, "10 minutes", missed="skip")

    outage(world, HOUR + 5 * MINUTE)
    world.advance(10 * MINUTE)

    assert runs(world) == ["2026-06-21T11:10:00Z"]


def test_slots_of_an_outage_run_once_all_together() -> None:
    world = World()
    every(world, "10 minutes", missed="run_once")

    outage(world, HOUR + 5 * MINUTE)
    world.advance(10 * MINUTE)

    assert runs(world) == ["2026-06-21T11:06:00Z", "2026-06-21T11:10:00Z"]


@pytest.mark.parametrize("missed", ["skip", "run_once"])
def test_a_slot_that_is_less_than_a_minute_late_was_not_missed(missed: str) -> None:
    world = World()
    every(world, "10 minutes", missed=missed)

    outage(world, 10 * MINUTE + 30 * SECOND)
    world.sweep()
    world.work()

    assert runs(world) == ["2026-06-21T10:10:00Z at 2026-06-21T10:10:30Z"]


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        ("skip", ["2026-06-21T10:20:00Z at 2026-06-21T10:20:30Z"]),
        ("run_once", ["2026-06-21T10:20:00Z at 2026-06-21T10:20:30Z", "2026-06-21T10:20:30Z"]),
    ],
)
def test_what_was_missed_takes_no_slot_along_that_was_not(missed: str, expected: list[str]) -> None:
    world = World()
    every(world, "10 minutes", missed=missed)

    outage(world, 20 * MINUTE + 30 * SECOND)
    world.sweep()
    world.work()

    assert runs(world) == expected


def test_a_crash_after_the_job_for_all_missed_makes_no_second() -> None:
    world = World()
    every(world, "10 minutes", missed="run_once")
    outage(world, HOUR + 5 * MINUTE)
    world.engine.firing._store = Stopping(world.store.schedules, 2, after=False)

    world.advance(4 * MINUTE)

    assert runs(world) == ["2026-06-21T11:06:00Z"]


def test_a_slot_that_ran_before_the_outage_does_not_stand_for_the_missed() -> None:
    """Its sweep died before it could move the schedule, so it still looks due."""
    world = World()
    every(world, "10 minutes", missed="run_once")
    world.engine.firing._store = Stopping(world.store.schedules, 1, after=False)
    world.clock.advance(9 * MINUTE)
    world.sweep()
    world.clock.advance(MINUTE)
    world.work()

    outage(world, HOUR + 5 * MINUTE)
    world.advance(2 * MINUTE)

    assert runs(world) == ["2026-06-21T10:10:00Z", "2026-06-21T11:16:00Z"]


def test_an_outage_of_a_month_is_no_more_work_than_one_of_an_hour() -> None:
    world = World()
    every(world, "1 minute")

    outage(world, 30 * DAY)
    world.advance(MINUTE)

    assert len(world.store.all_jobs()) <= 4


# What callers do.


def test_a_paused_schedule_has_no_runs_and_goes_on_where_it_is_resumed() -> None:
    world = World()
    put(world)

    paused = world.request("POST", f"{PATH}/pause")
    world.advance(DAY)
    during = runs(world)
    resumed = world.request("POST", f"{PATH}/resume")
    world.advance(DAY)

    assert (paused.status, paused.json["paused"], paused.json["next_run_at"]) == (200, True, None)
    assert during == []
    assert resumed.json["next_run_at"] == "2026-06-22T12:00:00.000Z"
    assert runs(world) == ["2026-06-22T12:00:00Z"]


@pytest.mark.parametrize("stop", [("POST", f"{PATH}/pause"), ("DELETE", PATH)])
def test_a_schedule_that_is_stopped_just_before_its_slot_does_not_run(stop: tuple[str, str]) -> None:
    world = World()
    put(world)
    world.advance(2 * HOUR - 20 * SECOND)
    (waiting,) = world.store.all_jobs()

    answer = world.request(*stop)
    world.advance(HOUR)

    assert answer.status in (200, 204)
    assert world.job(waiting.job_id).error.code == "cancelled"  # type: ignore[union-attr]
    assert runs(world) == []


def test_a_pause_that_overtakes_a_sweep_withdraws_what_that_submitted() -> None:
    world = World()
    put(world)
    firing, store = world.engine.firing, world.store.schedules

    class Overtaken(Stopping):
        def put(self, old: Any, new: Any) -> bool:
            world.request("POST", f"{PATH}/pause")
            moved: bool = store.put(old, new)
            return moved

    firing._store = Overtaken(store, 0, after=False)
    world.advance(3 * HOUR)

    (job,) = world.store.all_jobs()
    assert job.error.code == "cancelled"
    assert shown(world)["paused"] is True


@pytest.mark.parametrize("by", ["resume", "put"])
def test_a_slot_that_was_cancelled_by_a_pause_does_not_come_back(by: str) -> None:
    world = World()
    put(world)
    world.advance(2 * HOUR - 20 * SECOND)

    world.request("POST", f"{PATH}/pause")
    resumed = world.request("POST", f"{PATH}/resume") if by == "resume" else put(world, paused=False)
    world.advance(HOUR)

    assert resumed.json["next_run_at"] == "2026-06-22T12:00:00.000Z"
    assert runs(world) == []


def test_a_schedule_that_is_made_anew_within_its_lead_repeats_no_slot() -> None:
    world = World()
    put(world)
    world.advance(2 * HOUR - 20 * SECOND)

    world.request("DELETE", PATH)
    put(world, input={"text": "another"})
    world.advance(HOUR)

    assert len(world.store.all_jobs()) == 1


def test_pausing_and_resuming_again_change_nothing() -> None:
    world = World()
    put(world)

    for action in ("resume", "pause", "pause", "resume", "resume"):
        before = world.store.schedules.read(NIGHTLY)
        world.request("POST", f"{PATH}/{action}")
        after = world.store.schedules.read(NIGHTLY)
        assert (before == after) == (before.paused == (action == "pause"))
        world.clock.advance(SECOND)


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


def test_stored_as_paused_within_its_lead_it_does_not_run() -> None:
    world = World()
    put(world)
    world.advance(2 * HOUR - 20 * SECOND)

    put(world, paused=True)
    world.advance(HOUR)

    assert runs(world) == []


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


def test_an_input_is_never_shown() -> None:
    world = World()
    answers = [put(world, input={"text": "the secret"})]
    answers += [world.request("GET", path) for path in (PATH, "/v1/schedules", f"{PATH}/jobs")]
    answers += [world.request("POST", f"{PATH}/{action}") for action in ("run", "pause", "resume")]

    assert all("the secret" not in answer.text for answer in answers)


# Refusals.


def test_a_refused_slot_is_told_and_the_next_one_runs() -> None:
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


def test_a_type_that_a_deploy_removed_is_told() -> None:
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
    """A client's key is kept as 64 hexadecimal digits, whatever it says."""
    world = World()
    put(world)
    slot = world.clock.now() + 2 * HOUR
    for text in (f"SLOT#nightly#{slot}", f"nightly#{slot}", "slot"):
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
