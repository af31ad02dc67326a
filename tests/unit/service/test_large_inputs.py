"""The object of a large input, which can hold credentials, is gone when its job has ended."""

from __future__ import annotations

from typing import Any

import pytest

from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import HOUR, SECOND
from claimcheck.domain.outcome import Fail
from claimcheck.service.payloads import INLINE_LIMIT
from claimcheck.testing import MemoryObjectStore
from tests.kit.world import Echo, World

LARGE = "x" * (INLINE_LIMIT + 1)


def end_by_result(world: World, job_id: str) -> None:
    world.work()


def end_by_cancel(world: World, job_id: str) -> None:
    world.request("POST", f"/v1/jobs/{job_id}/cancel")


def end_by_deadline(world: World, job_id: str) -> None:
    world.queue.receive()
    world.advance(2 * HOUR)


def fail(given: Any, job: Any) -> Any:
    raise Fail("no", "No.")


@pytest.mark.parametrize("handler", [fail, lambda given, job: Echo(text="short")], ids=["fails", "works"])
@pytest.mark.parametrize("end", [end_by_result, end_by_cancel, end_by_deadline])
def test_every_end_deletes_it(handler: Any, end: Any) -> None:
    world = World({"echo": handler})
    job_id = world.submit(LARGE)
    [key] = world.objects.keys()
    assert key.startswith(f"input/{job_id}-")

    end(world, job_id)

    assert world.job(job_id).ended_at is not None
    assert world.objects.keys() == []


def test_a_retry_keeps_it_and_the_result_stays() -> None:
    world = World({"echo": lambda given, job: Echo(text=given.text) if job.attempt > 1 else 1 / 0})
    job_id = world.submit(LARGE)
    world.work()
    assert len(world.objects.keys()) == 1

    world.advance(60 * SECOND)

    assert world.job(job_id).status == "completed"
    [key] = world.objects.keys()
    assert key.startswith(f"result/{job_id}-")


def test_a_bucket_that_does_not_answer_stops_no_end() -> None:
    class Stuck(MemoryObjectStore):
        def delete(self, key: str) -> None:
            raise Unavailable

    world = World({"echo": lambda given, job: Echo(text="short")}, objects=Stuck())
    job_id = world.submit(LARGE)
    world.work()

    assert world.job(job_id).status == "completed"
