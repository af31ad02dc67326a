"""Which requests are repeated, when, and with which key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck_client import ApiError, Job, NoAnswer
from claimcheck_client._exchange import Repeats
from clients.python.tests.kit import Pauses, scripted

if TYPE_CHECKING:
    from collections.abc import Iterator

JOB: dict[str, Any] = {"job_id": "1", "type": "echo", "status": "pending"}
ACCEPTED = httpx.Response(202, json=JOB)


class Server:
    """Gives these answers one after the other. An exception is raised."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers: Iterator[httpx.Response | Exception] = iter(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def keys(self) -> set[str]:
        return {request.headers["idempotency-key"] for request in self.requests}


def problem(status: int, code: str = "", **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"code": code, "detail": "No."}, headers=names)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("late"),
        httpx.RemoteProtocolError("Server disconnected without sending a response."),
        httpx.ReadError("reset"),
        problem(429),
        httpx.Response(502, text="<html>Bad Gateway</html>"),
        problem(503, "outcome_unknown"),
        httpx.Response(504, json={"message": "Endpoint request timed out"}),
    ],
    ids=str,
)
def test_a_submission_is_repeated_with_its_key(answer: httpx.Response | Exception) -> None:
    server = Server(answer, ACCEPTED)

    job = scripted(server, Pauses()).submit("echo", {})

    assert job.id == "1"
    assert len(server.requests) == 2
    assert len(server.keys()) == 1


def test_two_submissions_have_two_keys() -> None:
    server = Server(ACCEPTED, ACCEPTED)
    client = scripted(server, Pauses())

    client.submit("echo", {})
    client.submit("echo", {})

    assert len(server.keys()) == 2


def test_a_key_of_your_own_is_sent() -> None:
    server = Server(ACCEPTED)

    scripted(server, Pauses()).submit("echo", {}, idempotency_key="order-7")

    assert server.keys() == {"order-7"}
    assert json.loads(server.requests[0].content) == {"type": "echo", "input": {}}


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 413, 422, 500])
def test_any_other_error_is_raised_at_once(status: int) -> None:
    server = Server(problem(status, "some_code"))

    with pytest.raises(ApiError) as caught:
        scripted(server, Pauses()).submit("echo", {})

    assert (caught.value.status, caught.value.code) == (status, "some_code")


def test_a_request_that_can_never_work_is_not_repeated() -> None:
    with pytest.raises(httpx.UnsupportedProtocol):
        scripted(Server(httpx.UnsupportedProtocol("gopher")), Pauses()).submit("echo", {})


def test_a_repeat_waits_for_retry_after() -> None:
    pauses = Pauses()
    server = Server(problem(429, retry_after="40"), ACCEPTED)

    scripted(server, pauses, randomness=lambda: 0.5).submit("echo", {})

    assert pauses.slept == [42.0]


def test_repeats_stop_in_time_with_the_last_error() -> None:
    pauses = Pauses()

    with pytest.raises(ApiError) as refused:
        scripted(Server(*[problem(503, "unavailable")] * 99), pauses, repeat_for=60).submit("echo", {})
    with pytest.raises(NoAnswer, match=r"did not answer \(ConnectError: refused") as silent:
        scripted(Server(*[httpx.ConnectError("refused")] * 99), Pauses(), repeat_for=60).submit("echo", {})

    assert refused.value.code == "unavailable"
    assert isinstance(silent.value.__cause__, httpx.ConnectError)
    assert 50 < pauses.now <= 60


def test_the_time_of_repeats_starts_when_the_first_try_has_failed() -> None:
    pauses = Pauses()
    server = Server(problem(503, "unavailable"), ACCEPTED)

    def answer_late(request: httpx.Request) -> httpx.Response:
        pauses.now += 600
        return server(request)

    assert scripted(answer_late, pauses, repeat_for=60).submit("echo", {}).id


def test_a_pause_that_ends_too_late_is_not_made() -> None:
    pauses = Pauses()

    with pytest.raises(ApiError):
        scripted(Server(problem(429, retry_after="61")), pauses, repeat_for=60).submit("echo", {})

    assert pauses.slept == []


@given(retry_after=st.integers(0, 300), tries=st.integers(0, 200), luck=st.floats(0, 1, exclude_max=True))
def test_a_pause_is_never_shorter_than_asked_and_never_much_longer(
    retry_after: int, tries: int, luck: float
) -> None:
    pause = Repeats(lambda: 0, lambda: luck, repeat_for=1e9, tries=tries).pause(retry_after)

    assert pause is not None
    assert max(retry_after, 0.25) <= pause <= max(retry_after + 4, 8)


def test_polls_wait_for_retry_after_and_end_with_the_deadline() -> None:
    pauses = Pauses()
    server = Server(
        httpx.Response(202, json=JOB, headers={"retry-after": "2"}),
        httpx.Response(200, json=JOB | {"status": "processing"}, headers={"retry-after": "5"}),
        httpx.Response(200, json=JOB | {"status": "processing"}, headers={"retry-after": "9"}),
        httpx.Response(200, json=JOB | {"status": "processing"}, headers={"retry-after": "9"}),
    )

    with pytest.raises(TimeoutError):
        scripted(server, pauses).run("echo", {}, timeout=10)

    assert pauses.slept == [2, 5, 3]


def test_a_batch_is_repeated_while_one_of_its_jobs_is_not_accepted() -> None:
    busy = {"status": 503, "error": {"code": "unavailable", "detail": "No."}}
    accepted = {"status": 202, "job": JOB}
    server = Server(
        httpx.Response(200, json={"jobs": [accepted, busy]}),
        httpx.Response(200, json={"jobs": [accepted, accepted]}),
    )

    outcomes = scripted(server, Pauses()).batch([{"type": "echo", "input": {}}] * 2)

    assert [type(each) for each in outcomes] == [Job, Job]
    assert len(server.keys()) == 1


def test_a_batch_that_stays_partial_is_returned() -> None:
    busy = {"status": 503, "error": {"code": "unavailable", "detail": "No."}}
    server = Server(*[httpx.Response(200, json={"jobs": [busy]})] * 99)

    [outcome] = scripted(server, Pauses()).batch([{"type": "echo", "input": {}}])

    assert isinstance(outcome, ApiError)
    assert (outcome.code, outcome.transient) == ("unavailable", True)


def batch_of(*entries: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"jobs": list(entries)})


ENTRY = {"status": 202, "job": JOB}
BUSY = {"status": 503, "error": {"code": "unavailable", "detail": "No."}}
USED_UP = {"status": 429, "error": {"code": "daily_limit_reached", "detail": "No."}}


@pytest.mark.parametrize("later", [problem(429, "rate_limited"), httpx.ConnectError("refused")], ids=str)
def test_the_accepted_jobs_of_a_batch_are_returned_though_its_repeats_fail(
    later: httpx.Response | Exception,
) -> None:
    server = Server(batch_of(ENTRY, BUSY), *[later] * 99)

    accepted, refused = scripted(server, Pauses()).batch([{"type": "echo", "input": {}}] * 2)

    assert len(server.requests) > 2
    assert isinstance(accepted, Job)
    assert isinstance(refused, ApiError)
    assert (accepted.id, refused.code) == ("1", "unavailable")


def test_a_used_up_day_is_not_waited_for() -> None:
    pauses = Pauses()
    client = scripted(
        Server(problem(429, "daily_limit_reached", retry_after="5"), batch_of(ENTRY, USED_UP)), pauses
    )

    with pytest.raises(ApiError) as caught:
        client.submit("echo", {})
    accepted, refused = client.batch([{"type": "echo", "input": {}}] * 2)

    assert caught.value.code == "daily_limit_reached"
    assert isinstance(accepted, Job)
    assert isinstance(refused, ApiError)
    assert (refused.code, refused.transient) == ("daily_limit_reached", False)
    assert pauses.slept == []


def test_a_page_that_is_no_api_says_so() -> None:
    with pytest.raises(ApiError, match=r"200 http_200: claimcheck\.example .* Is the URL right\?"):
        scripted(Server(httpx.Response(200, text="<html>")), Pauses()).job("1")


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (httpx.Response(301, headers={"location": "https://other.example"}), "301 http_301: Moved Perm"),
        (httpx.Response(413, json={"message": "Request Too Long"}), "413 http_413: Request Too Long"),
        (httpx.Response(403, json=["no"]), "403 http_403: Forbidden, from claimcheck.example"),
    ],
)
def test_an_answer_that_is_no_problem_has_a_code_too(answer: httpx.Response, shown: str) -> None:
    with pytest.raises(ApiError, match=shown):
        scripted(Server(answer), Pauses()).job("1")
