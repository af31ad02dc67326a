"""`GET /v1/credits` and `/v1/credits/ledger`: what an org has left, and why, for its own keys only."""

from __future__ import annotations

from typing import Any

import pytest

from claimcheck.authoring import Fail
from claimcheck.domain.job import SECOND
from tests.kit.described import WatchedWorld
from tests.kit.world import echo, job_type


def fail(given: Any, job: Any) -> None:
    raise Fail("upstream_down", "No.")


def priced() -> WatchedWorld:
    job_types = [job_type(name, price=lambda given: 30) for name in ("echo", "fail")]
    return WatchedWorld({"echo": echo, "fail": fail}, job_types)


def add(world: WatchedWorld, amount: int) -> None:
    world.engine.credits.add_credits("acme", amount, world.clock.now(), f"token-{amount}")


def ledger(world: WatchedWorld, query: str = "", **more: Any) -> Any:
    return world.request("GET", "/v1/credits/ledger", query=query, **more).json


def test_credits_are_those_that_are_left() -> None:
    world = priced()
    left: list[Any] = [world.request("GET", "/v1/credits").json]
    add(world, 45)
    left.append(world.request("GET", "/v1/credits").json)
    world.submit()
    left.append(world.request("GET", "/v1/credits").json)

    assert left == [{"credits": 0}, {"credits": 45}, {"credits": 15}]
    assert world.request("GET", "/v1/credits", key=world.key("umbrella")).json == {"credits": 0}


def test_the_ledger_has_each_movement_newest_first() -> None:
    world = priced()
    add(world, 45)
    world.clock.advance(SECOND)
    job_id = world.submit(type="fail")
    world.clock.advance(SECOND)
    world.work()

    assert ledger(world) == {
        "movements": [
            {"at": "2026-06-21T10:00:02.000Z", "amount": 30, "reason": "refunded", "job_id": job_id},
            {"at": "2026-06-21T10:00:01.000Z", "amount": -30, "reason": "charged", "job_id": job_id},
            {"at": "2026-06-21T10:00:00.000Z", "amount": 45, "reason": "added", "job_id": None},
        ],
        "next_cursor": None,
    }


def test_the_ledger_is_read_in_pages_and_shows_no_other_orgs_movements() -> None:
    world = priced()
    for amount in (1, 2, 3, 4, 5):
        add(world, amount)
        world.clock.advance(SECOND)
    pages = [ledger(world, "limit=2")]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(ledger(world, f"limit=2&cursor={cursor}"))
    elsewhere = ledger(world, f"cursor={pages[0]['next_cursor']}", key=world.key("umbrella"))

    assert [[each["amount"] for each in page["movements"]] for page in pages] == [[5, 4], [3, 2], [1]]
    assert elsewhere == {"movements": [], "next_cursor": None}


@pytest.mark.parametrize("query", ["limit=0", "cursor=!", "reason=added"])
def test_an_unknown_page_of_the_ledger_is_refused(query: str) -> None:
    answer = priced().request("GET", "/v1/credits/ledger", query=query)

    assert (answer.status, answer.json["code"]) == (422, "invalid_fields")
    assert [each["parameter"] for each in answer.json["errors"]] == [query.partition("=")[0]]
