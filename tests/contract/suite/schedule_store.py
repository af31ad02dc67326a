"""Schedules: replaced only by writers with the current version, due like jobs, and each with its own jobs."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimcheck.domain.errors import Conflict, InsufficientCredits, KeyTaken
from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND
from claimcheck.domain.ports import shard_of_key
from claimcheck.domain.recurrence import Cron, Every
from claimcheck.domain.schedules import (
    LEAD,
    Missed,
    Overlap,
    Refusal,
    Replacement,
    Run,
    Schedule,
    ScheduleKey,
)
from tests.contract.suite.adapters import Adapters  # noqa: TC001 - Hypothesis reads the annotation
from tests.kit.jobs import (
    ATTRIBUTES,
    COUNT,
    MILLIS,
    NEEDS,
    NOW,
    PRINTABLE,
    RANDOMNESS,
    TEXT,
    UNKNOWN,
    new_job,
    new_org,
    reserve,
)
from tests.kit.schedules import new_schedule

if TYPE_CHECKING:
    from claimcheck.domain.ports import DueAfter


def rewritten(schedule: Schedule, **changes: Any) -> Schedule:
    return schedule.evolve(written_by=RANDOMNESS.token(), **changes)


# Every field takes every value of its type, even if no real schedule has it.
FIELDS = {
    "plan": TEXT,
    "recurrence": st.builds(Cron, TEXT, TEXT, UNKNOWN) | st.builds(Every, COUNT, MILLIS, UNKNOWN),
    "type": TEXT,
    "input": TEXT,
    "metadata": st.dictionaries(TEXT, TEXT, max_size=5),
    "missed": st.sampled_from(Missed),
    "overlap": st.sampled_from(Overlap),
    "start_by": st.none() | MILLIS,
    "callback_url": st.none() | TEXT,
    "deadline": st.none() | MILLIS,
    "retention": st.none() | MILLIS,
    "created_at": MILLIS,
    "updated_at": MILLIS,
    "paused": st.booleans(),
    "next_at": st.none() | st.integers(LEAD, 2**47),
    "through": MILLIS,
    "flow": st.none() | PRINTABLE,
    "key_id": TEXT,
    "runs": st.lists(st.builds(Run, MILLIS, TEXT), max_size=4).map(tuple),
    "refusal": st.none() | st.builds(Refusal, MILLIS, TEXT, TEXT),
    "needs": NEEDS,
    "unknown": UNKNOWN,
    "attributes": ATTRIBUTES,
}


class ScheduleStoreSuite:
    @settings(
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,
        ],
    )
    @given(values=st.fixed_dictionaries(FIELDS))
    def test_every_field_of_a_schedule_is_read_as_it_was_stored(
        self, adapters: Adapters, values: dict[str, Any]
    ) -> None:
        schedule = new_schedule(**values)

        assert adapters.schedules.put(None, schedule)

        assert adapters.schedules.read(schedule.key) == schedule

    def test_the_property_above_varies_every_field(self) -> None:
        assert {*FIELDS, "org", "name", "written_by"} == {each.name for each in fields(Schedule)}

    def test_a_missing_schedule_is_none(self, adapters: Adapters) -> None:
        assert adapters.schedules.read(ScheduleKey(new_org(), "nightly")) is None

    def test_a_large_input_in_any_script_is_read_as_it_was_stored(self, adapters: Adapters) -> None:
        schedule = new_schedule(input='"' + "שלום 你好 🧥" * 10_000 + '"')

        assert adapters.schedules.put(None, schedule)

        assert adapters.schedules.read(schedule.key) == schedule

    def test_a_new_one_does_not_replace_an_existing_one(self, adapters: Adapters) -> None:
        first = new_schedule()
        second = new_schedule(org=first.org, type="other")
        adapters.schedules.put(None, first)

        assert not adapters.schedules.put(None, second)
        assert adapters.schedules.read(first.key) == first

    def test_it_is_replaced_by_a_writer_with_its_current_version(self, adapters: Adapters) -> None:
        first = new_schedule()
        second, third = rewritten(first, paused=True), rewritten(first, type="other")
        adapters.schedules.put(None, first)

        assert adapters.schedules.put(first, second)
        assert not adapters.schedules.put(first, third)
        assert adapters.schedules.read(first.key) == second

    def test_storing_again_returns_the_same(self, adapters: Adapters) -> None:
        first = new_schedule()
        second = rewritten(first)

        assert [adapters.schedules.put(None, first) for _ in range(2)] == [True, True]
        assert [adapters.schedules.put(first, second) for _ in range(2)] == [True, True]
        assert not adapters.schedules.put(None, first)

    def test_a_late_write_does_not_recreate_a_deleted_one(self, adapters: Adapters) -> None:
        first = new_schedule()
        adapters.schedules.put(None, first)

        gone = [adapters.schedules.delete(first) for _ in range(2)]

        assert gone == [True, True]
        assert not adapters.schedules.put(first, rewritten(first))
        assert adapters.schedules.read(first.key) is None

    def test_a_deletion_spares_what_was_stored_after_it_was_decided(self, adapters: Adapters) -> None:
        first = new_schedule()
        second = rewritten(first)
        adapters.schedules.put(None, first)
        adapters.schedules.put(first, second)

        assert not adapters.schedules.delete(first)
        assert adapters.schedules.read(first.key) == second

    def test_a_slots_job_is_stored_with_its_schedule(self, adapters: Adapters) -> None:
        first = new_schedule()
        second = rewritten(first, next_at=NOW + DAY)
        job = new_job(org=first.org)
        adapters.schedules.put(None, first)

        for _ in range(2):
            adapters.store.insert(job, "SLOT#1", reserve(job), Replacement(first, second))

        assert adapters.store.read(job.job_id) == job
        assert adapters.schedules.read(first.key) == second
        assert adapters.schedules.job_ids(first.key, None, 10).entries == [job.job_id]

    @pytest.mark.parametrize("charge", [0, 7])
    @pytest.mark.parametrize("change", ["rewritten", "deleted"])
    def test_no_job_of_a_schedule_that_has_changed_is_stored(
        self, adapters: Adapters, change: str, charge: int
    ) -> None:
        first = new_schedule()
        job = new_job(org=first.org, charge=charge)
        adapters.credits.add_credits(first.org, 10, NOW, RANDOMNESS.token())
        adapters.schedules.put(None, first)
        if change == "deleted":
            adapters.schedules.delete(first)
        else:
            adapters.schedules.put(first, rewritten(first, paused=True))
        stored = adapters.schedules.read(first.key)

        with pytest.raises(Conflict):
            adapters.store.insert(job, "SLOT#1", reserve(job), Replacement(first, rewritten(first)))

        assert adapters.store.read(job.job_id) is None
        assert adapters.store.reservation(job.org, "SLOT#1") is None
        assert adapters.schedules.read(first.key) == stored
        assert adapters.schedules.job_ids(first.key, None, 10).entries == []
        assert adapters.credits.credits(first.org) == 10

    def test_a_slot_that_is_refused_moves_no_schedule(self, adapters: Adapters) -> None:
        schedule = new_schedule()
        taken, broke, job = (new_job(org=schedule.org, charge=charge) for charge in (0, 7, 0))
        adapters.schedules.put(None, schedule)
        adapters.store.insert(taken, "SLOT#1", reserve(taken))

        with pytest.raises(InsufficientCredits):
            adapters.store.insert(broke, "SLOT#2", reserve(broke), Replacement(schedule, rewritten(schedule)))
        with pytest.raises(KeyTaken):
            adapters.store.insert(job, "SLOT#1", reserve(job), Replacement(schedule, rewritten(schedule)))

        assert adapters.schedules.read(schedule.key) == schedule
        assert adapters.schedules.job_ids(schedule.key, None, 10).entries == []

    def test_the_same_name_in_another_org_is_another_schedule(self, adapters: Adapters) -> None:
        mine, theirs = new_schedule(), new_schedule(type="other")
        for each in (mine, theirs):
            adapters.schedules.put(None, each)

        adapters.schedules.delete(theirs)

        assert adapters.schedules.read(mine.key) == mine
        assert adapters.schedules.list_schedules(theirs.org, None, 10).entries == []

    @pytest.mark.parametrize("limit", [1, 2, 4, 5])
    def test_lists_show_each_schedule_once_by_name_and_without_its_input(
        self, adapters: Adapters, limit: int
    ) -> None:
        org = new_org()
        stored = [new_schedule(org=org, name=name) for name in ("b", "a", "a_1", "B")]
        for each in stored:
            adapters.schedules.put(None, each)

        found: list[Schedule] = []
        after = None
        while True:
            page = adapters.schedules.list_schedules(org, after, limit)
            assert len(page.entries) <= limit
            found += page.entries
            after = page.after
            if after is None:
                break

        assert found == sorted((each.evolve(input="") for each in stored), key=lambda each: each.name)

    @pytest.mark.parametrize("limit", [1, 2, 3, 4])
    def test_its_jobs_are_listed_newest_first_and_once(self, adapters: Adapters, limit: int) -> None:
        schedule = new_schedule()
        jobs = [new_job(org=schedule.org, created_at=NOW + i) for i in range(3)]
        for job in (*jobs, jobs[0]):
            adapters.schedules.record(schedule.key, job)

        found: list[str] = []
        after = None
        while True:
            page = adapters.schedules.job_ids(schedule.key, after, limit)
            assert len(page.entries) <= limit
            found += page.entries
            after = page.after
            if after is None:
                break

        assert found == [job.job_id for job in reversed(jobs)]

    @pytest.mark.parametrize("other", ["nightly-2", "nightl", "NIGHTLY"])
    def test_it_lists_no_other_schedules_jobs(self, adapters: Adapters, other: str) -> None:
        org = new_org()
        adapters.schedules.record(ScheduleKey(org, other), new_job(org=org))
        adapters.schedules.record(ScheduleKey(new_org(), "nightly"), new_job())

        assert adapters.schedules.job_ids(ScheduleKey(org, "nightly"), None, 10).entries == []


class DueSchedulesSuite:
    def test_a_schedule_is_due_ahead_of_its_next_slot_and_until_it_is_moved(self, adapters: Adapters) -> None:
        schedule = new_schedule()
        moved = rewritten(schedule, next_at=NOW + DAY)
        slot = NOW + HOUR
        adapters.schedules.put(None, schedule)

        early = due(adapters, schedule.key, slot - LEAD - 1)
        ahead = due(adapters, schedule.key, slot - LEAD)
        adapters.schedules.put(schedule, moved)

        assert (early, ahead) == ([], [schedule.key])
        assert due(adapters, schedule.key, NOW + DAY - LEAD - 1) == []
        assert due(adapters, schedule.key, NOW + DAY - LEAD) == [schedule.key]

    def test_without_a_next_slot_it_is_never_due(self, adapters: Adapters) -> None:
        schedule = new_schedule()
        adapters.schedules.put(None, schedule)

        adapters.schedules.put(schedule, rewritten(schedule, next_at=None))

        assert due(adapters, schedule.key, NOW * 2) == []

    def test_a_deleted_one_is_not_due(self, adapters: Adapters) -> None:
        schedule = new_schedule()
        adapters.schedules.put(None, schedule)

        adapters.schedules.delete(schedule)

        assert due(adapters, schedule.key, NOW * 2) == []

    @pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
    def test_jobs_and_schedules_come_longest_due_first_and_once_on_pages_of_any_size(
        self, adapters: Adapters, limit: int
    ) -> None:
        schedules = [new_schedule(next_at=NOW + LEAD + 2 * i * SECOND) for i in range(3)]
        shard = shard_of_key(schedules[0].key)
        schedules = [_neighbour(schedule, shard) for schedule in schedules]
        jobs = [_neighbouring_job(shard, NOW + (2 * i + 1) * SECOND) for i in range(3)]
        for schedule in schedules:
            adapters.schedules.put(None, schedule)
        for job in jobs:
            adapters.store.insert(job, None, None)

        pages = list(_pages(adapters, shard, NOW + MINUTE, limit))

        mine = {job.job_id for job in jobs}, {schedule.key for schedule in schedules}
        assert [each for ids, _ in pages for each in ids if each in mine[0]] == [job.job_id for job in jobs]
        assert [each for _, keys in pages for each in keys if each in mine[1]] == [
            schedule.key for schedule in schedules
        ]
        assert all(len(ids) + len(keys) <= limit for ids, keys in pages)

    def test_it_is_in_no_list_of_jobs(self, adapters: Adapters) -> None:
        schedule = new_schedule()
        adapters.schedules.put(None, schedule)
        adapters.schedules.record(schedule.key, new_job(org=schedule.org))

        assert adapters.store.list_jobs(schedule.org, None, 10).entries == []


def _neighbour(schedule: Schedule, shard: int) -> Schedule:
    while shard_of_key(schedule.key) != shard:
        schedule = schedule.evolve(org=new_org())
    return schedule


def _neighbouring_job(shard: int, due_at: int) -> Any:
    from claimcheck.domain.ports import shard_of

    while True:
        job = new_job(due_at=due_at)
        if shard_of(job.job_id) == shard:
            return job


def _pages(adapters: Adapters, shard: int, now: int, limit: int) -> Any:
    after: DueAfter | None = None
    while True:
        page = adapters.store.due(shard, now, after, limit)
        yield page.job_ids, page.keys(ScheduleKey)
        after = page.after
        if after is None:
            return


def due(adapters: Adapters, key: ScheduleKey, now: int) -> list[ScheduleKey]:
    """Return the schedule as often as it is due, in any shard."""
    return [
        each
        for shard in range(16)
        for _, keys in _pages(adapters, shard, now, 100)
        for each in keys
        if each == key
    ]
