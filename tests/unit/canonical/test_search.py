"""Filters of lists, and the list of failed jobs, which is found without reading the others."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import SECOND
from claimcheck.domain.outcome import Fail
from claimcheck.testing import MemoryJobStore
from tests.kit.described import WatchedWorld
from tests.kit.world import World, job_type


def handle(given: Any, job: Any) -> Any:
    """Fail with the text as the code, if it begins with `no`."""
    if given.text.startswith("no"):
        raise Fail(given.text, "No.")
    return {"text": given.text}


def found(world: World, **query: str) -> list[str]:
    """Return the jobs of all pages."""
    job_ids: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = world.request("GET", "/v1/jobs", query=urlencode(query | cursor))
        assert answer.status == 200, answer.text
        job_ids += [job["job_id"] for job in answer.json["jobs"]]
        if answer.json["next_cursor"] is None:
            return job_ids
        cursor = {"cursor": answer.json["next_cursor"]}


def world_of(*texts: str, **body: Any) -> tuple[World, list[str]]:
    """Return a world and its jobs, submitted and ended a second apart in this order."""
    world, job_ids = WatchedWorld({"echo": handle}, [job_type()]), []
    for text in texts:
        job_ids.append(world.submit(text, **body))
        world.work()
        world.clock.advance(SECOND)
    return world, job_ids


def test_jobs_are_found_by_their_error_code() -> None:
    world, [_, no_paper, no_ink, later] = world_of("yes", "no_paper", "no_ink", "no_paper")

    assert found(world, error_code="no_paper") == [later, no_paper]
    assert found(world, error_code="no_ink", status="failed") == [no_ink]
    assert found(world, error_code="no_ink", status="completed") == []


def test_failed_jobs_come_in_the_order_of_their_ends() -> None:
    world = WatchedWorld({"echo": handle}, [job_type()])
    late = world.submit("no", run_at=rfc3339(world.clock.now() + 5 * SECOND))
    world.clock.advance(1)
    early = world.submit("no")
    world.work()
    world.advance(10 * SECOND)

    assert found(world, status="failed") == [late, early]
    assert found(world) == [early, late]


@pytest.mark.parametrize("limit", ["1", "2", "3", "10"])
def test_pages_of_failed_jobs_have_each_once(limit: str) -> None:
    world, job_ids = world_of("no", "yes", "no", "no", "yes", "no")
    failed = [job_ids[number] for number in (5, 3, 2, 0)]

    assert found(world, status="failed", limit=limit) == failed


def test_jobs_are_found_by_their_metadata() -> None:
    world = WatchedWorld()
    both = world.submit(metadata={"order": "6735", "shop": "ü & co"})
    one = world.submit(metadata={"order": "6735"})
    world.submit(metadata={"order": "1"})

    assert set(found(world, **{"metadata[order]": "6735"})) == {both, one}
    assert found(world, **{"metadata[order]": "6735", "metadata[shop]": "ü & co"}) == [both]
    assert found(world, **{"metadata[none]": ""}) == []


@pytest.mark.parametrize("text", ["no", "yes"])
def test_a_span_of_time_has_its_first_moment_and_not_its_last(text: str) -> None:
    world, job_ids = world_of(*[text] * 4)
    first, last = (rfc3339(world.job(job_ids[number]).created_at) for number in (1, 3))
    status = "failed" if text == "no" else "completed"

    for more in ({}, {"status": status}, {"limit": "1"}):
        assert found(world, created_after=first, created_before=last, **more) == job_ids[2:0:-1]
    assert found(world, created_after=first, status=status) == job_ids[:0:-1]
    assert found(world, created_before=first) == job_ids[:1]


def test_a_page_that_is_cut_goes_on_behind_its_last_job() -> None:
    world, job_ids = world_of(*["no"] * 3, metadata={f"n{n}": "x" * 500 for n in range(15)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("claimcheck.http.paging.PAGE_SIZE", 10_000)
        shown = world.request("GET", "/v1/jobs", query="status=failed").json

        assert [job["job_id"] for job in shown["jobs"]] == job_ids[:1:-1]
        assert found(world, status="failed") == job_ids[::-1]


class CountingStore(MemoryJobStore):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []

    def __getattribute__(self, name: str) -> Any:
        if name in ("list_jobs", "list_failed", "read_many", "read"):
            self.calls.append(name)
        return super().__getattribute__(name)


def test_the_last_failures_among_many_jobs_take_two_calls() -> None:
    world = World({"echo": handle}, [job_type()], store=CountingStore())
    for text in ["no"] * 30 + ["yes"] * 500:
        world.submit(text)
    world.work()
    world.store.calls.clear()

    answer = world.request("GET", "/v1/jobs", query="status=failed&limit=20")

    assert len(answer.json["jobs"]) == 20
    assert world.store.calls == ["list_failed", "read_many"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("created_after=yesterday", "created_after"),
        ("created_before=2026-06-12", "created_before"),
        ("created_after=2026-06-12T10:00:15", "created_after"),
        ("metadata[]=x", "metadata[]"),
        ("metadata[a[b]]=x", "metadata[a[b]]"),
        (f"metadata[{'x' * 41}]=x", f"metadata[{'x' * 41}]"),
        ("metadata[a]=x&metadata[a]=y", "metadata[a]"),
        ("flow=renderer&metadata=x", "metadata"),
        ("status=failed&cursor=01922f7e-6a10-7cc3-98a4-1f2e3d4c5b6a", "cursor"),
        ("status=pending&cursor=001750000000000.01922f7e-6a10-7cc3-98a4-1f2e3d4c5b6a", "cursor"),
        ("error_code=no&cursor=1.01922f7e-6a10-7cc3-98a4-1f2e3d4c5b6a", "cursor"),
    ],
)
def test_a_wrong_filter_is_named(query: str, parameter: str) -> None:
    answer = World().request("GET", "/v1/jobs", query=query)

    assert answer.status == 422
    assert parameter in [each["parameter"] for each in answer.json["errors"]]
