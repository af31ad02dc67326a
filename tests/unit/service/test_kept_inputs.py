"""The input of a failed job is kept until the job expires; that of any other job is gone at its end.

It may hold credentials. A large one is an object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import CALLBACK_HORIZON, HOUR, MINUTE, SECOND, Status
from claimcheck.domain.outcome import Fail
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.service.payloads import INLINE_LIMIT
from claimcheck.testing import MemoryObjectStore
from tests.kit.world import Echo, World, job_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.job import Job

SMALL, LARGE = "x", "x" * (INLINE_LIMIT + 1)
RETENTION = 7200 * SECOND
SIZES = pytest.mark.parametrize("text", [SMALL, LARGE], ids=["small", "large"])


def cancel(world: World, job_id: str) -> None:
    world.request("POST", f"/v1/jobs/{job_id}/cancel")


def work(world: World, job_id: str) -> None:
    world.work()


def miss_the_deadline(world: World, job_id: str) -> None:
    world.clock.advance(HOUR)
    world.sweep()


def succeed(given: Any, job: Any) -> Echo:
    return Echo(text="short")


def fail(given: Any, job: Any) -> Any:
    raise Fail("no", "No.")


def ended(
    text: str, handler: Any, end: Callable[[World, str], None] = work, **changes: Any
) -> tuple[World, Job]:
    world = World({"echo": handler}, [job_type(**changes)])
    job_id = world.submit(text)
    end(world, job_id)
    job = world.job(job_id)
    assert job.ended_at is not None
    return world, job


@SIZES
@pytest.mark.parametrize(("handler", "end"), [(succeed, work), (succeed, cancel), (fail, cancel)])
def test_a_completed_or_cancelled_job_has_no_input(text: str, handler: Any, end: Any) -> None:
    world, job = ended(text, handler, end)

    assert job.input is None
    assert job.due_at is None
    assert world.objects.keys() == []


@SIZES
@pytest.mark.parametrize(("handler", "end"), [(fail, work), (succeed, miss_the_deadline)])
def test_a_failed_job_keeps_its_input_and_does_not_show_it(text: str, handler: Any, end: Any) -> None:
    world, job = ended(text, handler, end)

    assert job.status is Status.FAILED
    assert job.input is not None
    assert text in world.engine.payloads.load(job.input)
    assert "input" not in world.request("GET", f"/v1/jobs/{job.job_id}").json


@SIZES
def test_a_job_type_can_keep_no_input(text: str) -> None:
    world, job = ended(text, fail, keep_input=False)

    assert job.status is Status.FAILED
    assert job.input is None
    assert world.objects.keys() == []


def test_a_kept_object_is_deleted_when_its_job_expires() -> None:
    world, job = ended(LARGE, fail)
    world.advance(RETENTION - 1)
    until_then = world.objects.keys()

    world.advance(MINUTE)

    assert len(until_then) == 1
    assert world.objects.keys() == []
    assert [each.job_id for each in world.store.expire(world.clock.now())] == [job.job_id]


def test_a_kept_object_outlives_a_callback_and_no_longer() -> None:
    world = World({"echo": fail}, [job_type()])
    issue_secret(world.documents, "acme", world.clock.now())
    job_id = world.submit(LARGE, callback_url="https://receiver.invalid/hook", retention_seconds=60)
    world.work()
    assert world.job(job_id).owes_callback

    world.advance(CALLBACK_HORIZON + 2 * MINUTE)

    assert not world.job(job_id).owes_callback
    assert world.objects.keys() == []
    assert [each.job_id for each in world.store.expire(world.clock.now())] == [job_id]


def test_a_failed_job_with_a_large_input_sends_no_wake_up() -> None:
    world, _ = ended(LARGE, fail)

    assert len(world.queue) == 0


def test_another_attempt_keeps_it_and_the_result_stays() -> None:
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

    world = World({"echo": succeed}, objects=Stuck())
    job_id = world.submit(LARGE)
    world.work()

    assert world.job(job_id).status == "completed"
