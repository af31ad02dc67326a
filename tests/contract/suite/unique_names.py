"""Unique names: given and taken with their job's write, and held by one job of an org at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.errors import Conflict, InsufficientCredits, KeyTaken, NameTaken
from tests.kit.jobs import NOW, RANDOMNESS, claimed, ended, new_job, new_org, reserve

if TYPE_CHECKING:
    from claimcheck.domain.job import Job
    from tests.contract.suite.adapters import Adapters

KEY = "report of customer 6735 " + "ü" * 200


def keyed(org: str, key: str = KEY) -> Job:
    return new_job(org=org, unique_key=key)


def alone(org: str, schedule: str = "nightly") -> Job:
    return new_job(org=org, alone_in=schedule)


class UniqueNameSuite:
    def test_a_job_with_a_taken_name_is_not_stored_and_learns_whose_it_is(self, adapters: Adapters) -> None:
        first, second = keyed(org := new_org()), keyed(org)
        adapters.store.insert(first, None, None)

        with pytest.raises(NameTaken) as taken:
            adapters.store.insert(second, "key", reserve(second))

        assert (taken.value.name, taken.value.job_id) == (f"key:{KEY}", first.job_id)
        assert adapters.store.read(second.job_id) is None
        assert adapters.store.reservation(org, "key") is None

    def test_inserting_a_job_with_a_name_again_succeeds(self, adapters: Adapters) -> None:
        job = keyed(new_org())

        adapters.store.insert(job, None, None)
        adapters.store.insert(job, None, None)

        assert adapters.store.read(job.job_id) == job

    def test_a_late_repeat_of_an_insert_takes_no_name_from_the_next_job(self, adapters: Adapters) -> None:
        first, second = keyed(org := new_org()), keyed(org)
        adapters.store.insert(first, None, None)
        adapters.store.replace(first, ended(first))
        adapters.store.insert(second, None, None)

        adapters.store.insert(first, None, None)

        with pytest.raises(NameTaken) as taken:
            adapters.store.insert(keyed(org), None, None)
        assert taken.value.job_id == second.job_id

    def test_a_name_is_free_after_the_end_and_not_before(self, adapters: Adapters) -> None:
        first, second = keyed(org := new_org()), keyed(org)
        adapters.store.insert(first, None, None)
        running = claimed(first)
        adapters.store.replace(first, running)

        with pytest.raises(NameTaken):
            adapters.store.insert(second, None, None)
        adapters.store.replace(running, ended(running))
        adapters.store.insert(second, None, None)

        assert adapters.store.read(second.job_id) == second

    def test_a_refused_end_frees_no_name(self, adapters: Adapters) -> None:
        first = keyed(org := new_org())
        adapters.store.insert(first, None, None)
        adapters.store.replace(first, claimed(first))

        with pytest.raises(Conflict):
            adapters.store.replace(first, ended(first))

        with pytest.raises(NameTaken):
            adapters.store.insert(keyed(org), None, None)

    def test_orgs_and_kinds_of_names_are_apart(self, adapters: Adapters) -> None:
        org = new_org()
        for job in (keyed(org, "nightly"), keyed(new_org(), "nightly"), keyed(org, "nightl")):
            adapters.store.insert(job, None, None)
        job = alone(org)
        adapters.store.insert(job, None, None)

        adapters.store.replace(job, claimed(job))

    def test_one_job_of_a_schedule_that_runs_alone_is_claimed(self, adapters: Adapters) -> None:
        first, second = alone(org := new_org()), alone(org)
        for job in (first, second):
            adapters.store.insert(job, None, None)
        running = claimed(first)
        adapters.store.replace(first, running)
        adapters.store.replace(first, running)  # a repeat

        with pytest.raises(NameTaken) as taken:
            adapters.store.replace(second, claimed(second))
        waiting = adapters.store.read(second.job_id)
        adapters.store.replace(running, again := claimed(running))
        adapters.store.replace(again, ended(again))
        adapters.store.replace(second, claimed(second))

        assert (taken.value.name, taken.value.job_id) == ("schedule:nightly", first.job_id)
        assert waiting == second

    def test_a_name_is_released_only_from_the_job_that_has_it(self, adapters: Adapters) -> None:
        first, second = keyed(org := new_org()), keyed(org)
        adapters.store.insert(first, None, None)

        adapters.store.release_name(org, f"key:{KEY}", second.job_id)
        with pytest.raises(NameTaken):
            adapters.store.insert(second, None, None)
        for _ in range(2):
            adapters.store.release_name(org, f"key:{KEY}", first.job_id)
        adapters.store.insert(second, None, None)

        assert adapters.store.read(second.job_id) == second

    def test_a_taken_key_comes_before_a_taken_name_and_both_before_missing_credits(
        self, adapters: Adapters
    ) -> None:
        first = keyed(org := new_org())
        adapters.store.insert(first, "key", reserve(first))
        poor = keyed(org).evolve(charge=7)

        with pytest.raises(KeyTaken):
            adapters.store.insert(poor, "key", reserve(poor))
        with pytest.raises(NameTaken):
            adapters.store.insert(poor, None, None)
        with pytest.raises(InsufficientCredits):
            adapters.store.insert(poor.evolve(unique_key=None), None, None)

    def test_a_job_that_fails_frees_its_name_and_is_refunded(self, adapters: Adapters) -> None:
        org = new_org()
        adapters.credits.add_credits(org, 7, NOW, RANDOMNESS.token())
        job = keyed(org).evolve(charge=7)
        adapters.store.insert(job, None, None)

        adapters.store.replace(job, job.cancelled(NOW).evolve(written_by=RANDOMNESS.token()))

        assert adapters.credits.credits(org) == 7
        adapters.store.insert(keyed(org), None, None)


class LaterReservationSuite:
    def test_a_key_is_reserved_for_a_job_that_is_there(self, adapters: Adapters) -> None:
        job = new_job()
        adapters.store.insert(job, None, None)
        found = reserve(job)._replace(existing=True)

        adapters.store.reserve("key", found, NOW)

        assert adapters.store.reservation(job.org, "key") == found

    def test_a_taken_key_stays(self, adapters: Adapters) -> None:
        first = new_job()
        second = new_job(org=first.org)
        adapters.store.insert(first, "key", reserve(first))

        with pytest.raises(KeyTaken) as taken:
            adapters.store.reserve("key", reserve(second), NOW)

        assert taken.value.reservation == adapters.store.reservation(first.org, "key") == reserve(first)

    def test_an_expired_reservation_counts_as_absent(self, adapters: Adapters) -> None:
        first = new_job()
        second = new_job(org=first.org)
        adapters.store.insert(first, "key", reserve(first, expires_at=NOW + 1000))

        adapters.store.reserve("key", reserve(second), NOW + 1000)

        assert adapters.store.reservation(first.org, "key") == reserve(second)
