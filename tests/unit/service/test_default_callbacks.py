"""A job, its schedule or its org asks for a callback: a nightly job that fails tells somebody."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.job import DAY, MINUTE
from claimcheck.domain.keys import EVERYBODY
from claimcheck.domain.outcome import Fail
from claimcheck.service.callbacks.settings import KIND
from tests.kit.receiver import CallingWorld, sent, verified
from tests.kit.schedule_world import PATH, every, put, shown
from tests.kit.upstream import Upstream, reply
from tests.kit.world import echo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.world import Answer

DEFAULT = "/v1/callbacks/default"


def work(given: Any, job: Any) -> Any:
    return Fail("no_luck", "No luck.") if given.text == "fail" else echo(given, job)


@pytest.fixture
def receiver() -> Iterator[Upstream]:
    with Upstream() as server:
        server.at("/job", *[reply(200)] * 9)
        server.at("/schedule", *[reply(200)] * 9)
        server.at("/org", *[reply(200)] * 9)
        yield server


@pytest.fixture
def world() -> CallingWorld:
    return CallingWorld(handlers={"echo": work})


def store(world: CallingWorld, url: str, **more: str) -> Answer:
    answer = world.request("PUT", DEFAULT, {"url": url} | more)
    assert answer.status == 200, answer.text
    return answer


def called(receiver: Upstream) -> list[str]:
    return [each.path for each in receiver.requests]


def test_a_default_that_newer_code_stored_is_used_for_what_is_known_of_it(
    world: CallingWorld, receiver: Upstream
) -> None:
    newer = {"url": f"{receiver.url}/org", "on": "failed", "format": "compact"}
    world.documents.put(EVERYBODY, KIND, "acme", json.dumps(newer))

    world.submit("fail")
    world.advance(MINUTE)

    assert called(receiver) == ["/org"]
    assert world.request("GET", DEFAULT).json["on"] == "failed"


def test_the_default_is_stored_read_replaced_and_deleted(world: CallingWorld, receiver: Upstream) -> None:
    missing = world.request("GET", DEFAULT)
    stored = store(world, f"{receiver.url}/org?token=abc")
    replaced = store(world, f"{receiver.url}/org", on="ended")
    read = world.request("GET", DEFAULT)
    theirs = world.request("GET", DEFAULT, key=world.key("acm"))
    deleted = world.request("DELETE", DEFAULT)

    assert (missing.status, missing.json["code"]) == (404, "default_callback_not_found")
    assert stored.json == {"url": f"{receiver.url}/org?token=[redacted]", "on": "failed"}
    assert read.json == replaced.json == {"url": f"{receiver.url}/org", "on": "ended"}
    assert theirs.status == 404
    assert (deleted.status, deleted.text) == (204, "")
    assert [world.request(method, DEFAULT).status for method in ("GET", "DELETE")] == [404, 404]


@pytest.mark.parametrize(("on", "told"), [("failed", ["failed"]), ("ended", ["failed", "completed"])])
def test_a_job_without_a_callback_calls_the_default(
    world: CallingWorld, receiver: Upstream, on: str, told: list[str]
) -> None:
    store(world, f"{receiver.url}/org", on=on)
    failing, done = world.submit("fail"), world.submit("hello")

    world.work()

    assert [verified(each, world.secret)["status"] for each in receiver.requests] == told
    shown = world.request("GET", f"/v1/jobs/{failing}").json["callback"]
    assert (shown["url"], shown["status"]) == (None, "delivered")
    callback = world.request("GET", f"/v1/jobs/{done}").json["callback"]
    assert (callback is not None) is (on == "ended")


def test_a_job_calls_its_own_then_its_schedules_then_its_orgs(
    world: CallingWorld, receiver: Upstream
) -> None:
    store(world, f"{receiver.url}/org", on="ended")
    put(world, callback_url=f"{receiver.url}/schedule")

    world.request("POST", f"{PATH}/run", claimcheck_callback_url=f"{receiver.url}/job")
    world.request("POST", f"{PATH}/run")
    put(world)
    world.request("POST", f"{PATH}/run")
    world.work()

    assert called(receiver) == ["/job", "/schedule", "/org"]


def test_a_nightly_job_that_fails_tells_somebody(world: CallingWorld, receiver: Upstream) -> None:
    put(world, input={"text": "fail"}, callback_url=f"{receiver.url}/schedule?token=abc")

    world.advance(DAY)

    [told] = receiver.requests
    assert sent(told)["error"]["code"] == "no_luck"
    assert shown(world)["callback_url"] == f"{receiver.url}/schedule?token=[redacted]"


def test_a_schedule_takes_the_callback_in_the_header_too(world: CallingWorld, receiver: Upstream) -> None:
    body = {"cron": "0 12 * * *", "type": "echo", "input": {"text": "x"}}
    hook = f"{receiver.url}/schedule"
    stored = world.request("PUT", PATH, body, claimcheck_callback_url=hook)
    twice = world.request("PUT", PATH, body | {"callback_url": hook}, claimcheck_callback_url=hook)

    assert stored.json["callback_url"] == hook
    assert [each["pointer"] for each in twice.json["errors"]] == ["/callback_url"]


def test_urls_are_checked_as_those_of_jobs(world: CallingWorld) -> None:
    def errors(answer: Answer) -> list[dict[str, str]]:
        assert answer.status == 422, answer.text
        return list(answer.json["errors"])

    body = {"cron": "0 12 * * *", "type": "echo", "input": {"text": "x"}}
    [wrong] = errors(world.request("PUT", DEFAULT, {"url": "http://example.com"}))
    [of_schedule] = errors(world.request("PUT", PATH, body | {"callback_url": "http://example.com"}))
    [of_header] = errors(world.request("PUT", PATH, body, claimcheck_callback_url="http://example.com"))
    poor = world.key("umbrella")
    [unsigned] = errors(world.request("PUT", DEFAULT, {"url": "https://example.com"}, key=poor))

    assert (wrong["pointer"], of_schedule["pointer"], of_header["pointer"]) == ("/url", "/callback_url", "")
    assert wrong["message"] == of_schedule["message"]
    assert "make secret ORG=umbrella" in unsigned["message"]


def test_a_change_counts_for_jobs_a_minute_later_and_its_url_at_once(
    world: CallingWorld, receiver: Upstream
) -> None:
    world.submit("fail")
    store(world, f"{receiver.url}/elsewhere")
    world.clock.advance(MINUTE)
    world.submit("fail")
    store(world, f"{receiver.url}/org")

    world.work()

    assert called(receiver) == ["/org"]


def test_a_deleted_default_ends_pending_deliveries(world: CallingWorld, receiver: Upstream) -> None:
    store(world, f"{receiver.url}/org")
    job_id = world.submit("fail")
    world.request("DELETE", DEFAULT)

    world.work()

    assert receiver.requests == []
    assert world.callback(job_id).state == "failed"
    assert world.deliveries(job_id)[0]["error"]["code"] == "no_default_callback"


def test_a_skipped_slot_is_a_failure_and_is_told(world: CallingWorld, receiver: Upstream) -> None:
    every(world, "1 minute", overlap="skip", callback_url=f"{receiver.url}/schedule")
    first = world.request("POST", f"{PATH}/run").json["job_id"]
    job = world.job(first)
    running = job.claimed(world.clock.now(), "t", 30 * MINUTE).evolve(written_by="t")
    world.store.replace(job, running)

    world.advance(MINUTE)

    assert sent(receiver.requests[0])["error"]["code"] == "skipped"
