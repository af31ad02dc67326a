"""A handler's outcomes, and the job's state after each."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import field_validator

from claimcheck.domain.job import HOUR, MINUTE, Status
from claimcheck.domain.outcome import Again, Fail, Retry
from claimcheck.domain.retry import RetryPolicy
from tests.kit.deployment import TEMPLATE
from tests.kit.world import Echo, Words, World, job_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from claimcheck.authoring.context import JobContext

TWICE = RetryPolicy(max_attempts=2, base=10, cap=60)


def world_of(handler: Callable[..., Any], **changes: Any) -> World:
    return World({"echo": handler}, [job_type(retry=TWICE, **changes)])


def test_a_failure_says_why_and_is_not_tried_again() -> None:
    def refuse(given: Words, job: JobContext) -> Echo:
        raise Fail("too_rude", "Mind your words.")

    world = world_of(refuse)

    job_id = world.submit()
    world.advance(HOUR)

    failed = world.request("GET", f"/v1/jobs/{job_id}").json
    assert failed["status"] == "failed"
    assert failed["error"] == {"code": "too_rude", "message": "Mind your words."}
    assert failed["attempt"] == 1


@pytest.mark.parametrize(
    "outcome", [Fail("x", "y" * 500_000), Fail("x" * 500_000, "y"), Retry(message="y" * 500_000)]
)
def test_a_handlers_texts_are_truncated_for_the_row(outcome: Fail | Retry) -> None:
    world = world_of(lambda given, job: outcome)

    job_id = world.submit()
    world.advance(HOUR)

    error = world.job(job_id).error
    assert error is not None
    assert len(error.code) <= 100
    assert len(error.message) <= 2000


@pytest.mark.parametrize(("code", "message"), [(None, "No."), ("", "No."), (3, "No."), ("no", {"a": 1})])
def test_a_failure_without_its_words_is_the_handlers_mistake(code: Any, message: Any) -> None:
    world = world_of(lambda given, job: Fail(code, message))

    job_id = world.submit()
    world.advance(HOUR)

    error = world.job(job_id).error
    assert error is not None
    assert error.code == "attempts_exhausted"


def test_progress_that_is_no_number_is_the_handlers_mistake() -> None:
    def report(given: Words, job: JobContext) -> Echo:
        job.progress(float("nan"), 1)  # type: ignore[arg-type]
        return Echo(text="")

    world = world_of(report)

    job_id = world.submit()
    world.advance(HOUR)

    assert world.job(job_id).progress is None
    assert world.job(job_id).status is Status.FAILED


@pytest.mark.parametrize("after", [-1, float("inf"), float("nan")])
def test_a_wait_that_makes_no_sense_is_the_handlers_mistake(after: float) -> None:
    world = world_of(lambda given, job: Again(after=after))

    job_id = world.submit()
    world.advance(HOUR)

    error = world.job(job_id).error
    assert error is not None
    assert error.code == "attempts_exhausted"


def test_an_outcome_may_be_returned_as_well_as_raised() -> None:
    world = world_of(lambda given, job: Fail("no", "No."))

    job_id = world.submit()
    world.work()

    assert world.job(job_id).error is not None


def test_a_handler_that_keeps_asking_for_another_attempt_exhausts_them() -> None:
    def busy(given: Words, job: JobContext) -> Echo:
        raise Retry(message="The renderer is busy.")

    world = world_of(busy)

    job_id = world.submit()
    world.advance(HOUR)

    error = world.job(job_id).error
    assert error is not None
    assert error.code == "attempts_exhausted"
    assert "The renderer is busy." in error.message


def test_an_unexpected_exception_is_retried_without_showing_its_text() -> None:
    def broken(given: Words, job: JobContext) -> Echo:
        raise RuntimeError("password=hunter2")

    world = world_of(broken)

    job_id = world.submit()
    world.advance(HOUR)

    answer = world.request("GET", f"/v1/jobs/{job_id}")
    assert answer.json["error"]["code"] == "attempts_exhausted"
    assert answer.json["attempt"] == 2
    assert "hunter2" not in answer.text


def test_again_is_no_attempt() -> None:
    looks: list[int] = []

    def not_yet(given: Words, job: JobContext) -> Echo | Again:
        looks.append(job.attempt)
        return Again(after=5) if len(looks) < 20 else Echo(text="ready")

    world = world_of(not_yet)

    job_id = world.submit()
    world.advance(5 * MINUTE)

    assert world.job(job_id).status is Status.COMPLETED
    assert looks == [1] * 20
    assert world.job(job_id).executions == 20


def test_a_result_that_does_not_fit_its_type_is_an_invalid_result() -> None:
    world = world_of(lambda given, job: {"txt": "typo"})

    job_id = world.submit()
    world.work()

    error = world.job(job_id).error
    assert error is not None
    assert error.code == "invalid_result"


def test_a_result_over_the_limit_is_too_large() -> None:
    world = world_of(lambda given, job: Echo(text="x" * (10 * 1024 * 1024)))

    job_id = world.submit()
    world.work()

    error = world.job(job_id).error
    assert error is not None
    assert error.code == "result_too_large"


def test_a_result_is_checked_within_the_time_of_its_attempt() -> None:
    timed = False

    @contextmanager
    def timer(duration: int) -> Iterator[None]:
        nonlocal timed
        timed = True
        yield
        timed = False

    class Checked(Echo):
        @field_validator("text")
        @classmethod
        def check(cls, text: str) -> str:
            seen.append(timed)
            return text

    seen: list[bool] = []
    world = World({"echo": lambda given, job: {"text": "done"}}, [job_type(result=Checked)], timer=timer)
    job_id = world.submit()
    world.work()

    assert world.job(job_id).status is Status.COMPLETED
    assert seen == [True]


def test_the_largest_result_fits_into_half_of_a_workers_memory() -> None:
    """A handler's own objects of such a result are 150 MB."""
    program = """
from pathlib import Path
from claimcheck.authoring import JobModel, JobType
from claimcheck.service.attempt import RESULT_LIMIT, checked_result
class Table(JobModel):
    rows: list[dict[str, int | str]]
table = JobType(name="table", summary="A table.", input=Table, result=Table, timeout=60, typical=1,
                deadline=60, retention=60)
result = Table(rows=[{"a": 100_000 + i, "b": "some text"} for i in range(RESULT_LIMIT // 29)])
size = len(checked_result(table, result, {}).encode())
# Unlike getrusage's, this peak does not begin with that of the parent.
[peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(size / RESULT_LIMIT, int(peak.split()[1]) / 1024)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    size, peak = map(float, done.stdout.split())

    assert 0.95 < size <= 1
    assert peak < TEMPLATE["Parameters"]["WorkerMemory"]["Default"] / 2
