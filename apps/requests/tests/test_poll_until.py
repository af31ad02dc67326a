"""`poll_until` polls at its times until it ends, with any behaviour of the upstream."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from apps.requests.tests.poll_world import DONE, FINISHED, RUNNING, executions, poll_world, read, says, submit
from claimcheck.domain.clock import rfc3339
from claimcheck.domain.job import DAY, HOUR, MINUTE, SECOND
from claimcheck.outbound import Outbound
from claimcheck.service.attempt import Interruption
from tests.kit.upstream import Upstream, drip, endless, head, raw, reply, reset, silence

if TYPE_CHECKING:
    from tests.kit.upstream import Act
    from tests.kit.world import World

GZIP, DEFLATE = {"Content-Encoding": "gzip"}, {"Content-Encoding": "deflate"}


@pytest.fixture
def world() -> World:
    return poll_world()


class Impatient(Outbound):
    """Waits for a tenth of a second instead of a job's thirty."""

    def request(self, *args: Any, timeout: float, **rest: Any) -> Any:
        return super().request(*args, timeout=0.1, **rest)


def test_it_polls_until_the_answer_says_that_it_is_done(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", RUNNING, RUNNING, FINISHED), every=15, result="body.result")
    world.advance(MINUTE)
    ended = read(world, job_id)

    assert ended["status"] == "completed"
    assert ended["result"] == {"status": 200, "output": {"url": "https://cdn"}, "polls": 3}
    assert ended["ended_at"] == "2026-06-21T10:00:30.000Z"
    assert {each.method for each in upstream.requests} == {"GET"}
    assert {each.headers["claimcheck-job-id"] for each in upstream.requests} == {job_id}


def test_each_poll_is_an_execution_and_no_attempt(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", RUNNING, says("soon"), FINISHED))
    world.advance(MINUTE)
    shown = executions(world, job_id)

    assert [each["outcome"] for each in shown] == ["again", "again", "completed"]
    assert [each["attempt"] for each in shown] == [1, 1, 1]
    assert [each["details"]["poll"] for each in shown] == [1, 2, 3]
    assert {each["details"]["request"] for each in shown} == {"poll"}
    assert [each["due_at"][17:19] for each in shown] == ["00", "15", "30"]
    assert [each["lateness_ms"] for each in shown] == [0, 0, 0]
    assert [each["details"]["response"]["body"] for each in shown[:2]] == [
        '{"status": "running"}',
        '"soon"',
    ]


def test_between_polls_nothing_runs_and_the_input_is_kept(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", RUNNING), every=600)
    world.work()
    job = world.job(job_id)

    assert (job.lease, job.attempt, job.not_before - world.clock.now()) == (None, 0, 600 * SECOND)
    assert read(world, job_id)["status"] == "processing"


@pytest.mark.parametrize(
    ("pace", "waits"),
    [
        ({"every": 15}, [15, 15, 15, 15]),
        ({"every": 2, "backoff": 2}, [2, 4, 8, 16]),
        ({"every": 2, "backoff": 3, "max_every": 10}, [2, 6, 10, 10]),
        ({"every": 3600, "backoff": 10}, [3600, 3600, 3600, 3600]),
        ({"every": 1.5}, [1.5, 1.5, 1.5, 1.5]),
    ],
)
def test_the_pace_is_what_was_asked_for(
    world: World, upstream: Upstream, pace: dict[str, float], waits: list[float]
) -> None:
    job_id = submit(world, upstream.at("/", *[RUNNING] * 4, FINISHED), **pace)
    world.advance(5 * HOUR)
    due = [each["due_at"] for each in executions(world, job_id)]

    start = world.job(job_id).run_at
    times = [rfc3339(start + int(sum(waits[:count]) * SECOND)) for count in range(5)]
    assert due == times


BROKEN = [
    pytest.param(silence(), {"error": "timed_out"}, id="silent"),
    pytest.param(drip(head(200) + b"x" * 999), {"error": "timed_out"}, id="slow"),
    pytest.param(reset(), {"error": "connection_lost"}, id="resets"),
    pytest.param(raw(head(200, "Content-Length: 10") + b"123"), {"error": "answer_broken"}, id="lies"),
    *(
        pytest.param(reply(status), {"status": status}, id=str(status))
        for status in (408, 425, 429, 500, 503)
    ),
]


@pytest.mark.parametrize(("act", "recorded"), BROKEN)
def test_a_broken_poll_is_recorded_and_followed_by_the_next(
    upstream: Upstream, act: Act, recorded: dict[str, Any]
) -> None:
    # On a busy machine other upstreams may need longer than the impatient wait.
    outbound = Impatient(allow_loopback=True) if recorded == {"error": "timed_out"} else None
    world = poll_world(outbound)
    # This would be true for an error page.
    job_id = submit(world, upstream.at("/", act), every=15, until="body.status != 'running'")
    world.advance(20 * SECOND)
    # An abandoned poll may still arrive, so each answer is final.
    upstream.at("/", FINISHED)
    world.engine.outbound = Outbound(allow_loopback=True)
    world.advance(MINUTE)
    shown = executions(world, job_id)

    assert [each["outcome"] for each in shown] == ["again", "again", "completed"]
    for each in shown[:2]:
        details = each["details"]
        error = {"error": details["error"]} if "error" in details else None
        assert (error or {"status": details["response"]["status"]}) == recorded


@pytest.mark.parametrize("status", [200, 202, 429, 503])
@pytest.mark.parametrize(
    ("asked", "waited"),
    [
        ("120", 120),
        ("Sun, 21 Jun 2026 10:02:00 GMT", 120),
        ("5", 15),  # not more often than every 15 s
        ("86400", 900),
        ("soon", 15),
    ],
)
def test_a_retry_after_is_honoured_up_to_a_quarter_of_an_hour(
    world: World, upstream: Upstream, status: int, asked: str, waited: int
) -> None:
    job_id = submit(world, upstream.at("/", says({}, status, **{"Retry-After": asked}), FINISHED), every=15)
    world.advance(HOUR)

    assert executions(world, job_id)[1]["due_at"] == rfc3339(world.job(job_id).run_at + waited * SECOND)


@pytest.mark.parametrize(
    ("act", "code", "message"),
    [
        (reply(404), "upstream_rejected", "404 Not Found"),
        (reply(401), "upstream_rejected", "401"),
        (reply(302, b"", {"Location": "http://169.254.169.254/"}), "upstream_rejected", "not followed"),
        (endless(head(200), b"x" * 65536), "upstream_answer_too_large", "larger"),
        (says({"status": "failed", "error": "No disk."}), "upstream_failed", "No disk."),
    ],
)
def test_a_permanent_failure_of_a_poll_ends_the_job(
    world: World, upstream: Upstream, act: Act, code: str, message: str
) -> None:
    job_id = submit(world, upstream.at("/", act), fail_if="body.status == 'failed' && body.error")
    world.advance(HOUR)
    [shown] = executions(world, job_id)

    assert read(world, job_id)["error"]["code"] == shown["error"]["code"] == code
    assert message in shown["error"]["message"]
    assert shown["details"]["request"] == "poll"


def test_a_name_that_changes_to_an_inward_address_is_not_followed(upstream: Upstream) -> None:
    world = poll_world(Outbound(resolve=lambda host, port: ["169.254.169.254"]))
    job_id = submit(world, "https://rebound.example/")
    world.work()

    assert read(world, job_id)["error"]["code"] == "request_refused"
    assert executions(world, job_id)[0]["details"]["error"] == "forbidden_address"


@pytest.mark.parametrize(
    ("expressions", "status", "ended"),
    [
        ({"until": "status == `404`"}, 404, "completed"),
        ({"until": "status == `303`"}, 303, "completed"),
        ({"until": DONE, "fail_if": "status == `410`"}, 410, "failed"),
    ],
)
def test_expressions_may_give_another_meaning_to_a_refusal(
    world: World, upstream: Upstream, expressions: dict[str, str], status: int, ended: str
) -> None:
    job_id = submit(world, upstream.at("/", RUNNING, reply(status)), **expressions)
    world.advance(MINUTE)

    shown = read(world, job_id)
    assert shown["status"] == ended
    assert ended == "completed" or shown["error"]["code"] == "upstream_failed"


@pytest.mark.parametrize(
    ("fail_if", "result", "message"),
    [
        ("body.failed", None, "The upstream reported a failure."),
        ("body.failed && body.why", None, "Out of paint."),
        ("body.failed", "body.why", "Out of paint."),
        ("body.failed", "{why: body.why}", '{"why": "Out of paint."}'),
        ("body.failed", "body.nothing", "The upstream reported a failure."),
        ("body.failed", "length(body.nothing)", "The upstream reported a failure."),
        ("body.failed && body.long", None, "x" * 500),
    ],
)
def test_a_failure_has_the_upstreams_own_message(
    world: World, upstream: Upstream, fail_if: str, result: str | None, message: str
) -> None:
    answer = says({"failed": True, "why": "Out of paint.", "long": "x" * 9999})
    job_id = submit(world, upstream.at("/", answer), fail_if=fail_if, until="body.failed", result=result)
    world.work()

    assert read(world, job_id)["error"] == {"code": "upstream_failed", "message": message}


def test_the_deadline_bounds_it_all(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", RUNNING), deadline="2026-06-21T10:05:00Z")
    world.advance(HOUR)
    ended = read(world, job_id)

    assert ended["error"]["code"] == "deadline_exceeded"
    assert ended["ended_at"] <= ended["deadline"]
    assert len(upstream.requests) == 20


def test_a_cancel_stops_the_loop(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", RUNNING))
    world.advance(MINUTE)
    sent = len(upstream.requests)
    world.request("POST", f"/v1/jobs/{job_id}/cancel")
    world.advance(HOUR)

    assert read(world, job_id)["error"]["code"] == "cancelled"
    assert len(upstream.requests) == sent


@pytest.mark.parametrize("ahead", [16 * MINUTE, 30 * DAY])
def test_the_first_poll_waits_for_its_time_however_far(world: World, upstream: Upstream, ahead: int) -> None:
    at = world.clock.now() + ahead
    job_id = submit(world, upstream.at("/", FINISHED), run_at=rfc3339(at))
    world.advance(ahead - 1)
    before = len(upstream.requests)
    world.advance(1)

    assert (before, len(upstream.requests)) == (0, 1)
    assert executions(world, job_id)[0]["lateness_ms"] == 0


class Killed(Interruption):
    """The process is gone."""


class Dying(Outbound):
    """Kills its process after the answer to the request of this number (from 1)."""

    def __init__(self, at: int) -> None:
        super().__init__(allow_loopback=True)
        self.left = at

    def request(self, *args: Any, **rest: Any) -> Any:
        answer = super().request(*args, **rest)
        self.left -= 1
        if self.left == 0:
            raise Killed
        return answer


@pytest.mark.parametrize("dies_at", [1, 2, 3, 4])
def test_a_crash_in_the_middle_of_a_request_loses_nothing(upstream: Upstream, dies_at: int) -> None:
    world = poll_world(Dying(dies_at))
    upstream.at("/start", says({"id": "task-1"}, 202))
    upstream.at("/tasks/task-1", RUNNING, RUNNING, RUNNING, FINISHED)
    job_id = submit(
        world,
        start={"url": f"{upstream.url}/start"},
        poll={"url": upstream.url + "/tasks/{{start.body.id}}"},
    )
    for _ in range(10):
        with suppress(Killed):
            world.advance(MINUTE)

    assert read(world, job_id)["status"] == "completed"
    lost = [each for each in executions(world, job_id) if each["outcome"] == "worker_lost"]
    assert [each["number"] for each in lost] == [dies_at]
    starts = [each for each in upstream.requests if each.path == "/start"]
    assert {each.headers["idempotency-key"] for each in starts} == {job_id}
    assert len(starts) == (2 if dies_at == 1 else 1)


def test_an_expression_that_makes_no_sense_of_an_answer_is_on_record(
    world: World, upstream: Upstream
) -> None:
    answers = [says({"items": None}), says({"items": ["s3cret"]})]
    job_id = submit(
        world, upstream.at("/", *answers), until="length(body.items) > `0`", fail_if="avg(body.items) > `1`"
    )
    world.advance(MINUTE)
    first, second = executions(world, job_id)

    assert first["details"]["expression_error"] == "until: length() takes string or array or object, not null"
    assert "fail_if: avg()" in second["details"]["expression_error"]
    assert "s3cret" not in second["details"]["expression_error"]
    assert second["outcome"] == "completed"


BOMB = "body" + " | [@, @]" * 40
SLOW = "body" + " | [@, @][]" * 40


@pytest.mark.parametrize("field", ["until", "fail_if", "result"])
@pytest.mark.parametrize("bomb", [BOMB, SLOW])
def test_an_expression_that_would_take_for_ever_ends_the_job(
    world: World, upstream: Upstream, field: str, bomb: str
) -> None:
    job_id = submit(world, upstream.at("/", FINISHED), **{field: bomb})
    world.work()

    error = read(world, job_id)["error"]
    assert error == {"code": "expression_failed", "message": f"{field} takes too much to evaluate."}


def test_a_projection_that_makes_no_sense_of_the_last_answer_fails(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", FINISHED), result="length(body.nothing)")
    world.work()

    assert read(world, job_id)["error"]["code"] == "expression_failed"


@pytest.mark.parametrize(
    ("body", "output"),
    [
        (b'{"a": [1, 2.5, null, true]}', {"a": [1, 2.5, None, True]}),
        (b"plain words", "plain words"),
        (b"", None),
        (b"caf\xe9", "caf\ufffd"),
        (b'"\\ud800"', '"\\ud800"'),
        ("\ufeff[1]".encode(), [1]),
        (b"9" * 5000, "9" * 5000),
        (b"1e999", "1e999"),
        (b"[NaN, -Infinity]", [None, None]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"[" * 100_000, "[" * 100_000),
        (b"[" * 101 + b"]" * 101, "[" * 101 + "]" * 101),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, bytes) else "",
)
def test_without_a_projection_the_output_is_the_body(
    world: World, upstream: Upstream, body: bytes, output: Any
) -> None:
    job_id = submit(world, upstream.at("/", reply(200, body)), until="status == `200`")
    world.work()

    answer = world.request("GET", f"/v1/jobs/{job_id}/result").json
    assert answer == {"status": 200, "output": output, "polls": 1}


def typed(content_type: str, body: bytes, **headers: str) -> Act:
    return reply(200, body, {"Content-Type": content_type, **headers})


READABLE = [
    pytest.param(typed("application/json", gzip.compress(b'{"s": 1}', mtime=0), **GZIP), {"s": 1}, id="gzip"),
    pytest.param(typed("text/plain", zlib.compress(b"done"), **DEFLATE), "done", id="deflate"),
    pytest.param(typed("text/plain; charset=iso-8859-1", b"caf\xe9"), "caf\u00e9", id="latin-1 text"),
    pytest.param(typed('application/json; charset="ISO-8859-1"', b'"\xe9"'), "\u00e9", id="latin-1 JSON"),
    pytest.param(typed("application/json", b'{"s": NaN}'), {"s": None}, id="NaN"),
    pytest.param(typed("application/x-ndjson", b'{"s": 1}\n{"s": 2}\n'), [{"s": 1}, {"s": 2}], id="NDJSON"),
    pytest.param(typed("application/problem+json", b'{"s": 1}'), {"s": 1}, id="+json"),
    pytest.param(typed("application/json", b""), None, id="nothing"),
    pytest.param(typed("text/html", b"<p>busy"), "<p>busy", id="a page"),
]


@pytest.mark.parametrize(("act", "output"), READABLE)
def test_a_body_is_read_as_its_headers_say(world: World, upstream: Upstream, act: Act, output: Any) -> None:
    job_id = submit(world, upstream.at("/", act), until="status == `200`")
    world.work()

    assert read(world, job_id)["result"]["output"] == output


UNREADABLE = [
    pytest.param(typed("application/json", b"x", **{"Content-Encoding": "br"}), id="brotli"),
    pytest.param(typed("application/json", b"<p>busy"), id="a page that is called JSON"),
    pytest.param(typed("application/json", b'{"s": 1}\n{"s": 2}'), id="two values"),
    pytest.param(typed("application/x-ndjson", b'{"s": 1}\n{"s'), id="a cut line"),
    pytest.param(typed("application/json", b"[" * 200 + b"]" * 200), id="too deep"),
    pytest.param(typed("text/plain; charset=klingon", b"x"), id="no charset"),
    pytest.param(typed("text/plain; charset=base64", b"eA=="), id="no charset of text"),
    pytest.param(typed("text/plain; charset*=utf-8''a%00b", b"x"), id="a charset with NUL"),
]


@pytest.mark.parametrize("act", UNREADABLE)
def test_a_body_that_is_not_what_its_headers_say_ends_the_job_at_once(
    world: World, upstream: Upstream, act: Act
) -> None:
    job_id = submit(world, upstream.at("/", act))
    world.work()

    assert read(world, job_id)["error"]["code"] == "answer_unreadable"


NOT_YET = says({"error": "unknown"}, 404)


def started(world: World, upstream: Upstream, *acts: Act, **fields: Any) -> str:
    """Submit a job that starts something and polls it."""
    upstream.at("/start", says({"id": "r1"}))
    upstream.at("/r1", *acts)
    start, poll = {"url": f"{upstream.url}/start"}, {"url": f"{upstream.url}/{{{{start.body.id}}}}"}
    return submit(world, start=start, poll=poll, every=15, **fields)


def test_a_404_in_the_first_minute_after_the_start_means_not_yet(world: World, upstream: Upstream) -> None:
    job_id = started(world, upstream, NOT_YET, NOT_YET, FINISHED)
    world.advance(MINUTE)

    assert read(world, job_id)["result"]["polls"] == 3


def test_a_404_later_ends_the_job(world: World, upstream: Upstream) -> None:
    job_id = started(world, upstream, NOT_YET)
    world.advance(5 * MINUTE)
    ended = read(world, job_id)

    assert (ended["error"]["code"], ended["ended_at"]) == ("upstream_rejected", "2026-06-21T10:01:00.000Z")


def test_a_404_without_a_start_ends_the_job(world: World, upstream: Upstream) -> None:
    job_id = submit(world, upstream.at("/", NOT_YET))
    world.work()

    assert read(world, job_id)["error"]["code"] == "upstream_rejected"


def test_a_pending_status_means_not_yet_and_no_expression_is_evaluated(
    world: World, upstream: Upstream
) -> None:
    acts = [says({"status": "done"}, status) for status in (409, 404, 302)]
    job_id = submit(world, upstream.at("/", *acts, FINISHED), pending_statuses=[302, 404, 409], every=600)
    world.advance(HOUR)

    assert read(world, job_id)["result"] == {
        "status": 200,
        "output": {"status": "done", "result": {"url": "https://cdn"}},
        "polls": 4,
    }
