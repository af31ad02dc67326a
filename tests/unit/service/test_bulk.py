"""A bulk job cancels or retries the jobs that its filter matches, of its own org, and no newer ones."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import HOUR, MINUTE, SECOND, Job, JobError, Payload
from claimcheck.domain.outcome import Fail
from claimcheck.service import bulk
from claimcheck.testing import MemoryJobStore
from tests.kit.described import error_of
from tests.kit.jobs import new_job
from tests.kit.world import Echo, Killed, Words, World, job_type

LATER = 2 * HOUR


def handle(given: Words, job: Any) -> Echo:
    """Fail with the text as the code, if it begins with `no`, unless the job is a retry."""
    if given.text.startswith("no") and job.job.retry_of is None:
        raise Fail(given.text, "No.")
    return Echo(text=given.text)


def world_of(**parts: Any) -> World:
    return World({"echo": handle, "other": handle}, [job_type(), job_type("other"), bulk.JOB_TYPE], **parts)


def submit_apart(world: World, *texts: str, **body: Any) -> list[str]:
    job_ids = []
    for text in texts:
        job_ids.append(world.submit(text, **body))
        world.clock.advance(1)
    return job_ids


def waiting(world: World, count: int, **body: Any) -> list[str]:
    """Submit jobs that wait for an hour."""
    return submit_apart(world, *["yes"] * count, run_at=rfc3339(world.clock.now() + LATER), **body)


def start(world: World, action: str, dry_run: bool = False, key: str | None = None, **wanted: Any) -> str:
    body = {"action": action, "filter": wanted, "dry_run": dry_run}
    answer = world.request("POST", "/v1/bulk", body, key=key)
    assert answer.status == 202, answer.text
    return str(answer.json["job_id"])


def result(world: World, job_id: str, **more: Any) -> Any:
    shown = world.request("GET", f"/v1/jobs/{job_id}", **more).json
    assert shown["status"] == "completed", shown
    return shown["result"]


def run(world: World, action: str, **wanted: Any) -> Any:
    job_id = start(world, action, **wanted)
    world.work()
    return result(world, job_id)


def codes(world: World, job_ids: list[str]) -> list[str | None]:
    return [error.code if (error := world.job(job_id).error) else None for job_id in job_ids]


def test_every_job_that_has_not_ended_is_cancelled() -> None:
    world = world_of()
    done = world.submit()
    world.work()
    job_ids = waiting(world, 3)

    assert run(world, "cancel") == {"matched": 3, "done": 3, "skipped": 0}
    assert codes(world, [done, *job_ids]) == [None, "cancelled", "cancelled", "cancelled"]


def test_every_failed_job_is_retried_once() -> None:
    world = world_of()
    job_ids = submit_apart(world, "no", "yes", "no_paper")
    world.work()
    first, second = run(world, "retry"), run(world, "retry")
    jobs = world.store.all_jobs()

    assert first == {"matched": 2, "done": 2, "skipped": 0}
    assert second == {"matched": 2, "done": 0, "skipped": 2}
    assert {job.retry_of for job in jobs} - {None} == {job_ids[0], job_ids[2]}
    assert all(job.result is not None for job in jobs if job.retry_of)


@pytest.mark.parametrize("action", ["cancel", "retry"])
def test_a_dry_run_only_counts(action: str) -> None:
    world = world_of()
    submit_apart(world, "no", "no")
    world.work()
    waiting(world, 3)
    before = world.store.all_jobs()
    job_id = start(world, action, dry_run=True)
    world.work()

    assert result(world, job_id) == {"matched": 3 if action == "cancel" else 2, "done": 0, "skipped": 0}
    assert [job for job in world.store.all_jobs() if job.job_id != job_id] == before


def test_filters_narrow_down_what_is_changed() -> None:
    world = world_of()
    start_at = world.clock.now()
    first, *_, last = submit_apart(world, *["no_ink"] * 4, metadata={"order": "1"})
    (other,) = submit_apart(world, "no_ink", type="other", metadata={"order": "1"})
    (paper,) = submit_apart(world, "no_paper", metadata={"order": "1"})
    (unlabelled,) = submit_apart(world, "no_ink")
    world.work()
    found = run(
        world,
        "retry",
        type="echo",
        error_code="no_ink",
        metadata={"order": "1"},
        created_after=rfc3339(start_at + 1),
        created_before=rfc3339(start_at + 3),
    )

    assert found == {"matched": 2, "done": 2, "skipped": 0}
    assert all(world.job(each).retried_as is None for each in (first, last, other, paper, unlabelled))


def test_status_can_choose_among_those_that_have_not_ended() -> None:
    world = world_of()
    job_ids = waiting(world, 2)

    assert run(world, "cancel", status="processing")["matched"] == 0
    assert run(world, "cancel", status="pending")["matched"] == 2
    assert codes(world, job_ids) == ["cancelled", "cancelled"]


@pytest.mark.parametrize("status", ["pending", "completed"])
def test_a_retry_is_only_for_failed_jobs(status: str) -> None:
    world = world_of()
    submit_apart(world, "no", "yes")
    world.work()
    waiting(world, 1)

    assert run(world, "retry", status=status) == {"matched": 0, "done": 0, "skipped": 0}


def test_no_other_org_is_touched() -> None:
    world = world_of()
    globex = world.key("globex")
    (mine,) = waiting(world, 1)
    job_id = start(world, "cancel", key=globex)
    world.work()

    assert result(world, job_id, key=globex) == {"matched": 0, "done": 0, "skipped": 0}
    assert codes(world, [mine]) == [None]


def test_newer_jobs_are_left_alone_and_so_are_bulk_jobs() -> None:
    world = world_of()
    older = start(world, "cancel")
    world.clock.advance(1)
    job_id = start(world, "cancel")
    world.clock.advance(1)
    newer = waiting(world, 2)
    world.queue.receive()
    world.work()

    assert result(world, job_id) == {"matched": 0, "done": 0, "skipped": 0}
    assert codes(world, [older, *newer]) == [None, None, None]


def test_jobs_that_cannot_be_retried_are_skipped() -> None:
    world = world_of()
    (cancelled,) = waiting(world, 1)
    world.request("POST", f"/v1/jobs/{cancelled}/cancel")
    submit_apart(world, "no")
    world.work()

    assert run(world, "retry") == {"matched": 2, "done": 1, "skipped": 1}


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.soak)])
def test_many_failures_are_each_retried_once(count: int) -> None:
    world = world_of()
    now = world.clock.now()
    given = Payload(14, text='{"text": "no"}')
    jobs = [new_job(org="acme", created_at=now, input=given) for _ in range(count)]
    for job in jobs:
        world.store.insert(job.ended(now, error=JobError("no", "No.")), None, None)
    world.clock.advance(1)

    job_id = start(world, "retry", error_code="no")
    while world.job(job_id).ended_at is None:
        world.engine.worker.run(job_id, lambda: 900 * SECOND)

    assert result(world, job_id) == {"matched": count, "done": count, "skipped": 0}
    retries = Counter(job.retry_of for job in world.store.all_jobs() if job.retry_of)
    assert retries == {job.job_id: 1 for job in jobs}
    assert world.request("GET", f"/v1/jobs/{job_id}").json["progress"]["done"] == count
    # Each page with a match is an execution, so that a lost worker repeats at most one page.
    assert world.job(job_id).executions == count // 100


def test_pages_without_a_match_need_no_execution_of_their_own() -> None:
    world = world_of()
    (last,) = waiting(world, 1)
    for _ in range(350):
        world.submit()
    world.work()
    job_id = start(world, "cancel")
    world.work()

    assert result(world, job_id)["done"] == 1
    assert world.job(job_id).executions == 1
    assert codes(world, [last]) == ["cancelled"]


def test_a_list_that_changes_meanwhile_does_no_harm() -> None:
    class Busy(MemoryJobStore):
        """Between two pages, jobs end and new ones fail."""

        def list_failed(self, *asked: Any) -> Any:
            page = super().list_failed(*asked)
            job = world.job(world.submit("no"))
            self.replace(job, job.ended(world.clock.now(), error=None).evolve(written_by=f"{job.job_id}+"))
            world.request("POST", f"/v1/jobs/{page.entries[-1]}/retry")
            return page

    world = world_of(store=Busy())
    for _ in range(250):
        world.submit("no")
    world.work()
    world.clock.advance(1)

    assert run(world, "retry") == {"matched": 250, "done": 247, "skipped": 3}


def test_a_cancelled_bulk_job_stops() -> None:
    class Stopped(MemoryJobStore):
        def list_jobs(self, *asked: Any) -> Any:
            page = super().list_jobs(*asked)
            world.request("POST", f"/v1/jobs/{job_id}/cancel")
            world.clock.advance(2 * SECOND)
            return page

    world = world_of(store=Stopped())
    job_ids = waiting(world, 3)
    job_id = start(world, "cancel")
    world.work()

    assert codes(world, [job_id, *job_ids]) == ["cancelled", None, None, None]


@pytest.mark.parametrize("fault", [Unavailable, Killed])
def test_a_page_that_failed_is_repeated(fault: type[BaseException]) -> None:
    class Failing(MemoryJobStore):
        calls = 0

        def insert(self, job: Job, *more: Any) -> None:
            if job.retry_of:
                self.calls += 1
                if self.calls == 150:
                    raise fault
            super().insert(job, *more)

    world = world_of(store=Failing())
    for _ in range(250):
        world.submit("no")
    world.work()
    world.clock.advance(1)
    job_id = start(world, "retry")
    with suppress(Killed):
        world.work()
    world.advance(5 * MINUTE)

    retries = Counter(job.retry_of for job in world.store.all_jobs() if job.retry_of)
    assert len(retries) == sum(retries.values()) == 250
    # What the failed attempt retried counts as skipped.
    assert result(world, job_id) == {"matched": 250, "done": 201, "skipped": 49}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/action"),
        ({"action": "delete", "filter": {}}, "/action"),
        ({"action": "retry"}, "/filter"),
        ({"action": "retry", "filter": {"status": "done"}}, "/filter/status"),
        ({"action": "retry", "filter": {"created_after": "2026-06-12"}}, "/filter/created_after"),
        ({"action": "retry", "filter": {"metadata": {"a": 1}}}, "/filter/metadata/a"),
        ({"action": "retry", "filter": {"org": "globex"}}, "/filter/org"),
        ({"action": "retry", "filter": {}, "dry_run": "yes"}, "/dry_run"),
        ({"action": "retry", "filter": {}, "org": "globex"}, "/org"),
    ],
)
def test_a_wrong_field_is_named(body: Any, pointer: str) -> None:
    answer = world_of().request("POST", "/v1/bulk", body)

    assert error_of(answer) == (422, "invalid_fields")
    assert pointer in [each["pointer"] for each in answer.json["errors"]]


def test_a_bulk_job_is_a_job_like_others() -> None:
    world = world_of()
    waiting(world, 1)
    body = {"type": "bulk", "input": {"action": "cancel", "filter": {}}, "metadata": {"why": "a test"}}
    answer = world.request("POST", "/v1/jobs", body)
    world.work()

    assert result(world, answer.json["job_id"])["done"] == 1
