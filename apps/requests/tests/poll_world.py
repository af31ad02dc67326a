"""A world that polls third parties, and the state of such jobs."""

from __future__ import annotations

import json
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from apps.requests.handlers.poll_until import handle
from apps.requests.job_types.poll_until import JOB_TYPE
from claimcheck.domain.job import MINUTE
from claimcheck.outbound import Outbound
from tests.kit.http_world import served
from tests.kit.upstream import reply
from tests.kit.world import World

if TYPE_CHECKING:
    from tests.kit.upstream import Act

DONE = "body.status == 'done'"


def poll_world(outbound: Outbound | None = None) -> World:
    world = World(job_types=[JOB_TYPE], handlers={"poll_until": handle})
    world.rebuild(outbound=outbound or Outbound(allow_loopback=True))
    return world


def says(document: Any, status: int = 200, **headers: str) -> Act:
    return reply(status, json.dumps(document).encode(), {"Content-Type": "application/json", **headers})


RUNNING, FINISHED = says({"status": "running"}), says({"status": "done", "result": {"url": "https://cdn"}})


def submit(world: World, url: str = "", **fields: Any) -> str:
    """Submit a job that polls this URL, and return its id; `deadline` and `run_at` are the job's own."""
    own = {name: fields.pop(name) for name in ("deadline", "run_at") if name in fields}
    given = {"poll": {"url": url}, "until": DONE} | fields
    answer = world.request("POST", "/v1/jobs", {"type": "poll_until", "input": given} | own)
    assert answer.status == 202, answer.text
    return str(answer.json["job_id"])


def read(world: World, job_id: str) -> Any:
    return world.request("GET", f"/v1/jobs/{job_id}").json


def executions(world: World, job_id: str) -> list[dict[str, Any]]:
    """Return the executions, oldest first."""
    return list(world.request("GET", f"/v1/jobs/{job_id}/executions").json["executions"][::-1])


def errors(world: World, **fields: Any) -> dict[str, str]:
    """Return the errors of an input, by pointer."""
    given = {"poll": {"url": "https://api.example.com/"}, "until": DONE} | fields
    answer = world.request("POST", "/v1/jobs", {"type": "poll_until", "input": given})
    assert answer.status == 422, answer.text
    return {each["pointer"]: each["message"] for each in answer.json["errors"]}


def drive(there: World, start: dict[str, Any], poll: str, expressions: dict[str, str], at: int = 3) -> Any:
    """Start something at another API and poll it. Returns the job's end and its executions.

    The other API's worker runs only after the poll of number `at`.
    """
    here = poll_world()
    # Its worker runs in the server's thread, which gets no signal.
    there.rebuild(timer=lambda duration: nullcontext())
    asked = 0

    def after_each() -> None:
        nonlocal asked
        asked += 1
        there.clock.advance_to(here.clock.now())
        if asked > at:
            there.work()

    with served(there, after_each) as url:
        job_id = submit(
            here,
            start=start | {"url": url + start["url"], "body": json.dumps(start["body"])},
            poll={"url": url + poll, "headers": start["headers"]},
            every=2,
            **expressions,
        )
        here.advance(MINUTE)
    return read(here, job_id), executions(here, job_id)
