"""An execution's details and due time."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.aws.dynamodb.rows import execution_of, record_item
from claimcheck.domain.job import MINUTE, SECOND
from claimcheck.domain.json_text import DETAILS_LIMIT
from claimcheck.domain.outcome import Again, Fail, Retry
from claimcheck.service.attempt import Overrun
from tests.kit.described import WatchedWorld
from tests.kit.jobs import execution, new_job
from tests.kit.world import Echo, Killed, Words, World, echo, killed

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring.context import JobContext


def executions(world: World, job_id: str) -> list[dict[str, Any]]:
    """Return the executions, newest first."""
    found: list[dict[str, Any]] = world.request("GET", f"/v1/jobs/{job_id}/executions").json["executions"]
    return found


def noting(end: Callable[[], Any]) -> World:
    """Return a world whose handler notes its attempt, and then has this outcome."""

    def work(given: Words, job: JobContext) -> Any:
        job.note(attempt=job.attempt, answer={"status": 503})
        return end()

    return WatchedWorld({"echo": work})


def raising(error: BaseException) -> Callable[[], Any]:
    def end() -> Any:
        raise error

    return end


@pytest.mark.parametrize(
    ("end", "outcome", "code"),
    [
        (lambda: Echo(text="x"), "completed", None),
        (lambda: Fail("broken", "It broke."), "failed", "broken"),
        (lambda: Retry(after=MINUTE), "retry", "retry"),
        (lambda: Again(after=MINUTE), "again", None),
        (lambda: object(), "failed", "invalid_result"),
        (raising(RuntimeError("unforeseen")), "retry", "retry"),
        (raising(Overrun()), "timeout", "timeout"),
    ],
)
def test_details_are_recorded_with_every_outcome(
    end: Callable[[], Any], outcome: str, code: str | None
) -> None:
    world = noting(end)
    job_id = world.submit()
    world.work()
    reported = executions(world, job_id)[-1]

    assert reported["details"] == {"attempt": 1, "answer": {"status": 503}}
    assert (reported["outcome"], reported["error"] and reported["error"]["code"]) == (outcome, code)
    assert (reported["number"], reported["lateness_ms"]) == (1, 0)


def test_later_notes_add_to_earlier_ones_and_belong_to_one_execution() -> None:
    outcomes = [Again(after=1), Echo(text="")]

    def work(given: Words, job: JobContext) -> Any:
        outcome = outcomes.pop(0)
        job.note(first=1, both=1)
        job.note(second=2, both=2, left=len(outcomes))
        return outcome

    world = WatchedWorld({"echo": work})
    job_id = world.submit()
    world.advance(MINUTE)

    noted = {"first": 1, "both": 2, "second": 2}
    assert [each["details"] for each in executions(world, job_id)] == [
        noted | {"left": 0},
        noted | {"left": 1},
    ]


def test_later_changes_do_not_change_noted_details() -> None:
    def work(given: Words, job: JobContext) -> Echo:
        parts = ["a"]
        job.note(parts=parts)
        parts.append("b")
        return Echo(text="")

    world = WatchedWorld({"echo": work})
    job_id = world.submit()
    world.work()

    assert executions(world, job_id)[0]["details"] == {"parts": ["a"]}


@pytest.mark.parametrize("wrong", ["x" * DETAILS_LIMIT, {1, 2}, float("nan"), b"bytes", "\ud800"])
def test_invalid_details_are_refused_and_change_nothing(wrong: Any) -> None:
    shown: list[str] = []

    def work(given: Words, job: JobContext) -> Echo:
        job.note(kept=True)
        with pytest.raises(ValueError, match="details") as refused:
            job.note(wrong=wrong)
        shown.append(str(refused.value))
        return Echo(text="")

    world = WatchedWorld({"echo": work})
    job_id = world.submit()
    world.work()

    assert executions(world, job_id)[0]["details"] == {"kept": True}
    assert ("4,096" in shown[0]) == (wrong == "x" * DETAILS_LIMIT)


def test_a_job_that_notes_nothing_is_written_no_execution() -> None:
    world = World()
    job_id = world.submit()
    world.work()

    assert executions(world, job_id)[0]["details"] is None
    assert world.store.executions(job_id) == []


def test_the_last_execution_is_derived_from_its_job_at_the_moment_of_its_end() -> None:
    def work(given: Words, job: JobContext) -> Echo:
        job.note(kept=True)
        return Echo(text="")

    world = WatchedWorld({"echo": work})
    job_id = world.submit()
    world.work()
    [reported] = executions(world, job_id)

    assert (reported["outcome"], reported["details"]) == ("completed", {"kept": True})
    assert world.store.executions(job_id) == []


def test_lateness_counts_from_the_time_that_this_execution_was_due() -> None:
    outcomes = [Retry(after=10), Again(after=20), Echo(text="")]

    def work(given: Words, job: JobContext) -> Any:
        return outcomes.pop(0)

    world = WatchedWorld({"echo": work})
    job_id = world.submit(run_at="2026-06-21T10:00:05Z")
    for wait in (5 * SECOND + 40, 10 * SECOND + 7, 20 * SECOND):
        world.clock.advance(wait)
        world.work()

    reported = executions(world, job_id)[::-1]
    assert [each["due_at"] for each in reported] == [
        "2026-06-21T10:00:05.000Z",
        "2026-06-21T10:00:15.040Z",
        "2026-06-21T10:00:35.047Z",
    ]
    assert [each["lateness_ms"] for each in reported] == [40, 7, 0]


def test_a_lost_worker_was_due_when_it_was_claimed() -> None:
    world = WatchedWorld({"echo": echo})
    world.rebuild(timer=killed)
    job_id = world.submit()
    world.clock.advance(250)
    with suppress(Killed):
        world.work()
    world.rebuild(timer=None)
    world.advance(5 * MINUTE)

    second, lost = executions(world, job_id)
    assert (lost["outcome"], lost["due_at"], lost["lateness_ms"]) == (
        "worker_lost",
        "2026-06-21T10:00:00.000Z",
        250,
    )
    assert second["outcome"] == "completed"


def test_a_lost_worker_is_not_early_though_its_job_has_waited_for_a_deploy_since() -> None:
    world = WatchedWorld({"echo": echo})
    world.rebuild(timer=killed)
    job_id = world.submit()
    with suppress(Killed):
        world.work()
    world.rebuild(timer=None)
    handler = world.handlers.pop("echo")
    world.advance(3 * MINUTE)
    world.handlers["echo"] = handler
    world.advance(3 * MINUTE)

    second, lost = executions(world, job_id)
    assert (lost["outcome"], lost["lateness_ms"]) == ("worker_lost", 0)
    assert (second["outcome"], second["lateness_ms"]) == ("completed", 0)


def test_an_execution_stored_before_these_were_kept_is_read() -> None:
    kept = record_item(new_job(), execution(1))
    old = execution(1)._replace(scheduled_at=None, details=None)
    kept["execution"]["S"] = kept["execution"]["S"].replace(',"due_at":null,"details":null', "")

    assert execution_of(kept) == old
