"""Fliq's page, "Poll an API until a long-running job finishes": its request, its handler, its promises."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from apps.fliq.tests.world import Down, HttpRequest, fliq, post, read, sends
from claimcheck.domain.job import HOUR, MINUTE, SECOND
from claimcheck.installed import ENDPOINTS, load_catalog
from claimcheck.testing import FrozenClock
from tests.kit.world import World

# The body of the page's curl line, unchanged.
CURL = rb"""{
    "url": "https://yourapp.com/api/exports/check",
    "http_method": "POST",
    "scheduled_at": "2026-06-12T10:00:15Z",
    "headers": { "Content-Type": "application/json" },
    "body": "{\"task_id\":\"task_abc\"}",
    "max_retries": 3
  }"""
# Fifteen seconds before its `scheduled_at`.
THEN = 1_781_258_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def _then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.kit.world.FrozenClock", partial(FrozenClock, THEN))


@pytest.mark.usefixtures("_then")
def test_the_pages_request_is_accepted_unchanged() -> None:
    world = fliq()

    answer = post(world, CURL, key=world.key("acme", dialect="fliq"))
    job_id = answer.json["id"]

    assert answer.status == 202
    assert answer.json == {
        "id": job_id,
        "status": "scheduled",
        "scheduled_at": "2026-06-12T10:00:15.000Z",
        "attempts": 0,
        "created_at": "2026-06-12T10:00:00.000Z",
        "updated_at": "2026-06-12T10:00:00.000Z",
        "ended_at": None,
        "expires_at": None,
        "result": None,
        "error": None,
    }
    assert answer.headers["Location"] == f"/jobs/{job_id}"
    assert answer.headers["Retry-After"] == "16"
    assert read(world, job_id) == answer.json


@pytest.mark.usefixtures("_then")
def test_the_pages_request_is_sent_as_it_says_and_when_it_says() -> None:
    sent: list[tuple[int, HttpRequest]] = []

    def send(given: HttpRequest, job: Any) -> Any:
        sent.append((world.clock.now(), given))
        return {"status": 200, "body": '{"done":true}'}

    world = fliq(handlers={"http_request": send})
    post(world, CURL)
    world.advance(MINUTE)

    assert sent == [
        (
            THEN + 15 * SECOND,
            HttpRequest(
                url="https://yourapp.com/api/exports/check",
                method="POST",
                headers={"Content-Type": "application/json"},
                body='{"task_id":"task_abc"}',
                max_retries=3,
            ),
        )
    ]


def test_the_pages_request_is_one_that_the_declared_job_type_takes() -> None:
    declared = load_catalog().newest(ENDPOINTS["fliq"]["/jobs"])
    assert declared is not None

    answer = post(World(job_types=[declared], handlers={}), CURL)

    assert answer.status == 202


def test_the_pages_request_works_long_after_its_time_has_passed() -> None:
    world = fliq()

    job_id = post(world, CURL).json["id"]
    world.work()

    assert read(world, job_id)["status"] == "done"


class CheckHandler:
    """The page's `/api/exports/check` in Python, with its natural backoff: 15 s, 30 s, 60 s and so on
    "by computing scheduled_at from an attempt counter you carry in the body"."""

    def __init__(self, *statuses: str) -> None:
        self.statuses = list(statuses)
        self.checked: list[int] = []
        self.ready: list[str] = []
        self.job_ids: list[str] = []
        self.world = fliq(self.post)
        self.key = self.world.key("acme", dialect="fliq")

    def start(self) -> None:
        self._schedule("task_abc", 0)

    def post(self, body: str) -> str:
        given = json.loads(body)
        self.checked.append(self.world.clock.now())
        status = self.statuses.pop(0)
        if status == "down":
            raise Down
        if status == "done":
            self.ready.append(given["task_id"])
            return json.dumps({"done": True})
        self._schedule(given["task_id"], given["attempt"] + 1)
        return json.dumps({"done": False})

    def _schedule(self, task_id: str, attempt: int) -> None:
        body = {
            "url": "https://yourapp.com/api/exports/check",
            "http_method": "POST",
            "scheduled_at": to_iso_string(self.world.clock.now() + 15 * SECOND * 2**attempt),
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps({"task_id": task_id, "attempt": attempt}),
            "max_retries": 3,
        }
        answer = post(self.world, body, key=self.key)
        assert answer.status == 202, answer.text
        self.job_ids.append(answer.json["id"])


def to_iso_string(at: int) -> str:
    """Return the result of JavaScript's `toISOString()`."""
    time = EPOCH + timedelta(milliseconds=at)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_the_loop_ends_when_the_handler_sees_done() -> None:
    handler = CheckHandler("running", "running", "running", "done")
    world, start = handler.world, handler.world.clock.now()
    handler.start()
    world.advance(HOUR)

    assert [(at - start) // SECOND for at in handler.checked] == [15, 45, 105, 225]
    assert handler.ready == ["task_abc"]
    assert len(world.store.all_jobs()) == 4
    assert results(world, handler.job_ids) == [{"done": False}] * 3 + [{"done": True}]


def results(world: World, job_ids: list[str]) -> list[Any]:
    return [json.loads(read(world, job_id)["result"]["body"]) for job_id in job_ids]


def test_a_check_that_is_briefly_down_does_not_break_the_loop() -> None:
    handler = CheckHandler("running", "down", "down", "running", "done")
    world = handler.world
    handler.start()
    world.advance(10 * MINUTE)
    second = sends(world, handler.job_ids[1])

    assert handler.ready == ["task_abc"]
    assert [read(world, job_id)["status"] for job_id in handler.job_ids] == ["done"] * 3
    assert [(send["number"], send["attempt"], send["status"]) for send in second] == [
        (1, 1, "failed"),
        (2, 2, "failed"),
        (3, 3, "done"),
    ]


def test_a_check_that_stays_down_fails_after_max_retries() -> None:
    handler = CheckHandler(*["down"] * 10)
    handler.start()
    handler.world.advance(10 * MINUTE)
    [job_id] = handler.job_ids

    assert len(handler.checked) == 1 + 3
    assert read(handler.world, job_id)["error"]["code"] == "upstream_error"


def test_each_check_is_a_recorded_execution() -> None:
    handler = CheckHandler("down", "done")
    handler.start()
    handler.world.advance(MINUTE)

    assert sends(handler.world, handler.job_ids[0]) == [
        {
            "number": 1,
            "attempt": 1,
            "status": "failed",
            "scheduled_at": "2026-06-21T10:00:15.000Z",
            "fired_at": "2026-06-21T10:00:15.000Z",
            "lateness_ms": 0,
            "ended_at": "2026-06-21T10:00:15.000Z",
            "duration_ms": 0,
            "response": None,
            "error": {"code": "retry", "message": "The server answered 503."},
        },
        {
            "number": 2,
            "attempt": 2,
            "status": "done",
            "scheduled_at": "2026-06-21T10:00:16.000Z",
            "fired_at": "2026-06-21T10:00:16.000Z",
            "lateness_ms": 0,
            "ended_at": "2026-06-21T10:00:16.000Z",
            "duration_ms": 0,
            "response": None,
            "error": None,
        },
    ]
