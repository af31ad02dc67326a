"""Reading a job and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.errors import Conflict
from claimcheck.domain.job import SECOND
from claimcheck.domain.outcome import Fail, Retry
from claimcheck.testing import MemoryJobStore
from tests.kit.described import Failing, WatchedWorld, error_of
from tests.kit.world import Answer, Echo, Words, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from claimcheck.authoring.context import JobContext

LARGE = 256 * 1024
# The JSON around the text of an `Echo`.
AROUND = len('{"text":""}')


def read(world: World, job_id: str, path: str = "") -> Answer:
    return world.request("GET", f"/v1/jobs/{job_id}{path}")


def echo_of(size: int) -> Callable[[Words, JobContext], Echo]:
    """Return a handler whose result has this size in bytes."""
    return lambda given, job: Echo(text="x" * (size - AROUND))


@pytest.mark.parametrize("size", [100, 4096, 4097, LARGE])
def test_a_result_up_to_256_kib_is_shown_with_the_job_and_alone(size: int) -> None:
    world = WatchedWorld({"echo": echo_of(size)})
    job_id = world.submit()
    world.work()
    job, result = read(world, job_id), read(world, job_id, "/result")

    assert len(result.text) == size
    assert result.status == 200
    assert result.headers["Content-Type"] == "application/json"
    assert job.json["result"] == result.json
    assert "result_url" not in job.json


def test_a_larger_result_has_a_url_that_redirects() -> None:
    world = WatchedWorld({"echo": echo_of(LARGE + 1)})
    job_id = world.submit()
    world.work()
    job = read(world, job_id)
    redirect = world.request("GET", job.json["result_url"])

    assert "result" not in job.json
    assert job.json["result_url"] == f"/v1/jobs/{job_id}/result"
    assert (redirect.status, redirect.text) == (303, "")
    assert len(world.objects.get(redirect.headers["Location"].removeprefix("memory:///"))) == LARGE + 1


def test_there_is_no_result_before_the_end() -> None:
    met: list[Answer] = []

    def work(given: Words, job: JobContext) -> Echo:
        met.append(read(world, job.job_id, "/result"))
        return Echo(text="")

    world = WatchedWorld({"echo": work})
    job_id = world.submit()
    met.append(read(world, job_id, "/result"))
    world.work()

    assert [error_of(answer) for answer in met] == [(409, "job_not_ended")] * 2


def test_a_failed_job_has_no_result() -> None:
    world = WatchedWorld({"echo": lambda given, job: Fail("broken", "It broke.")})
    job_id = world.submit()
    world.work()

    assert error_of(read(world, job_id, "/result")) == (409, "job_failed")
    assert read(world, job_id).json["error"] == {"code": "broken", "message": "It broke."}


@pytest.mark.parametrize(("changes", "retention"), [({}, 7200), ({"retention_seconds": 60}, 60)])
def test_an_ended_job_is_there_until_it_expires(changes: dict[str, Any], retention: int) -> None:
    world = WatchedWorld()
    job_id = world.submit(**changes)
    world.work()
    world.clock.advance(retention * SECOND - 1)
    before = read(world, job_id)
    world.clock.advance(1)

    assert before.status == 200
    for path in ("", "/result", "/executions"):
        assert error_of(read(world, job_id, path)) == (404, "job_not_found")


def test_the_input_is_never_shown() -> None:
    world = WatchedWorld({"echo": lambda given, job: Retry()})
    job_id = world.submit("hunter2")
    pending = read(world, job_id)
    world.work()
    answers = [pending, read(world, job_id), read(world, job_id, "/executions")]
    answers += [world.request("GET", "/v1/jobs"), world.request("POST", f"/v1/jobs/{job_id}/cancel")]

    assert all("hunter2" not in answer.text for answer in answers)


def test_progress_and_metadata_are_shown() -> None:
    seen: list[Any] = []

    def work(given: Words, job: JobContext) -> Echo:
        job.progress(3, 10, "counting")
        seen.append(read(world, job.job_id).json)
        return Echo(text="")

    world = WatchedWorld({"echo": work})
    world.submit(metadata={"order": "6735"})
    world.work()

    assert seen[0]["progress"] == {"done": 3, "total": 10, "message": "counting"}
    assert seen[0]["metadata"] == {"order": "6735"}


def test_a_job_that_is_deleted_while_it_is_cancelled_is_not_found() -> None:
    world = WatchedWorld(store=Failing(MemoryJobStore(), "replace", Conflict(None)))
    job_id = world.submit()

    assert error_of(world.request("POST", f"/v1/jobs/{job_id}/cancel")) == (404, "job_not_found")
