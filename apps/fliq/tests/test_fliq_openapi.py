"""Fliq's paths give every answer that the API's description lists, and no other."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from apps.fliq.dialect import DIALECT
from apps.fliq.tests.world import CHECK, Down, Gone, http_request, post, schedule, sender
from claimcheck.authoring.catalog import Catalog
from claimcheck.build.description import describe
from claimcheck.http.contract import BODY_LIMIT
from tests.kit.described import NOWHERE, Description, ask_in_every_way
from tests.kit.flows import full_flow
from tests.kit.world import Answer, World, job_type

if TYPE_CHECKING:
    from tests.kit.described import Seen

UNKNOWN = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"


@cache
def description() -> Description:
    return Description(describe([DIALECT], Catalog([http_request()])), "Fliq", ("error", "code"))


class Scheduler(World):
    """Serves only this dialect, checks every answer against the description, and records it in `seen`."""

    def __init__(self, **changes: Any) -> None:
        self.seen: set[Seen] = set()
        job_types = [http_request(**changes.pop("about", {}))]
        handlers = {"http_request": sender(self.receive)}
        super().__init__(job_types=job_types, handlers=handlers, dialects=(DIALECT,), **changes)

    def receive(self, body: str) -> str:
        for job in self.store.all_jobs():
            read(self, job.job_id)
        if body in ("down", "gone"):
            raise Down if body == "down" else Gone
        return body * (6_000_000 if body == "x" else 1)

    def request(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        answer = super().request(method, path, body, **more)
        self.seen.add(description().check(method, path, answer))
        return answer


def read(world: World, job_id: str, **more: Any) -> None:
    for path in ("", "/executions"):
        world.request("GET", f"/jobs/{job_id}{path}", **more)


def ask_everything(world: World, **more: Any) -> None:
    read(world, UNKNOWN, **more)
    world.request("GET", "/jobs", **more)
    post(world, **more)


def submit_in_every_way() -> set[Seen]:
    worlds = [Scheduler(), Scheduler(about={"price": lambda given: 1}), Scheduler(about={"paid_plan": True})]
    for world in worlds:
        post(world)
    world = worlds[0]
    for body in ("a", "a", "b"):
        post(world, {"url": CHECK, "body": body}, idempotency_key="k")
    world.expire()
    post(world, {"url": CHECK, "body": "a"}, idempotency_key="k")
    post(world, idempotency_key="")
    for _ in range(2):
        post(world, claimcheck_unique_key="u")
    post(world, claimcheck_flow=full_flow(world.store.flows))
    world.request("GET", "/jobs", query="limit=0")
    post(world, {})
    post(world, b"{")
    post(world, content_type="text/plain")
    post(world, b" " * (BODY_LIMIT + 1))
    return {seen for world in worlds for seen in world.seen}


def read_in_every_state() -> set[Seen]:
    world = Scheduler()
    job_ids = [schedule(world, body=body) for body in ("", "x", "down", "gone")]
    for job_id in [*job_ids, "no-uuid"]:
        read(world, job_id)
    world.work()
    for job_id in job_ids:
        read(world, job_id)
    world.request("GET", "/nowhere")
    world.request("PUT", "/jobs")
    return world.seen


def test_every_answer_that_is_described_is_given_and_no_other() -> None:
    seen = ask_in_every_way(Scheduler, ask_everything) | submit_in_every_way() | read_in_every_state()

    assert seen == set(description().everything()) | NOWHERE


@pytest.mark.parametrize(
    "body",
    [
        {"url": CHECK},
        {"url": CHECK, "scheduled_at": "2026-06-21T10:00:15.000Z"},
        {"url": CHECK, "scheduled_at": None},
        {"url": CHECK, "scheduled_at": "2026-06-21"},
        {"url": CHECK, "scheduled_at": 15},
        {"url": CHECK, "http_method": "GET"},
        {"url": CHECK, "http_method": "get"},
        {"url": CHECK, "method": "GET"},
        {"url": CHECK, "run_at": "2026-06-21T10:00:15.000Z"},
        {"url": CHECK, "max_retries": 0},
        {"url": CHECK, "max_retries": 21},
        {"url": CHECK, "max_retries": "3"},
        {"url": CHECK, "headers": {"a": "b"}},
        {"url": CHECK, "headers": {"a": 1}},
        {"url": CHECK, "body": {}},
        {"url": "x" * 101},
        {},
        [],
    ],
)
def test_the_schema_of_a_body_accepts_what_the_api_accepts(body: Any) -> None:
    answer = post(Scheduler(), body)

    assert answer.status in (202, 422)
    assert description().accepts("FliqHttpRequest", body) == (answer.status == 202)


def test_another_job_types_body_is_described_by_its_own_input() -> None:
    endpoints = {"fliq": {"/jobs": "http_request", "/echoes/{text}": "echo"}}
    document = describe([DIALECT], Catalog([http_request(), job_type()]), endpoints)

    [body] = document["paths"]["/echoes/{text}"]["post"]["requestBody"]["content"].values()
    shape = document["components"]["schemas"]["FliqEcho"]

    assert body["schema"] == {"$ref": "#/components/schemas/FliqEcho"}
    assert (set(shape["properties"]), shape["required"]) == ({"times", "scheduled_at"}, [])


def test_a_status_goes_with_the_fields_that_it_has() -> None:
    world = Scheduler()
    job = world.request("GET", f"/jobs/{schedule(world)}").json

    assert description().accepts("FliqJob", job)
    for name, wrong in {"status": "done", "error": {"code": "c", "message": "m"}, "result": {}}.items():
        assert not description().accepts("FliqJob", job | {name: wrong})
