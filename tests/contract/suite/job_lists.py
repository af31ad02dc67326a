"""Many jobs: an org's list, due jobs, and the executions of one job."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.errors import Conflict
from claimcheck.domain.job import CANCELLED, DAY, Job, JobError
from claimcheck.domain.ports import failed_place, shard_of
from tests.kit.jobs import NOW, RANDOMNESS, claimed, delivery, ended, execution, new_job, new_org, record

if TYPE_CHECKING:
    from claimcheck.domain.ports import JobStore
    from tests.contract.suite.adapters import Adapters


def insert(store: JobStore, *jobs: Job) -> None:
    for job in jobs:
        store.insert(job, None, None)


def pages(store: JobStore, org: str, limit: int) -> list[list[str]]:
    """Return every page of an org's list, up to the one without a successor."""
    found = []
    after = None
    while True:
        page = store.list_jobs(org, after, limit)
        assert len(page.entries) <= limit
        found.append(page.entries)
        after = page.after
        if after is None:
            return found


def due(store: JobStore, jobs: list[Job], now: int, limit: int = 100) -> list[str]:
    """Return which of these jobs are due, page by page. They must be in one shard."""
    (shard,) = {shard_of(job.job_id) for job in jobs}
    mine = {job.job_id for job in jobs}
    found = []
    after = None
    while True:
        page = store.due(shard, now, after, limit)
        assert len(page.job_ids) <= limit
        found += [job_id for job_id in page.job_ids if job_id in mine]
        after = page.after
        if after is None:
            return found


def neighbours(count: int, **changes: int) -> list[Job]:
    """Return jobs of one shard, due one millisecond after the other from `NOW` on."""
    jobs: list[Job] = []
    while len(jobs) < count:
        job = new_job(**{"due_at": NOW + len(jobs)} | changes)
        if not jobs or shard_of(job.job_id) == shard_of(jobs[0].job_id):
            jobs.append(job)
    return jobs


class JobListsSuite:
    def test_an_orgs_jobs_are_listed_newest_first(self, adapters: Adapters) -> None:
        org = new_org()
        jobs = [new_job(org=org, created_at=NOW + i) for i in range(5)]
        insert(adapters.store, *jobs[::2], *jobs[1::2])

        page = adapters.store.list_jobs(org, None, 100)

        assert page.entries == [job.job_id for job in reversed(jobs)]
        assert page.after is None

    @pytest.mark.parametrize("limit", [1, 2, 3, 6, 7])
    def test_pages_show_every_job_once(self, adapters: Adapters, limit: int) -> None:
        org = new_org()
        jobs = [new_job(org=org, created_at=NOW + i) for i in range(6)]
        insert(adapters.store, *jobs)

        found = pages(adapters.store, org, limit)

        assert list(chain(*found)) == [job.job_id for job in reversed(jobs)]
        # A store may need an empty page to see that the one before was the last.
        assert all(len(page) == limit for page in found[:-2])

    def test_jobs_of_one_millisecond_are_all_listed_once(self, adapters: Adapters) -> None:
        org = new_org()
        jobs = [new_job(org=org) for _ in range(7)]
        insert(adapters.store, *jobs)

        found = chain(*pages(adapters.store, org, 2))

        assert sorted(found) == sorted(job.job_id for job in jobs)

    def test_an_org_lists_no_other_orgs_jobs(self, adapters: Adapters) -> None:
        mine = [new_job(created_at=NOW + i) for i in range(2)]
        theirs = new_job(created_at=NOW + 1)
        insert(adapters.store, *mine, theirs)

        assert pages(adapters.store, mine[0].org, 10) == [[mine[0].job_id]]
        assert pages(adapters.store, new_org(), 10) == [[]]

    def test_a_cursor_of_another_org_shows_nothing_of_that_org(self, adapters: Adapters) -> None:
        org = new_org()
        mine = [new_job(org=org, created_at=NOW + i) for i in (0, 2)]
        theirs = [new_job(org="org-of-others", created_at=NOW + i) for i in (0, 1)]
        insert(adapters.store, *mine, *theirs)

        page = adapters.store.list_jobs(org, theirs[1].job_id, 10)

        assert page.entries == [mine[0].job_id]

    def test_a_job_keeps_its_place_in_every_status(self, adapters: Adapters) -> None:
        org = new_org()
        jobs = [new_job(org=org, created_at=NOW + i) for i in range(3)]
        insert(adapters.store, *jobs)
        adapters.store.replace(jobs[0], ended(jobs[0]))
        adapters.store.replace(jobs[1], claimed(jobs[1]))

        page = adapters.store.list_jobs(org, None, 10)

        assert page.entries == [job.job_id for job in reversed(jobs)]

    def test_a_span_of_time_has_its_first_millisecond_and_not_its_last(self, adapters: Adapters) -> None:
        org = new_org()
        jobs = [new_job(org=org, created_at=NOW + i) for i in range(5)]
        insert(adapters.store, *jobs)

        page = adapters.store.list_jobs(org, None, 100, NOW + 1, NOW + 3)
        empty = [adapters.store.list_jobs(org, None, 100, NOW + 3, NOW + end) for end in (1, 3)]

        assert page.entries == [jobs[2].job_id, jobs[1].job_id]
        assert empty == [([], None), ([], None)]

    @pytest.mark.parametrize(("last", "found"), [(0, []), (1, []), (2, [1]), (3, [2, 1]), (4, [2, 1])])
    def test_a_page_after_any_job_stays_in_its_span(
        self, adapters: Adapters, last: int, found: list[int]
    ) -> None:
        org = new_org()
        jobs = [new_job(org=org, created_at=NOW + i) for i in range(5)]
        insert(adapters.store, *jobs)

        page = adapters.store.list_jobs(org, jobs[last].job_id, 100, NOW + 1, NOW + 3)

        assert page.entries == [jobs[number].job_id for number in found]

    def test_due_jobs_come_longest_due_first(self, adapters: Adapters) -> None:
        jobs = neighbours(4)
        insert(adapters.store, *jobs[::-1])

        found = due(adapters.store, jobs, NOW + DAY)

        assert found == [job.job_id for job in jobs]

    def test_nothing_is_due_before_its_time(self, adapters: Adapters) -> None:
        jobs = neighbours(3)
        insert(adapters.store, *jobs)

        assert due(adapters.store, jobs, NOW - 1) == []
        assert due(adapters.store, jobs, NOW) == [jobs[0].job_id]
        assert due(adapters.store, jobs, NOW + 1) == [jobs[0].job_id, jobs[1].job_id]

    def test_a_job_is_due_in_no_shard_but_its_own(self, adapters: Adapters) -> None:
        job = new_job()
        insert(adapters.store, job)

        shards = [
            shard
            for shard in range(16)
            if job.job_id in adapters.store.due(shard, NOW * 2, None, 1000).job_ids
        ]

        assert shards == [shard_of(job.job_id)]

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_pages_of_what_is_due_show_every_job_once(self, adapters: Adapters, limit: int) -> None:
        jobs = [*neighbours(4)]
        same = [job.evolve(due_at=NOW + 9) for job in jobs[2:]]
        insert(adapters.store, *jobs[:2], *same)

        found = due(adapters.store, jobs, NOW + DAY, limit)

        assert found[:2] == [job.job_id for job in jobs[:2]]
        assert sorted(found[2:]) == sorted(job.job_id for job in same)

    def test_a_moved_job_is_due_only_at_its_new_time(self, adapters: Adapters) -> None:
        (job,) = neighbours(1)
        moved = job.evolve(due_at=NOW + DAY, written_by=RANDOMNESS.token())
        insert(adapters.store, job)
        adapters.store.replace(job, moved)

        assert due(adapters.store, [job], NOW + DAY - 1) == []
        assert due(adapters.store, [job], NOW + DAY) == [job.job_id]

    def test_a_claim_leaves_the_job_due_and_an_end_does_not(self, adapters: Adapters) -> None:
        (job,) = neighbours(1)
        running = claimed(job)
        insert(adapters.store, job)

        adapters.store.replace(job, running)
        while_running = due(adapters.store, [job], NOW + DAY)
        adapters.store.replace(running, ended(running))
        after_the_end = due(adapters.store, [job], NOW + DAY)

        assert while_running == [job.job_id]
        assert after_the_end == []


def failing(adapters: Adapters, org: str, *ends: int) -> list[str]:
    """Store jobs that failed this many milliseconds after `NOW`, and return their ids."""
    jobs = [new_job(org=org) for _ in ends]
    insert(adapters.store, *jobs)
    for job, end in zip(jobs, ends, strict=True):
        over = job.ended(NOW + end, error=CANCELLED).evolve(written_by=RANDOMNESS.token())
        adapters.store.replace(job, over)
    return [job.job_id for job in jobs]


class FailedJobsSuite:
    def test_the_last_failure_comes_first(self, adapters: Adapters) -> None:
        org = new_org()
        first, last, middle = failing(adapters, org, 1, 3, 2)

        page = adapters.store.list_failed(org, None, 100)

        assert page.entries == [last, middle, first]
        assert page.after is None

    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
    def test_pages_of_failures_show_every_job_once(self, adapters: Adapters, limit: int) -> None:
        org = new_org()
        job_ids = failing(adapters, org, 5, 4, 3, 3, 1)

        found: list[str] = []
        after = None
        while not found or after is not None:
            page = adapters.store.list_failed(org, after, limit)
            found, after = found + page.entries, page.after

        assert (found[:2], found[4:]) == (job_ids[:2], job_ids[4:])
        assert sorted(found) == sorted(job_ids)

    def test_only_failures_from_a_time_on_are_listed(self, adapters: Adapters) -> None:
        org = new_org()
        *_, second, third = failing(adapters, org, 1, 2, 3)

        page = adapters.store.list_failed(org, None, 100, NOW + 2)
        beyond = adapters.store.list_failed(org, failed_place(NOW + 1, third), 100, NOW + 2)

        assert page.entries == [third, second]
        assert beyond == ([], None)

    def test_jobs_that_have_not_failed_and_those_of_other_orgs_are_not_listed(
        self, adapters: Adapters
    ) -> None:
        org = new_org()
        waiting, done = (new_job(org=org) for _ in range(2))
        insert(adapters.store, waiting, done)
        adapters.store.replace(done, ended(done))
        [failed] = failing(adapters, org, 1)

        assert adapters.store.list_failed(org, None, 100).entries == [failed]
        assert adapters.store.list_failed(new_org(), None, 100).entries == []


class ExecutionsSuite:
    def test_executions_come_newest_first_and_as_they_were(self, adapters: Adapters) -> None:
        job = stored(adapters)
        recorded = [
            execution(9, ended_at=None, outcome="running"),
            execution(10, error=JobError("timeout", "Zu spät.")),
            execution(
                100, scheduled_at=NOW, details={"status": 200, "answer": {"body": "Da! 🧥", "parts": []}}
            ),
        ]
        record(adapters.store, job, *recorded)

        assert adapters.store.executions(job.job_id) == recorded[::-1]

    def test_the_same_number_again_replaces(self, adapters: Adapters) -> None:
        job = stored(adapters)

        record(adapters.store, job, execution(1, outcome="retry"), execution(1, outcome="worker_lost"))

        assert adapters.store.executions(job.job_id) == [execution(1, outcome="worker_lost")]

    def test_only_the_last_hundred_are_shown(self, adapters: Adapters) -> None:
        job = stored(adapters)
        record(adapters.store, job, *(execution(number) for number in range(1, 104)))

        shown = adapters.store.executions(job.job_id)

        assert [each.number for each in shown] == list(range(103, 3, -1))

    def test_a_job_shows_no_other_jobs_executions(self, adapters: Adapters) -> None:
        job = stored(adapters)
        record(adapters.store, stored(adapters), execution(1))

        assert adapters.store.executions(job.job_id) == []

    def test_an_execution_is_recorded_if_and_only_if_its_job_is_stored(self, adapters: Adapters) -> None:
        job = stored(adapters)
        theirs, mine = (job.evolve(written_by=RANDOMNESS.token()) for _ in range(2))
        adapters.store.replace(job, theirs)

        with pytest.raises(Conflict):
            adapters.store.replace(job, mine, execution(1, outcome="retry"))
        refused = adapters.store.executions(job.job_id)
        adapters.store.replace(theirs, mine, execution(1, outcome="again"))
        adapters.store.replace(theirs, mine, execution(1, outcome="again"))

        assert refused == []
        assert adapters.store.executions(job.job_id) == [execution(1, outcome="again")]
        assert adapters.store.read(job.job_id) == mine

    def test_a_refund_and_an_execution_are_stored_at_once(self, adapters: Adapters) -> None:
        org = new_org()
        adapters.credits.add_credits(org, 10, NOW, RANDOMNESS.token())
        job = stored(adapters, org=org, charge=7)
        over = job.ended(NOW + 1, error=CANCELLED).evolve(written_by=RANDOMNESS.token())

        adapters.store.replace(job, over, execution(1, outcome="retry"))

        assert adapters.credits.credits(org) == 10
        assert adapters.store.executions(job.job_id) == [execution(1, outcome="retry")]


class DeliveriesSuite:
    def test_a_delivery_can_be_recorded_with_its_job(self, adapters: Adapters) -> None:
        job = stored(adapters)

        record(adapters.store, job, delivery(1, duration=None, status=None))

        assert adapters.store.deliveries(job.job_id) == [delivery(1, duration=None, status=None)]

    def test_deliveries_come_newest_first_and_as_they_were(self, adapters: Adapters) -> None:
        job = stored(adapters)
        recorded = [
            delivery(9, duration=None, status=None, answer=""),
            delivery(10, status=None, answer="", error="timed_out", message="Zu spät."),
            delivery(100, answer="\ufffd ok\r\n"),
        ]
        for each in recorded:
            adapters.store.record_delivery(job, each)

        assert adapters.store.deliveries(job.job_id) == recorded[::-1]

    def test_the_same_number_again_replaces(self, adapters: Adapters) -> None:
        job = stored(adapters)

        adapters.store.record_delivery(job, delivery(1, duration=None, status=None))
        adapters.store.record_delivery(job, delivery(1))

        assert adapters.store.deliveries(job.job_id) == [delivery(1)]

    def test_only_the_last_hundred_are_shown(self, adapters: Adapters) -> None:
        job = stored(adapters)
        for number in range(1, 104):
            adapters.store.record_delivery(job, delivery(number))

        shown = adapters.store.deliveries(job.job_id)

        assert [each.number for each in shown] == list(range(103, 3, -1))

    def test_a_job_shows_neither_executions_nor_another_jobs_deliveries(self, adapters: Adapters) -> None:
        job = stored(adapters)
        record(adapters.store, job, execution(1))
        adapters.store.record_delivery(new_job(), delivery(1))

        assert adapters.store.deliveries(job.job_id) == []


def stored(adapters: Adapters, **changes: Any) -> Job:
    job = new_job(**changes)
    adapters.store.insert(job, None, None)
    return job
