"""What a user of the client gets, from the whole service in memory."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel, ValidationError

from claimcheck.authoring import Fail, JobModel
from claimcheck.domain.clock import rfc3339
from claimcheck.service.bulk import JOB_TYPE as BULK
from claimcheck_client import ApiError, AsyncClaimcheck, Claimcheck, JobFailed, WaitTimeout
from clients.python.tests.kit import STORAGE, Service, SignedObjectStore
from tests.kit.world import Echo, Words, World, job_type

if TYPE_CHECKING:
    from typing import Unpack

    from claimcheck.authoring.context import JobContext
    from claimcheck_client._documents import JobFilter

TOMORROW = datetime(2026, 6, 22, 12, tzinfo=UTC)


@pytest.fixture
def service() -> Service:
    return Service(World(objects=SignedObjectStore()))


class Given(BaseModel):
    text: str
    times: int = 1


class Url(JobModel):
    url: str


class Number(BaseModel):
    text: int


def test_run_returns_the_result(service: Service) -> None:
    assert service.client.run("echo", {"text": "ab", "times": 2}) == {"text": "abab"}


def test_an_input_can_be_a_model_and_so_can_the_result(service: Service) -> None:
    result = service.client.run("echo", Given(text="ab", times=2), result_type=Given)

    assert result == Given(text="abab")


def test_a_result_that_does_not_fit_its_model_is_an_error(service: Service) -> None:
    with pytest.raises(ValidationError):
        service.client.run("echo", {"text": "ab"}, result_type=Number)


def test_the_same_works_with_async(service: Service) -> None:
    async def use(client: AsyncClaimcheck) -> list[Any]:
        async with client:
            result = await client.run("echo", {"text": "ab"}, result_type=Given)
            listed = [job.status async for job in client.jobs()]
            return [result, listed]

    assert asyncio.run(use(service.async_client)) == [Given(text="ab"), ["completed"]]


def test_a_failed_job_raises_its_code_and_message() -> None:
    def fail(given: Words, job: JobContext) -> Echo:
        raise Fail("out_of_paper", "The printer is empty.")

    service = Service(World(handlers={"echo": fail}))

    with pytest.raises(JobFailed, match="out_of_paper: The printer is empty") as caught:
        service.client.run("echo", {"text": "ab"})
    assert (caught.value.code, caught.value.message) == ("out_of_paper", "The printer is empty.")
    assert caught.value.document["status"] == "failed"


def test_a_refused_request_raises_its_code_and_each_wrong_field(service: Service) -> None:
    with pytest.raises(ApiError, match=r"422 invalid_fields: .*\n  /input/text: ") as caught:
        service.client.submit("echo", {}, metadata={"order": "1"})

    assert (caught.value.status, caught.value.code) == (422, "invalid_fields")
    assert [each["pointer"] for each in caught.value.errors] == ["/input/text"]
    assert caught.value.request_id == "req-1"


def test_options_are_those_of_the_api(service: Service) -> None:
    job = service.client.submit(
        "echo", {"text": "ab"}, run_at=TOMORROW, metadata={"order": "1"}, retention_seconds=60
    )

    assert job.document["run_at"] == "2026-06-22T12:00:00.000Z"
    assert job.metadata == {"order": "1"}


def test_a_timeout_leaves_the_job_running_and_says_which(service: Service) -> None:
    job = service.client.submit("echo", {"text": "ab"}, run_at=TOMORROW)
    before = service.world.clock.now()

    with pytest.raises(WaitTimeout) as caught:
        job.wait(timeout=60)

    assert service.world.clock.now() - before == 60_000
    assert caught.value.job_ids == [job.id]
    assert job.refresh().status == "pending"
    assert isinstance(caught.value, TimeoutError)


def test_a_wait_without_time_looks_once(service: Service) -> None:
    job = service.client.submit("echo", {"text": "ab"})
    service.world.work()

    assert job.wait(timeout=0).status == "completed"


def test_a_job_that_has_not_ended_is_cancelled(service: Service) -> None:
    job = service.client.submit("echo", {"text": "ab"}, run_at=TOMORROW).cancel()

    assert job.error is not None
    assert job.error["code"] == "cancelled"
    with pytest.raises(JobFailed, match="cancelled"):
        job.result()


def test_a_failed_job_is_retried_once() -> None:
    def fail(given: Words, job: JobContext) -> Echo:
        raise Fail("out_of_paper", "The printer is empty.")

    service = Service(World(handlers={"echo": fail}))
    failed = service.client.submit("echo", {"text": "ab"}).wait()

    new, again = failed.retry(), failed.retry()

    assert new.id == again.id != failed.id
    assert (new.document["retry_of"], failed.refresh().document["retried_as"]) == (failed.id, new.id)


def test_jobs_are_cancelled_in_bulk() -> None:
    service = Service(World(job_types=[job_type(), BULK]))
    for tenant in ("acme", "acme", "other"):
        service.client.submit("echo", {"text": "ab"}, run_at=TOMORROW, metadata={"tenant": tenant})
    service.world.advance(1_000)

    counted = service.client.bulk("cancel", dry_run=True, metadata={"tenant": "acme"}).result()
    cancelled = service.client.bulk("cancel", metadata={"tenant": "acme"}).result()

    assert (counted["matched"], counted["done"]) == (2, 0)
    assert cancelled == {"matched": 2, "done": 2, "skipped": 0}


def test_updates_show_each_poll(service: Service) -> None:
    job = service.client.submit("echo", {"text": "ab"}, run_at=rfc3339(service.world.clock.now() + 30_000))

    seen = [each.status for each in job.updates()]

    assert seen[-1] == "completed"
    assert job.ended


def test_a_large_result_is_downloaded_without_the_key(service: Service) -> None:
    result = service.client.run("echo", {"text": "0123456789", "times": 40_000})

    assert len(result["text"]) == 400_000
    downloads = [each for each in service.requests if str(each.url).startswith(STORAGE)]
    assert len(downloads) == 1
    assert all(service.world.acme not in value for value in downloads[0].headers.values())


def test_a_result_with_a_url_in_it_is_no_redirect() -> None:
    service = Service(World(job_types=[job_type(result=Url)], handlers={"echo": lambda *_: Url(url=STORAGE)}))
    job = service.client.submit("echo", {"text": "ab"}).wait()

    [listed] = service.client.jobs()

    assert listed.result() == job.result() == {"url": STORAGE}


def test_a_list_goes_on_after_empty_pages(service: Service) -> None:
    old = [service.client.submit("echo", {"text": str(number)}) for number in range(3)]
    service.world.advance(1_000)
    for _ in range(250):
        service.world.submit(run_at=TOMORROW.isoformat())

    completed = {job.id for job in service.client.jobs(status="completed")}

    assert completed == {job.id for job in old}
    assert len(service.requests) == 3 + 3  # pages of which the first two are empty


def test_a_list_takes_every_filter(service: Service) -> None:
    noon = datetime(2026, 6, 21, 12, tzinfo=UTC)
    service.client.submit("echo", {"text": "ab"}, metadata={"tenant": "acme"})
    service.client.submit("echo", {"text": "ab"}, metadata={"tenant": "other"})

    def count(**filters: Unpack[JobFilter]) -> int:
        return len(list(service.client.jobs(**filters)))

    assert count(type="echo", metadata={"tenant": "acme"}, created_before=noon) == 1
    assert count(created_after=noon) == 0
    assert count(error_code="cancelled") == 0


def test_a_unique_key_returns_the_existing_job(service: Service) -> None:
    first = service.client.submit("echo", {"text": "ab"}, unique_key="report", run_at=TOMORROW)
    second = service.client.submit("echo", {"text": "c"}, unique_key="report", on_duplicate="existing")

    assert second.id == first.id
    with pytest.raises(ApiError, match="duplicate_job"):
        service.client.submit("echo", {"text": "ab"}, unique_key="report")


def test_a_batch_returns_a_job_or_the_reason_for_each(service: Service) -> None:
    first, second, third = service.client.batch(
        [
            {"type": "echo", "input": {"text": "a"}},
            {"type": "echo", "input": {}},
            {"type": "echo", "input": Given(text="c"), "metadata": {"n": "3"}},
        ]
    )

    assert isinstance(second, ApiError)
    assert (second.status, second.errors[0]["pointer"]) == (422, "/input/text")
    assert not isinstance(first, ApiError)
    assert not isinstance(third, ApiError)
    assert (first.result(), third.result()) == ({"text": "a"}, {"text": "c"})


def test_many_jobs_are_awaited_in_hundreds(service: Service) -> None:
    jobs = [service.client.submit("echo", {"text": str(number)}) for number in range(250)]
    service.requests.clear()

    service.client.wait_all(jobs)

    assert {job.status for job in jobs} == {"completed"}
    assert [len(each.url.params["ids"].split(",")) for each in service.requests] == [100, 100, 50]
    assert [job.result()["text"] for job in jobs[:3]] == ["0", "1", "2"]


def test_a_timeout_of_many_names_those_that_have_not_ended(service: Service) -> None:
    early = service.client.submit("echo", {"text": "a"})
    late = service.client.submit("echo", {"text": "a"}, run_at=TOMORROW)

    with pytest.raises(WaitTimeout) as caught:
        service.client.wait_all([early, late], timeout=30)

    assert caught.value.job_ids == [late.id]
    assert early.status == "completed"


def test_jobs_that_are_gone_end_the_wait(service: Service) -> None:
    job = service.client.submit("echo", {"text": "a"}, retention_seconds=60)
    service.world.advance(3_600_000)

    with pytest.raises(ApiError, match=f"job_not_found.*{job.id}"):
        service.client.wait_all([job])


def test_a_job_has_its_executions(service: Service) -> None:
    job = service.client.submit("echo", {"text": "a"}).wait()

    assert [each["outcome"] for each in service.client.job(job.id).executions()] == ["completed"]
    assert job.deliveries() == []


def test_a_key_with_a_line_break_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="key must be printable ASCII") as caught:
        Claimcheck("https://claimcheck.example", "cck_live_1\n")

    assert "cck_live" not in str(caught.value)


def test_a_url_without_a_scheme_is_refused() -> None:
    with pytest.raises(ValueError, match="must start with https:// or http://"):
        Claimcheck("claimcheck.example", "key")
