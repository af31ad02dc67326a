"""`start`, and the polls made from its answer."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from apps.requests.placeholders import checked
from apps.requests.tests.poll_world import (
    FINISHED,
    RUNNING,
    errors,
    executions,
    poll_world,
    read,
    says,
    submit,
)
from claimcheck.domain.job import HOUR, MINUTE, SECOND
from tests.kit.upstream import Upstream, reply, reset

if TYPE_CHECKING:
    from tests.kit.world import World


@pytest.fixture
def world() -> World:
    return poll_world()


def polled(world: World, upstream: Upstream, answer: Any, **poll: Any) -> Any:
    """Return the first poll after this answer to a start, at /poll by default."""
    upstream.at("/start", answer)
    upstream.at("/poll", FINISHED)
    job_id = submit(
        world, start={"url": upstream.url + "/start"}, poll={"url": upstream.url + "/poll"} | poll
    )
    world.advance(MINUTE)
    assert len(upstream.requests) == 2, read(world, job_id)
    return upstream.requests[1]


def test_the_started_work_is_polled(world: World, upstream: Upstream) -> None:
    upstream.at("/renders", says({"id": "r/1 ü", "state": {"queue": 7}}, 202))
    upstream.at("/renders/r%2F1%20%C3%BC", RUNNING, FINISHED)
    job_id = submit(
        world,
        start={"url": upstream.url + "/renders", "body": '{"scene": 7}', "headers": {"X-Scene": "7"}},
        poll={"url": upstream.url + "/renders/{{ start.body.id }}?queue={{start.body.state.queue}}"},
    )
    world.advance(MINUTE)
    start, *polls = upstream.requests

    assert (start.method, start.body, start.headers["x-scene"]) == ("POST", b'{"scene": 7}', "7")
    assert start.headers["idempotency-key"] == start.headers["claimcheck-job-id"] == job_id
    assert [each.path for each in polls] == ["/renders/r%2F1%20%C3%BC?queue=7"] * 2
    assert read(world, job_id)["result"]["polls"] == 2
    reported = executions(world, job_id)
    assert [each["details"]["request"] for each in reported] == ["start", "poll", "poll"]
    assert [each["outcome"] for each in reported] == ["again", "again", "completed"]
    assert [each["due_at"][17:19] for each in reported] == ["00", "15", "30"]


def test_an_idempotency_key_of_the_callers_own_is_kept(world: World, upstream: Upstream) -> None:
    upstream.at("/start", says({}))
    start = {"url": upstream.url + "/start", "headers": {"idempotency-key": "mine"}}
    submit(world, upstream.at("/", FINISHED), start=start)
    world.work()

    assert upstream.requests[0].headers["idempotency-key"] == "mine"


def test_a_start_is_sent_again_until_it_is_taken(world: World, upstream: Upstream) -> None:
    upstream.at("/start", reply(503), reset(), says({"id": 5}, 201))
    upstream.at("/5", FINISHED)
    job_id = submit(
        world, start={"url": upstream.url + "/start"}, poll={"url": upstream.url + "/{{start.body.id}}"}
    )
    world.advance(5 * MINUTE)
    reported = executions(world, job_id)

    assert [each["outcome"] for each in reported] == ["retry", "retry", "again", "completed"]
    keys = {each.headers["idempotency-key"] for each in upstream.requests if each.path == "/start"}
    assert keys == {job_id}


@pytest.mark.parametrize(
    ("status", "sent", "code"), [(503, 3, "upstream_error"), (422, 1, "upstream_rejected")]
)
def test_a_start_that_is_not_taken_ends_the_job(
    world: World, upstream: Upstream, status: int, sent: int, code: str
) -> None:
    start = {"url": upstream.at("/start", reply(status))}
    job_id = submit(world, upstream.at("/", FINISHED), start=start, max_retries=2)
    world.advance(HOUR)

    assert read(world, job_id)["error"]["code"] == code
    assert [each.path for each in upstream.requests] == ["/start"] * sent


def test_the_pause_that_the_answer_to_start_asks_for_is_kept(world: World, upstream: Upstream) -> None:
    start = {"url": upstream.at("/start", says({}, 202, **{"Retry-After": "40"}))}
    job_id = submit(world, upstream.at("/", FINISHED), start=start)
    world.advance(HOUR)

    due = [each["due_at"][14:19] for each in executions(world, job_id)]
    assert due == ["00:00", "00:40"]


def test_of_the_answer_only_what_the_polls_need_is_kept(world: World, upstream: Upstream) -> None:
    body = {"id": "r1", "secret": "s3cret", "long": "x" * 500_000}
    upstream.at("/start", says(body))
    upstream.at("/r1", RUNNING)
    job_id = submit(
        world, start={"url": upstream.url + "/start"}, poll={"url": upstream.url + "/{{start.body.id}}"}
    )
    world.work()

    state = json.loads(world.job(job_id).state or "")
    assert state == {"fields": {"start.body.id": "r1"}, "polls": 0, "started_at": world.clock.now()}


NASTY = 'a"b\\c\n&d=e é'


@pytest.mark.parametrize(
    ("headers", "body", "sent"),
    [
        ({}, '{"id": "{{start.body.v}}"}', json.dumps({"id": NASTY}, ensure_ascii=False)),
        ({}, '{"id": {{start.body.v}}}', json.dumps({"id": NASTY})),
        ({}, '{"a\\"": "x{{start.body.v}}y"}', json.dumps({'a"': f"x{NASTY}y"}, ensure_ascii=False)),
        (
            {},
            '["{{start.body.v}}", {{start.body.n}}, {{start.body.b}}, "{{start.body.n}}"]',
            json.dumps([NASTY, 1.5, True, "1.5"], ensure_ascii=False),
        ),
        ({"Content-Type": "application/problem+json"}, "{{start.body.v}}", json.dumps(NASTY)),
        (
            {"content-type": "application/x-www-form-urlencoded"},
            "id={{start.body.v}}&n={{start.body.n}}",
            "id=a%22b%5Cc%0A%26d%3De+%C3%A9&n=1.5",
        ),
        ({"Content-Type": "text/plain"}, '{"{{start.body.v}}', '{"' + NASTY),
        ({}, "id {{start.body.v}} {{start.body.b}}", f"id {NASTY} true"),
    ],
)
def test_a_value_in_a_body_is_escaped_for_its_place(
    world: World, upstream: Upstream, headers: dict[str, str], body: str, sent: str
) -> None:
    answer = says({"v": NASTY, "n": 1.5, "b": True})
    request = polled(world, upstream, answer, method="POST", headers=headers, body=body)

    assert request.body.decode() == sent


def test_headers_are_filled_and_can_be_read_from(world: World, upstream: Upstream) -> None:
    answer = says({"token": "abc"}, 202, **{"X-Task": "t-1"})
    headers = {"Authorization": "Bearer {{start.body.token}}", "X-Task": '{{start.headers."x-task"}}'}
    request = polled(world, upstream, answer, headers=headers)

    assert (request.headers["authorization"], request.headers["x-task"]) == ("Bearer abc", "t-1")


@pytest.mark.parametrize("location", ["/poll?a=1&b=2", "{url}/poll?a=1&b=2", "poll?a=1&b=2"])
def test_a_whole_url_is_taken_as_it_is(world: World, upstream: Upstream, location: str) -> None:
    answer = says({}, 202, Location=location.format(url=upstream.url))

    assert polled(world, upstream, answer, url="{{start.headers.location}}").path == "/poll?a=1&b=2"


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/",
        "//evil.example/",
        "http://127.0.0.1:1/",
        "http://localhost:{port}/",
        "https://127.0.0.1:{port}/",
        "http://169.254.169.254/",
        "http://me:pw@127.0.0.1:{port}/",
        "file:///etc/passwd",
        "http://[",
        "/a b",
    ],
)
def test_no_answer_leads_the_polls_to_another_server(world: World, upstream: Upstream, location: str) -> None:
    upstream.at("/start", says({"next": location.format(port=upstream.port)}))
    job_id = submit(world, start={"url": upstream.url + "/start"}, poll={"url": "{{start.body.next}}"})
    world.advance(MINUTE)

    assert read(world, job_id)["error"]["code"] == "request_refused"
    assert [each.path for each in upstream.requests] == ["/start"]


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        ("start.body.nothing", "has no start.body.nothing for poll/url."),
        ("start.body.empty", "has no start.body.empty for poll/url."),
        ("start.body.list", "not a string, number or boolean"),
        ("start.body.long", "2,048 characters"),
        ("start.body.dots", "only dots"),
        ("length(start.body.nothing)", "cannot be evaluated"),
        ("start" + " | [@, @]" * 40, "cannot be evaluated"),
    ],
)
def test_a_placeholder_that_nothing_fills_ends_the_job_at_once(
    world: World, upstream: Upstream, expression: str, shown: str
) -> None:
    answer = {"empty": "", "list": [1], "long": "x" * 2049, "dots": ".."}
    upstream.at("/start", says(answer))
    job_id = submit(
        world,
        start={"url": upstream.url + "/start"},
        poll={"url": f"{upstream.url}/{{{{{expression}}}}}"},
    )
    world.work()

    error = read(world, job_id)["error"]
    assert error["code"] == "placeholder_unfilled"
    assert shown in error["message"]
    assert [each.path for each in upstream.requests] == ["/start"]


def test_a_header_cannot_be_broken_out_of(world: World, upstream: Upstream) -> None:
    upstream.at("/start", says({"v": "a\r\nX-Evil: 1"}))
    job_id = submit(
        world,
        start={"url": upstream.url + "/start"},
        poll={"url": upstream.url, "headers": {"X-A": "{{start.body.v}}"}},
    )
    world.advance(MINUTE)

    assert read(world, job_id)["error"]["code"] == "request_refused"
    assert [each.path for each in upstream.requests] == ["/start"]


def test_the_values_of_placeholders_fit_into_a_row(world: World, upstream: Upstream) -> None:
    upstream.at("/start", says([f"{number}" + "x" * 2000 for number in range(7)]))
    text = "".join(f"{{{{start.body[{number}]}}}}" for number in range(7))
    job_id = submit(world, start={"url": upstream.url + "/start"}, poll={"url": upstream.url, "body": text})
    world.work()

    assert "12,288 bytes" in read(world, job_id)["error"]["message"]


START = {"start": {"url": "https://a.example/"}}


@pytest.mark.parametrize(
    ("fields", "pointer", "shown"),
    [
        ({"poll": {"url": "https://a.example/{{start.body.id}}"}}, "/input/poll", "there is no start"),
        (START | {"poll": {"url": "https://{{start.body.id}}.example/"}}, "/input/poll/url", "the path"),
        (START | {"poll": {"url": "{{start.body.id}}/x"}}, "/input/poll/url", "https"),
        (START | {"poll": {"url": "{{start.body.id}}://a.example/"}}, "/input/poll/url", "https"),
        (
            START | {"poll": {"url": "https://a.example:4{{start.body.id}}/"}},
            "/input/poll/url",
            "host or port",
        ),
        (START | {"poll": {"url": "https://a.example{{start.body.id}}"}}, "/input/poll/url", "the path"),
        (START | {"poll": {"url": "http://a.example/{{start.body.id}}"}}, "/input/poll/url", "https"),
        (START | {"poll": {"url": "https://a.example/{{start.body["}}, "/input/poll/url", "not closed"),
        (START | {"poll": {"url": "https://a.example/{{}}"}}, "/input/poll/url", "empty"),
        (START | {"poll": {"url": "https://a.example/{{body.id}}"}}, "/input/poll/url", "start.body"),
        (START | {"poll": {"url": "https://a.example/{{start.body.}}"}}, "/input/poll/url", "unexpected end"),
        (
            START | {"poll": {"url": "https://a.example/", "headers": {"X-A": "{{start.[}}"}}},
            "/input/poll/headers",
            "unexpected end",
        ),
        (
            START | {"poll": {"url": "https://a.example/", "body": "{{nope(start)}}"}},
            "/input/poll/body",
            "no function nope()",
        ),
        (
            START | {"poll": {"url": "https://a.example/", "body": "{{start.a}}" * 21}},
            "/input/poll/body",
            "at most 20",
        ),
    ],
)
def test_a_wrong_placeholder_is_refused_at_once(
    world: World, fields: dict[str, Any], pointer: str, shown: str
) -> None:
    found = errors(world, **fields)

    assert list(found) == [pointer]
    assert shown in found[pointer]


@pytest.mark.parametrize(
    "url", ["https://a.example?id={{start.body.id}}", "https://a.example/#{{start.status}}"]
)
def test_a_placeholder_may_be_anywhere_but_in_the_address(world: World, url: str) -> None:
    submit(world, start=START["start"], poll={"url": url})


def test_a_wait_of_less_than_two_seconds_is_as_long_as_asked_for(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", RUNNING, RUNNING, FINISHED), every=1.25)
    world.work()

    ended = world.job(job_id).ended_at
    assert ended is not None
    assert ended - world.job(job_id).run_at == 2.5 * SECOND


@pytest.mark.parametrize("text", ["{" * 262_144, "{{" * 100_000 + "}}", "{{a}} {{" * 30_000])
def test_no_text_takes_long_to_look_through(text: str) -> None:
    began = time.process_time()

    with pytest.raises(ValueError, match=r"placeholder|\{\{"):
        checked(text)

    assert time.process_time() - began < 1
