"""Reads in Fliq's contract that its page does not define. `test_fliq_page` tests the page."""

from __future__ import annotations

from typing import Any

import pytest

from apps.fliq.tests.world import Down, Gone, fliq, post, read, schedule, sends
from claimcheck.domain.job import DAY, MINUTE, SECOND
from claimcheck.domain.outcome import Again, Fail, Retry
from claimcheck.service.attempt import Overrun

UNKNOWN = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"
SECRETS = {
    "url": "https://yourapp.com/?token=hunter2",
    "headers": {"Authorization": "Bearer hunter2"},
    "body": "hunter2",
}


def test_a_job_goes_from_scheduled_to_running_to_done() -> None:
    seen = []

    def receive(body: str) -> str:
        seen.append(read(world, job_id))
        world.clock.advance(184)
        return '{"done": true}'

    world = fliq(receive)
    job_id = schedule(world, scheduled_at="2026-06-21T10:00:15Z")
    seen.append(read(world, job_id))
    world.advance(MINUTE)
    seen.append(read(world, job_id))

    assert [send["duration_ms"] for send in sends(world, job_id)] == [184]
    assert [job["status"] for job in seen] == ["scheduled", "running", "done"]
    assert seen[1] == seen[0] | {
        "status": "running",
        "attempts": 1,
        "updated_at": "2026-06-21T10:00:15.000Z",
    }
    assert seen[2] == {
        "id": job_id,
        "status": "done",
        "scheduled_at": "2026-06-21T10:00:15.000Z",
        "attempts": 1,
        "created_at": "2026-06-21T10:00:00.000Z",
        "updated_at": "2026-06-21T10:00:15.184Z",
        "ended_at": "2026-06-21T10:00:15.184Z",
        "expires_at": "2026-06-21T12:00:15.184Z",
        "result": {"status": 200, "body": '{"done": true}'},
        "error": None,
    }


def test_a_job_is_failed_after_its_last_send() -> None:
    def receive(body: str) -> str:
        raise Gone

    world = fliq(receive)
    job_id = schedule(world)
    world.work()
    job = read(world, job_id)

    assert (job["status"], job["result"]) == ("failed", None)
    assert job["error"] == {"code": "upstream_error", "message": "The server answered 410."}
    assert [send["status"] for send in sends(world, job_id)] == ["failed"]


def test_a_cancelled_job_is_failed_and_sends_nothing() -> None:
    sent: list[str] = []
    world = fliq(lambda body: sent.append(body) or "")  # type: ignore[func-returns-value]
    job_id = schedule(world, scheduled_at="2026-06-21T10:00:15Z")

    world.request("POST", f"/v1/jobs/{job_id}/cancel")
    world.advance(MINUTE)
    job = read(world, job_id)

    assert (job["status"], job["error"]["code"]) == ("failed", "cancelled")
    assert (sends(world, job_id), sent) == ([], [])


def test_an_unfinished_read_says_when_to_ask_again() -> None:
    world = fliq()
    job_id = schedule(world, scheduled_at="2026-06-21T10:00:15Z")

    waiting = world.request("GET", f"/jobs/{job_id}")
    world.advance(MINUTE)
    done = world.request("GET", f"/jobs/{job_id}")

    assert waiting.headers["Retry-After"] == "16"
    assert "Retry-After" not in done.headers


def test_a_send_is_shown_while_it_runs() -> None:
    seen: list[Any] = []

    def receive(body: str) -> str:
        seen.extend(sends(world, job_id))
        return ""

    world = fliq(receive)
    job_id = schedule(world)
    world.work()

    assert seen == [
        {
            "number": 1,
            "attempt": 1,
            "status": "running",
            "scheduled_at": "2026-06-21T10:00:00.000Z",
            "fired_at": "2026-06-21T10:00:00.000Z",
            "lateness_ms": 0,
            "ended_at": None,
            "duration_ms": None,
            "response": None,
            "error": None,
        }
    ]


def test_every_end_of_a_send_has_a_status() -> None:
    def send(given: Any, job: Any) -> Any:
        ends = {1: Overrun(), 2: Retry(after=1), 3: Again(after=1), 4: Fail("upstream_error", "410")}
        raise ends.get(len(sends(world, job.job_id)), AssertionError)

    world = fliq(handlers={"http_request": send})
    job_id = schedule(world)
    world.advance(10 * MINUTE)
    shown = [(send["status"], send["error"] and send["error"]["code"]) for send in sends(world, job_id)]

    assert shown == [
        ("failed", "timeout"),
        ("failed", "retry"),
        ("done", None),
        ("failed", "upstream_error"),
    ]
    # The attempts are counted from 1 again after it asked to be called later.
    assert read(world, job_id)["attempts"] == 1


def test_a_send_whose_worker_died_is_failed() -> None:
    world = fliq()
    job_id = schedule(world)
    job = world.job(job_id)
    world.store.replace(job, job.claimed(world.clock.now(), "a", MINUTE).evolve(written_by="a"))

    world.advance(10 * MINUTE)
    lost, second = sends(world, job_id)

    assert (lost["status"], lost["error"]["code"]) == ("failed", "worker_lost")
    assert (second["status"], read(world, job_id)["attempts"]) == ("done", 2)


def test_a_large_result_has_a_url() -> None:
    world = fliq(lambda body: "x" * 6_000_000)
    job_id = schedule(world)
    world.work()

    result = read(world, job_id)["result"]

    assert result == {"result_url": f"/v1/jobs/{job_id}/result"}
    assert world.request("GET", result["result_url"]).status == 303


def test_nothing_of_the_request_is_ever_shown() -> None:
    def receive(body: str) -> str:
        texts.append(world.request("GET", f"/jobs/{job_id}").text)
        if len(texts) < 3:
            raise Down
        return "thanks"

    texts: list[str] = []
    world = fliq(receive)
    accepted = post(world, SECRETS, idempotency_key="k")
    job_id = accepted.json["id"]
    world.advance(DAY)
    texts += [accepted.text, post(world, SECRETS, idempotency_key="k").text]
    texts += [world.request("GET", f"/jobs/{job_id}{path}").text for path in ("", "/executions")]
    texts.append(post(world, SECRETS | {"max_retries": -1}).text)

    assert len(texts) == 8
    assert [text for text in texts if "hunter2" in text] == []


@pytest.mark.parametrize("path", ["", "/executions"])
def test_another_orgs_job_is_as_unknown_as_none(path: str) -> None:
    world = fliq()
    job_id = schedule(world)
    other = world.key("umbrella", dialect="fliq")

    answer = world.request("GET", f"/jobs/{job_id}{path}", key=other)

    assert (answer.status, answer.json["error"]["code"]) == (404, "job_not_found")
    assert answer.text == world.request("GET", f"/jobs/{UNKNOWN}{path}", key=other).text


@pytest.mark.parametrize("path", ["", "/executions"])
def test_an_expired_job_is_gone_though_its_row_is_there(path: str) -> None:
    world = fliq()
    job_id = schedule(world)
    world.work()

    world.clock.advance_to(world.job(job_id).expires_at or 0)

    assert world.request("GET", f"/jobs/{job_id}{path}").status == 404


def test_an_invalid_id_is_reported() -> None:
    answer = fliq().request("GET", "/jobs/task_abc")

    assert (answer.status, answer.json["error"]["code"]) == (400, "malformed_job_id")


def test_any_job_of_the_org_can_be_read_here() -> None:
    world = fliq()
    job_id = world.submit()
    world.work()

    job = read(world, job_id)

    assert (job["status"], job["result"]) == ("done", {"text": "hello"})
    assert [send["status"] for send in sends(world, job_id)] == ["done"]


def test_a_timer_far_ahead_starts_at_its_time() -> None:
    sent = []

    def receive(body: str) -> str:
        sent.append(world.clock.now())
        return ""

    world = fliq(receive)
    start = world.clock.now()
    schedule(world, scheduled_at="2026-06-23T10:00:00.250Z")
    world.advance(3 * DAY)

    assert sent == [start + 2 * DAY + SECOND // 4]


def test_jobs_are_listed_with_their_urls() -> None:
    world = fliq()
    ended = schedule(world, url="https://a.example/check?token=s3cret&loop=1")
    world.work()
    world.clock.advance(1)
    waiting = schedule(world, url="https://b.example/check", scheduled_at="2026-06-21T11:00:00Z")
    world.submit()
    world.request("POST", "/jobs", {"url": "https://c.example/"}, key=world.key("globex", dialect="fliq"))

    listed = world.request("GET", "/jobs").json
    assert [(job["id"], job["status"], job["url"]) for job in listed["jobs"]] == [
        (waiting, "scheduled", "https://b.example/check"),
        (ended, "done", "https://a.example/check?token=[redacted]&loop=1"),
    ]
    assert listed["next_cursor"] is None
    only = world.request("GET", "/jobs", query="status=scheduled").json["jobs"]
    assert [job["id"] for job in only] == [waiting]


def test_a_list_is_read_page_by_page() -> None:
    world = fliq()
    job_ids = [schedule(world, url=f"https://a.example/{number}") for number in range(5)]
    found, cursor = list[str](), ""
    while cursor is not None:
        page = world.request("GET", "/jobs", query=f"limit=2{cursor and '&cursor='}{cursor}").json
        found, cursor = found + [job["id"] for job in page["jobs"]], page["next_cursor"]

    assert sorted(found) == sorted(job_ids)


@pytest.mark.parametrize("query", ["status=pending", "limit=0", "cursor=x", "page=1"])
def test_a_wrong_parameter_is_named(query: str) -> None:
    answer = fliq().request("GET", "/jobs", query=query)

    assert answer.status == 422
    [wrong] = answer.json["error"]["fields"]
    assert wrong["parameter"] == query.partition("=")[0]
