"""Submissions in Fliq's contract that its page does not define. `test_fliq_page` tests the page."""

from __future__ import annotations

import json
from typing import Any, Self

import pytest
from pydantic import model_validator

from apps.fliq.dialect import DIALECT
from apps.fliq.tests.world import CHECK, HttpRequest, fliq, http_request, post, read, schedule
from claimcheck.domain.job import MINUTE
from claimcheck.domain.keys import READ, WRITE
from tests.kit.world import Echo, World, job_type

UNKNOWN = "019ee99f-6d00-7cc3-98a4-1f2e3d4c5b6a"


def wrong(body: Any, world: World | None = None) -> list[tuple[str, str]]:
    """Return the wrong fields of a body, with their errors."""
    answer = post(world or fliq(), body)
    assert (answer.status, answer.json["error"]["code"]) == (422, "invalid_fields"), answer.text
    return [(each["pointer"], each["message"]) for each in answer.json["error"]["fields"]]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2026-06-21T10:00:15.250Z", "2026-06-21T10:00:15.250Z"),
        ("2026-06-21T10:00:15Z", "2026-06-21T10:00:15.000Z"),
        ("2026-06-21T12:00:15.5+02:00", "2026-06-21T10:00:15.500Z"),
        ("2026-06-21t10:00:15z", "2026-06-21T10:00:15.000Z"),
        ("2026-06-21T10:00:00Z", "2026-06-21T10:00:00.000Z"),
        ("2026-06-21T09:59:59Z", "2026-06-21T10:00:00.000Z"),
        ("2019-01-01T00:00:00Z", "2026-06-21T10:00:00.000Z"),
        (None, "2026-06-21T10:00:00.000Z"),
    ],
)
def test_it_is_scheduled_at_its_time_or_now_when_that_has_passed(given: str | None, shown: str) -> None:
    answer = post(fliq(), {"url": CHECK, "scheduled_at": given})

    assert (answer.status, answer.json["scheduled_at"]) == (202, shown)


@pytest.mark.parametrize(
    "given",
    [
        "tomorrow",
        "2026-06-21",
        "2026-06-21T10:00:15",
        "2026-06-21 10:00:15Z",
        "2026-13-21T10:00:15Z",
        "+012026-06-21T10:00:15.000Z",
        1_782_036_015_000,
        "",
        True,
    ],
)
def test_an_invalid_time_is_refused(given: Any) -> None:
    [(pointer, message)] = wrong({"url": CHECK, "scheduled_at": given})

    assert pointer == "/scheduled_at"
    assert message == "must be an RFC 3339 time with an offset, such as 2026-06-12T10:00:15Z"


def test_a_time_is_at_most_90_days_ahead() -> None:
    world = fliq()

    assert schedule(world, scheduled_at="2026-09-19T10:00:00Z")
    assert wrong({"url": CHECK, "scheduled_at": "2026-09-19T10:00:00.001Z"}, world) == [
        ("/scheduled_at", "must be at most 90 days ahead")
    ]


def test_every_wrong_field_is_named_as_the_body_has_it() -> None:
    found = wrong(
        {
            "http_method": "post",
            "scheduled_at": "soon",
            "headers": {"a": 1},
            "body": {"task_id": "task_abc"},
            "max_retries": 21,
            "retries": 3,
        }
    )

    assert [pointer for pointer, _ in found] == [
        "/scheduled_at",
        "/url",
        "/http_method",
        "/headers/a",
        "/body",
        "/max_retries",
        "/retries",
    ]
    assert dict(found)["/retries"] == "is not a known field"
    assert dict(found)["/max_retries"] == "must be at most 20"


def test_the_inputs_own_name_is_not_the_pages() -> None:
    for value in ("GET", 7):
        assert wrong({"url": CHECK, "method": value}) == [("/method", "is called http_method")]
    assert wrong({"url": CHECK, "run_at": "2026-06-21T10:00:15Z"}) == [("/run_at", "is not a known field")]


@pytest.mark.parametrize("body", [[], "x", None, 7])
def test_a_body_is_an_object(body: Any) -> None:
    assert wrong(json.dumps(body).encode()) == [("", "must be an object")]


def test_a_repeated_request_gets_the_same_job() -> None:
    world = fliq()
    body = {"url": CHECK, "scheduled_at": "2026-06-21T10:00:15Z"}

    first = post(world, body, idempotency_key="k")
    world.advance(MINUTE)
    again = post(world, body, idempotency_key="k")
    other = post(world, {"url": CHECK}, idempotency_key="k")

    assert (again.status, again.json) == (202, first.json)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status, other.json["error"]["code"]) == (422, "idempotency_key_reused")
    assert len(world.store.all_jobs()) == 1


def test_another_job_type_of_this_contract_has_its_own_body() -> None:
    """The rules for requests apply to no other input. The time can be given with any."""
    world = World(
        job_types=[http_request(), job_type()],
        endpoints={"fliq": {"/jobs": "http_request", "/echoes/{text}": "echo"}},
        handlers={"echo": lambda given, job: Echo(text=given.text * given.times)},
    )

    accepted = world.request("POST", "/echoes/ho", {"times": 2, "scheduled_at": "2026-06-21T10:00:15Z"})
    twice = world.request("POST", "/echoes/ho", {"text": "hi"})
    unknown = world.request("POST", "/echoes/ho", {"http_method": "GET", "method": "GET"})
    world.advance(MINUTE)

    assert (accepted.status, accepted.json["scheduled_at"]) == (202, "2026-06-21T10:00:15.000Z")
    assert read(world, accepted.json["id"])["result"] == {"text": "hoho"}
    assert twice.json["error"]["fields"] == [{"pointer": "/text", "message": "is already in the path"}]
    assert unknown.json["error"]["fields"] == [
        {"pointer": "/http_method", "message": "is not a known field"},
        {"pointer": "/method", "message": "is not a known field"},
    ]


def test_an_error_of_the_whole_input_is_an_error_of_the_body() -> None:
    class Whole(HttpRequest):
        @model_validator(mode="after")
        def _check(self) -> Self:
            raise ValueError("GET has no body")

    world = fliq(job_types=[http_request(input=Whole)])

    assert wrong({"url": CHECK}, world) == [("", "GET has no body")]


def test_its_keys_are_recognised_by_their_prefix() -> None:
    assert DIALECT.key_prefix == "fliq_sk_"


@pytest.mark.parametrize("authorization", ["Basic {key}", "{key}", "Bearer", "Bearer {key}x"])
def test_a_key_is_a_bearer_token(authorization: str) -> None:
    world = fliq()

    assert post(world, authorization=authorization.format(key=world.acme)).status == 401
    assert post(world, authorization=f"bearer  {world.acme} ").status == 202


@pytest.mark.parametrize(("scope", "status"), [(READ, 403), (WRITE, 202)])
def test_a_key_needs_the_scope(scope: str, status: int) -> None:
    world = fliq()

    assert post(world, key=world.key("acme", dialect="fliq", scopes=(scope,))).status == status


def test_an_error_has_a_code_and_a_message() -> None:
    answer = fliq().request("GET", f"/jobs/{UNKNOWN}", authorization="Bearer fliq_sk_nobody")

    assert answer.status == 401
    assert answer.json == {
        "error": {"code": "unauthenticated", "message": "This API key is unknown, disabled or expired."}
    }
    assert answer.headers["WWW-Authenticate"] == "Bearer"
