"""Every metric that is worth an alarm is a line of CloudWatch's embedded metric format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.authoring import Again, JobContext, Retry
from claimcheck.domain.job import HOUR, MINUTE, SECOND
from claimcheck.outbound import Answer
from claimcheck.service.callbacks.signing import issue_secret
from tests.kit.world import Echo, Words, World

if TYPE_CHECKING:
    from collections.abc import Callable

    Metrics = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def metrics(capsys: pytest.CaptureFixture[str]) -> Metrics:
    """Return the lines with a metric, as CloudWatch reads them."""
    printed: list[dict[str, Any]] = []

    def read(name: str) -> list[dict[str, Any]]:
        printed.extend(json.loads(line) for line in capsys.readouterr().out.splitlines())
        return [line for line in printed if name in _declared(line)]

    return read


def _declared(line: dict[str, Any]) -> list[str]:
    """Return the names of a line's metrics. Each has its value and dimensions in the same line."""
    declared = line.get("_aws", {}).get("CloudWatchMetrics", [])
    for each in declared:
        assert each["Namespace"] == "Claimcheck"
        assert {name for names in each["Dimensions"] for name in names} <= line.keys()
    metrics = [metric for each in declared for metric in each["Metrics"]]
    assert all(isinstance(line[metric["Name"]], int) for metric in metrics)
    return [metric["Name"] for metric in metrics]


def test_a_job_is_counted_when_it_is_accepted_and_when_it_ends(metrics: Metrics) -> None:
    world = World()
    job_id = world.submit()
    world.clock.advance(3 * SECOND)
    world.work()

    (accepted,) = metrics("JobsAccepted")
    (ended,) = metrics("JobsEnded")

    assert (accepted["type"], accepted["job_id"]) == ("echo", job_id)
    assert (ended["type"], ended["status"], ended["job_id"], ended["org"]) == (
        "echo",
        "completed",
        job_id,
        "acme",
    )
    assert (ended["JobDuration"], ended["StartDelay"]) == (3 * SECOND, 3 * SECOND)
    assert ended["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["type", "status"]]


def test_a_replayed_submission_is_not_counted(metrics: Metrics) -> None:
    world = World()
    for _ in range(2):
        world.request("POST", "/v1/jobs", {"type": "echo", "input": {"text": "a"}}, idempotency_key="k")

    assert len(metrics("JobsAccepted")) == 1


def test_a_cancelled_job_is_counted_once(metrics: Metrics) -> None:
    world = World()
    job_id = world.submit()
    for _ in range(2):
        world.request("POST", f"/v1/jobs/{job_id}/cancel")
    world.advance(HOUR)

    (ended,) = metrics("JobsEnded")

    assert ended["error_code"] == "cancelled"
    assert "StartDelay" not in ended


def test_a_job_that_the_sweeper_ends_is_counted(metrics: Metrics) -> None:
    world = World()
    world.submit(deadline="2026-06-21T10:05:00Z")
    world.handlers.clear()
    world.advance(10 * MINUTE)

    assert [counted["error_code"] for counted in metrics("JobsEnded")] == ["deadline_exceeded"]


def test_a_retry_is_counted_and_a_poll_is_not(metrics: Metrics) -> None:
    outcomes = iter([Retry(after=1), Again(after=1), Echo(text="done")])

    def handle(given: Words, job: JobContext) -> Any:
        return next(outcomes)

    world = World({"echo": handle})
    world.submit()
    world.advance(MINUTE)

    assert [(each["type"], each["outcome"]) for each in metrics("Repeats")] == [("echo", "retry")]


def test_a_request_over_the_limit_is_counted_by_its_org(metrics: Metrics) -> None:
    world = World()
    key = world.key("busy", limit=1)
    for _ in range(3):
        world.request("GET", "/v1/jobs", key=key)

    assert [each["org"] for each in metrics("RateLimited")] == ["busy", "busy"]


def test_a_callback_that_is_given_up_is_counted(metrics: Metrics) -> None:
    class Gone:
        def request(self, *rest: Any, **more: Any) -> Answer:
            return Answer(410, {}, b"")

    world = World()
    issue_secret(world.documents, "acme", world.clock.now())
    world.rebuild(outbound=Gone())
    world.submit(callback_url="https://hooks.example.com/")
    world.work()

    assert len(metrics("CallbacksGivenUp")) == 1


def test_each_sweep_measures_for_how_long_the_oldest_row_has_been_due(metrics: Metrics) -> None:
    world = World()
    world.submit()
    world.clock.advance(MINUTE)
    world.clock.advance(90 * SECOND)
    for _ in range(2):
        world.sweep()

    assert [each["OldestDue"] for each in metrics("OldestDue")] == [90 * SECOND, 0]
