"""One request: what is sent, what its answer means, when it is retried."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from apps.requests.handlers.http_request import handle
from apps.requests.job_types.http_request import Input, Result
from claimcheck.domain.outcome import Fail, Retry
from claimcheck.outbound import Outbound
from claimcheck.testing import FakeTools, FrozenClock, RecordingContext
from tests.kit.upstream import Upstream, endless, head, raw, reply, reset, silence

if TYPE_CHECKING:
    from tests.kit.upstream import Act

KIB = 1024
NOT_AGAIN = [301, 302, 304, 400, 401, 403, 404, 409, 410, 422, 451]
AGAIN = [408, 425, 429, 500, 502, 503, 504, 599]


class TickingClock(FrozenClock):
    """Advances by seven milliseconds at each read."""

    def now(self) -> int:
        self.sleep(7)
        return super().now()


def send(
    url: str, attempt: int = 1, outbound: Outbound | None = None, clock: Any = None, **fields: Any
) -> Result:
    tools = FakeTools(outbound=outbound or Outbound(allow_loopback=True), clock=clock or FrozenClock())
    return handle(Input(url=url, **fields), RecordingContext(attempt=attempt, tools=tools))


def test_the_request_is_sent_as_it_was_given_and_says_which_job_it_is_of(upstream: Upstream) -> None:
    url = upstream.at("/check", reply())

    send(f"{url}?a=1", attempt=2, method="PUT", headers={"Content-Type": "text/plain"}, body="café")

    (request,) = upstream.requests
    assert (request.method, request.path, request.body) == ("PUT", "/check?a=1", "café".encode())
    assert request.headers["content-type"] == "text/plain"
    assert request.headers["user-agent"] == "Claimcheck"
    assert request.headers["claimcheck-job-id"] == RecordingContext().job_id
    assert request.headers["claimcheck-attempt"] == "2"


def test_an_answer_is_the_result(upstream: Upstream) -> None:
    headers = {"Content-Type": "application/json", "Set-Cookie": "id=s3cret"}
    url = upstream.at("/", reply(201, '{"café": true}'.encode(), headers))

    result = send(url, clock=TickingClock())

    assert result == Result(
        status=201,
        headers={"content-length": "15", "content-type": "application/json", "set-cookie": "[redacted]"},
        body='{"café": true}',
        body_encoding="text",
        truncated=False,
        duration_ms=7,
    )


def test_a_body_that_is_no_text_is_shown_as_base64(upstream: Upstream) -> None:
    result = send(upstream.at("/", reply(200, b"\x89PNG\xff")))

    assert (result.body_encoding, base64.b64decode(result.body)) == ("base64", b"\x89PNG\xff")


@pytest.mark.parametrize(
    ("body", "shown", "truncated"),
    [
        (b"x" * 64 * KIB, "x" * 64 * KIB, False),
        (b"x" * 64 * KIB + b"y", "x" * 64 * KIB, True),
        # The cut is within a character, which is left out.
        (b"x" * (64 * KIB - 1) + "é".encode(), "x" * (64 * KIB - 1), True),
    ],
)
def test_the_first_64_kib_of_a_body_are_shown(
    upstream: Upstream, body: bytes, shown: str, truncated: bool
) -> None:
    result = send(upstream.at("/", reply(200, body)))

    assert (result.body, result.body_encoding, result.truncated) == (shown, "text", truncated)


def test_a_body_that_ends_within_a_character_is_no_text(upstream: Upstream) -> None:
    result = send(upstream.at("/", reply(200, "é".encode()[:1])))

    assert (result.body_encoding, result.truncated) == ("base64", False)


@pytest.mark.parametrize("status", NOT_AGAIN)
def test_a_request_that_was_turned_down_is_not_repeated(upstream: Upstream, status: int) -> None:
    with pytest.raises(Fail, match=str(status)) as failed:
        send(upstream.at("/", reply(status, b"", {"Retry-After": "1"})))

    assert failed.value.code == "upstream_rejected"


@pytest.mark.parametrize("status", AGAIN)
def test_a_request_that_may_work_later_is_repeated(upstream: Upstream, status: int) -> None:
    with pytest.raises(Retry, match=str(status)) as again:
        send(upstream.at("/", reply(status)))

    assert (again.value.after, again.value.code) == (None, "upstream_error")


@pytest.mark.parametrize("status", AGAIN)
def test_the_last_answer_says_why_the_job_failed(upstream: Upstream, status: int) -> None:
    with pytest.raises(Fail, match=f"answered {status}.*attempt 3 of 3") as failed:
        send(upstream.at("/", reply(status)), attempt=3, max_retries=2)

    assert failed.value.code == "upstream_error"


WITHOUT_ANSWER = [
    (silence(), "upstream_timeout"),
    (reset(), "upstream_unreachable"),
    (raw(b""), "upstream_unreachable"),
    (raw(head(200, "Content-Length: 10") + b"123"), "upstream_error"),
    (raw(b"SSH-2.0\r\n"), "upstream_error"),
]


@pytest.mark.parametrize(("act", "code"), WITHOUT_ANSWER)
def test_a_request_without_an_answer_is_repeated(upstream: Upstream, act: Act, code: str) -> None:
    # On a busy machine other upstreams may need longer than the impatient wait.
    outbound = Waiting(0.1 if code == "upstream_timeout" else 30)
    url = upstream.at("/", act)

    with pytest.raises(Retry) as again:
        send(url, outbound=outbound, max_retries=1)
    with pytest.raises(Fail) as failed:
        send(url, outbound=outbound, max_retries=1, attempt=2)

    assert (again.value.code, again.value.after) == (code, None)
    assert failed.value.code == code


class Waiting(Outbound):
    """Waits for `seconds` with every job."""

    def __init__(self, seconds: float) -> None:
        super().__init__(allow_loopback=True)
        self.seconds = seconds
        self.timeouts: list[float] = []

    def request(self, *args: Any, timeout: float, **rest: Any) -> Any:
        self.timeouts.append(timeout)
        return super().request(*args, timeout=self.seconds, **rest)


def test_the_time_limit_is_that_of_the_job(upstream: Upstream) -> None:
    outbound = Waiting(30)

    send(upstream.at("/", reply()), outbound=outbound)
    send(upstream.at("/", reply()), outbound=outbound, timeout_seconds=60)

    assert outbound.timeouts == [30, 60]


# The clock's time is 2026-06-21T10:00:00Z.
@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("120", 120),
        ("Sun, 21 Jun 2026 10:02:00 GMT", 120),
        ("900", 900),
        ("901", 900),
        ("Mon, 22 Jun 2026 10:00:00 GMT", 900),
        ("0", None),
        ("Sun, 21 Jun 2026 09:00:00 GMT", None),
        ("soon", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_is_honoured_up_to_a_quarter_of_an_hour(
    upstream: Upstream, status: int, asked: str, granted: float | None
) -> None:
    with pytest.raises(Retry) as again:
        send(upstream.at("/", reply(status, b"", {"Retry-After": asked})))

    assert again.value.after == granted


def test_an_endless_answer_fails_the_job(upstream: Upstream) -> None:
    with pytest.raises(Fail) as failed:
        send(upstream.at("/", endless(head(200), b"x" * 64 * KIB)))

    assert failed.value.code == "upstream_answer_too_large"


def test_errors_that_only_the_worker_sees_are_refused_there(upstream: Upstream) -> None:
    leading_inside = Outbound(resolve=lambda host, port: ["169.254.169.254"])

    for url, outbound in ((upstream.url, Outbound()), ("https://rebound.example/", leading_inside)):
        with pytest.raises(Fail) as failed:
            send(url, outbound=outbound)
        assert failed.value.code == "request_refused"

    assert upstream.requests == []


def test_an_attempt_that_was_cut_off_counts_as_a_request(upstream: Upstream) -> None:
    with pytest.raises(Fail) as failed:
        send(upstream.at("/", reply()), attempt=2, max_retries=0)

    assert failed.value.code == "attempts_exhausted"
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("own", "sent"), [({}, "of the submission"), ({"Traceparent": "of the customer"}, "of the customer")]
)
def test_the_request_belongs_to_the_trace_of_the_submission(
    upstream: Upstream, own: dict[str, str], sent: str
) -> None:
    context = RecordingContext(
        tools=FakeTools(outbound=Outbound(allow_loopback=True)), trace={"traceparent": "of the submission"}
    )

    handle(Input(url=upstream.at("/traced", reply()), headers=own), context)

    assert upstream.requests[0].headers["traceparent"] == sent
