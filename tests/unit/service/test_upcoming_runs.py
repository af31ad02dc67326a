"""The times of a schedule's next runs: those that then come."""

from __future__ import annotations

from typing import Any

import pytest

from claimcheck.domain.job import DAY, HOUR, MINUTE
from tests.kit.schedule_world import PATH, put, runs
from tests.kit.world import World


def upcoming(world: World) -> Any:
    return world.request("GET", PATH).json["upcoming"]


@pytest.mark.parametrize(
    "when", [{"cron": "0 */6 * * *", "timezone": "Asia/Kolkata"}, {"cron": None, "rate": "7 hours"}]
)
def test_the_next_ten_runs_are_those_that_come(when: dict[str, Any]) -> None:
    world = World()
    put(world, **when)
    shown = upcoming(world)

    for _ in range(24 * 4):
        world.advance(HOUR)

    assert len(shown) == 10
    assert [at.replace(".000Z", "Z") for at in shown] == runs(world)[:10]


def test_a_run_whose_job_waits_already_is_the_first() -> None:
    world = World()
    put(world)
    before = upcoming(world)
    world.advance(2 * HOUR - MINUTE)

    assert len(world.store.all_jobs()) == 1
    assert upcoming(world) == before


def test_a_paused_schedule_has_no_next_runs() -> None:
    world = World()
    put(world)
    world.request("POST", f"{PATH}/pause")

    assert upcoming(world) == []


def test_missed_slots_are_one_run_at_most() -> None:
    world = World()
    put(world, missed="run_once")
    world.clock.advance(3 * DAY)  # without a sweep

    first, second, *_ = upcoming(world)

    assert first == "2026-06-21T12:00:00.000Z"
    assert second > "2026-06-24"


def test_the_first_is_the_next_run_of_every_document() -> None:
    world = World()
    put(world)

    [listed] = world.request("GET", "/v1/schedules").json["schedules"]

    assert upcoming(world)[0] == listed["next_run_at"]
    assert "upcoming" not in listed
