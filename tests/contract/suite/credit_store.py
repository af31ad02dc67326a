"""An org's credits: charged with the job, refunded with its failure, and always adding up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from claimcheck.domain.errors import Conflict, InsufficientCredits, KeyTaken, NameTaken
from claimcheck.domain.job import CANCELLED, MINUTE, Callback, Job, Movement, Payload
from claimcheck.domain.ports import TOGETHER, NewJob
from tests.kit.jobs import NOW, RANDOMNESS, ended, new_job, new_org, reserve

if TYPE_CHECKING:
    from tests.contract.suite.adapters import Adapters


def rich_org(adapters: Adapters, credits: int) -> str:
    org = new_org()
    adapters.credits.add_credits(org, credits, NOW, RANDOMNESS.token())
    return org


def failed(job: Job) -> Job:
    return job.ended(NOW + MINUTE, error=CANCELLED).evolve(written_by=RANDOMNESS.token())


def balance(adapters: Adapters, org: str) -> int:
    """Return the balance, which is also the sum of the ledger."""
    left = adapters.credits.credits(org)
    assert left == sum(movement.amount for movement in adapters.credits.ledger(org, 100).entries)
    return left


class CreditStoreSuite:
    def test_an_unknown_org_has_no_credits(self, adapters: Adapters) -> None:
        assert balance(adapters, new_org()) == 0

    def test_adding_again_with_the_same_token_adds_once(self, adapters: Adapters) -> None:
        org, token = new_org(), RANDOMNESS.token()
        adapters.credits.add_credits(org, 10, NOW, token)
        adapters.credits.add_credits(org, 10, NOW, token)

        assert balance(adapters, org) == 10

    def test_a_job_is_stored_with_its_charge(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 40)
        job = new_job(org=org, charge=15)
        adapters.store.insert(job, None, None)

        assert adapters.store.read(job.job_id) == job
        assert balance(adapters, org) == 25
        assert adapters.credits.ledger(org, 1).entries == [Movement(NOW, -15, "charged", job.job_id)]

    def test_storing_it_again_charges_nothing(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 40)
        job = new_job(org=org, charge=15)
        for _ in range(3):
            adapters.store.insert(job, "key", reserve(job))

        assert balance(adapters, org) == 25

    def test_too_few_credits_store_nothing(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 14)
        job = new_job(org=org, charge=15)

        with pytest.raises(InsufficientCredits) as refused:
            adapters.store.insert(job, "key", reserve(job))

        assert (refused.value.needed, refused.value.left) == (15, 14)
        assert adapters.store.read(job.job_id) is None
        assert adapters.store.reservation(org, "key") is None
        assert balance(adapters, org) == 14

    def test_the_last_credit_can_be_spent(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 15)
        adapters.store.insert(new_job(org=org, charge=15), None, None)

        assert balance(adapters, org) == 0

    def test_an_unknown_org_has_too_few(self, adapters: Adapters) -> None:
        with pytest.raises(InsufficientCredits) as refused:
            adapters.store.insert(new_job(charge=15), None, None)

        assert refused.value.left == 0

    def test_jobs_stored_together_are_charged_together_and_once(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 40)
        jobs = [new_job(org=org, charge=charge) for charge in (15, 0, 20)]
        new = [NewJob(job, f"key-{number}", reserve(job)) for number, job in enumerate(jobs)]
        for _ in range(3):
            adapters.store.insert_many(new)

        assert adapters.store.read_many([job.job_id for job in jobs]) == jobs
        assert adapters.store.reservation(org, "key-2") == reserve(jobs[2])
        assert balance(adapters, org) == 5
        adapters.store.insert(new[0].job, new[0].key_hash, new[0].reservation)
        assert balance(adapters, org) == 5

    def test_as_many_as_can_be_stored_together_are(self, adapters: Adapters) -> None:
        org = rich_org(adapters, TOGETHER)
        jobs = [new_job(org=org, charge=1, unique_key=f"u-{number}") for number in range(TOGETHER)]

        adapters.store.insert_many([NewJob(job, job.job_id, reserve(job)) for job in jobs])

        assert adapters.store.read_many([job.job_id for job in jobs]) == jobs
        assert balance(adapters, org) == 0

    def test_credits_that_do_not_suffice_for_all_store_none(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 40)
        jobs = [new_job(org=org, charge=charge) for charge in (15, 20, 6)]

        with pytest.raises(InsufficientCredits) as refused:
            adapters.store.insert_many([NewJob(job) for job in jobs])

        assert (refused.value.needed, refused.value.left) == (41, 40)
        assert adapters.store.read_many([job.job_id for job in jobs]) == []
        assert balance(adapters, org) == 40

    def test_a_key_that_is_taken_stores_none(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 40)
        first, *others = (new_job(org=org, charge=1) for _ in range(3))
        adapters.store.insert(first, "key", reserve(first))
        new = [NewJob(others[0]), NewJob(others[1], "key", reserve(others[1]))]

        with pytest.raises(KeyTaken) as taken:
            adapters.store.insert_many(new)

        assert taken.value.reservation == reserve(first)
        assert adapters.store.read_many([job.job_id for job in others]) == []
        assert balance(adapters, org) == 39

    def test_a_name_that_is_taken_stores_none(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 40)
        first, *others = (new_job(org=org, charge=1, unique_key=name) for name in "aba")
        adapters.store.insert(first, None, None)

        with pytest.raises(NameTaken) as taken:
            adapters.store.insert_many([NewJob(job) for job in others])

        assert taken.value.job_id == first.job_id
        assert adapters.store.read_many([job.job_id for job in others]) == []
        assert balance(adapters, org) == 39

    def test_a_failure_refunds_the_charge_once(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 40)
        job = new_job(org=org, charge=15)
        adapters.store.insert(job, None, None)
        over = failed(job)
        for _ in range(3):
            adapters.store.replace(job, over)
        with pytest.raises(Conflict):
            adapters.store.replace(job, failed(job))

        assert balance(adapters, org) == 40
        assert adapters.credits.ledger(org, 1).entries == [Movement(NOW + MINUTE, 15, "refunded", job.job_id)]

    def test_a_result_refunds_nothing(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 40)
        job = new_job(org=org, charge=15)
        adapters.store.insert(job, None, None)
        adapters.store.replace(job, ended(job))

        assert balance(adapters, org) == 25

    def test_a_refund_for_a_job_that_has_changed_is_refused_completely(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 40)
        job = new_job(org=org, charge=15)
        adapters.store.insert(job, None, None)
        over = job.ended(NOW, result=Payload(2, text="{}")).evolve(written_by=RANDOMNESS.token())
        adapters.store.replace(job, over)

        with pytest.raises(Conflict) as refused:
            adapters.store.replace(job, failed(job))

        assert refused.value.current == over
        assert balance(adapters, org) == 25

    def test_writes_after_a_failure_refund_nothing(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 40)
        job = new_job(org=org, charge=15, callback=Callback("https://example.com/"))
        over = failed(job)
        reported = over.called_back(NOW + 2 * MINUTE, "delivered").evolve(written_by=RANDOMNESS.token())
        adapters.store.insert(job, None, None)
        adapters.store.replace(job, over)
        adapters.store.replace(over, reported)

        assert adapters.store.read(job.job_id) == reported
        assert balance(adapters, org) == 40
        assert len(adapters.credits.ledger(org, 10).entries) == 3

    def test_orgs_of_other_names_are_not_touched(self, adapters: Adapters) -> None:
        mine, theirs = rich_org(adapters, 40), rich_org(adapters, 40)
        adapters.store.insert(new_job(org=mine, charge=15), None, None)

        assert (balance(adapters, mine), balance(adapters, theirs)) == (25, 40)

    def test_the_ledger_shows_the_latest_first(self, adapters: Adapters) -> None:
        org = new_org()
        for number in range(5):
            adapters.credits.add_credits(org, number, NOW + number, RANDOMNESS.token())

        assert [each.amount for each in adapters.credits.ledger(org, 3).entries] == [4, 3, 2]

    def test_a_ledger_is_read_in_pages(self, adapters: Adapters) -> None:
        org = new_org()
        for amount in range(1, 6):
            adapters.credits.add_credits(org, amount, NOW + amount, RANDOMNESS.token())

        first = adapters.credits.ledger(org, 2)
        second = adapters.credits.ledger(org, 2, first.after)
        third = adapters.credits.ledger(org, 2, second.after)

        assert [[each.amount for each in page.entries] for page in (first, second, third)] == [
            [5, 4],
            [3, 2],
            [1],
        ]
        assert third.after is None

    def test_a_full_last_page_has_no_successor(self, adapters: Adapters) -> None:
        org = rich_org(adapters, 1)

        assert adapters.credits.ledger(org, 1).after is None
