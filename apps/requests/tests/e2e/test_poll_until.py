"""A poll of a third party, deployed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.kit.upstream import Upstream, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.client import Client

PATIENCE = 60.0


@pytest.fixture
def client(client_of: Callable[..., Client]) -> Client:
    return client_of("polls-a-third-party")


def test_a_third_party_is_started_and_polled_until_it_is_done(client: Client, upstream: Upstream) -> None:
    upstream.at("/renders", reply(202, json.dumps({"task_id": "a b"}).encode()))
    busy, done = (json.dumps({"status": word, "url": "/movie"}).encode() for word in ("busy", "done"))
    upstream.at("/renders/a%20b", reply(200, busy), reply(503), reply(200, done))
    job_id = client.submit(
        "poll_until",
        {
            "start": {"url": f"{upstream.url}/renders", "method": "POST"},
            "poll": {"url": f"{upstream.url}/renders/{{{{start.body.task_id}}}}"},
            "until": "body.status == 'done'",
            "result": "body.url",
            "every": 1,
        },
    )

    job = client.ended(job_id, within=PATIENCE)
    executions = client.executions(job_id)

    assert job["result"] == {"status": 200, "output": "/movie", "polls": 3}
    assert upstream.requests[0].headers["idempotency-key"] == job_id
    assert len(executions) == 4
