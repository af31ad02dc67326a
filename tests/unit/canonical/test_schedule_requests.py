"""Invalid schedules: every wrong field, name and cursor is reported, with its bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from claimcheck.canonical.schedule_requests import INPUT_LIMIT, PutSchedule
from tests.kit.described import WatchedWorld, description, error_of

if TYPE_CHECKING:
    from tests.kit.world import Answer

DAILY = {"cron": "0 12 * * *", "type": "echo", "input": {"text": "hello"}}
RATE = {"cron": ..., "rate": "1 day"}
ZONE = "must be a time zone of the IANA database, such as Europe/Vienna"
PERIOD = "from 1 minute to 366 days"


def body_of(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (DAILY | changes).items() if value is not ...}


def put(changes: dict[str, Any], name: str = "nightly") -> Answer:
    return WatchedWorld().request("PUT", f"/v1/schedules/{name}", body_of(changes))


def errors_of(answer: Answer) -> dict[str, str]:
    assert error_of(answer) == (422, "invalid_fields"), answer.text
    return {each["pointer"]: each["message"] for each in answer.json["errors"]}


@pytest.mark.parametrize(
    ("changes", "pointer", "message"),
    [
        ({"cron": ...}, "/cron", "is required, unless rate is given"),
        ({"cron": None}, "/cron", "is required, unless rate is given"),
        ({"cron": "every day"}, "/cron", "must have five fields"),
        ({"cron": ""}, "/cron", "must have five fields"),
        ({"cron": "0 25 * * *"}, "/cron", "wrong hour in 0 25 * * *"),
        ({"cron": 5}, "/cron", "must be a string"),
        ({"rate": "1 day"}, "/rate", "must not be given together with cron"),
        (RATE | {"rate": "1 second"}, "/rate", PERIOD),
        (RATE | {"rate": ""}, "/rate", PERIOD),
        (RATE | {"rate": 60}, "/rate", "must be a string"),
        (RATE | {"timezone": "Europe/Vienna"}, "/timezone", "must not be given together with rate"),
        ({"timezone": "Vienna"}, "/timezone", ZONE),
        ({"timezone": ""}, "/timezone", ZONE),
        ({"timezone": 1}, "/timezone", "must be a string"),
        ({"type": "unknown"}, "/type", "unknown job type; known are echo"),
        ({"type": ...}, "/type", "is required"),
        ({"input": ...}, "/input", "is required"),
        ({"input": {}}, "/input/text", "is required"),
        ({"input": {"text": "x" * INPUT_LIMIT}}, "/input", "must be at most 262144 bytes of JSON"),
        ({"missed": "run_all"}, "/missed", "'skip' or 'run_once'"),
        ({"deadline_seconds": 0}, "/deadline_seconds", "at least 1"),
        ({"deadline_seconds": 2592001}, "/deadline_seconds", "at most 2592000"),
        ({"retention_seconds": 59}, "/retention_seconds", "at least 60"),
        ({"retention_seconds": 2592001}, "/retention_seconds", "at most 2592000"),
        ({"paused": "yes"}, "/paused", "must be true or false"),
        ({"metadata": {"a[b]": "c"}}, "/metadata/a[b]", "no square brackets"),
        ({"run_at": "2026-06-21T10:00:00Z"}, "/run_at", "is not a known field"),
    ],
)
def test_a_wrong_field_is_named_with_its_bound(changes: dict[str, Any], pointer: str, message: str) -> None:
    errors = errors_of(put(changes))

    assert list(errors) == [pointer]
    assert message in errors[pointer]


def test_all_wrong_fields_are_named_at_once() -> None:
    errors = errors_of(
        put({"cron": "x", "timezone": "y", "input": {"text": 1}, "missed": 1, "deadline_seconds": -1})
    )

    assert sorted(errors) == ["/cron", "/deadline_seconds", "/input/text", "/missed", "/timezone"]


@pytest.mark.parametrize("body", [[], None, "x", 1])
def test_a_body_that_is_not_an_object_is_refused(body: Any) -> None:
    answer = WatchedWorld().request("PUT", "/v1/schedules/nightly", b"null" if body is None else body)

    assert errors_of(answer) == {"": "must be an object"}


@pytest.mark.parametrize("name", ["a", "A-z_0", "x" * 64])
def test_names_of_letters_digits_dashes_and_underscores_are_taken(name: str) -> None:
    assert put({}, name).json["name"] == name


@pytest.mark.parametrize(
    "name", ["x" * 65, "x" * 1100, "a b", "a%20b", "a%252Fb", "a#b", "n\u00e4chtlich", "a.b", "a%0A"]
)
def test_no_other_name_is_taken_or_found(name: str) -> None:
    world = WatchedWorld()
    path = f"/v1/schedules/{name}"

    assert error_of(world.request("PUT", path, DAILY)) == (400, "malformed_schedule_name")
    # A store might refuse such a key.
    world.store.schedules.read = None
    for method, place in [
        ("GET", path),
        ("DELETE", path),
        ("GET", f"{path}/jobs"),
        *(("POST", f"{path}/{action}") for action in ("run", "pause", "resume")),
    ]:
        assert error_of(world.request(method, place)) == (404, "schedule_not_found")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=", "cursor"),
        ("cursor=a%23b", "cursor"),
        ("status=failed", "status"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/schedules", "/v1/schedules/nightly/jobs"])
def test_a_wrong_parameter_is_named(path: str, query: str, parameter: str) -> None:
    world = WatchedWorld()
    world.request("PUT", "/v1/schedules/nightly", DAILY)

    answer = world.request("GET", path, query=query)

    assert error_of(answer) == (422, "invalid_fields")
    assert [each["parameter"] for each in answer.json["errors"]] == [parameter]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        RATE,
        {"timezone": "Europe/Vienna"},
        {"timezone": None, "deadline_seconds": None, "retention_seconds": None, "paused": None},
        {"rate": None},
        RATE | {"cron": None},
        RATE | {"timezone": None},
        RATE | {"timezone": "UTC"},
        {"rate": "1 day"},
        {"cron": ...},
        {"cron": None},
        {"missed": "run_once", "paused": True},
        {"missed": "never"},
        {"input": {}},
        {"colour": "red"},
        {"retention_seconds": 59},
    ],
)
def test_the_schema_of_a_schedule_accepts_what_the_api_accepts(changes: dict[str, Any]) -> None:
    answer = put(changes)

    assert answer.status in (201, 422)
    assert description().accepts("ScheduleDefinition", body_of(changes)) == (answer.status == 201)


@pytest.mark.parametrize(
    "changes", [{"timezone": "Europe/Vienna", "metadata": {"a": "b"}, "missed": "run_once"}, RATE]
)
def test_a_shown_schedule_can_be_stored_again(changes: dict[str, Any]) -> None:
    shown = put(changes).json
    reported = {name: shown[name] for name in PutSchedule.model_fields if name != "input"}

    again = put(reported)

    assert again.status == 201
    assert again.json == shown
