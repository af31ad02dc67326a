"""Schedules, against the whole service in memory."""

from __future__ import annotations

import pytest

from claimcheck_client import ApiError
from clients.python.tests.kit import Service
from tests.kit.world import World


@pytest.fixture
def service() -> Service:
    return Service(World())


def test_a_schedule_is_stored_and_read_and_listed(service: Service) -> None:
    schedules = service.client.schedules

    stored = schedules.put("hourly", "echo", {"text": "ab"}, cron="0 * * * *", metadata={"a": "b"})

    assert stored["next_run_at"] == "2026-06-21T11:00:00.000Z"
    read = schedules.get("hourly")
    assert (stored.items() <= read.items(), read["upcoming"][0]) == (True, stored["next_run_at"])
    assert list(schedules.list()) == [stored]


def test_a_schedule_is_paused_and_resumed_and_deleted(service: Service) -> None:
    schedules = service.client.schedules
    schedules.put("hourly", "echo", {"text": "ab"}, rate="1 hour")

    paused, resumed = schedules.pause("hourly"), schedules.resume("hourly")
    schedules.delete("hourly")

    assert (paused["paused"], resumed["paused"]) == (True, False)
    with pytest.raises(ApiError, match="schedule_not_found"):
        schedules.get("hourly")


def test_a_repeated_delete_is_no_error(service: Service) -> None:
    service.client.schedules.delete("hourly")

    reader = service.client_with(service.world.key("acme", scopes=("jobs:read",)))
    with pytest.raises(ApiError, match="missing_scope"):
        reader.schedules.delete("hourly")


def test_a_schedule_runs_now_and_lists_its_jobs(service: Service) -> None:
    schedules = service.client.schedules
    schedules.put("hourly", "echo", {"text": "ab"}, cron="0 * * * *")

    job = schedules.run("hourly")

    assert job.result() == {"text": "ab"}
    assert [each.id for each in schedules.jobs("hourly")] == [job.id]
