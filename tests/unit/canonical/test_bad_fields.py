"""Invalid submissions: every wrong field is reported, with its bound."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic looks it up
from typing import Any

import pytest

from claimcheck.authoring.catalog import JobModel
from tests.kit.described import WatchedWorld
from tests.kit.world import Answer, World, job_type

NOW = "2026-06-21T10:00:00Z"
RFC3339 = "must be an RFC 3339 time with an offset, such as 2026-06-12T10:00:15Z"
HORIZON = "must be at most 90 days ahead"
LIFE = "must be at most 30 days after run_at"
PAST = "must be less than a day in the past"
LATE = "must be after run_at and after now"
LOW = "must be at least 60"
HIGH = "must be at most 2592000"


def submit(**changes: Any) -> Answer:
    body = {"type": "echo", "input": {"text": "hello"}} | changes
    return WatchedWorld().request("POST", "/v1/jobs", {k: v for k, v in body.items() if v is not ...})


def errors_of(answer: Answer) -> dict[str, str]:
    assert (answer.status, answer.json["code"]) == (422, "invalid_fields"), answer.text
    return {each["pointer"]: each["message"] for each in answer.json["errors"]}


@pytest.mark.parametrize(
    ("changes", "pointer", "message"),
    [
        ({"type": "unknown"}, "/type", "unknown job type; known are echo"),
        ({"type": "ECHO"}, "/type", "unknown job type; known are echo"),
        ({"type": ""}, "/type", "unknown job type; known are echo"),
        ({"type": None}, "/type", "must be a string"),
        ({"type": ["echo"]}, "/type", "must be a string"),
        ({"type": ...}, "/type", "is required"),
        ({"input": ...}, "/input", "is required"),
        ({"input": None}, "/input", "must be an object"),
        ({"input": []}, "/input", "must be an object"),
        ({"input": {}}, "/input/text", "is required"),
        ({"input": {"text": None}}, "/input/text", "must be a string"),
        ({"input": {"text": "x", "times": "2"}}, "/input/times", "must be an integer"),
        ({"input": {"text": "x", "times": True}}, "/input/times", "must be an integer"),
        ({"input": {"text": "x", "colour": 1}}, "/input/colour", "is not a known field"),
        ({"input": {"text": "x", "a/b~c": 1}}, "/input/a~1b~0c", "is not a known field"),
        ({"colour": "red"}, "/colour", "is not a known field"),
        ({"": 1}, "/", "is not a known field"),
        ({"a/b~c": 1}, "/a~1b~0c", "is not a known field"),
        ({"job_id": "mine"}, "/job_id", "is not a known field"),
        ({"run_at": "tomorrow"}, "/run_at", RFC3339),
        ({"run_at": 1782036000}, "/run_at", RFC3339),
        ({"run_at": "2026-06-21T12:00:00"}, "/run_at", RFC3339),
        ({"run_at": "2026-06-21 12:00:00Z"}, "/run_at", RFC3339),
        ({"run_at": "2026-02-30T12:00:00Z"}, "/run_at", RFC3339),
        ({"run_at": "2026-06-21T25:00:00Z"}, "/run_at", RFC3339),
        ({"run_at": "2026-06-21T12:00:00+99:00"}, "/run_at", RFC3339),
        ({"run_at": "٢٠٢٦-06-21T12:00:00Z"}, "/run_at", RFC3339),
        ({"run_at": "-1"}, "/run_at", RFC3339),
        ({"run_at": "2026-06-20T10:00:00Z"}, "/run_at", PAST),
        ({"run_at": "0001-01-01T00:00:00+23:59"}, "/run_at", PAST),
        ({"run_at": "2026-09-19T10:00:00.001Z"}, "/run_at", HORIZON),
        ({"run_at": "9999-12-31T23:59:59.999999999-23:59"}, "/run_at", HORIZON),
        ({"deadline": "soon"}, "/deadline", RFC3339),
        ({"deadline": False}, "/deadline", RFC3339),
        ({"deadline": NOW}, "/deadline", LATE),
        ({"deadline": "1970-01-01T00:00:00Z"}, "/deadline", LATE),
        ({"run_at": "2026-06-21T12:00:00Z", "deadline": "2026-06-21T12:00:00Z"}, "/deadline", LATE),
        ({"run_at": "2026-06-21T12:00:00Z", "deadline": "2026-06-21T11:00:00Z"}, "/deadline", LATE),
        ({"deadline": "2026-07-21T10:00:00.001Z"}, "/deadline", LIFE),
        ({"deadline": "9999-12-31T23:59:59Z"}, "/deadline", LIFE),
        ({"retention_seconds": 59}, "/retention_seconds", LOW),
        ({"retention_seconds": 0}, "/retention_seconds", LOW),
        ({"retention_seconds": -1}, "/retention_seconds", LOW),
        ({"retention_seconds": -(10**400)}, "/retention_seconds", LOW),
        ({"retention_seconds": 2_592_001}, "/retention_seconds", HIGH),
        ({"retention_seconds": 10**4000}, "/retention_seconds", HIGH),
        ({"retention_seconds": 60.5}, "/retention_seconds", "must be an integer"),
        ({"retention_seconds": "3600"}, "/retention_seconds", "must be an integer"),
        ({"retention_seconds": True}, "/retention_seconds", "must be an integer"),
        ({"metadata": None}, "/metadata", "must be an object"),
        ({"metadata": [["a", "b"]]}, "/metadata", "must be an object"),
        ({"metadata": {str(i): "" for i in range(51)}}, "/metadata", "at most 50"),
        ({"metadata": {"a" * 41: "b"}}, f"/metadata/{'a' * 41}", "at most 40 characters"),
        ({"metadata": {"": "b"}}, "/metadata/", "at least 1 character"),
        ({"metadata": {"a[0]": "b"}}, "/metadata/a[0]", "no square brackets"),
        ({"metadata": {"a": "b" * 501}}, "/metadata/a", "at most 500 characters"),
        ({"metadata": {"a": 1}}, "/metadata/a", "must be a string"),
        ({"metadata": {"a": {"b": "c"}}}, "/metadata/a", "must be a string"),
    ],
)
def test_a_wrong_field_is_named_with_its_bound(changes: dict[str, Any], pointer: str, message: str) -> None:
    errors = errors_of(submit(**changes))

    assert list(errors) == [pointer]
    assert message in errors[pointer]


@pytest.mark.parametrize(
    "changes",
    [
        {"run_at": "2026-06-20T10:00:00.001Z"},
        {"run_at": "2026-09-19T10:00:00Z"},
        {"run_at": "2026-06-21t12:00:00.123456789z"},
        {"run_at": "2026-06-21T12:00:00-05:30"},
        {"run_at": None, "deadline": None, "retention_seconds": None},
        {"deadline": "2026-06-21T10:00:00.001Z"},
        {"deadline": "2026-07-21T10:00:00Z"},
        {"run_at": "2026-09-19T10:00:00Z", "deadline": "2026-10-19T10:00:00Z"},
        {"retention_seconds": 60},
        {"retention_seconds": 2_592_000},
        {"metadata": {str(i): "" for i in range(50)}},
        {"metadata": {"a" * 40: "ä" * 500}},
        {"metadata": {"a/b~c": "\x00"}},
        {"input": {"text": ""}},
    ],
)
def test_values_at_their_bounds_are_accepted(changes: dict[str, Any]) -> None:
    assert submit(**changes).status == 202


def test_every_wrong_field_is_named_at_once() -> None:
    answer = submit(
        type="echo",
        input={"times": "2"},
        run_at="2027-01-01T00:00:00Z",
        deadline="then",
        retention_seconds=1,
        metadata={"a": 1, "b": 2},
        colour="red",
    )

    assert set(errors_of(answer)) == {
        "/input/text",
        "/input/times",
        "/run_at",
        "/deadline",
        "/retention_seconds",
        "/metadata/a",
        "/metadata/b",
        "/colour",
    }


def test_errors_of_times_are_reported_with_those_of_the_input() -> None:
    errors = errors_of(submit(input={}, run_at="2020-01-01T00:00:00Z", deadline="2020-01-02T00:00:00Z"))

    assert errors == {"/input/text": "is required", "/run_at": PAST, "/deadline": LATE}


def test_an_unknown_type_is_named_beside_other_wrong_fields() -> None:
    assert set(errors_of(submit(type="unknown", metadata=1))) == {"/type", "/metadata"}


def test_nothing_of_a_refused_value_is_repeated() -> None:
    answer = submit(input={"text": {"password": "hunter2"}}, metadata={"a": ["hunter2"]}, run_at="hunter2")

    assert answer.status == 422
    assert "hunter2" not in answer.text


def test_a_megabyte_of_metadata_names_is_refused_as_one_field() -> None:
    names = {f"[%x{number:04}": "v" for number in range(60_000)}

    answer = World().request("POST", "/v1/jobs", {"type": "echo", "input": {"text": "a"}, "metadata": names})

    assert answer.json["errors"] == [
        {"pointer": "/metadata", "message": "has 60,000 entries: at most 50 are allowed"}
    ]


def test_a_refused_submission_leaves_no_job_behind() -> None:
    world = World()
    world.request("POST", "/v1/jobs", {"type": "echo", "input": {}}, idempotency_key="k")

    assert world.store.all_jobs() == []
    assert len(world.queue) == 0


def test_an_input_may_have_what_json_can_say_only_as_a_string() -> None:
    class Day(JobModel):
        day: date

    world = World(job_types=[job_type(input=Day)])
    right = world.request("POST", "/v1/jobs", {"type": "echo", "input": {"day": "2026-06-21"}})
    wrong = world.request("POST", "/v1/jobs", {"type": "echo", "input": {"day": "2026-06-31"}})

    assert right.status == 202
    assert list(errors_of(wrong)) == ["/input/day"]
