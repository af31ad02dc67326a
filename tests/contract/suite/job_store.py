"""One job in the store: stored once, read unchanged, replaced only by writers with the current version."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from claimcheck.domain.errors import Conflict, InsufficientCredits, KeyTaken
from claimcheck.domain.job import TIMED_OUT, Job, Payload
from tests.contract.suite.adapters import Adapters  # noqa: TC001 - Hypothesis reads the annotation
from tests.kit.jobs import FIELDS, NOW, RANDOMNESS, any_job, claimed, ended, new_job, new_org, reserve

ANYTHING = settings(
    # The adapters keep the jobs of other examples, which no example reads.
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
    ],
)


class JobStoreSuite:
    @ANYTHING
    @given(job=any_job())
    def test_every_field_of_a_job_is_read_as_it_was_stored(self, adapters: Adapters, job: Job) -> None:
        adapters.store.insert(job, None, None)

        stored = adapters.store.read(job.job_id)

        assert stored == job

    def test_the_property_above_varies_every_field(self) -> None:
        # Three fields are different in every job. A charge needs credits: see the credit store's suite.
        assert {*FIELDS, "job_id", "org", "written_by", "charge"} == set(Job._fields)

    def test_a_missing_job_is_none(self, adapters: Adapters) -> None:
        assert adapters.store.read(RANDOMNESS.job_id(NOW)) is None

    def test_inserting_a_job_again_succeeds(self, adapters: Adapters) -> None:
        job = new_job()

        adapters.store.insert(job, None, None)
        adapters.store.insert(job, None, None)

        assert adapters.store.read(job.job_id) == job

    def test_a_late_repeat_of_an_insert_undoes_nothing(self, adapters: Adapters) -> None:
        job = new_job()
        over = ended(job)
        adapters.store.insert(job, None, None)
        adapters.store.replace(job, over)

        adapters.store.insert(job, None, None)

        assert adapters.store.read(job.job_id) == over

    def test_a_large_job_in_any_script_is_read_as_it_was_stored(self, adapters: Adapters) -> None:
        text = '"' + "שלום 你好 🧥\u2028\\n" * 300 + '"'
        payload = Payload(len(text.encode()), text=text)
        metadata = {f"key-{i}-ключ": "ü" * 500 for i in range(50)}
        job = new_job(input=payload, result=payload, metadata=metadata)

        adapters.store.insert(job, None, None)

        assert adapters.store.read(job.job_id) == job

    def test_many_jobs_come_in_the_order_asked_for_and_without_the_missing(self, adapters: Adapters) -> None:
        jobs = [new_job() for _ in range(99)]
        for job in jobs:
            adapters.store.insert(job, None, None)
        asked = [job.job_id for job in reversed(jobs)]

        read = adapters.store.read_many([*asked[:50], RANDOMNESS.job_id(NOW), *asked[50:]])

        assert read == jobs[::-1]
        assert adapters.store.read_many([]) == []


class ReservationSuite:
    def test_a_key_is_reserved_together_with_its_job(self, adapters: Adapters) -> None:
        job = new_job(metadata={"a": "b"})

        adapters.store.insert(job, "key", reserve(job))

        assert adapters.store.read(job.job_id) == job
        assert adapters.store.reservation(job.org, "key") == reserve(job)

    def test_an_unused_key_is_free(self, adapters: Adapters) -> None:
        assert adapters.store.reservation(new_org(), "key") is None

    def test_inserting_a_reserved_job_again_succeeds(self, adapters: Adapters) -> None:
        job = new_job()

        adapters.store.insert(job, "key", reserve(job))
        adapters.store.insert(job, "key", reserve(job))

        assert adapters.store.read(job.job_id) == job
        assert adapters.store.reservation(job.org, "key") == reserve(job)

    def test_a_late_repeat_of_a_reserved_insert_undoes_nothing(self, adapters: Adapters) -> None:
        job = new_job()
        over = ended(job)
        adapters.store.insert(job, "key", reserve(job))
        adapters.store.replace(job, over)

        adapters.store.insert(job, "key", reserve(job))

        assert adapters.store.read(job.job_id) == over

    def test_a_taken_key_returns_its_first_job_and_stores_no_second(self, adapters: Adapters) -> None:
        first = new_job()
        second = new_job(org=first.org)
        adapters.store.insert(first, "key", reserve(first))

        with pytest.raises(KeyTaken) as taken:
            adapters.store.insert(second, "key", reserve(second))

        assert taken.value.reservation == reserve(first)
        assert adapters.store.read(second.job_id) is None
        assert adapters.store.reservation(first.org, "key") == reserve(first)

    def test_two_orgs_may_use_the_same_key(self, adapters: Adapters) -> None:
        mine, theirs = new_job(), new_job()

        adapters.store.insert(mine, "key", reserve(mine))
        adapters.store.insert(theirs, "key", reserve(theirs))

        assert adapters.store.reservation(mine.org, "key") == reserve(mine)
        assert adapters.store.reservation(theirs.org, "key") == reserve(theirs)

    @pytest.mark.parametrize("late", [0, 1])
    def test_an_expired_reservation_counts_as_absent(self, adapters: Adapters, late: int) -> None:
        first = new_job()
        second = new_job(org=first.org, created_at=NOW + 1000 + late)
        adapters.store.insert(first, "key", reserve(first, expires_at=NOW + 1000))

        adapters.store.insert(second, "key", reserve(second))

        assert adapters.store.read(second.job_id) == second
        assert adapters.store.reservation(first.org, "key") == reserve(second)

    def test_a_reservation_holds_to_its_last_millisecond(self, adapters: Adapters) -> None:
        first = new_job()
        second = new_job(org=first.org, created_at=NOW + 999)
        adapters.store.insert(first, "key", reserve(first, expires_at=NOW + 1000))

        with pytest.raises(KeyTaken):
            adapters.store.insert(second, "key", reserve(second))

        assert adapters.store.read(second.job_id) is None


def failed(adapters: Adapters, **changes: Any) -> Job:
    job = new_job(**changes)
    adapters.store.insert(job, None, None)
    over = job.ended(NOW + 1, error=TIMED_OUT).evolve(written_by=RANDOMNESS.token())
    adapters.store.replace(job, over)
    return over


def retry_of(job: Job) -> Job:
    return new_job(org=job.org, retry_of=job.job_id)


class RetrySuite:
    def test_a_retry_is_stored_with_the_mark_of_its_job(self, adapters: Adapters) -> None:
        job = failed(adapters)
        retry = retry_of(job)

        for _ in range(2):  # a repeat changes nothing
            adapters.store.insert(retry, None, None, None, job)

        assert adapters.store.read(retry.job_id) == retry
        assert adapters.store.read(job.job_id) == job.retried(retry)

    def test_a_job_that_was_retried_is_not_retried_again(self, adapters: Adapters) -> None:
        job = failed(adapters)
        first, second = retry_of(job), retry_of(job)
        adapters.store.insert(first, None, None, None, job)

        with pytest.raises(Conflict) as conflict:
            adapters.store.insert(second, None, None, None, job)

        assert conflict.value.current == job.retried(first)
        assert adapters.store.read(second.job_id) is None

    def test_a_job_that_is_gone_is_not_retried(self, adapters: Adapters) -> None:
        job = new_job()
        retry = retry_of(job)

        with pytest.raises(Conflict) as conflict:
            adapters.store.insert(retry, None, None, None, job)

        assert conflict.value.current is None
        assert adapters.store.read(retry.job_id) is None

    def test_a_retry_without_credits_leaves_no_mark(self, adapters: Adapters) -> None:
        job = failed(adapters)

        with pytest.raises(InsufficientCredits):
            adapters.store.insert(retry_of(job).evolve(charge=7), None, None, None, job)

        assert adapters.store.read(job.job_id) == job


class ReplacementSuite:
    def test_the_first_write_under_a_token_stays(self, adapters: Adapters) -> None:
        job = new_job()
        adapters.store.insert(job, None, None)
        first, second = (job.evolve(written_by="once", updated_at=NOW + n) for n in (1, 2))

        adapters.store.replace(job, first)
        adapters.store.replace(job, second)

        assert adapters.store.read(job.job_id) == first

    def test_a_job_is_replaced_by_a_writer_with_its_current_version(self, adapters: Adapters) -> None:
        job = new_job()
        adapters.store.insert(job, None, None)

        adapters.store.replace(job, claimed(job))

        stored = adapters.store.read(job.job_id)
        assert stored is not None
        assert stored.lease is not None

    def test_a_stale_writer_gets_the_current_version_and_changes_nothing(self, adapters: Adapters) -> None:
        job = new_job()
        mine, theirs = claimed(job), ended(job)
        adapters.store.insert(job, None, None)
        adapters.store.replace(job, theirs)

        with pytest.raises(Conflict) as conflict:
            adapters.store.replace(job, mine)

        assert conflict.value.current == theirs
        assert adapters.store.read(job.job_id) == theirs

    def test_replacing_again_succeeds(self, adapters: Adapters) -> None:
        job = new_job()
        mine = claimed(job)
        adapters.store.insert(job, None, None)

        adapters.store.replace(job, mine)
        adapters.store.replace(job, mine)

        assert adapters.store.read(job.job_id) == mine

    def test_a_late_repeat_of_a_replacement_gets_the_current_version(self, adapters: Adapters) -> None:
        job = new_job()
        mine = claimed(job)
        after = ended(mine)
        adapters.store.insert(job, None, None)
        adapters.store.replace(job, mine)
        adapters.store.replace(mine, after)

        with pytest.raises(Conflict) as conflict:
            adapters.store.replace(job, mine)

        assert conflict.value.current == after
        assert adapters.store.read(job.job_id) == after

    def test_a_deleted_row_is_not_recreated(self, adapters: Adapters) -> None:
        job = new_job()

        with pytest.raises(Conflict) as conflict:
            adapters.store.replace(job, claimed(job))

        assert conflict.value.current is None
        assert adapters.store.read(job.job_id) is None
