"""The how-to on callbacks, executed: its requests are sent, and its receiver gets the callbacks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.domain.callbacks import CALL_TIMEOUT, PAUSES
from claimcheck.domain.job import HOUR, MINUTE, SECOND
from tests.kit.receiver import CallingWorld
from tests.kit.upstream import Upstream, reply
from tests.kit.world import echo, job_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.kit.upstream import Received
    from tests.kit.world import Answer

PAGE = (Path(__file__).parents[2] / "docs/howto/webhooks.md").read_text()
HOOK = "https://app.example.com/hooks/claimcheck"


def block(language: str) -> str:
    [found] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return str(found)


def requests() -> list[tuple[str, str, str | None]]:
    """Return the method, path and body of each curl on the page."""
    reported = PAGE.replace("\\\n", " ")
    found = re.findall(r"^curl (?:-X (\w+) )?\"\$URL(\S+?)\"[^\n]*?(?:-d '(.*)')?$", reported, re.MULTILINE)
    return [(method or "GET", path, body or None) for method, path, body in found]


@pytest.fixture
def world() -> CallingWorld:
    return CallingWorld(job_types=[job_type("text_statistics")], handlers={"text_statistics": echo})


@pytest.fixture
def receive(world: CallingWorld, monkeypatch: pytest.MonkeyPatch) -> Callable[[Received], int]:
    """The page's receiver, with the org's secret."""
    monkeypatch.setenv("CLAIMCHECK_SECRET", world.secret)
    page: dict[str, Any] = {}
    exec(block("python"), page)
    return lambda received: page["receive"](received.headers, received.body)


def follow(world: CallingWorld, upstream: Upstream) -> tuple[str, list[Answer]]:
    """Send the page's requests, with a local receiver. Returns the job's id and the answers."""
    (_, path, body), *later = requests()
    assert body is not None
    asked = json.loads(body.replace(HOOK, upstream.at("/hook", reply(204))))
    answers = [world.request("POST", path, asked)]
    job_id = answers[0].json["job_id"]
    for method, path, _ in later:
        world.work()
        answers.append(world.request(method, path.replace("$JOB_ID", job_id)))
    world.work()
    return job_id, answers


def test_its_requests_do_what_it_says(world: CallingWorld, upstream: Upstream) -> None:
    job_id, answers = follow(world, upstream)

    assert [(method, path) for method, path, _ in requests()] == [
        ("POST", "/v1/jobs"),
        ("GET", "/v1/jobs/$JOB_ID/deliveries"),
        ("POST", "/v1/jobs/$JOB_ID/redeliver"),
    ]
    assert [answer.status for answer in answers] == [202, 200, 202]
    assert [each["status"] for each in answers[1].json["deliveries"]] == [204]
    assert len(upstream.requests) == 2
    assert world.callback(job_id).state == "delivered"


def test_its_receiver_takes_what_is_sent_once(
    world: CallingWorld,
    upstream: Upstream,
    receive: Callable[[Received], int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    job_id, _ = follow(world, upstream)
    capsys.readouterr()

    statuses = [receive(each) for each in upstream.requests]

    assert statuses == [204, 204]
    assert capsys.readouterr().out.count(f"{job_id} completed") == 1


@pytest.mark.parametrize("header", ["webhook-id", "webhook-timestamp", "webhook-signature", "body"])
def test_its_receiver_takes_nothing_else(
    world: CallingWorld, upstream: Upstream, receive: Callable[[Received], int], header: str
) -> None:
    follow(world, upstream)
    sent = upstream.requests[0]

    changed = sent.headers | {header: sent.headers.get(header, "")[:-6] + "000000"}
    forged = sent._replace(body=sent.body + b" ") if header == "body" else sent._replace(headers=changed)

    assert receive(forged) == 401


def test_the_headers_that_it_shows_are_those_that_are_sent(world: CallingWorld, upstream: Upstream) -> None:
    follow(world, upstream)
    shown = dict(line.split(": ", 1) for line in block("http").splitlines()[1:])

    sent = upstream.requests[0].headers
    assert {name.lower() for name in shown} <= set(sent)
    for name in ("Content-Type", "User-Agent"):
        assert sent[name.lower()] == shown[name]


def test_the_callback_that_it_shows_has_the_fields_of_one(world: CallingWorld, upstream: Upstream) -> None:
    _, answers = follow(world, upstream)

    assert list(json.loads(block("json"))["callback"]) == list(answers[0].json["callback"])


def test_the_pages_pauses_are_the_real_ones() -> None:
    [reported] = re.findall(r"retried after (.*?), each up to", PAGE)
    units = {"s": SECOND, "min": MINUTE, "h": HOUR}
    pauses: list[int] = []
    waiting: list[int] = []
    for number, unit in re.findall(r"(\d+)(?: (s|min|h))?", reported):
        waiting.append(int(number))
        if unit:
            pauses += [each * units[unit] for each in waiting]
            waiting = []

    assert tuple(pauses) == PAUSES
    assert f"2xx within {CALL_TIMEOUT // SECOND} s" in PAGE
