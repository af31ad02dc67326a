"""Flows, credits and the default callback, against the whole service in memory."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claimcheck_client import ApiError
from clients.python.tests.kit import Service
from tests.kit.receiver import CallingWorld
from tests.kit.world import World

TOMORROW = datetime(2026, 6, 22, 12, tzinfo=UTC)


@pytest.fixture
def service() -> Service:
    return Service(World())


def test_a_flow_is_stored_and_read_and_listed(service: Service) -> None:
    flows = service.client.flows

    stored = flows.put("renderer", concurrency=3, rate={"starts": 5, "per_seconds": 1}, max_waiting=10)

    assert (stored["concurrency"], stored["rate"]) == (3, {"starts": 5, "per_seconds": 1, "burst": 1})
    assert flows.get("renderer") == {**stored, "running": 0, "waiting": 0}
    assert list(flows.list()) == [stored]


def test_jobs_of_a_flow_wait_for_it(service: Service) -> None:
    client = service.client
    client.flows.put("renderer", concurrency=1, paused=True)
    first, second = (client.submit("echo", {"text": text}, flow="renderer") for text in "ab")
    service.world.advance(1_000)

    assert second.refresh().document["waiting"] == {"flow": "renderer", "ahead": 1}
    assert client.flows.get("renderer")["waiting"] == 2
    assert {job.id for job in client.jobs(flow="renderer")} == {first.id, second.id}
    with pytest.raises(ApiError, match="flow_in_use"):
        client.flows.delete("renderer")
    client.flows.resume("renderer")
    assert (first.result(), second.result()) == ({"text": "a"}, {"text": "b"})


def test_a_flow_is_paused_and_resumed_and_deleted(service: Service) -> None:
    flows = service.client.flows
    flows.put("renderer", concurrency=1)

    paused, replaced, resumed = flows.pause("renderer"), flows.put("renderer"), flows.resume("renderer")
    flows.delete("renderer")
    flows.delete("renderer")

    assert (paused["paused"], replaced["paused"], resumed["paused"]) == (True, True, False)
    with pytest.raises(ApiError, match="flow_not_found"):
        flows.get("renderer")


def test_a_schedule_names_a_flow(service: Service) -> None:
    service.client.flows.put("renderer", concurrency=1)

    stored = service.client.schedules.put("hourly", "echo", {"text": "ab"}, rate="1 hour", flow="renderer")

    assert stored["flow"] == "renderer"


def test_the_credits_of_the_org_are_read(service: Service) -> None:
    for each in range(101):
        service.world.engine.credits.add_credits("acme", 10, service.world.clock.now(), f"bought-{each}")
        service.world.clock.advance(1_000)

    movements = list(service.client.ledger())

    assert service.client.credits() == sum(each["amount"] for each in movements) == 1010
    assert len(movements) == 101
    assert movements[-1] == {
        "at": "2026-06-21T10:00:00.000Z",
        "amount": 10,
        "reason": "added",
        "job_id": None,
    }


def test_a_default_callback_is_stored_and_read_and_deleted() -> None:
    service = Service(CallingWorld())
    callbacks = service.client.callbacks

    stored = callbacks.put_default("https://app.example.com/hooks", on="ended")
    read = callbacks.get_default()
    callbacks.delete_default()
    callbacks.delete_default()

    assert stored == read == {"url": "https://app.example.com/hooks", "on": "ended"}
    assert callbacks.get_default() is None
