"""The input of a failed job is kept until the job expires; that of any other job is gone at its end.

It may hold credentials. A large one is an object.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring.catalog import MAX_DEADLINE, MAX_HORIZON, MAX_RETENTION
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import (
    CALLBACK_HORIZON,
    DAY,
    DEADLINE_EXCEEDED,
    HOUR,
    MINUTE,
    SECOND,
    Status,
)
from claimcheck.domain.outcome import Fail
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.service.payloads import INLINE_LIMIT
from claimcheck.testing import MemoryObjectStore
from tests.kit.world import Echo, World, job_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.domain.job import Job, Millis

SMALL, LARGE = "x", "x" * (INLINE_LIMIT + 1)
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


@SIZES
def test_a_failed_job_is_due_for_nothing_and_wakes_nobody(text: str) -> None:
    """The bucket's lifecycle deletes its object, and TTL its row."""
    world, job = ended(text, fail)

    assert job.due_at is None
    assert len(world.queue) == 0
    assert world.store.expire(job.expires_at or 0) == [job]


def test_a_failed_job_with_a_settled_callback_is_due_for_nothing() -> None:
    world = World({"echo": fail}, [job_type()])
    issue_secret(world.documents, "acme", world.clock.now())
    job_id = world.submit(LARGE, callback_url="https://receiver.invalid/hook", retention_seconds=60)
    world.work()
    assert world.job(job_id).owes_callback

    world.advance(CALLBACK_HORIZON + 2 * MINUTE)

    assert world.job(job_id).due_at is None
    assert [each.job_id for each in world.store.expire(world.clock.now())] == [job_id]


@pytest.mark.parametrize(
    ("start", "deadline", "retention", "days"),
    [
        (0, HOUR, MINUTE, 4),
        (0, DAY, 2 * DAY, 4),
        (0, DAY + 1, 2 * DAY, 16),
        (3 * DAY, 5 * DAY, 7 * DAY, 16),
        (0, MAX_DEADLINE, MAX_RETENTION, 64),
        (4 * DAY, MAX_DEADLINE, MAX_RETENTION, 180),
        (MAX_HORIZON, MAX_DEADLINE, MAX_RETENTION, 180),
    ],
)
def test_the_folder_of_an_object_outlives_a_job_that_ends_a_day_late(
    start: Millis, deadline: Millis, retention: Millis, days: int
) -> None:
    world = World()
    run_at = world.clock.now() + start
    times = {"run_at": rfc3339(run_at), "deadline": rfc3339(run_at + deadline)}
    job = world.job(world.submit(LARGE, **times, retention_seconds=retention // SECOND))
    late = job.ended(job.deadline + DAY, error=DEADLINE_EXCEEDED)

    [key] = world.objects.keys()

    assert re.match(rf"input/{days}/[0-9a-f]{{32}}/{job.job_id}-", key)
    assert job.created_at + days * DAY >= (late.expires_at or 0)


def test_another_attempt_keeps_it_and_the_result_stays() -> None:
    world = World({"echo": lambda given, job: Echo(text=given.text) if job.attempt > 1 else 1 / 0})
    job_id = world.submit(LARGE)
    world.work()
    assert len(world.objects.keys()) == 1

    world.advance(60 * SECOND)

    assert world.job(job_id).status == "completed"
    [key] = world.objects.keys()
    assert re.match(rf"result/[0-9a-f]{{32}}/{job_id}-", key)


def test_a_bucket_that_does_not_answer_stops_no_end() -> None:
    class Stuck(MemoryObjectStore):
        def delete(self, key: str) -> None:
            raise Unavailable

    world = World({"echo": succeed}, objects=Stuck())
    job_id = world.submit(LARGE)
    world.work()

    assert world.job(job_id).status == "completed"
