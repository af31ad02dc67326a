"""What `make smoke` prints about an API that does not work."""

from __future__ import annotations

from typing import Any

from deploy.smoke import STEPS, Walk, walk_through
from tests.kit.upstream import Upstream, reply
from tests.kit.world import World


def test_an_api_without_an_answer_fails_each_promise_instead_of_the_command() -> None:
    engine: Any = World().engine

    with Upstream() as broken:
        url = broken.at("/openapi.json", reply(500), reply(500)).removesuffix("/openapi.json")
        walk = Walk(url, engine)
        with walk.client:
            lines = list(walk_through(walk, STEPS[:2]))

    assert [kept for _, kept in lines] == [False, False]
    assert lines[0][0].startswith(
        "FAILED   a job is accepted, runs on a worker and is served: GET /openapi.json returned 500"
    )
