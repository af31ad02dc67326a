"""Flows of a world, by its API, and jobs that take their time in them."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from claimcheck.authoring import Again
from claimcheck.domain.job import FlowKey, Job
from tests.kit.world import Echo, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ONE = FlowKey("acme", "one")


def put(world: World, name: str = "one", **limits: Any) -> None:
    answer = world.request("PUT", f"/v1/flows/{name}", limits)
    assert answer.status in (200, 201), answer.text


def act(world: World, action: str, name: str = "one") -> None:
    assert world.request("POST", f"/v1/flows/{name}/{action}").status == 200


def submit(world: World, count: int, flow: str = "one", **body: Any) -> list[str]:
    """Submit jobs one after the other, each a millisecond later."""
    found = []
    for _ in range(count):
        found.append(world.submit(flow=flow, **body))
        world.clock.advance(1)
    return found


def shown(world: World, name: str = "one") -> tuple[int, int]:
    answer = world.request("GET", f"/v1/flows/{name}").json
    return answer["running"], answer["waiting"]


def jobs(world: World, job_ids: list[str]) -> list[Job]:
    return [world.job(job_id) for job_id in job_ids]


def forget_wake_ups(world: World) -> None:
    while world.queue.receive():
        pass


def slow(seconds: int) -> Callable[..., Any]:
    """Return a handler whose work takes this long, without a worker."""

    def work(given: Any, job: Any) -> Any:
        return Echo(text="done") if job.state else Again(after=seconds, state="started")

    return work


@contextmanager
def counted(port: Any, *names: str) -> Iterator[dict[str, int]]:
    """Count the calls of a port by name."""
    calls: dict[str, int] = {}

    def counting(name: str) -> Callable[..., Any]:
        operation = getattr(port, name)

        def call(*args: Any) -> Any:
            calls[name] = calls.get(name, 0) + 1
            return operation(*args)

        return call

    with ExitStack() as stack:
        for name in names:
            stack.enter_context(patch.object(port, name, counting(name)))
        yield calls
