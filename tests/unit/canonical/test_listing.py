"""Lists of jobs: newest first, in pages, and only the org's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.job import SECOND
from claimcheck.testing import MemoryJobStore
from tests.kit.described import WatchedWorld
from tests.kit.world import World, echo, job_type

if TYPE_CHECKING:
    from claimcheck.domain.ports import Page


def page(world: World, query: str = "", **more: Any) -> tuple[list[str], str | None]:
    answer = world.request("GET", "/v1/jobs", query=query, **more)
    assert answer.status == 200, answer.text
    return [job["job_id"] for job in answer.json["jobs"]], answer.json["next_cursor"]


def pages(world: World, query: str = "", **more: Any) -> list[list[str]]:
    """Return every page, by following the cursors."""
    found, cursor = page(world, query, **more)
    all_pages = [found]
    while cursor is not None:
        found, cursor = page(world, f"{query}&cursor={cursor}", **more)
        all_pages.append(found)
    return all_pages


def submit_apart(world: World, count: int) -> list[str]:
    """Submit jobs at different times. Returns them newest first."""
    job_ids = []
    for _ in range(count):
        job_ids.append(world.submit())
        world.clock.advance(1)
    return job_ids[::-1]


def test_an_org_without_jobs_has_an_empty_last_page() -> None:
    assert page(WatchedWorld()) == ([], None)


def test_jobs_are_newest_first() -> None:
    world = WatchedWorld()
    job_ids = submit_apart(world, 5)

    assert page(world) == (job_ids, None)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 10, 100])
def test_pages_have_every_job_once(limit: int) -> None:
    world = WatchedWorld()
    job_ids = submit_apart(world, 10)
    found = pages(world, f"limit={limit}")

    assert [job_id for each in found for job_id in each] == job_ids
    assert all(len(each) <= limit for each in found)


def test_jobs_of_one_millisecond_are_each_listed_once() -> None:
    world = WatchedWorld()
    job_ids = {world.submit() for _ in range(10)}
    found = [job_id for each in pages(world, "limit=3") for job_id in each]

    assert sorted(found) == sorted(job_ids)


def test_a_job_submitted_between_two_pages_moves_neither() -> None:
    world = WatchedWorld()
    job_ids = submit_apart(world, 4)
    first, cursor = page(world, "limit=2")
    world.submit()
    second, _ = page(world, f"limit=2&cursor={cursor}")

    assert first + second == job_ids


def test_a_page_has_20_jobs_unless_asked_otherwise() -> None:
    world = WatchedWorld()
    submit_apart(world, 25)

    assert len(page(world)[0]) == 20
    assert len(page(world, "limit=25")[0]) == 25


class CountingStore(MemoryJobStore):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[int] = []

    def list_jobs(self, org: str, after: str | None, limit: int, *span: int) -> Page[str]:
        self.asked.append(limit)
        return super().list_jobs(org, after, limit, *span)


def test_a_page_reads_at_most_100_rows_however_few_match() -> None:
    world = WatchedWorld(store=CountingStore())
    submit_apart(world, 130)
    world.work()
    found = pages(world, "limit=100&status=processing")

    assert found == [[], []]
    assert world.store.asked == [100, 100]


def test_a_filtered_page_may_be_short_and_carry_a_cursor() -> None:
    world = WatchedWorld()
    job_ids = submit_apart(world, 6)
    for job_id in job_ids[1:5]:
        world.request("POST", f"/v1/jobs/{job_id}/cancel")

    assert pages(world, "limit=2&status=pending") == [[job_ids[0]], [], [job_ids[5]]]


def test_filters_by_status_and_type_narrow_each_other() -> None:
    world = WatchedWorld({"echo": echo, "other": echo}, [job_type(), job_type("other")])
    completed = world.submit()
    world.work()
    pending, other = world.submit(), world.submit(type="other")

    assert page(world, "status=completed")[0] == [completed]
    assert set(page(world, "status=pending")[0]) == {pending, other}
    assert page(world, "type=other")[0] == [other]
    assert page(world, "type=echo&status=pending")[0] == [pending]
    assert page(world, "type=other&status=completed")[0] == []
    assert page(world, "type=never")[0] == []
    assert page(world, "status=processing")[0] == []


def test_expired_jobs_are_not_listed() -> None:
    world = WatchedWorld()
    world.submit()
    world.work()
    world.clock.advance(7200 * SECOND)
    alive = world.submit()

    assert page(world) == ([alive], None)


def test_a_list_shows_where_results_are_and_not_the_results() -> None:
    world = WatchedWorld()
    job_id = world.submit("the whole result")
    world.work()
    [job] = world.request("GET", "/v1/jobs").json["jobs"]

    assert job["result_url"] == f"/v1/jobs/{job_id}/result"
    assert "result" not in job


def test_an_org_lists_only_its_own_jobs() -> None:
    world = WatchedWorld()
    globex = world.key("globex")
    ours = world.submit()
    theirs = world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": ""}}, key=globex).json[
        "job_id"
    ]

    assert page(world) == ([ours], None)
    assert page(world, key=globex) == ([theirs], None)


def test_another_orgs_cursor_gives_nothing_of_theirs() -> None:
    world = WatchedWorld()
    globex = world.key("globex")
    ours = submit_apart(world, 4)
    _, cursor = page(world, "limit=2")
    mine = world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": ""}}, key=globex)
    through_theirs = pages(world, f"cursor={cursor}", key=globex)
    through_any = pages(world, f"cursor={'f' * 8}-ffff-7fff-bfff-{'f' * 12}", key=globex)

    assert not set(ours) & {job_id for each in through_theirs for job_id in each}
    assert through_any == [[mine.json["job_id"]]]


def test_a_cursor_names_no_org_and_goes_on_when_its_job_is_gone() -> None:
    world = WatchedWorld()
    job_ids = submit_apart(world, 4)
    _, cursor = page(world, "limit=2")
    assert cursor == job_ids[1]
    del world.store._jobs[cursor]

    assert page(world, f"cursor={cursor}") == (job_ids[2:], None)
