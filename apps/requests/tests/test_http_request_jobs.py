"""`http_request` from its submission to its end."""

from __future__ import annotations

from typing import Any
from unittest.mock import ANY

import pytest

from apps.requests.handlers.http_request import handle
from apps.requests.job_types.http_request import JOB_TYPE
from claimcheck.domain.errors import Unavailable
from claimcheck.domain.job import HOUR, MINUTE, SECOND, JobError, Status
from claimcheck.outbound import Outbound
from claimcheck.testing import MemoryObjectStore
from tests.kit.too_much import assert_refused_cheaply
from tests.kit.upstream import Upstream, reply
from tests.kit.world import World

URL = "https://app.example.com/check"


@pytest.fixture
def world() -> World:
    world = World(job_types=[JOB_TYPE], handlers={"http_request": handle})
    world.rebuild(outbound=Outbound(allow_loopback=True))
    return world


def submit(world: World, url: str, *, run_at: str | None = None, **fields: Any) -> str:
    body = {"type": "http_request", "input": {"url": url, **fields}} | ({"run_at": run_at} if run_at else {})
    answer = world.request("POST", "/v1/jobs", body)
    assert answer.status == 202, answer.text
    return str(answer.json["job_id"])


def read(world: World, job_id: str) -> Any:
    return world.request("GET", f"/v1/jobs/{job_id}").json


@pytest.mark.parametrize(
    ("wrong", "pointer", "reported"),
    [
        ({"url": "http://example.com/"}, "/input/url", "the URL must be https"),
        ({"url": "https://me:s3cret@example.com/"}, "/input/url", "credentials"),
        ({"url": "https://169.254.169.254/latest/meta-data/"}, "/input/url", "public address"),
        ({"url": "https://[fd00:ec2::254]/"}, "/input/url", "public address"),
        ({"url": "https://2130706433/"}, "/input/url", "malformed"),
        ({"url": "https://example.com/a b"}, "/input/url", "percent-encoded"),
        ({"url": "https://example.com/" + "a" * 8192}, "/input/url", "8192"),
        ({"url": None}, "/input/url", "string"),
        ({"method": "GET\r\nHost: a"}, "/input/method", "regular expression"),
        ({"method": "get"}, "/input/method", "regular expression"),
        ({"method": "CONNECT"}, "/input/method", "CONNECT"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "/input/headers", "X-A"),
        ({"headers": {"Host": "internal"}}, "/input/headers", "Host"),
        ({"headers": {"transfer-encoding": "chunked"}}, "/input/headers", "transfer-encoding"),
        ({"headers": {"claimcheck-attempt": "9"}}, "/input/headers", "Claimcheck-"),
        ({"headers": {"Claimcheck-Job-Id": "a"}}, "/input/headers", "Claimcheck-"),
        ({"headers": {"X-A": "a" * 8193}}, "/input/headers/X-A", "8192"),
        ({"headers": {f"X-{number}": "" for number in range(65)}}, "/input/headers", "64"),
        ({"body": "é" * (128 * 1024) + "!"}, "/input/body", "262,144"),
        ({"body": "x" * (256 * 1024 + 1)}, "/input/body", "262144"),
        ({"body": {"task_id": "task_abc"}}, "/input/body", "string"),
        ({"max_retries": 21}, "/input/max_retries", "20"),
        ({"max_retries": -1}, "/input/max_retries", "0"),
        ({"timeout_seconds": 61}, "/input/timeout_seconds", "60"),
        ({"timeout_seconds": 0}, "/input/timeout_seconds", "1"),
        ({"scheduled_at": "now"}, "/input/scheduled_at", "known"),
    ],
)
def test_a_request_that_can_never_be_sent_is_refused_at_once(
    world: World, wrong: dict[str, Any], pointer: str, reported: str
) -> None:
    answer = world.request("POST", "/v1/jobs", {"type": "http_request", "input": {"url": URL, **wrong}})

    assert answer.status == 422
    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]
    assert reported in answer.json["errors"][0]["message"]
    assert "s3cret" not in answer.text


@pytest.mark.parametrize(
    "largest",
    [
        {"body": "é" * (128 * 1024)},
        {"headers": {f"X-{number}": "a" * 8192 for number in range(64)}},
        {"max_retries": 20, "timeout_seconds": 60},
        {"max_retries": 0, "timeout_seconds": 1, "method": "M-SEARCH"},
        # Only the worker knows whether this machine may be reached.
        {"url": "http://localhost:8000/"},
    ],
)
def test_values_within_their_bounds_are_accepted(world: World, largest: dict[str, Any]) -> None:
    submit(world, **({"url": URL} | largest))


def test_a_request_answered_with_500_twice_is_sent_three_times(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", reply(500), reply(500), reply(200, b"done")))

    world.advance(5 * MINUTE)

    ended = read(world, job_id)
    assert (ended["status"], ended["result"]["body"]) == ("completed", "done")
    assert [each.headers["claimcheck-attempt"] for each in upstream.requests] == ["1", "2", "3"]
    assert {each.headers["claimcheck-job-id"] for each in upstream.requests} == {job_id}


@pytest.mark.parametrize("retries", [0, 1, 20])
def test_as_many_retries_are_made_as_were_asked_for(world: World, upstream: Upstream, retries: int) -> None:
    job_id = submit(world, upstream.at("/", reply(503)), max_retries=retries)

    world.advance(6 * HOUR)

    ended = read(world, job_id)
    assert (ended["status"], ended["error"]["code"]) == ("failed", "upstream_error")
    assert "503 Service Unavailable" in ended["error"]["message"]
    assert len(upstream.requests) == retries + 1


def test_retries_fit_into_the_deadline_though_each_waits_as_long_as_it_may(
    world: World, upstream: Upstream
) -> None:
    url = upstream.at("/", reply(429, b"", {"Retry-After": "86400"}))
    job_id = submit(world, url, max_retries=20)

    world.advance(20 * 15 * MINUTE)

    assert read(world, job_id)["error"]["code"] == "upstream_error"
    assert len(upstream.requests) == 21


def test_a_server_that_asks_for_a_pause_has_it(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", reply(429, b"", {"Retry-After": "120"}), reply(200)))

    world.advance(2 * MINUTE - 1)
    before = len(upstream.requests)
    world.advance(1)

    assert (before, len(upstream.requests)) == (1, 2)
    assert world.job(job_id).status is Status.COMPLETED


def test_a_request_is_not_sent_before_its_time(world: World, upstream: Upstream) -> None:
    submit(world, upstream.at("/", reply()), run_at="2026-06-21T10:20:00Z")

    world.advance(20 * MINUTE - 1)
    before = len(upstream.requests)
    world.advance(SECOND)

    assert (before, len(upstream.requests)) == (0, 1)


def test_a_request_that_was_turned_down_is_sent_once(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", reply(404)))

    world.advance(HOUR)

    assert read(world, job_id)["error"] == {
        "code": "upstream_rejected",
        "message": "The server answered 404 Not Found.",
    }
    assert len(upstream.requests) == 1


def test_a_redirect_inward_fails_the_job_and_is_not_followed(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", reply(302, b"", {"Location": "http://169.254.169.254/"})))

    world.work()

    assert read(world, job_id)["error"]["code"] == "upstream_rejected"
    assert "not followed" in read(world, job_id)["error"]["message"]


class Full(MemoryObjectStore):
    """Accepts no result, so an answer over 4 KiB cannot be stored."""

    def put(self, key: str, text: str) -> None:
        raise Unavailable


@pytest.mark.parametrize("max_retries", [0, 2])
def test_an_answer_that_cannot_be_stored_does_not_send_the_request_more_often(
    upstream: Upstream, max_retries: int
) -> None:
    world = World(job_types=[JOB_TYPE], handlers={"http_request": handle}, objects=Full())
    world.rebuild(outbound=Outbound(allow_loopback=True))

    job_id = submit(world, upstream.at("/", reply(200, b"x" * 20_000)), max_retries=max_retries)
    world.advance(25 * HOUR)

    assert len(upstream.requests) == max_retries + 1
    assert world.job(job_id).error == JobError("attempts_exhausted", ANY)


def test_too_many_headers_are_refused_cheaply() -> None:
    assert_refused_cheaply(
        JOB_TYPE, {"url": "https://a.example/", "headers": {str(n): 1 for n in range(90_000)}}
    )
