"""Pause, resume and delete: a stopped schedule runs nothing, and a resumed one runs what is still to come."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import CANCELLED, DAY, HOUR, SECOND, Payload, Status
from tests.kit.schedule_world import NIGHTLY, PATH, Stopping, overtaken, put, runs
from tests.kit.world import World


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


def test_a_schedule_created_again_during_a_sweep_runs_its_slot_once_with_the_new_settings() -> None:
    world = World()
    put(world)

    def create_again() -> None:
        world.clock.advance(SECOND)
        world.request("DELETE", PATH)
        put(world, input={"text": "another"})

    with overtaken(world, create_again):
        world.advance(3 * HOUR)

    assert [job.result.text for job in world.store.all_jobs()] == ['{"text":"another"}']


@pytest.mark.parametrize("stop", [("POST", f"{PATH}/pause"), ("DELETE", PATH)])
def test_a_stop_that_overtakes_a_sweep_keeps_it_from_submitting(stop: tuple[str, str]) -> None:
    world = World()
    put(world)

    with overtaken(world, lambda: world.request(*stop)):
        world.advance(3 * HOUR)

    assert world.store.all_jobs() == []


@pytest.mark.parametrize("stop", [("POST", f"{PATH}/pause"), ("DELETE", PATH)])
@pytest.mark.parametrize("replaced", [False, True], ids=["stored once", "stored again"])
def test_a_sweep_that_dies_leaves_no_job_that_a_stop_does_not_find(
    stop: tuple[str, str], replaced: bool
) -> None:
    world = World()
    put(world)
    world.engine.submission._jobs = world.engine.jobs._replace(store=Stopping(world.store, 1, after=True))
    world.clock.advance(2 * HOUR - 70 * SECOND)
    world.sweep()
    submitted = len(world.store.all_jobs())

    if replaced:
        put(world, cron="30 * * * *")
    world.request(*stop)
    world.advance(HOUR)

    assert submitted == 1
    assert runs(world) == []


def test_a_schedule_replaced_during_a_sweep_and_then_deleted_runs_nothing() -> None:
    world = World()
    put(world)
    world.clock.advance(2 * HOUR - 70 * SECOND)
    with overtaken(world, lambda: put(world, cron="*/10 * * * *")):
        world.sweep()

    world.request("DELETE", PATH)
    world.advance(HOUR)

    assert runs(world) == []


@pytest.mark.parametrize("by", ["resume", "put"])
@pytest.mark.parametrize("ahead", [59, 20])
def test_a_schedule_that_is_resumed_before_its_slot_runs_it_once(by: str, ahead: int) -> None:
    world = World()
    put(world)
    world.advance(2 * HOUR - ahead * SECOND)

    for _ in range(2):
        world.request("POST", f"{PATH}/pause")
        resumed = world.request("POST", f"{PATH}/resume") if by == "resume" else put(world, paused=False)
        world.sweep()
    world.advance(HOUR)

    assert resumed.json["next_run_at"] == "2026-06-21T12:00:00.000Z"
    assert runs(world) == ["2026-06-21T12:00:00Z"]


def test_a_schedule_whose_pause_failed_halfway_and_that_is_resumed_runs_its_slot_once() -> None:
    world = World()
    put(world)
    world.advance(2 * HOUR - 59 * SECOND)
    with patch.object(world.store, "replace", side_effect=Unavailable):
        paused = world.request("POST", f"{PATH}/pause")

    world.request("POST", f"{PATH}/resume")
    world.advance(HOUR)

    assert paused.status == 503
    assert runs(world) == ["2026-06-21T12:00:00Z"]


@pytest.mark.parametrize("by", ["resume", "put"])
def test_a_deletion_spares_no_job_of_a_schedule_that_others_continue_meanwhile(by: str) -> None:
    world = World()
    put(world)
    world.clock.advance(2 * HOUR - 70 * SECOND)
    store, others = world.store.schedules, [True]

    def delete(schedule: Any) -> Any:
        if others:
            others.pop()
            world.request("POST", f"{PATH}/resume") if by == "resume" else put(world, paused=False)
            world.sweep()
        return type(store).delete(store, schedule)

    with patch.object(store, "delete", delete):
        deleted = world.request("DELETE", PATH)
    world.advance(HOUR)

    assert deleted.status == 204
    assert runs(world) == []


def test_a_pause_that_overlaps_a_resume_takes_no_slot_from_it() -> None:
    world = World()
    put(world)
    world.advance(2 * HOUR - 70 * SECOND)
    world.sweep()
    editor, others = world.engine.schedule_editor, [True]

    def cancel_waiting(*args: Any) -> None:
        if others:
            others.pop()
            world.request("POST", f"{PATH}/resume")
            world.sweep()
        type(editor).cancel_waiting(editor, *args)

    with patch.object(editor, "cancel_waiting", cancel_waiting):
        world.request("POST", f"{PATH}/pause")
    world.advance(HOUR)

    assert runs(world) == ["2026-06-21T12:00:00Z"]


def test_a_schedule_recreated_within_its_lead_runs_its_slot_once_with_the_new_settings() -> None:
    world = World()
    put(world)
    world.advance(2 * HOUR - 20 * SECOND)

    world.request("DELETE", PATH)
    put(world, input={"text": "another"})
    world.advance(HOUR)

    ended = [(job.status, job.error or job.result) for job in world.store.all_jobs()]
    assert sorted(status for status, _ in ended) == ["completed", "failed"]
    assert (Status.FAILED, CANCELLED) in ended
    assert [result.text for _, result in ended if isinstance(result, Payload)] == ['{"text":"another"}']


def test_pausing_and_resuming_again_change_nothing() -> None:
    world = World()
    put(world)

    for action in ("resume", "pause", "pause", "resume", "resume"):
        before = world.store.schedules.read(NIGHTLY)
        world.request("POST", f"{PATH}/{action}")
        after = world.store.schedules.read(NIGHTLY)
        assert (before == after) == (before.paused == (action == "pause"))
        world.clock.advance(SECOND)


def test_stored_as_paused_within_its_lead_it_does_not_run() -> None:
    world = World()
    put(world)
    world.advance(2 * HOUR - 20 * SECOND)

    put(world, paused=True)
    world.advance(HOUR)

    assert runs(world) == []
