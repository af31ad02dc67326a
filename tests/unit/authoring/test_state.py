"""A handler's state between two looks."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.aws.dynamodb.rows import job_item
from claimcheck.domain.job import HOUR, MINUTE
from claimcheck.domain.json_text import STATE_LIMIT
from claimcheck.domain.outcome import Again, Retry
from claimcheck.service.attempt import Interruption, Overrun
from tests.kit.world import Echo, Words, World, job_type

if TYPE_CHECKING:
    from claimcheck.authoring.context import JobContext


class Killed(Interruption):
    """The process is gone."""


class Steps:
    """A handler that plays these outcomes in turn, and records the state of each call."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.found: list[Any] = []

    def __call__(self, given: Words, job: JobContext) -> Any:
        self.found.append(job.state)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


def play(*outcomes: Any) -> tuple[World, str, list[Any]]:
    """Return the world after a job with these outcomes, the job's id, and the states that it found."""
    steps = Steps(*outcomes)
    world = World({"echo": steps}, [job_type(deadline=6 * 3600)])
    job_id = world.submit()
    for _ in range(30):
        with suppress(Killed):
            world.advance(MINUTE)
    return world, job_id, steps.found


DONE = Echo(text="done")


def test_a_state_is_given_to_the_next_call_and_the_first_call_has_no_state() -> None:
    _, _, found = play(Again(1, {"task": "abc"}), Again(1, [1, None]), Again(1, "text"), DONE)

    assert found == [None, {"task": "abc"}, [1, None], "text"]


def test_a_state_stays_until_it_is_replaced() -> None:
    _, _, found = play(Again(1, {}), Again(1), Retry(1), RuntimeError("unforeseen"), DONE)

    assert found == [None, {}, {}, {}, {}]


@pytest.mark.parametrize("crash", [Killed(), Overrun(), SystemExit(1)])
def test_a_state_survives_a_crash(crash: BaseException) -> None:
    world, job_id, found = play(Again(1, {"task": "abc"}), crash, DONE)

    assert found == [None, {"task": "abc"}, {"task": "abc"}]
    assert world.job(job_id).ended_at is not None


def test_a_state_goes_with_the_end_and_is_never_shown() -> None:
    world, job_id, _ = play(Again(1, {"task": "s3cret"}), DONE)

    assert world.job(job_id).state is None
    assert "s3cret" not in str(job_item(world.job(job_id)))


def test_a_state_is_in_no_answer() -> None:
    world = World({"echo": Steps(Again(3600, {"task": "s3cret"}))}, [job_type(deadline=6 * 3600)])
    job_id = world.submit()
    world.work()

    assert "s3cret" in (world.job(job_id).state or "")
    for path in ("", "/executions"):
        assert "s3cret" not in world.request("GET", f"/v1/jobs/{job_id}{path}").text


def test_a_reschedule_past_the_deadline_keeps_no_state() -> None:
    world, job_id, _ = play(Again(24 * HOUR, {"task": "abc"}))

    assert world.job(job_id).error is not None
    assert world.job(job_id).state is None


def test_changing_what_was_read_changes_nothing() -> None:
    found = []

    def work(given: Words, job: JobContext) -> Any:
        if job.state is None:
            return Again(1, {"seen": []})
        job.state["seen"].append(1)
        found.append(job.state)
        return DONE

    world = World({"echo": work})
    world.submit()
    world.advance(MINUTE)

    assert found == [{"seen": []}]


def test_a_state_of_16_kib_is_kept_and_a_larger_one_refused() -> None:
    largest = "é" * ((STATE_LIMIT - 2) // 2)
    _, _, found = play(Again(1, largest), DONE)

    assert found == [None, largest]
    with pytest.raises(ValueError, match=r"state .*16,384"):
        Again(1, largest + "x")


@pytest.mark.parametrize("wrong", [{1}, object(), float("inf"), "\ud800"])
def test_a_state_is_json(wrong: Any) -> None:
    with pytest.raises(ValueError, match="state"):
        Again(1, wrong)
