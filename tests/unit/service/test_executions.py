"""A job's history has one execution per claim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from claimcheck.domain.job import MINUTE
from claimcheck.domain.outcome import Again, Fail, Retry
from claimcheck.domain.retry import RetryPolicy
from tests.kit.described import WatchedWorld
from tests.kit.world import Words, World, job_type

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext


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
