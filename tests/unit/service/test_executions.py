"""A job's history has one execution per claim."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from claimcheck.domain.job import MINUTE
from claimcheck.domain.outcome import Again, Fail, Retry
from claimcheck.domain.retry import RetryPolicy
from claimcheck.testing import MemoryJobStore
from tests.kit.described import WatchedWorld
from tests.kit.world import Echo, Killed, Words, World, job_type, killed

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext
    from claimcheck.domain.job import Job


def executions(world: World, job_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = world.request("GET", f"/v1/jobs/{job_id}/executions").json["executions"]
    return found


def test_a_pending_job_has_no_executions() -> None:
    world = WatchedWorld()

    assert executions(world, world.submit()) == []


def test_a_plain_jobs_only_execution_is_derived_from_the_job() -> None:
    world = WatchedWorld()
    job_id = world.submit()
    world.work()
    [execution] = executions(world, job_id)

    assert world.store.executions(job_id) == []
    assert execution == {
        "number": 1,
        "attempt": 1,
        "outcome": "completed",
        "due_at": "2026-06-21T10:00:00.000Z",
        "started_at": "2026-06-21T10:00:00.000Z",
        "lateness_ms": 0,
        "ended_at": "2026-06-21T10:00:00.000Z",
        "error": None,
        "details": None,
    }


def test_executions_are_newest_first_and_numbered_without_gaps() -> None:
    outcomes = [Retry(message="busy", after=1), Again(after=1), Fail("broken", "It broke.")]
    running: list[list[dict[str, Any]]] = []

    def work(given: Words, job: JobContext) -> Any:
        running.append(executions(world, job.job_id))
        return outcomes[len(running) - 1]

    world = WatchedWorld({"echo": work})
    job_id = world.submit()
    world.advance(MINUTE)
    ended = executions(world, job_id)

    assert [each["outcome"] for each in ended] == ["failed", "again", "retry"]
    assert [each["number"] for each in ended] == [3, 2, 1]
    assert [each["attempt"] for each in ended] == [1, 2, 1]
    assert [each["error"] and each["error"]["code"] for each in ended] == ["broken", None, "retry"]
    assert [each[0]["outcome"] for each in running] == ["running"] * 3
    assert executions(world, job_id.upper()) == ended


def test_the_last_100_executions_are_listed() -> None:
    patient = job_type(retry=RetryPolicy(max_attempts=1000, base=0, cap=0))
    world = WatchedWorld({"echo": lambda given, job: Again(after=1)}, [patient])
    job_id = world.submit()
    world.advance(3 * MINUTE)
    reported = executions(world, job_id)

    assert len(reported) == 100
    assert reported[0]["number"] == world.job(job_id).executions > 100


def killed_around(world: World, *, after: bool) -> Any:
    """Return a store whose worker dies before or after it writes the outcome of the first execution."""

    def replace(old: Job, new: Job, *record: Any) -> None:
        settles = old.lease is not None and new.lease is None
        if settles and not after:
            raise Killed
        MemoryJobStore.replace(world.store, old, new, *record)
        if settles:
            raise Killed

    return patch.object(world.store, "replace", replace)


@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_dies_around_its_last_write_leaves_no_gap(after: bool) -> None:
    outcomes = [Retry(after=60, message="busy"), Echo(text="done")]
    world = World({"echo": lambda given, job: outcomes.pop(0)})
    job_id = world.submit()
    with killed_around(world, after=after), suppress(Killed):
        world.work()
    between = executions(world, job_id)
    world.advance(5 * MINUTE)

    ended = [(each["number"], each["outcome"]) for each in executions(world, job_id)]
    assert [each["outcome"] for each in between] == ["retry" if after else "running"]
    assert ended == [(2, "completed"), (1, "retry" if after else "worker_lost")]


def test_a_worker_that_dies_right_after_the_claim_of_a_lost_job_leaves_no_gap() -> None:
    world = World(timer=killed)
    job_id = world.submit()
    for _ in range(2):
        with suppress(Killed):
            world.advance(3 * MINUTE)

    found = executions(world, job_id)

    assert [(each["number"], each["outcome"]) for each in found] == [(2, "running"), (1, "worker_lost")]


def test_executions_that_are_read_during_a_claim_are_each_shown_once() -> None:
    outcomes: list[Any] = [Killed(), Again(after=600)]

    def work(given: Words, job: JobContext) -> Any:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Killed):
            raise outcome
        return outcome

    world = World({"echo": work})
    job_id = world.submit()
    with suppress(Killed):
        world.work()

    def late(job_id: str) -> Any:
        """Let two executions end between the read of the job and that of its executions."""
        world.advance(5 * MINUTE)
        return MemoryJobStore.executions(world.store, job_id)

    with patch.object(world.store, "executions", late):
        read = [(each["number"], each["outcome"]) for each in executions(world, job_id)]

    assert read == [(1, "worker_lost")]
    assert [each["number"] for each in executions(world, job_id)] == [2, 1]


def test_an_attempt_that_has_ended_is_not_shown_as_running() -> None:
    world = World({"echo": lambda given, job: Retry(after=600, message="busy")})
    job_id = world.submit()
    world.work()

    [waiting] = executions(world, job_id)
    world.request("POST", f"/v1/jobs/{job_id}/cancel")
    [cancelled] = executions(world, job_id)

    assert waiting["outcome"] == "retry"
    assert cancelled == waiting
