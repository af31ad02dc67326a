"""`GET /v1/credits`: what an org has left, for its own keys only."""

from __future__ import annotations

from typing import Any

from tests.kit.described import WatchedWorld
from tests.kit.world import echo, job_type


def test_credits_are_those_that_are_left() -> None:
    world = WatchedWorld({"echo": echo}, [job_type(price=lambda given: 30)])
    left: list[Any] = [world.request("GET", "/v1/credits").json]
    world.engine.credits.add_credits("acme", 45, world.clock.now(), "token")
    left.append(world.request("GET", "/v1/credits").json)
    world.submit()
    left.append(world.request("GET", "/v1/credits").json)

    assert left == [{"credits": 0}, {"credits": 45}, {"credits": 15}]
    assert world.request("GET", "/v1/credits", key=world.key("umbrella")).json == {"credits": 0}
