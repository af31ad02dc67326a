"""A submission's trace context (W3C Trace Context, Level 1) goes along with its job."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring import Retry
from claimcheck.aws.dynamodb import rows
from claimcheck.domain import observability
from claimcheck.domain.job import MINUTE, Trace
from claimcheck.outbound import Answer
from claimcheck.service.callbacks.signing import issue_secret
from tests.kit.world import Echo, Words, World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from claimcheck.authoring import JobContext

# The examples of the specification.
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
METRICS = {"JobsAccepted", "JobsEnded", "Repeats", "CallbacksGivenUp"}
STATE = "rojo=00f067aa0ba902b7, congo=t61rcWkgMzE"


class Receiver:
    def __init__(self) -> None:
        self.headers: list[Mapping[str, str]] = []

    def request(self, method: str, url: str, headers: Mapping[str, str], *rest: Any, **more: Any) -> Answer:
        self.headers.append(headers)
        return Answer(204, {}, b"")


def submit(world: World, **headers: str) -> str:
    body = {"type": "echo", "input": {"text": "a"}, "callback_url": "https://hooks.example.com/"}
    answer = world.request("POST", "/v1/jobs", body, **headers)
    assert answer.status == 202, answer.text
    return str(answer.json["job_id"])


@pytest.fixture
def seen() -> list[Any]:
    return []


@pytest.fixture
def world(seen: list[Any]) -> World:
    def handle(given: Words, job: JobContext) -> Echo:
        seen.append(job.trace)
        return Echo(text=given.text)

    world = World({"echo": handle})
    issue_secret(world.documents, "acme", world.clock.now())
    return world


def test_a_handler_and_the_receiver_of_the_callback_get_the_trace(world: World, seen: list[Any]) -> None:
    receiver = Receiver()
    world.rebuild(outbound=receiver)
    submit(world, traceparent=PARENT, tracestate=STATE)
    world.work()

    wanted = {"traceparent": PARENT, "tracestate": STATE}
    assert seen == [wanted]
    assert [wanted.items() <= headers.items() for headers in receiver.headers] == [True]


def test_a_job_without_a_trace_gets_none(world: World, seen: list[Any]) -> None:
    receiver = Receiver()
    world.rebuild(outbound=receiver)
    submit(world)
    world.work()

    assert seen == [{}]
    assert [set(headers) & {"traceparent", "tracestate"} for headers in receiver.headers] == [set()]


@pytest.mark.parametrize(
    ("parent", "state"),
    [
        (PARENT, ""),
        (PARENT, "a" * 513),
        (PARENT, "Ä=1"),
        (PARENT.replace("00-", "01-", 1), ""),
    ],
)
def test_a_parent_goes_along_without_an_invalid_state(world: World, parent: str, state: str) -> None:
    assert world.job(submit(world, traceparent=parent, tracestate=state)).trace == Trace(parent)


@pytest.mark.parametrize(
    "parent",
    [
        "",
        "00",
        PARENT.upper(),
        PARENT + "-extra",
        PARENT.replace("00-", "ff-", 1),
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01",
        PARENT + "\r\nX-Evil: 1",
    ],
)
def test_an_invalid_trace_is_ignored(world: World, parent: str) -> None:
    assert world.job(submit(world, traceparent=parent, tracestate=STATE)).trace is None


def test_a_replay_has_another_trace_and_is_the_same_request(world: World) -> None:
    first = submit(world, traceparent=PARENT, idempotency_key="k")

    assert submit(world, traceparent=PARENT.replace("b7", "c8"), idempotency_key="k") == first


class Broken:
    def request(self, *rest: Any, **more: Any) -> Answer:
        return Answer(410, {}, b"")


@pytest.fixture
def logged(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[], list[Any]]:
    """Return a function that returns the new lines of the log, as CloudWatch gets them."""
    # Powertools keeps a logger, and so a stream, for each service.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", request.node.nodeid)
    monkeypatch.setattr(observability, "logger", cache(observability.logger.__wrapped__))
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_log_line_about_a_job_has_its_trace(world: World, logged: Callable[[], list[Any]]) -> None:
    outcomes = iter([Retry(after=1), LookupError()])

    def handle(given: Words, job: JobContext) -> Any:
        job.log.info("begun")
        raise next(outcomes)

    world.handlers["echo"] = handle
    world.rebuild(outbound=Broken())
    job_id = submit(world, traceparent=PARENT)
    world.advance(MINUTE)

    lines = [line for line in logged() if line.get("job_id") == job_id]
    metrics = {name for line in lines for name in METRICS & line.keys()}
    assert {line["message"] for line in lines if "message" in line} == {
        "begun",
        "handler raised",
        "callback given up",
    }
    assert metrics == METRICS
    assert [line for line in lines if line.get("traceparent") != PARENT] == []


@pytest.mark.parametrize(("sent", "shown"), [(PARENT, PARENT), ("nonsense", None)])
def test_a_request_that_failed_is_logged_with_its_trace(
    world: World,
    logged: Callable[[], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
    sent: str,
    shown: str | None,
) -> None:
    def fail(*rest: Any) -> None:
        raise LookupError

    monkeypatch.setattr(world.store, "insert", fail)
    body = {"type": "echo", "input": {"text": "a"}}
    answer = world.request("POST", "/v1/jobs", body, traceparent=sent)

    [line] = logged()
    assert (answer.status, line["message"]) == (500, "request failed")
    assert line.get("traceparent") == shown


def test_a_log_line_has_the_trace_of_the_client_and_that_of_x_ray(
    world: World, monkeypatch: pytest.MonkeyPatch, logged: Callable[[], list[Any]]
) -> None:
    job = world.job(submit(world, traceparent=PARENT))
    # As Lambda sets it ("Defined runtime environment variables").
    monkeypatch.setenv(
        "_X_AMZN_TRACE_ID", "Root=1-5e6722a7-cc2c0c2c46db7ae98d0da47a;Parent=b7ad6b71;Sampled=1"
    )

    observability.warn("hello", **observability.named(job))

    line = logged()[-1]
    assert line["traceparent"] == PARENT
    assert line["xray_trace_id"] == "1-5e6722a7-cc2c0c2c46db7ae98d0da47a"


def test_version_0_1_can_read_the_rows_of_a_traced_job(world: World) -> None:
    job = world.job(submit(world, traceparent=PARENT, tracestate=STATE))

    item = rows.job_item(job)

    assert "trace" not in item["job"]["S"]
    assert item["trace"] == {"S": f"{PARENT} {STATE}"}
