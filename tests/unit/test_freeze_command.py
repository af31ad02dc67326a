"""A disabled key submits nothing any more, not even by the schedules that it stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from claimcheck import __main__ as admin
from claimcheck.authoring.catalog import Catalog
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import CANCELLED, HOUR, MINUTE
from claimcheck.domain.outcome import Fail
from claimcheck.domain.schedules import MAX_SCHEDULES
from claimcheck.http.admission import hash_key
from claimcheck.service import bulk, reader
from tests.kit.world import World, job_type

if TYPE_CHECKING:
    from claimcheck.bootstrap import Engine
    from claimcheck.domain.schedules import Schedule

HOURLY = {"rate": "1 hour", "type": "echo", "input": {"text": "hello"}}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()

    def engine(stack: str | None) -> Engine:
        return world.engine

    monkeypatch.setattr(admin, "_engine", engine)
    return world


def put(world: World, name: str, key: str) -> int:
    return world.request("PUT", f"/v1/schedules/{name}", HOURLY, key=key).status


def run(capsys: pytest.CaptureFixture[str], *command: str) -> Any:
    assert admin.main(list(command)) == 0
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_disabling_a_key_pauses_the_schedules_that_it_stored_last(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, other = world.key("acme"), world.key("acme")
    for name, key in [("a", mine), ("b", other), ("c", mine), ("c", other), ("d", other), ("d", mine)]:
        put(world, name, key)

    answer = run(capsys, "disable", "--id", hash_key(mine))
    world.advance(HOUR)

    assert answer["paused_schedules"] == ["a", "d"]
    assert len(world.store.all_jobs()) == 2
    assert run(capsys, "disable", "--id", hash_key(mine))["paused_schedules"] == []


def test_freezing_an_org_disables_its_keys_and_pauses_its_schedules(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    keys, globex = [world.key("acme"), world.key("acme", disabled=True)], world.key("globex")
    for name, key in [("a", keys[0]), ("b", world.acme), ("z", globex)]:
        put(world, name, key)
    put(world, "a", keys[0])

    answer = run(capsys, "freeze", "--org", "acme")
    world.advance(HOUR)

    assert answer["paused_schedules"] == ["a", "b"]
    assert sorted(answer["disabled_keys"]) == sorted([hash_key(keys[0]), hash_key(world.acme)])
    assert {world.request("GET", "/v1/jobs", key=key).status for key in [*keys, world.acme]} == {401}
    assert [job.org for job in world.store.all_jobs()] == ["globex"]


def test_freezing_an_org_cancels_its_bulk_jobs_and_no_others(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One of them has retried its first page of jobs, and the listing has several pages, too."""
    monkeypatch.setattr(bulk, "MAX_PAGE", 1)
    monkeypatch.setattr(reader, "MAX_PAGE", 1)
    world.handlers["echo"] = lambda given, job: Fail("no", "No.")
    world.rebuild(catalog=Catalog([job_type(), bulk.JOB_TYPE]), find_handler=world.handlers.get)
    failing = [world.submit() for _ in range(3)]
    world.work()
    world.clock.advance(1)
    done = start_bulk(world, world.acme, dry_run=True)
    world.work()
    started, waiting, other = (
        start_bulk(world, key) for key in (world.acme, world.acme, world.key("globex"))
    )
    world.engine.worker.run(started, lambda: HOUR)
    assert sum(world.job(each).retried_as is not None for each in failing) == 1

    answer = run(capsys, "freeze", "--org", "acme")
    world.work()

    assert sorted(answer["cancelled_bulk_jobs"]) == sorted([started, waiting])
    assert [world.job(each).error for each in (started, waiting)] == [CANCELLED] * 2
    assert [world.job(each).status for each in (done, other)] == ["completed"] * 2
    assert sum(world.job(each).retried_as is not None for each in failing) == 1


def start_bulk(world: World, key: str, *, dry_run: bool = False) -> str:
    body = {"action": "retry", "filter": {}, "dry_run": dry_run}
    return str(world.request("POST", "/v1/bulk", body, key=key).json["job_id"])


def test_a_disabled_key_can_store_a_schedule_for_a_minute_until_the_command_is_repeated(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    put(world, "a", world.acme)
    assert admin.main(["freeze", "--org", "acme"]) == 0
    assert "Repeat this command" in capsys.readouterr().err

    assert put(world, "b", world.acme) == 201
    world.advance(MINUTE)
    assert put(world, "c", world.acme) == 401
    assert run(capsys, "freeze", "--org", "acme")["paused_schedules"] == ["b"]
    world.advance(HOUR)

    assert world.store.all_jobs() == []


def test_an_org_has_at_most_so_many_schedules(world: World) -> None:
    key = world.key("acme", limit=1000)
    assert {put(world, f"s{number}", key) for number in range(MAX_SCHEDULES)} == {201}

    refused = world.request("PUT", "/v1/schedules/another", HOURLY, key=key)

    assert (refused.status, refused.json["code"]) == (422, "too_many_schedules")
    assert put(world, "s0", key) == 200
    assert put(world, "another", world.key("globex")) == 201
    world.request("DELETE", "/v1/schedules/s0", key=key)
    assert put(world, "another", key) == 201


def test_a_repeated_freeze_cancels_what_a_failed_one_has_left(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        put(world, name, world.acme)
    world.advance(HOUR - MINUTE)
    world.sweep()
    waiting = [job.job_id for job in world.store.all_jobs()]
    assert len(waiting) == 2
    with patch.object(world.engine.editor, "cancel", side_effect=Unavailable):
        assert admin.main(["freeze", "--org", "acme"]) == 1
    capsys.readouterr()

    run(capsys, "freeze", "--org", "acme")
    world.advance(HOUR)

    assert [world.job(job_id).error for job_id in waiting] == [CANCELLED] * 2


def test_a_schedule_that_is_deleted_meanwhile_stops_no_freeze(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a", "b"):
        put(world, name, world.acme)
    pause = world.engine.schedule_editor.pause

    def delete_first(org: str, name: str) -> Schedule:
        if name == "a":
            world.engine.schedule_editor._store.delete(pause(org, name))
        return pause(org, name)

    with patch.object(world.engine.schedule_editor, "pause", delete_first):
        run(capsys, "freeze", "--org", "acme")
    world.advance(HOUR)

    assert world.store.all_jobs() == []
