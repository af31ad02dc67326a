"""During a deploy and after a rollback, old code meets rows of newer code: it keeps them, and drops nothing.

A row with a need that this code does not know is left to code that knows it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from claimcheck.domain import job as job_module
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import HOUR, MINUTE, SECOND
from claimcheck.service.callbacks.signing import issue_secret
from tests.kit.schedule_world import NIGHTLY, PATH, every, shown
from tests.kit.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck.domain.job import Job


# No version of the code has it.
NEED = "x_care"


@contextmanager
def newer_code() -> Iterator[None]:
    with patch.object(job_module, "KNOWN_NEEDS", frozenset({NEED})):
        yield


def newer_job(world: World, **body: Any) -> Job:
    """Return a new job, with a need that only newer code knows."""
    job = world.job(world.submit(**body))
    needing = job.evolve(needs=(NEED,), written_by="newer")
    world.store.replace(job, needing)
    return needing


def test_a_job_with_an_unknown_need_waits_for_newer_code_and_then_starts_within_half_a_minute() -> None:
    world = World()
    job = newer_job(world)

    world.advance(20 * MINUTE)
    waiting = world.job(job.job_id)
    with newer_code():
        world.advance(31 * SECOND)

    assert waiting.evolve(due_at=job.due_at, written_by=job.written_by) == job
    assert world.job(job.job_id).status == "completed"


def test_a_waiting_job_has_one_wake_up_at_a_time() -> None:
    world = World()
    newer_job(world)
    lengths = []

    for _ in range(30):
        world.advance(MINUTE)
        lengths.append(len(world.queue))

    assert max(lengths) <= 1


def test_a_timer_with_an_unknown_need_is_on_time_if_newer_code_is_back() -> None:
    world = World()
    start = world.clock.now() + 2 * HOUR
    job = newer_job(world, run_at=rfc3339(start))

    world.advance(2 * HOUR - MINUTE)
    with newer_code():
        world.advance(MINUTE + SECOND)

    assert world.job(job.job_id).started_at == start


def test_a_job_with_an_unknown_need_is_shown_and_not_changed() -> None:
    world = World()
    job = newer_job(world, deadline=rfc3339(world.clock.now() + 10 * MINUTE))
    path = f"/v1/jobs/{job.job_id}"

    cancelled = world.request("POST", f"{path}/cancel")
    world.advance(HOUR)

    assert (cancelled.status, cancelled.json["code"]) == (503, "unavailable")
    assert "is being deployed" in cancelled.json["detail"]
    assert world.request("GET", path).json["status"] == "pending"
    with newer_code():
        world.advance(15 * MINUTE)
    assert world.request("GET", path).json["error"]["code"] == "deadline_exceeded"


def test_a_callback_of_a_job_with_an_unknown_need_waits_for_newer_code() -> None:
    world = World()
    issue_secret(world.documents, "acme", world.clock.now())
    job = newer_job(world, callback_url="https://hooks.example.com/")
    with newer_code():
        world.store.replace(job, job.ended(world.clock.now()).evolve(written_by="ended"))
    ended = world.job(job.job_id)

    world.advance(10 * MINUTE)
    redelivered = world.request("POST", f"/v1/jobs/{job.job_id}/redeliver")

    assert redelivered.status == 503
    assert world.job(job.job_id).callback == ended.callback


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", PATH),
        ("POST", f"{PATH}/pause"),
        ("POST", f"{PATH}/resume"),
        ("POST", f"{PATH}/run"),
        ("DELETE", PATH),
    ],
)
@pytest.mark.parametrize("paused", [False, True])
def test_a_schedule_with_an_unknown_need_is_shown_and_not_changed(
    method: str, path: str, paused: bool
) -> None:
    world = World()
    every(world, "1 minute", paused=paused)
    _give_need(world)
    before = world.store.schedules.read(NIGHTLY)
    body = {"rate": "2 minutes", "type": "echo", "input": {"text": "x"}} if method == "PUT" else None

    answer = world.request(method, path, body)

    assert answer.status == 503
    assert shown(world)["rate"] == "1 minute"
    assert world.store.schedules.read(NIGHTLY) == before
    assert world.store.all_jobs() == []


def test_slots_of_a_schedule_with_an_unknown_need_wait_for_newer_code() -> None:
    world = World()
    every(world, "1 minute", missed="run_once")
    _give_need(world)

    world.advance(10 * MINUTE)
    before = len(world.store.all_jobs())
    with newer_code():
        world.advance(MINUTE)

    assert before == 0
    assert world.store.all_jobs() != []


def _give_need(world: World) -> None:
    schedule = world.store.schedules.read(NIGHTLY)
    assert world.store.schedules.put(schedule, schedule.evolve(needs=(NEED,), written_by="newer"))
