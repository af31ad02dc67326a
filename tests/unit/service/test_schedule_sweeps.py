"""Sweeps that fail, are repeated or missing: each slot has one job, and missed slots follow the schedule's
setting."""

from __future__ import annotations

import pytest

from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND
from claimcheck.domain.schedules import ScheduleKey
from tests.kit.schedule_world import (
    NIGHTLY,
    PATH,
    Stopping,
    every,
    overtaken,
    put,
    runs,
    submit_as_former_release,
)
from tests.kit.world import World, job_type

# Sweeps that fail or are repeated.


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("missed", ["skip", "run_once"])
def test_a_slot_whose_sweep_dies_is_submitted_once(after: bool, missed: str) -> None:
    world = World()
    every(world, "1 minute", missed=missed)
    world.engine.submission._jobs = world.engine.jobs._replace(store=Stopping(world.store, 1, after=after))
    start = world.clock.now()

    world.advance(10 * MINUTE)

    ran = sorted(job.run_at for job in world.store.all_jobs() if job.started_at)
    assert ran == [start + n * MINUTE for n in range(1, 11)]


def test_two_sweeps_at_once_submit_a_slot_once() -> None:
    world = World()
    put(world)
    with overtaken(world, world.sweep):
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


def test_a_slot_that_the_last_release_submitted_is_adopted() -> None:
    world = World()
    every(world, "1 minute")
    start = world.clock.now()
    job_id = submit_as_former_release(world, start + MINUTE)

    world.advance(2 * MINUTE + SECOND)
    listed = world.request("GET", f"{PATH}/jobs").json["jobs"]

    started = sorted(job.started_at for job in world.store.all_jobs() if job.started_at)
    assert started == [start + MINUTE, start + 2 * MINUTE]
    assert job_id in [each["job_id"] for each in listed]


# Missed slots.


def outage(world: World, duration: int) -> None:
    """Let time pass without sweeps."""
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
    world.engine.submission._jobs = world.engine.jobs._replace(store=Stopping(world.store, 1, after=True))

    world.advance(4 * MINUTE)

    assert len(runs(world)) == 1


def test_a_slot_that_ran_before_the_outage_does_not_count_for_the_missed() -> None:
    """A sweep of the last release died before it moved the schedule, so the schedule still looks due."""
    world = World()
    every(world, "10 minutes", missed="run_once")
    world.clock.advance(9 * MINUTE)
    submit_as_former_release(world, world.clock.now() + MINUTE)
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


@pytest.mark.parametrize("hours", [1, 2])
def test_a_slot_that_a_zones_new_rules_have_moved_runs_at_its_new_time_only(hours: int) -> None:
    world = World()
    put(world, paused=False)
    stored = world.store.schedules.read(NIGHTLY)
    assert stored is not None
    # The slot as the old rules had it.
    before = stored.evolve(next_at=stored.next_at - hours * HOUR + MINUTE, written_by="old rules")
    assert world.store.schedules.put(stored, before)

    world.advance(DAY + 3 * HOUR)

    assert runs(world) == ["2026-06-21T12:00:00Z", "2026-06-22T12:00:00Z"]
