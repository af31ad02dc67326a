"""Recurring schedules: every slot has one job, at its second, across clock changes."""

from __future__ import annotations

import pytest

from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND, Status
from tests.kit.described import WatchedWorld
from tests.kit.schedule_world import NIGHTLY, PATH, every, go_to, put, runs, shown
from tests.kit.world import World


def test_a_schedule_is_stored_and_read() -> None:
    world = WatchedWorld()

    stored = put(world, timezone="Europe/Vienna", metadata={"a": "b"}, deadline_seconds=60, missed="run_once")
    read = world.request("GET", PATH)

    assert stored.status == 201
    assert stored.headers["Location"] == PATH
    assert read.json == stored.json | {"upcoming": read.json["upcoming"]}
    assert stored.json == {
        "name": "nightly",
        "cron": "0 12 * * *",
        "timezone": "Europe/Vienna",
        "rate": None,
        "type": "echo",
        "metadata": {"a": "b"},
        "missed": "run_once",
        "overlap": "allow",
        "start_by_seconds": None,
        "flow": None,
        "deadline_seconds": 60,
        "retention_seconds": None,
        "callback_url": None,
        "paused": False,
        # Ten o'clock in UTC is noon in Vienna, which is now.
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


def test_a_time_skipped_by_a_clock_change_runs_after_the_change() -> None:
    world = World()
    go_to(world, "2027-03-27T12:00")
    put(world, cron="30 2 * * *", timezone="Europe/Vienna")

    world.advance(2 * DAY)

    assert runs(world) == ["2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"]


def test_a_time_repeated_by_a_clock_change_runs_once() -> None:
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


def test_the_next_and_the_last_run_are_shown_also_while_the_next_waits() -> None:
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
