"""Every send of a request is recorded: when it was due and sent, and its result."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from apps.fliq.tests.world import sends
from apps.requests.handlers.http_request import handle
from apps.requests.job_types.http_request import JOB_TYPE
from claimcheck.domain.job import HOUR, MINUTE, SECOND
from claimcheck.domain.json_text import DETAILS_LIMIT
from claimcheck.outbound import Answer, Outbound, Unreachable
from tests.kit.upstream import Upstream, drip, endless, head, raw, reply, reset, silence
from tests.kit.world import World

if TYPE_CHECKING:
    from tests.kit.upstream import Act

SECRET = "s3cret"


class Impatient(Outbound):
    """Waits for a tenth of a second instead of a job's thirty."""

    def request(self, *args: Any, timeout: float, **rest: Any) -> Any:
        return super().request(*args, timeout=0.1 if timeout == 30 else timeout, **rest)


def make_world(outbound: Outbound | None = None, **changes: Any) -> World:
    world = World(job_types=[replace(JOB_TYPE, **changes)], handlers={"http_request": handle})
    world.rebuild(outbound=outbound or Outbound(allow_loopback=True))
    return world


def sent(world: World, url: str, within: int = 6 * HOUR, **fields: Any) -> list[dict[str, Any]]:
    """Return the executions of a request to this URL, oldest first, as the canonical contract shows them."""
    answer = world.request("POST", "/v1/jobs", {"type": "http_request", "input": {"url": url, **fields}})
    assert answer.status == 202, answer.text
    world.advance(within)
    reported = world.request("GET", f"/v1/jobs/{answer.json['job_id']}/executions").json["executions"]
    assert all(each["lateness_ms"] >= 0 for each in reported)
    return list(reported[::-1])


LYING = head(200, "Content-Length: 10") + b"123"
# The server's behaviour, the records of two sends, and the code of the job's end.
UPSTREAMS = [
    pytest.param(silence(), {"error": "timed_out"}, "upstream_timeout", id="silent"),
    pytest.param(drip(head(200) + b"x" * 999), {"error": "timed_out"}, "upstream_timeout", id="slow"),
    pytest.param(reset(), {"error": "connection_lost"}, "upstream_unreachable", id="resets"),
    pytest.param(
        reset(LYING), {"error": "connection_lost"}, "upstream_unreachable", id="resets in its answer"
    ),
    pytest.param(raw(LYING), {"error": "answer_broken"}, "upstream_error", id="lies about its length"),
    pytest.param(raw(b"SSH-2.0\r\n"), {"error": "answer_broken"}, "upstream_error", id="speaks no HTTP"),
    pytest.param(reply(503, b"busy"), {"response": (503, "busy")}, "upstream_error", id="is busy"),
]
FINAL = [
    pytest.param(
        endless(head(200), b"x" * 65536),
        {"error": "answer_too_large"},
        "upstream_answer_too_large",
        id="never ends",
    ),
    pytest.param(
        reply(302, b"", {"Location": "http://169.254.169.254/latest/meta-data/"}),
        {"response": (302, "")},
        "upstream_rejected",
        id="redirects inward",
    ),
    pytest.param(reply(404, b"no"), {"response": (404, "no")}, "upstream_rejected", id="refuses"),
]


def outline(execution: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a send, without its times."""
    details = execution["details"]
    assert details["fired_at"] >= execution["due_at"]
    assert details["duration_ms"] >= 0
    found = {name: details[name] for name in ("error", "response") if name in details}
    if "response" in found:
        found["response"] = (details["response"]["status"], details["response"]["body"])
    return found


@pytest.mark.parametrize(("act", "recorded", "code"), UPSTREAMS)
def test_a_send_that_may_work_later_is_recorded_each_time(
    upstream: Upstream, act: Act, recorded: dict[str, Any], code: str
) -> None:
    # On a busy machine other upstreams may need longer than the impatient wait.
    outbound = Impatient(allow_loopback=True) if recorded == {"error": "timed_out"} else None
    reported = sent(make_world(outbound), upstream.at("/", act), max_retries=1)

    assert [outline(each) for each in reported] == [recorded] * 2
    assert [each["outcome"] for each in reported] == ["retry", "failed"]
    assert [each["error"]["code"] for each in reported] == [code] * 2


@pytest.mark.parametrize(("act", "recorded", "code"), FINAL)
def test_a_send_that_can_never_work_is_recorded_once(
    upstream: Upstream, act: Act, recorded: dict[str, Any], code: str
) -> None:
    reported = sent(make_world(), upstream.at("/", act), max_retries=1)

    assert [outline(each) for each in reported] == [recorded]
    assert reported[0]["error"]["code"] == code


def test_500_twice_and_then_200_are_three_executions(upstream: Upstream) -> None:
    reported = sent(make_world(), upstream.at("/", reply(500), reply(500, b"still"), reply(200, b"at last")))

    assert [each["outcome"] for each in reported] == ["retry", "retry", "completed"]
    assert [outline(each)["response"] for each in reported] == [(500, ""), (500, "still"), (200, "at last")]


@pytest.mark.parametrize("asked", ["120", "Sun, 21 Jun 2026 10:02:00 GMT"])
def test_a_requested_pause_sets_the_time_of_the_next_send(upstream: Upstream, asked: str) -> None:
    first, second = sent(make_world(), upstream.at("/", reply(429, b"", {"Retry-After": asked}), reply()))

    assert first["details"]["response"]["headers"] == {"retry-after": asked}
    assert (second["due_at"], second["lateness_ms"]) == ("2026-06-21T10:02:00.000Z", 0)


def test_a_name_that_changes_its_answer_is_never_followed_inward(upstream: Upstream) -> None:
    answers = iter([["93.184.215.14", "10.0.0.1"], ["169.254.169.254"]])
    rebinding = Outbound(resolve=lambda host, port: next(answers))

    for _ in range(2):
        [reported] = sent(make_world(rebinding), "https://rebound.example/", max_retries=3)
        assert outline(reported) == {"error": "forbidden_address"}
        assert reported["error"]["code"] == "request_refused"
    assert upstream.requests == []


def test_a_stopped_send_is_recorded_up_to_its_end(upstream: Upstream) -> None:
    world = make_world(timeout=1)
    reported = sent(world, upstream.at("/", silence()), within=0, timeout_seconds=60)

    assert reported[0]["outcome"] == "timeout"
    assert reported[0]["details"] == {"fired_at": "2026-06-21T10:00:00.000Z"}


@pytest.mark.parametrize(
    ("body", "kept", "encoding"),
    [
        (b"x" * 1024, "x" * 1024, "text"),
        (b'"\\\n' * 500, '"\\\n' * 341 + '"', "text"),
        (b"x" * 1023 + "é".encode(), "x" * 1023, "text"),
        (b"\x89PNG\xff" * 400, base64.b64encode((b"\x89PNG\xff" * 400)[:1024]).decode(), "base64"),
        (b"\x00" * 2000, base64.b64encode(b"\x00" * 1024).decode(), "base64"),
    ],
)
def test_the_first_kib_of_every_answer_is_recorded(
    upstream: Upstream, body: bytes, kept: str, encoding: str
) -> None:
    hostile = {"Location": "\xe9" * 999, "Content-Type": '"' * 999, "Retry-After": "\\" * 999}
    [reported] = sent(make_world(), upstream.at("/", reply(200, body, hostile)))

    response = reported["details"]["response"]
    assert (response["body"], response["body_encoding"]) == (kept, encoding)
    assert response["truncated"] == (len(body) > 1024)
    assert len(json.dumps(reported["details"], ensure_ascii=False).encode()) <= DETAILS_LIMIT


def test_nothing_secret_is_recorded(upstream: Upstream) -> None:
    headers = {"Location": f"https://a.example/?token={SECRET}&page=2", "Set-Cookie": f"id={SECRET}"}
    reported = sent(
        make_world(),
        upstream.at("/", reply(503, b"", headers)) + f"?api_key={SECRET}",
        headers={"Authorization": f"Bearer {SECRET}", "X-Plain": SECRET},
        body=json.dumps({"password": SECRET}),
        max_retries=1,
    )

    assert reported[0]["details"]["response"]["headers"] == {
        "location": "https://a.example/?token=[redacted]&page=2"
    }
    assert SECRET not in json.dumps(reported)


def test_fliqs_history_says_the_same_in_its_own_words(upstream: Upstream) -> None:
    world = make_world()
    body = {"url": upstream.at("/", reply(500, b"down"), reset(), reply(200, b"\xff" * 2000))}
    job_id = world.request("POST", "/jobs", body | {"scheduled_at": "2026-06-21T10:20:00Z"}).json["id"]
    world.advance(20 * MINUTE + 40 * SECOND)
    first, second, third = sends(world, job_id)

    assert (first["scheduled_at"], first["fired_at"]) == ("2026-06-21T10:20:00.000Z",) * 2
    assert first["response"] == {
        "status": 500,
        "body": "down",
        "body_encoding": "text",
        "truncated": False,
    }
    assert (first["status"], first["error"]["code"]) == ("failed", "upstream_error")
    assert (second["response"], second["error"]["code"]) == (None, "upstream_unreachable")
    assert second["scheduled_at"] > first["ended_at"]
    assert (third["status"], third["error"], third["response"]["body_encoding"]) == ("done", None, "base64")
    assert third["response"]["truncated"]
    assert [each["lateness_ms"] for each in (first, second, third)] == [0, 0, 0]


@pytest.mark.parametrize("ahead", [16 * MINUTE, 30 * 24 * HOUR])
def test_a_far_request_is_sent_at_its_time_and_not_before(upstream: Upstream, ahead: int) -> None:
    from claimcheck.domain.clock import rfc3339

    world = make_world()
    at = world.clock.now() + ahead
    body = {"url": upstream.at("/", reply()), "scheduled_at": rfc3339(at)}
    job_id = world.request("POST", "/jobs", body).json["id"]

    world.advance(ahead - 1)
    before = len(upstream.requests)
    world.advance(1)

    assert (before, len(upstream.requests)) == (0, 1)
    [send] = sends(world, job_id)
    assert (send["scheduled_at"], send["fired_at"], send["lateness_ms"]) == (rfc3339(at), rfc3339(at), 0)


@pytest.mark.parametrize("seed", range(20))
def test_three_retries_outlast_an_outage_of_half_a_minute(seed: int) -> None:
    class Down(Outbound):
        def request(self, *args: Any, **rest: Any) -> Any:
            if world.clock.now() < back_at:
                raise Unreachable("connection_failed", "the server is down")
            return Answer(200, {}, b"back")

    world = World(job_types=[JOB_TYPE], handlers={"http_request": handle}, seed=seed)
    world.rebuild(outbound=Down())
    back_at = world.clock.now() + 30 * SECOND
    answer = world.request("POST", "/jobs", {"url": "https://example.com/", "max_retries": 3})
    world.advance(2 * MINUTE)

    assert world.job(answer.json["id"]).status == "completed"
