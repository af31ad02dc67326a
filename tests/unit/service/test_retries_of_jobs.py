"""A failed job is retried as one new job, with its kept input."""

from __future__ import annotations

from typing import Any

import pytest

from claimcheck.authoring.catalog import Catalog, JobModel
from claimcheck.domain.errors import OutcomeUnknown
from claimcheck.domain.job import SECOND, Callback, Job, Movement
from claimcheck.domain.outcome import Fail
from claimcheck.service.callbacks.signing import issue_secret
from claimcheck.service.payloads import INLINE_LIMIT
from claimcheck.testing import MemoryJobStore
from tests.kit.described import WatchedWorld, error_of
from tests.kit.world import Answer, Echo, Words, World, echo, job_type

LARGE = "x" * (INLINE_LIMIT + 1)
HOOK = "https://app.example.com/hook"


class Better(JobModel):
    text: str
    voice: str


def fail_first(given: Words, job: Any) -> Echo:
    """Fail, unless the job is a retry."""
    if job.job.retry_of is None:
        raise Fail("out_of_paper", "No paper.")
    return Echo(text=given.text)


def fail(given: Words, job: Any) -> Echo:
    raise Fail("out_of_paper", "No paper.")


def failed(world: World, text: str = "hello", **body: Any) -> str:
    job_id = world.submit(text, **body)
    world.work()
    assert world.job(job_id).failed_at is not None
    return job_id


def retry(world: World, job_id: str, **more: Any) -> Answer:
    return world.request("POST", f"/v1/jobs/{job_id}/retry", **more)


def retried(world: World, job_id: str) -> str:
    answer = retry(world, job_id)
    assert answer.status == 202, answer.text
    return str(answer.json["job_id"])


@pytest.mark.parametrize("text", ["hello", LARGE], ids=["small", "large"])
def test_a_failed_job_runs_again_as_a_new_job(text: str) -> None:
    world = WatchedWorld({"echo": fail_first})
    old = failed(world, text)
    answer = retry(world, old)
    new = answer.json["job_id"]
    world.work()

    assert answer.status == 202
    assert answer.headers["Location"] == f"/v1/jobs/{new}"
    assert (answer.json["status"], answer.json["retry_of"]) == ("pending", old)
    assert world.request("GET", f"/v1/jobs/{old}").json["retried_as"] == new
    shown = world.request("GET", f"/v1/jobs/{new}").json
    assert (shown["status"], shown["result"]) == ("completed", {"text": text})


def test_it_carries_over_what_the_first_was_submitted_with() -> None:
    world = World({"echo": fail}, [job_type(deadline=600)])
    issue_secret(world.documents, "acme", world.clock.now())
    old = world.job(world.submit(retention_seconds=90, metadata={"order": "1"}, callback_url=HOOK))
    world.work()
    world.clock.advance(5 * SECOND)
    new = world.job(retried(world, old.job_id))

    same = ("org", "dialect", "type", "retention", "metadata", "trace")
    assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]
    assert new.callback == Callback(HOOK)
    assert new.deadline - new.created_at == 600 * SECOND
    assert new.run_at == new.created_at == old.created_at + 5 * SECOND


def test_a_repeat_returns_the_same_job_as_it_is_then() -> None:
    world = WatchedWorld({"echo": fail_first})
    old = failed(world)
    new = retried(world, old)
    world.work()
    again = retry(world, old)

    assert again.status == 202
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.json["job_id"], again.json["status"]) == (new, "completed")
    assert len(world.store.all_jobs()) == 2


def test_a_retry_that_failed_can_be_retried() -> None:
    world = WatchedWorld({"echo": fail})
    chain = [failed(world)]
    for _ in range(3):
        chain.append(retried(world, chain[-1]))
        world.work()

    jobs = [world.job(job_id) for job_id in chain]
    assert [job.retry_of for job in jobs] == [None, *chain[:-1]]
    assert [job.retried_as for job in jobs] == [*chain[1:], None]


class Hasty(MemoryJobStore):
    """Something else happens to the failed job before its first retry is stored."""

    def __init__(self, change: Any) -> None:
        super().__init__()
        self.change = change

    def insert(self, job: Job, *more: Any) -> None:
        if job.retry_of is not None and self.change is not None:
            change, self.change = self.change, None
            change(job.retry_of)
        super().insert(job, *more)


def test_two_requests_at_once_make_one_job() -> None:
    others: list[str] = []
    world: World = World({"echo": fail}, store=Hasty(lambda job_id: others.append(retried(world, job_id))))
    old = failed(world, LARGE)
    mine = retried(world, old)

    assert [mine] == others
    assert len(world.store.all_jobs()) == len(world.objects.keys()) == 2


def test_a_job_that_is_changed_meanwhile_is_retried() -> None:
    def touch(job_id: str) -> None:
        job = world.job(job_id)
        store.replace(job, job.evolve(written_by="another"))

    store = Hasty(touch)
    world = World({"echo": fail}, store=store)
    old = failed(world)

    assert world.job(retried(world, old)).retry_of == old


@pytest.mark.parametrize("state", ["pending", "processing", "completed"])
def test_only_a_failed_job_can_be_retried(state: str) -> None:
    answers = []

    def handle(given: Words, job: Any) -> Echo:
        answers.append(retry(world, job.job_id))
        return Echo(text="")

    world = WatchedWorld({"echo": handle})
    job_id = world.submit()
    answers.append(retry(world, job_id))
    world.work()
    answers.append(retry(world, job_id))

    number = ["pending", "processing", "completed"].index(state)
    assert error_of(answers[number]) == (409, "job_not_failed")


def test_a_cancelled_job_has_no_input_to_retry_with() -> None:
    world = WatchedWorld()
    job_id = world.submit()
    world.request("POST", f"/v1/jobs/{job_id}/cancel")

    assert error_of(retry(world, job_id)) == (409, "input_not_kept")


def test_neither_has_a_job_whose_type_keeps_no_input() -> None:
    world = WatchedWorld({"echo": fail}, [job_type(keep_input=False)])

    assert error_of(retry(world, failed(world))) == (409, "input_not_kept")


def test_an_expired_job_and_one_of_another_org_are_unknown() -> None:
    world = WatchedWorld({"echo": fail})
    job_id = failed(world)

    assert error_of(retry(world, job_id, key=world.key("globex"))) == (404, "job_not_found")
    world.clock.advance(7200 * SECOND)
    assert error_of(retry(world, job_id)) == (404, "job_not_found")


def test_a_retry_that_is_gone_is_named() -> None:
    world = WatchedWorld({"echo": fail})
    old = failed(world)
    new = retried(world, old)
    del world.store._jobs[new]
    answer = retry(world, old)

    assert error_of(answer) == (409, "job_expired")
    assert new in answer.json["detail"]


def test_a_retry_is_charged_at_the_price_of_today() -> None:
    world = WatchedWorld({"echo": fail}, [job_type(price=lambda given: 3)])
    world.store.credits.add_credits("acme", 5, world.clock.now(), "gift")
    old = failed(world)
    new = retried(world, old)

    assert world.store.credits.credits("acme") == 2
    assert world.job(new).charge == 3


def test_a_retry_counts_in_the_day_of_its_key_and_a_repeat_does_not() -> None:
    world = WatchedWorld({"echo": fail})
    first, second = failed(world), failed(world)
    key = world.key("acme", daily=1)
    new = retry(world, first, key=key)
    again, refused = retry(world, first, key=key), retry(world, second, key=key)

    assert (new.status, again.status) == (202, 202)
    assert error_of(refused) == (429, "daily_limit_reached")
    assert world.job(second).retried_as is None


@pytest.mark.parametrize("text", ["hello", LARGE], ids=["small", "large"])
def test_a_refused_retry_leaves_nothing_and_can_be_repeated(text: str) -> None:
    world = WatchedWorld({"echo": fail}, [job_type(price=lambda given: 3)])
    world.store.credits.add_credits("acme", 3, world.clock.now(), "gift")
    old = failed(world, text)
    world.store.credits.move("acme", Movement(0, -3, "charged"), "elsewhere")
    before, objects = world.job(old), world.objects.keys()
    refused = retry(world, old)
    after, left = world.job(old), world.objects.keys()
    world.store.credits.add_credits("acme", 3, world.clock.now(), "another gift")

    assert error_of(refused) == (402, "insufficient_credits")
    assert (after, left) == (before, objects)
    assert world.job(retried(world, old)).retry_of == old


def test_an_input_that_no_longer_fits_is_refused_with_its_fields() -> None:
    world = WatchedWorld({"echo": fail})
    old = failed(world)
    world.rebuild(catalog=Catalog([job_type(), job_type(version=2, input=Better)]))
    answer = retry(world, old)

    assert error_of(answer) == (422, "invalid_fields")
    assert {each["pointer"] for each in answer.json["errors"]} == {"/input/voice"}


def test_the_newest_version_reads_an_input_that_fits() -> None:
    world = WatchedWorld({"echo": fail})
    old = failed(world)
    world.rebuild(catalog=Catalog([job_type(), job_type(version=2)]))

    assert world.job(retried(world, old)).type_version == 2


def test_a_job_type_that_is_gone_is_refused() -> None:
    world = WatchedWorld({"echo": fail})
    old = failed(world)
    world.rebuild(catalog=Catalog([job_type("other")]))
    answer = retry(world, old)

    assert error_of(answer) == (422, "invalid_fields")
    assert [each["pointer"] for each in answer.json["errors"]] == ["/type"]


def test_the_plan_was_checked_at_the_first_submission() -> None:
    world = WatchedWorld({"echo": fail}, [job_type(paid_plan=True)])
    paid = world.key("acme", plan="paid")
    old = world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": ""}}, key=paid).json["job_id"]
    world.work()

    assert retry(world, old).status == 202


def test_an_unknown_outcome_is_found_out_by_a_repeat() -> None:
    class Unsure(MemoryJobStore):
        def insert(self, job: Job, *more: Any) -> None:
            super().insert(job, *more)
            if job.retry_of is not None:
                raise OutcomeUnknown

    world = WatchedWorld({"echo": fail}, store=Unsure())
    old = failed(world)
    unsure, again = retry(world, old), retry(world, old)

    assert error_of(unsure) == (503, "outcome_unknown")
    assert "repeat the request" in unsure.json["detail"]
    assert again.json["job_id"] == world.job(old).retried_as


def test_a_job_of_newer_code_is_left_to_it() -> None:
    world = WatchedWorld({"echo": fail})
    job = world.job(failed(world))
    world.store.replace(job, job.evolve(needs=("what only newer code knows",), written_by="newer"))

    assert retry(world, job.job_id).status == 503


def test_the_retry_keeps_its_own_copy_of_a_large_input() -> None:
    world = World({"echo": fail})
    old = failed(world, LARGE)
    new = retried(world, old)

    [first, second] = world.objects.keys()
    assert first.startswith("input/4/")
    assert f"/{old}-" in first
    assert f"/{new}-" in second


def test_it_is_listed_by_what_it_repeats_with_the_others() -> None:
    world = WatchedWorld({"echo": fail})
    old = failed(world)
    world.clock.advance(1)
    new = retried(world, old)
    [first, second] = world.request("GET", "/v1/jobs").json["jobs"]

    assert (first["job_id"], first["retry_of"]) == (new, old)
    assert (second["job_id"], second["retried_as"]) == (old, new)


def test_jobs_of_other_contracts_keep_theirs() -> None:
    world = World({"http_request": fail, "echo": echo}, [job_type("http_request"), job_type()])
    job = world.job(world.submit(type="http_request"))
    world.store.replace(job, job.evolve(dialect="fliq", written_by="test"))
    world.work()

    assert world.job(retried(world, job.job_id)).dialect == "fliq"
