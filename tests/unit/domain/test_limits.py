"""Limits that depend on each other: timeout, lease, the worker's own time; and the size of a row."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring.catalog import AROUND, Catalog, JobModel
from claimcheck.aws.dynamodb import rows
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import MINUTE, SECOND, Job
from claimcheck.domain.retry import RetryPolicy
from claimcheck.testing import MemoryJobStore, MemoryObjectStore
from tests.kit.world import Echo, Killed, Words, World, echo, job_type, killed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from claimcheck.authoring.context import JobContext


def test_loading_the_input_counts_as_the_attempts_time() -> None:
    class Slow(MemoryObjectStore):
        def get(self, key: str) -> str:
            world.clock.advance(7 * SECOND)
            return super().get(key)

    given = list[int]()

    @contextmanager
    def limit(duration: int) -> Iterator[None]:
        given.append(duration)
        yield

    world = World(objects=Slow(), timer=limit)
    world.submit("too long for a row" * 1000)
    world.work()

    assert given == [53 * SECOND]


def test_a_type_that_the_start_accepts_can_be_claimed() -> None:
    kind = job_type(timeout=120 - AROUND)
    Catalog([kind], worker_timeout=120)
    world = World(job_types=[kind])
    job_id = world.submit()
    # The time left of a function's 120 s, after its start and the wait for a job's second.
    world.work(remaining=118 * SECOND)

    assert world.job(job_id).ended_at is not None


def test_a_type_that_can_never_fit_stops_the_start() -> None:
    with pytest.raises(ValueError, match="less than the worker's 120 s"):
        Catalog([job_type(timeout=120 - AROUND + 1)], worker_timeout=120)


def test_a_deploy_between_two_attempts_gives_no_extra_one() -> None:
    runs = list[int]()

    def die(given: Words, job: JobContext) -> Echo:
        runs.append(job.attempt)
        return echo(given, job)

    world = World({"echo": die}, [job_type(retry=RetryPolicy(max_attempts=1))], timer=killed)
    job_id = world.submit()
    with suppress(Killed):
        world.work()
    handler = world.handlers.pop("echo")
    world.advance(3 * MINUTE)
    world.handlers["echo"] = handler
    world.advance(3 * MINUTE)

    error = world.job(job_id).error
    assert runs == [1]
    assert error is not None
    assert error.code == "worker_lost"


@pytest.mark.parametrize("result", [object(), {"text": b"x"}, {"text": {1}}, float("nan"), "x"])
def test_a_result_that_is_no_json_is_an_invalid_result(result: Any) -> None:
    world = World({"echo": lambda given, job: result})
    job_id = world.submit()
    world.work()

    error = world.job(job_id).error
    assert error is not None
    assert error.code == "invalid_result"


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_does_not_have_is_an_invalid_result_in_a_field_of_any_type(number: float) -> None:
    class Anything(JobModel):
        value: Any

    world = World({"echo": lambda given, job: Anything(value=[number])}, [job_type(result=Anything)])
    job_id = world.submit()
    world.work()

    error = world.job(job_id).error
    assert error is not None
    assert error.code == "invalid_result"


def test_progress_that_is_no_text_ends_no_job() -> None:
    class Encoding(MemoryJobStore):
        def replace(self, old: Job, new: Job, *record: Any) -> None:
            rows.job_item(new)["job"]["S"].encode()
            super().replace(old, new, *record)

    def report(given: Words, job: JobContext) -> Echo:
        job.progress(1, 2, "caf\udce9")
        return Echo(text="done")

    world = World({"echo": report}, store=Encoding())
    job_id = world.submit()
    world.work()

    progress = world.job(job_id).progress
    assert progress is not None
    assert progress.message == "caf?"


def test_a_slow_submission_makes_no_timer_late() -> None:
    class Slow(MemoryJobStore):
        def insert(self, *job: Any) -> None:
            world.clock.advance(3 * SECOND)
            super().insert(*job)

    world = World(store=Slow())
    run_at = world.clock.now() + 10 * SECOND
    job_id = world.submit(run_at=rfc3339(run_at))
    world.advance(MINUTE)

    assert world.job(job_id).started_at == run_at


def test_a_long_sweep_makes_no_timer_late() -> None:
    class Slow(MemoryJobStore):
        def replace(self, old: Job, new: Job, *record: Any) -> None:
            world.clock.advance(700 if new.started_at is None else 0)
            super().replace(old, new, *record)

    world = World(store=Slow())
    run_at = world.clock.now() + 20 * MINUTE
    job_id = world.submit(run_at=rfc3339(run_at))
    world.advance(21 * MINUTE)

    assert world.job(job_id).started_at == run_at
